import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fieldsOf, promptOf, TaskFolder, type OutputRow } from '../__fixtures__/task-folder.js';

const data_builder = 'core/prompt_chain';
const echo = ({ prompt }: { prompt: string }) => `<${prompt}>`;

/** The rows that a task makes of rows, with a model that answers so. */
async function make(
  task: Record<string, unknown>,
  answer: (request: { prompt: string; body: OutputRow }) => string = echo,
  files: Record<string, string> = {},
) {
  await using folder = await TaskFolder.open({ answer: (request) => answer(request as never) });
  for (const [path, text] of Object.entries(files)) folder.write(path, text);
  const run = await folder.run({ data_builder, ...task });
  return { ...run, rows: run.rows.map(fieldsOf) };
}

describe('a chain of prompts', () => {
  it('is a task file alone: later steps see columns and earlier results', async () => {
    const { rows, prompts, stderr, code } = await make({
      data: [{ city: 'Lima', id: 7 }],
      steps: [
        { out: 'fact', user: 'A fact about {city}' },
        { out: 'question', system: 'You ask about {city}.', user: 'A question on {fact}' },
      ],
    });
    expect(code, stderr).toBe(0);
    expect(rows).toEqual([
      { city: 'Lima', id: 7, fact: '<A fact about Lima>', question: '<A question on <A fact about Lima>>' },
    ]);
    expect(prompts).toEqual([
      'user: A fact about Lima',
      'system: You ask about Lima.\nuser: A question on <A fact about Lima>',
    ]);
  });

  it('takes messages of which the last has no variable', async () => {
    const messages = [
      { role: 'user', content: 'Tell me of {city}' },
      { role: 'assistant', content: 'Of what?' },
      { role: 'user', content: 'Of the city.' },
    ];
    const { prompts } = await make({ data: [{ city: 'Lima' }], steps: [{ out: 'answer', messages }] });
    expect(prompts).toEqual(['user: Tell me of Lima\nassistant: Of what?\nuser: Of the city.']);
  });

  it('reads prompts from files beside the task file, and fills two prompts from columns of their own', async () => {
    const { prompts } = await make(
      {
        data: [{ user_prompt_kwargs: { topic: 'maps' }, system_prompt_kwargs: { topic: 'tone' }, extra: 1 }],
        steps: [
          {
            out: 'answer',
            system: { file: 'prompts/system.txt', vars: 'system_prompt_kwargs' },
            user: { file: 'prompts/user.txt', vars: 'user_prompt_kwargs' },
          },
        ],
      },
      echo,
      { 'prompts/system.txt': 'In {topic}', 'prompts/user.txt': 'On {topic}' },
    );
    expect(prompts).toEqual(['system: In tone\nuser: On maps']);
  });

  it('needs no column of values for a prompt without variables', async () => {
    const system = { text: 'Be brief', vars: 'system_prompt_kwargs' };
    const user = { text: 'On {topic}', vars: 'user_prompt_kwargs' };
    const data = [{ user_prompt_kwargs: { topic: 'maps' } }];
    const { prompts } = await make({ data, steps: [{ out: 'answer', system, user }] });
    expect(prompts).toEqual(['system: Be brief\nuser: On maps']);
  });

  it('hands JSON on as JSON, and as Python has it where that is asked for', async () => {
    const task = (more: object) => ({
      ...more,
      data: [{ id: 1 }],
      steps: [
        { out: 'tools', type: 'json', user: 'Tools {id}' },
        { out: 'use', user: 'Use {tools} and {tools[0][name]}' },
      ],
    });
    const answer = ({ prompt }: { prompt: string }) =>
      prompt.startsWith('Tools') ? 'Sure:\n```json\n[{"name": "a", "strict": true}]\n```' : 'ok';
    const { rows, prompts } = await make(task({}), answer);
    expect(rows).toEqual([{ id: 1, tools: [{ name: 'a', strict: true }], use: 'ok' }]);
    expect(prompts[1]).toBe('user: Use [{"name":"a","strict":true}] and a');
    const legacy = await make(task({ legacy_repr: true }), answer);
    expect(legacy.prompts[1]).toBe("user: Use [{'name': 'a', 'strict': True}] and a");
  });

  it('asks for the shape of a schema, and for data points whose fields become columns', async () => {
    const schema = {
      type: 'object',
      properties: { question: { type: 'string' }, answer: { type: 'string' } },
      required: ['question', 'answer'],
    };
    const { rows } = await make(
      {
        data: [{ id: 1 }],
        steps: [
          { type: 'data_point', schema: { file: 'pair.json' }, user: 'A pair for {id}' },
          { out: 'check', user: 'Check {question}' },
        ],
      },
      ({ body, prompt }) =>
        JSON.stringify(body).includes('json_schema') ? '{"question": "q", "answer": "a"}' : `<${prompt}>`,
      { 'pair.json': JSON.stringify(schema) },
    );
    expect(rows).toEqual([{ id: 1, question: 'q', answer: 'a', check: '<Check q>' }]);
  });

  it('finds values by tag, pattern and function, and rejects a row that has none', async () => {
    const { rows, rejected } = await make(
      {
        data: [{ text: '<draft>One</draft> score: 4' }, { text: 'nothing' }],
        runner_config: { max_error_rate: 1 },
        steps: [
          { out: 'draft', extract: { tag: 'draft' }, user: '{text}' },
          { out: 'score', extract: { regex: 'score: (\\d)' }, user: '{text}' },
          {
            out: 'length',
            extract: { javascript: './measure.mjs', export: 'measure', options: { unit: 'chars' } },
            user: '{text}',
          },
        ],
      },
      ({ prompt }) => prompt,
      {
        'measure.mjs':
          'export const measure = (answer, { row, options }) => `${answer.length} ${options.unit} ${row.score}`;',
      },
    );
    expect(rows).toEqual([{ text: '<draft>One</draft> score: 4', draft: 'One', score: '4', length: '27 chars 4' }]);
    expect(rejected).toMatchObject([{ reason: 'step "draft": no <draft>...</draft>' }]);
  });

  it('keeps the text, or nothing, of an answer that cannot be read, where that is asked for', async () => {
    const step = (out: string, if_unreadable: string) => ({ out, type: 'json', user: 'x', if_unreadable });
    const { rows } = await make({ data: [{ id: 1 }], steps: [step('a', 'text'), step('b', 'null')] }, () => 'no json');
    expect(rows).toEqual([{ id: 1, a: 'no json', b: null }]);
  });

  it('asks again for JSON that cannot be read, and ends the row as an error when that does not help', async () => {
    await using folder = await TaskFolder.open({
      answer: ({ body }) => {
        const said = promptOf(body as OutputRow);
        if (said.includes('Idea')) return 'idea';
        return said.includes('cannot be used') && !said.includes('2 of') ? '{"a": 1}' : 'sorry';
      },
    });
    const task = {
      data_builder: 'core/prompt_chain',
      data: [{ id: 1 }, { id: 2 }],
      runner_config: { max_error_rate: 1 },
      steps: [
        { out: 'idea', user: 'Idea {id}' },
        { out: 'value', type: 'json', if_unreadable: 'error', user: 'Value {id} of {idea}' },
      ],
    };
    const { rows, errors, code, prompts } = await folder.run(task);
    expect(rows.map(fieldsOf)).toEqual([{ id: 1, idea: 'idea', value: { a: 1 } }]);
    expect(errors).toMatchObject([{ code: 'DGT_ANSWER_SHAPE', block: 'generator', row: { step: 'value' } }]);
    expect([code, prompts.length]).toEqual([2, 6]);
    expect(JSON.stringify(folder.server.requests)).not.toContain('response_format');
    const again = await folder.run(task, '--retry-errors');
    expect(again.prompts.filter((prompt) => /[12]/.exec(prompt)?.[0] === '1')).toEqual([]);
    expect(again.prompts).toHaveLength(3);
  });

  it('leaves out a step whose condition does not hold', async () => {
    const { rows, prompts } = await make({
      data: [{ level: 'hard' }, { level: 'easy' }],
      steps: [{ out: 'hint', when: 'level == "hard"', user: 'Hint for {level}' }],
    });
    expect(rows).toEqual([
      { level: 'hard', hint: '<Hint for hard>' },
      { level: 'easy', hint: null },
    ]);
    expect(prompts).toHaveLength(1);
  });

  it('asks once for each item of a list, and several times for one prompt', async () => {
    const { rows, prompts } = await make({
      data: [{ meta: { topics: ['a', 'b'] } }],
      steps: [
        { out: 'facts', for_each: 'meta.topics', as: 'topic', user: 'On {topic}' },
        { out: 'takes', n: 2, user: 'Take' },
      ],
    });
    expect(rows[0]?.['facts']).toEqual(['<On a>', '<On b>']);
    expect(rows[0]?.['takes']).toHaveLength(2);
    expect(prompts.filter((prompt) => prompt.includes('On '))).toHaveLength(2);
  });

  it('goes on with a row for each item of a list', async () => {
    const pairs = '[{"question": "q1", "answer": "a1"}, {"question": "q2", "answer": "a2"}]';
    const schema = { type: 'object' };
    const { rows } = await make(
      {
        data: [{ text: 'doc' }],
        steps: [
          { out: 'pair', type: 'json', schema, split: true, extract: 'json', user: 'Pairs on {text}' },
          { out: 'rating', user: 'Rate {pair[question]}' },
        ],
      },
      ({ prompt }) => (prompt.startsWith('Pairs') ? pairs : `<${prompt}>`),
    );
    expect(rows).toEqual([
      { text: 'doc', pair: { question: 'q1', answer: 'a1' }, rating: '<Rate q1>' },
      { text: 'doc', pair: { question: 'q2', answer: 'a2' }, rating: '<Rate q2>' },
    ]);
  });

  it('makes a row of each data point of a list, and of each of several answers', async () => {
    const schema = { type: 'object', properties: { q: { type: 'string' } }, required: ['q'] };
    const step = { type: 'data_point', schema, split: true, user: 'Ask on {text}' };
    const task = { data: [{ text: 'doc' }] };
    const listed = await make({ ...task, steps: [step] }, () => '{"items": [{"q": "a"}, {"q": "b"}]}');
    expect(listed.rows).toEqual([
      { text: 'doc', q: 'a' },
      { text: 'doc', q: 'b' },
    ]);
    const left = await make({ ...task, steps: [{ ...step, when: 'text == "other"' }] });
    expect(left.rows).toEqual([{ text: 'doc', q: null }]);
    const sampled = await make({ ...task, steps: [{ ...step, n: 2 }] }, () => '{"q": "c"}');
    expect(sampled.rows).toEqual([
      { text: 'doc', q: 'c' },
      { text: 'doc', q: 'c' },
    ]);
  });

  it('cycles further fields by the place of the row, and draws others', async () => {
    const { rows } = await make({
      data: [{ id: 1 }, { id: 2 }, { id: 3 }],
      cycled_fields: { language: ['en', 'es'] },
      random_fields: { tone: ['dry', 'warm'] },
      steps: [{ out: 'text', user: '{language} {tone}' }],
    });
    expect(rows.map(({ language }) => language)).toEqual(['en', 'es', 'en']);
    for (const { text, language, tone } of rows) expect(text).toBe(`<${String(language)} ${String(tone)}>`);
    expect(['dry', 'warm']).toContain(rows[0]?.['tone']);
  });

  it('keeps the columns that it is told to, and the one that names the rows', async () => {
    const task = {
      data: [{ id: 1, used: 'u', other: 'o' }],
      unique_key: 'id',
      steps: [{ out: 'text', user: '{used}' }],
    };
    expect((await make({ ...task, keep_columns: 'used' })).rows).toEqual([{ id: 1, used: 'u', text: '<u>' }]);
    expect((await make({ ...task, keep_columns: ['other'] })).rows).toEqual([{ id: 1, other: 'o', text: '<u>' }]);
  });

  it('uses a column of chat messages as messages, and one of text as a prompt that a template may wrap', async () => {
    const chat = [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'Hello' },
      { role: 'user', content: 'Sky?' },
    ];
    const step = { out: 'answer', system: 'Be brief.', prompt_column: 'prompt' };
    const { prompts } = await make({ data: [{ prompt: chat }, { prompt: 'Plain' }], steps: [step] });
    expect(prompts.toSorted()).toEqual([
      'system: Be brief.\nuser: Hi\nassistant: Hello\nuser: Sky?',
      'system: Be brief.\nuser: Plain',
    ]);
    const wrapped = await make({
      template_syntax: 'brackets',
      data: [{ prompt: 'text [[x]]' }, { prompt: chat }],
      runner_config: { max_error_rate: 1 },
      steps: [{ ...step, user: 'Sum up: [[DOCUMENT]] {}' }],
    });
    expect(wrapped.prompts).toEqual(['system: Be brief.\nuser: Sum up: text [[x]] {}']);
    expect(wrapped.errors[0]?.['reason']).toContain('user cannot wrap the messages of a chat');
  });

  it('sends generation parameters of the task and of the step', async () => {
    const bodies: OutputRow[] = [];
    await make(
      {
        data: [{ id: 1 }],
        gen_kwargs: { temperature: 0.3, max_tokens: 9 },
        steps: [{ out: 'a', user: 'x', gen_kwargs: { max_tokens: 5 } }],
      },
      ({ body }) => {
        bodies.push(body);
        return 'ok';
      },
    );
    expect(bodies[0]).toMatchObject({ temperature: 0.3 });
    expect(JSON.stringify(bodies[0])).toMatch(/"max(_completion)?_tokens":5/);
  });
});

describe('what is wrong with a chain', () => {
  const at = (steps: unknown[], more: object = {}) => make({ data: [{ id: 1 }], steps, ...more });

  it.each([
    [{ user: '{a} {langage}' }, 'steps[1].user: row 1: step "b", user needs {langage}; there are: id, a'],
    [{ system: '{ix}', user: 'x' }, 'steps[1].system: row 1: step "b", system needs {ix} (did you mean "id"?)'],
    [{ messages: [{ role: 'user', content: '{id[x]}' }] }, 'steps[1].messages[0].content: row 1: step "b"'],
    [{ user: { text: '{x}', vars: 'kwargs' } }, 'steps[1].user: row 1: step "b", user needs kwargs; there are: id, a'],
    [{ prompt_column: 'prompt' }, 'steps[1].prompt_column: row 1: step "b", prompt_column needs prompt'],
    [{ user: 'x', when: 'level == 1' }, 'steps[1].when: row 1: step "b", when needs level'],
    [{ user: '{item}', for_each: 'list.of' }, 'steps[1].for_each: row 1: step "b", for_each needs list.of'],
  ])(
    'is said before the first call, with its line, the row, the step and what there is: %j',
    async (step, expected) => {
      const steps = [
        { out: 'a', user: 'x {id}' },
        { out: 'b', ...step },
      ];
      const { prompts, stderr, code } = await at(steps);
      expect(stderr).toContain(expected);
      expect(stderr).toMatch(/task\.yaml:\d+:\d+: steps/);
      expect([code, prompts]).toEqual([1, []]);
    },
  );

  it('is found by `dgt validate` too, in rows of the task and of files', async () => {
    await using folder = await TaskFolder.open({ answer: echo });
    folder.write('rows.csv', 'id,city\n1,Lima\n');
    const data = { type: 'default', data_path: 'rows.csv' };
    const steps = [{ out: 'a', user: '{town}' }];
    await folder.run({ data_builder, data, steps });
    const inFile = await folder.command('validate', 'task.yaml');
    expect(inFile.stderr).toContain('row 1: step "a", user needs {town}; there are: id, city');
    await folder.run({ data_builder, data: [{ city: 'Lima' }], steps });
    const inTask = await folder.command('validate', 'task.yaml');
    expect(inTask.stderr).toContain('needs {town}; there are: city');
    await folder.run({ data_builder, data, steps: [{ out: 'a', user: '{city}' }] });
    expect((await folder.command('validate', 'task.yaml')).code).toBe(0);
  });

  it('costs the rows alone that lack a column which others have', async () => {
    const { rows, errors, prompts, code } = await make({
      data: [{ id: 1 }, { id: 2, city: 'Lima' }, { id: 3 }],
      steps: [{ out: 'a', user: 'x {city}' }],
    });
    expect(rows).toEqual([{ id: 2, city: 'Lima', a: '<x Lima>' }]);
    expect(errors).toMatchObject([
      { code: 'DGT_TEMPLATE_FIELD', reason: 'row 1: step "a", user needs {city}; there are: id', row: { id: 1 } },
      { code: 'DGT_TEMPLATE_FIELD', reason: 'row 3: step "a", user needs {city}; there are: id', row: { id: 3 } },
    ]);
    expect([code, prompts]).toEqual([2, ['user: x Lima']]);
  });

  it.each([
    [[{ out: 'a', user: '{' }], {}, /steps\[0\]\.user: step "a", user: line 1, column 1: a "\{" that nothing closes/],
    [[{ out: 'a', user: { file: 'none.txt' } }], {}, /steps\[0\]\.user: .*none\.txt: cannot be read \(no such file\)/],
    [
      [
        { out: 'a', user: 'x' },
        { out: 'a', user: 'x' },
      ],
      {},
      /steps\[1\]\.out: "a" is taken: step "a" writes it/,
    ],
    [[{ user: 'x' }], {}, /steps\[0\]: out is missing/],
    [[{ out: 'a' }], {}, /nothing to ask/],
    [[{ out: 'a', user: 'x', when: 'id = 1' }], {}, /steps\[0\]\.when: "id = 1" is no condition: write == to compare/],
    [[{ out: 'a', user: 'x', extract: { regex: '(' } }], {}, /steps\[0\]\.extract: .*[Uu]nterminated|Invalid/],
    [[{ out: 'a', user: 'x', type: 'data_point' }], {}, /type data_point needs a schema/],
    [[{ out: 'id2', user: 'x' }], { cycled_fields: { id2: [1] } }, /"id2" is taken: a field of cycled_fields/],
    [[{ out: 'a', user: 'x', if_unreadable: 'error' }], {}, /steps\[0\]\.if_unreadable: .*for type json/],
    [[{ out: 'a}', user: 'x' }], {}, /steps\[0\]\.out/],
    [[{ out: 'a', usr: 'x' }], {}, /usr/],
  ])('is found with its line when the file is read: %j', async (steps, more, expected) => {
    const { stderr, code, prompts } = await at(steps, more);
    expect(stderr).toMatch(expected);
    expect(stderr).toMatch(/task\.yaml:\d+/);
    expect([code, prompts]).toEqual([1, []]);
  });

  it('costs one row where one answer or one request is at fault', async () => {
    await using folder = await TaskFolder.open({ answer: echo, badRequest: 'poison' });
    const data = ['a', 'poison', 'b'].map((word) => ({ word }));
    const run = await folder.run({
      data_builder,
      data,
      runner_config: { max_error_rate: 1 },
      steps: [{ out: 'text', user: '{word}' }],
    });
    expect(run.rows.map(({ word }) => word)).toEqual(['a', 'b']);
    expect(run.errors).toMatchObject([{ block: 'generator', row: { step: 'text' } }]);
    expect(run.code).toBe(2);
  });
});

describe('a chain that is run again', () => {
  /** Four steps, and a stop after so many answers. */
  const steps = ['a', 'b', 'c', 'd'].map((out, index) => ({
    out,
    user: `${out} {word}${index > 0 ? ` {${'abcd'[index - 1]}}` : ''}`,
  }));
  const data = Array.from({ length: 6 }, (_, index) => ({ word: `w${index}` }));

  it('repeats none of the steps that were answered before a server went away', async () => {
    let isBroken = true;
    await using folder = await TaskFolder.open({
      answer: echo,
      badRequest: ({ prompt }) => isBroken && prompt.startsWith('d '),
    });
    const first = await folder.run({ data_builder, data, runner_config: { max_error_rate: 1 }, steps });
    expect([first.rows.length, first.prompts.length]).toEqual([0, 24]);
    isBroken = false;
    const second = await folder.run(
      { data_builder, data, runner_config: { max_error_rate: 1 }, steps },
      '--retry-errors',
    );
    expect(second.stderr).toContain('trying again');
    expect(second.prompts.every((prompt) => prompt.startsWith('user: d '))).toBe(true);
    expect([second.rows.length, second.prompts.length]).toEqual([6, 6]);
  });

  it.each([1, 7, 15, 23])(
    'asks again only for what was under way when it was cut off after %i answers',
    async (cutAfter) => {
      let answered = 0;
      let folder: TaskFolder | undefined;
      await using open = await TaskFolder.open({
        answer: (request) => {
          if (++answered === cutAfter) folder?.interrupt();
          return echo(request);
        },
      });
      folder = open;
      const first = await open.run({ data_builder, data, steps });
      expect(first.code, first.stderr).toBe(130);
      const second = await open.run({ data_builder, data, steps });
      expect(second.rows.map(({ d }) => d)).toEqual(data.map(({ word }) => expect.stringContaining(`<d ${word} <c`)));
      const asked = [...first.prompts, ...second.prompts];
      expect(new Set(asked).size).toBe(24);
      // One call of each row can be under way.
      expect(second.prompts.length).toBeLessThanOrEqual(24 - cutAfter + data.length);
    },
  );

  it('makes 1,000 rows anew without a call when the parser of its second step is mended', async () => {
    await using folder = await TaskFolder.open({ answer: ({ prompt }) => `score: ${prompt.length}` });
    const rows = Array.from({ length: 1000 }, (_, id) => ({ id }));
    const task = (regex: string) => ({
      data_builder,
      data: rows,
      steps: [
        { out: 'draft', user: 'Draft {id}' },
        { out: 'score', user: 'Score {draft}', extract: { regex } },
        { out: 'reason', user: 'Why is {draft} good?' },
      ],
    });
    const first = await folder.run(task('score: (\\d)'));
    expect([first.rows.length, first.prompts.length]).toEqual([1000, 3000]);
    expect(first.rows[0]?.['score']).toBe('1');
    const again = await folder.run(task('score: (\\d+)'), '--replay');
    expect(again.prompts).toEqual([]);
    expect(again.rows.map(({ score }) => score)).toEqual(rows.map(() => '14'));
    expect(again.stderr).toContain('task_fields.steps');
  }, 120_000);

  it('formats its rows anew without a call when the formatter is changed', async () => {
    await using folder = await TaskFolder.open({ answer: echo });
    const task = { data_builder, data: [{ city: 'Lima' }], steps: [{ out: 'fact', user: '{city}' }] };
    await folder.run({ ...task, formatter: { type: 'alpaca', instruction: 'city', output: 'fact' } });
    const { prompts } = await folder.run({ ...task, formatter: { type: 'native', format: { fact: '{{fact}}' } } });
    expect([prompts, folder.readText('output/task/formatted_data.jsonl')]).toEqual([[], '{"fact":"<Lima>"}\n']);
  });

  it('asks again for what depends on a prompt that changed, and for nothing else', async () => {
    await using folder = await TaskFolder.open({ answer: echo });
    folder.write('b.txt', 'b {word}');
    const task = {
      data_builder,
      data,
      steps: [
        { out: 'a', user: 'a {word}' },
        { out: 'b', user: { file: 'b.txt' } },
        { out: 'c', user: 'c {b}' },
        { out: 'd', user: 'd {a}' },
      ],
    };
    expect((await folder.run(task)).prompts).toHaveLength(24);
    folder.write('b.txt', 'B {word}');
    const changed = await folder.run(task, '--replay');
    expect(new Set(changed.prompts.map((prompt) => prompt.slice(0, 7)))).toEqual(new Set(['user: B', 'user: c']));
    expect(changed.prompts).toHaveLength(12);
    expect(changed.stderr).toContain('task_fields.files.b.txt');
    const inserted = { ...task, steps: [{ out: 'new', user: 'new {word}' }, ...task.steps] };
    expect((await folder.run(inserted, '--replay')).prompts.every((prompt) => prompt.startsWith('user: new'))).toBe(
      true,
    );
  });
});

describe('the tasks of other systems', () => {
  const readSteps = `
task_name: gendata
task_description: the example of its README
data_builder: core/prompt_chain
data: [{persona: A sailor, id: 1}, {persona: A nurse, id: 2}]
unique_key: id
keep_columns: used
cycled_fields:
  language:
    - English
    - Spanish
`;
  const answer = ({ prompt }: { prompt: string }) =>
    prompt.startsWith('create conversation') ? '[{"role": "user", "content": "hi"}]' : `<${prompt.split('\n')[0]}>`;

  it.each([
    [
      'steps of user and system',
      `steps:
  - out: use_case
    user: |
      Give me a use case for function calling using this persona in {language}:
      {persona}
  - out: conversation
    type: json
    user: |
      create conversation depending on use case in {language}: {use_case}
  - out: system_prompt
    system: |
      You're an AI assistant creating a system prompt in {language}.
    user: |
      Based on this use case: {use_case}
      And conversation: {conversation}
      Create a system prompt.
`,
    ],
    [
      'lists of messages',
      `steps:
  - out: use_case
    messages:
      - {role: user, content: "Give me a use case for function calling using this persona in {language}:\\n{persona}\\n"}
  - out: conversation
    type: json
    messages:
      - {role: user, content: "create conversation depending on use case in {language}: {use_case}\\n"}
  - out: system_prompt
    messages:
      - {role: system, content: "You're an AI assistant creating a system prompt in {language}.\\n"}
      - {role: user, content: "Based on this use case: {use_case}\\nAnd conversation: {conversation}\\nCreate a system prompt.\\n"}
`,
    ],
  ])('make the same of %s', async (_form, steps) => {
    await using folder = await TaskFolder.open({ answer });
    const { rows, prompts, code } = await folder.run(readSteps + steps);
    expect(code).toBe(0);
    expect(rows.map(fieldsOf)).toEqual(
      [
        [1, 'A sailor', 'English'],
        [2, 'A nurse', 'Spanish'],
      ].map(([id, persona, language]) => ({
        id,
        persona,
        language,
        use_case: `<Give me a use case for function calling using this persona in ${language}:>`,
        conversation: [{ role: 'user', content: 'hi' }],
        system_prompt: `<Based on this use case: <Give me a use case for function calling using this persona in ${language}:>>`,
      })),
    );
    expect(prompts).toContain(
      `system: You're an AI assistant creating a system prompt in English.\n\nuser: Based on this use case: ${rows[0]?.['use_case']}\nAnd conversation: [{"role":"user","content":"hi"}]\nCreate a system prompt.\n`,
    );
  });
});

it('is found by its name alone, and listed', async () => {
  await using folder = await TaskFolder.open({ answer: echo });
  const { stdout, code } = await folder.command('list', 'builders');
  expect(code).toBe(0);
  for (const name of ['core/best_of_n', 'core/prompt_chain', 'core/rollout']) expect(stdout).toContain(name);
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { dgt: object };
  expect(manifest.dgt).toEqual({ builders: './' });
});
