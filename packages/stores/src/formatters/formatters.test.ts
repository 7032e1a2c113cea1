import { formatters, type Row } from '@dgt/core';
import { describe, expect, it } from 'vitest';
import { formatterManifest } from '../manifest.js';

formatters.announce(formatterManifest);

async function format(config: { type: string; [key: string]: unknown }, row: Row, index = 0): Promise<unknown> {
  const formatterClass = await formatters.load(config.type);
  return new formatterClass(config as never).format(row, index);
}

describe('the manifest of formatters', () => {
  it.each(Object.keys(formatterManifest))('finds %s', async (name) => {
    expect(await formatters.load(name)).toBeTypeOf('function');
  });
});

describe('native', () => {
  const row = { question: 'Why {{answer}}?', n: 1, list: [1, 'a'], meta: { source: 'x' }, nothing: null };

  it('puts fields into text, and looks at what it put in no more', async () => {
    expect(
      await format(
        { type: 'native', format: 'Q: {{question}} ({{ meta.source }}, {{n}}, {{list}}, {{list[1]}})' },
        row,
      ),
    ).toBe('Q: Why {{answer}}? (x, 1, [1,"a"], a)');
    expect(await format({ type: 'formatters/native', format: 'no fields, { braces } $& {{}}' }, row)).toBe(
      'no fields, { braces } $& {{}}',
    );
  });

  it('makes objects, in which a field alone stays what it is', async () => {
    expect(
      await format({ type: 'native', format: { a: '{{list}}', b: '{{n}}', c: '{{n}}!', d: '{{nothing}}' } }, row),
    ).toEqual({
      a: [1, 'a'],
      b: 1,
      c: '1!',
      d: null,
    });
  });

  it('names the row and the field that is missing', async () => {
    await expect(format({ type: 'native', format: '{{qestion}}' }, row, 4)).rejects.toThrow(
      'formatter "native": row 5 has no "qestion" (did you mean "question"?); it has: question, n, list, meta, nothing',
    );
    await expect(format({ type: 'native', format: '{{meta.deep.er}}' }, row)).rejects.toThrow(
      'row 1 has no "meta.deep.er"',
    );
    await expect(format({ type: 'native' }, row)).rejects.toThrow('formatter "native": missing "format"');
    await expect(format({ type: 'native', format: '{{a[}}' }, row)).rejects.toThrow('path "a[": cannot be read');
  });
});

describe('template', () => {
  it('renders loops, conditions and filters', async () => {
    const template =
      '{% for t in turns %}{{ t.role | upcase }}: {{ t.text }}\n{% endfor %}{% if note %}!{% endif %}{{ tags | json }}';
    const row = { turns: [{ role: 'user', text: '<Hi & "bye">' }], tags: ['a'] };
    expect(await format({ type: 'template', format: template }, row)).toBe('USER: <Hi & "bye">\n["a"]');
    expect(
      await format({ type: 'formatters/template', format: { x: '{{ tags[0] }}', y: '{{ tags.size }}' } }, row),
    ).toEqual({ x: 'a', y: '1' });
  });

  it('names the row and the field that is missing', async () => {
    await expect(format({ type: 'template', format: '{{ anser }}' }, { answer: 1 }, 2)).rejects.toThrow(
      'formatter "template": row 3 has no "anser" (did you mean "answer"?); it has: answer',
    );
  });

  it('says what is wrong with a template before any row', async () => {
    await expect(format({ type: 'template', format: { a: '{% if x %}' } }, {})).rejects.toThrow(
      'format.a: tag {% if x %} not closed',
    );
    await expect(format({ type: 'template', format: '{{ x | shout }}' }, { x: 1 })).rejects.toThrow(
      'undefined filter: shout',
    );
  });

  it.each([
    ['the prototype of a value', '{{ x.constructor.name }}{{ x.__proto__ }}'],
    ['a file', '{% include "/etc/passwd" %}'],
    ['a file to render', '{% render "package.json" %}'],
  ])('reaches nothing but the row: not %s', async (_what, template) => {
    await expect(format({ type: 'template', format: template }, { x: {} })).rejects.toThrow();
  });
});

describe('messages', () => {
  const steps = [
    { role: 'scenario', content: 'a shop' },
    { role: 'user', content: 'Time in Paris and Rome?' },
    { role: 'tool_call', content: { name: 'time', arguments: { city: 'Paris' }, id: 'abc' } },
    { role: 'tool_call', content: { name: 'time', arguments: '{"city":"Rome"}', call_id: null } },
    { role: 'tool_result', content: { call_id: 'abc', name: 'time', result: { hour: 12 } } },
    { role: 'tool_result', content: { name: 'time', result: 'noon' } },
    { role: 'assistant', content: 'Noon.' },
  ];
  const messages = [
    { role: 'user', content: 'Time in Paris and Rome?' },
    {
      role: 'assistant',
      content: null,
      tool_calls: [
        { id: 'abc', type: 'function', function: { name: 'time', arguments: '{"city":"Paris"}' } },
        { id: 'call_2', type: 'function', function: { name: 'time', arguments: '{"city":"Rome"}' } },
      ],
    },
    { role: 'tool', tool_call_id: 'abc', content: '{"hour":12}' },
    { role: 'tool', tool_call_id: 'call_2', content: 'noon' },
    { role: 'assistant', content: 'Noon.' },
  ];

  it('are made of steps: every tool call has an id, every result that of its call', async () => {
    expect(await format({ type: 'formatters/conversation/messages' }, { conversation_id: 'c1', steps })).toEqual({
      conversation_id: 'c1',
      messages,
    });
  });

  it('stay what they are when they are messages already', async () => {
    const once = (await format({ type: 'messages' }, { messages })) as Row;
    expect(once['messages']).toEqual(messages);
    expect(once['conversation_id']).toMatch(/^[0-9a-f]{16}$/);
    expect(
      await format({ type: 'messages', field: 'turns.list' }, { conversation_id: 7, turns: { list: messages } }),
    ).toEqual({
      conversation_id: '7',
      messages,
    });
  });

  it('are made of a question and its answer', async () => {
    const config = { type: 'messages', user: 'q', assistant: 'a', system: 's' };
    const row = { conversation_id: 'x', q: 'Why?', a: 'So.', s: 'Be short.' };
    expect(await format(config, row)).toEqual({
      conversation_id: 'x',
      messages: [
        { role: 'system', content: 'Be short.' },
        { role: 'user', content: 'Why?' },
        { role: 'assistant', content: 'So.' },
      ],
    });
    await expect(format(config, { ...row, s: undefined })).rejects.toThrow('formatter "messages": row 1 has no "s"');
  });

  it.each([
    [{ steps: [{ role: 'asistant', content: '' }] }, 'row 1: steps[0]: has the role "asistant"'],
    [
      { steps: [{ role: 'tool_result', content: { name: 'x' } }] },
      'steps[0]: is a tool result that no open tool call asked for',
    ],
    [
      { messages: [{ role: 'tool', tool_call_id: 'zz', content: '' }] },
      'messages[0]: is a tool result with the id "zz" that no open',
    ],
    [
      { messages: [{ role: 'assistant', tool_calls: [{}] }] },
      'messages[0].tool_calls[0]: is a tool call without the name',
    ],
    [{ messages: 'hello' }, 'messages: expected a list of messages, got a string'],
    [{ messages: ['hello'] }, 'messages[0]: expected a message with a role, got a string'],
    [{ text: 'hello' }, 'row 1 has no "messages"; it has: text'],
  ])('cannot be made of %j', async (row, message) => {
    await expect(format({ type: 'messages' }, row)).rejects.toThrow(message);
  });

  it.each([
    [{ field: 'a', user: 'b', assistant: 'c' }, '`field` names a whole conversation'],
    [{ user: 'b' }, 'give both'],
    [{ system: 's' }, 'give all three'],
  ])('refuse a configuration that contradicts itself: %j', async (config, message) => {
    await expect(format({ type: 'messages', ...config }, {})).rejects.toThrow(message);
    await expect(format({ type: 'sharegpt', ...config }, {})).rejects.toThrow(message);
  });

  it('are told apart by speaker in sharegpt', async () => {
    expect(await format({ type: 'sharegpt' }, { conversation_id: 'c', steps })).toEqual({
      id: 'c',
      conversations: [
        { from: 'human', value: 'Time in Paris and Rome?' },
        { from: 'function_call', value: '{"name":"time","arguments":{"city":"Paris"}}' },
        { from: 'function_call', value: '{"name":"time","arguments":{"city":"Rome"}}' },
        { from: 'observation', value: '{"hour":12}' },
        { from: 'observation', value: 'noon' },
        { from: 'gpt', value: 'Noon.' },
      ],
    });
  });
});

describe('alpaca and dpo', () => {
  it('name their fields as they are told', async () => {
    const row = { instruction: 'Add.', output: 3, input: '1 2' };
    expect(await format({ type: 'alpaca' }, row)).toEqual({ instruction: 'Add.', input: '1 2', output: '3' });
    expect(await format({ type: 'alpaca', instruction: 'q', output: 'a' }, { q: 'Why?', a: 'So.' })).toEqual({
      instruction: 'Why?',
      input: '',
      output: 'So.',
    });
    await expect(format({ type: 'alpaca', input: 'inpt' }, row)).rejects.toThrow(
      'row 1 has no "inpt" (did you mean "input"?)',
    );
  });

  it('make pairs of preference, as texts or as messages', async () => {
    const row = { prompt: 'Why?', chosen: 'So.', rejected: 'No.' };
    expect(await format({ type: 'dpo' }, row)).toEqual(row);
    expect(await format({ type: 'dpo', conversational: true }, row)).toEqual({
      prompt: [{ role: 'user', content: 'Why?' }],
      chosen: [{ role: 'assistant', content: 'So.' }],
      rejected: [{ role: 'assistant', content: 'No.' }],
    });
    await expect(format({ type: 'dpo', chosen: 'best' }, row)).rejects.toThrow('formatter "dpo": row 1 has no "best"');
    await expect(format({ type: 'dpo' }, { ...row, rejected: 'So.' }, 8)).rejects.toThrow(
      'formatter "dpo": row 9: "chosen" and "rejected" are the same',
    );
  });
});
