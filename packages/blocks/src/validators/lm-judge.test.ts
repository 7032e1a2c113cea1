import { ConfigError, Lane, consoleLog, createScriptServices, unrecorded } from '@dgt/core';
import type { AnyBlock, BlockConfig, CallKey, Recorder, Rejection, RowFailure } from '@dgt/core';
import { describe, expect, it } from 'vitest';
import { ScriptedJudge, type JudgeAnswer } from './__fixtures__/scripted-judge.js';
import { LMJudge, type LMJudgeConfig } from './lm-judge.js';
import { Noop } from './noop.js';

const row = { question: 'Capital of France?', answer: 'Paris' };
const prompt = 'Question: {{question}}\nAnswer: {{answer}}\nRight?';

function judgeWith(answer: JudgeAnswer, config: LMJudgeConfig = {}) {
  const model = new ScriptedJudge(answer);
  return { model, block: new LMJudge({ name: 'judge', lm: model, prompt, ...config }) };
}

async function judge(answer: JudgeAnswer, config: LMJudgeConfig = {}, judged: object = row) {
  const [marked] = await judgeWith(answer, config).block.run([judged]).toArray();
  return { valid: marked?.is_valid, ...marked?.metadata };
}

describe('lm_judge', () => {
  it('asks with the fields of the row, and takes yes for valid', async () => {
    const { model, block } = judgeWith(() => 'Yes.', { filter: true });
    const kept = await block.run([row]).toArray();
    expect(kept).toEqual([{ ...row, is_valid: true, metadata: { judge_output: 'Yes.' } }]);
    expect(model.requests).toEqual([{ input: 'Question: Capital of France?\nAnswer: Paris\nRight?' }]);
  });

  it('says why a row is not valid', async () => {
    expect(await judge(() => 'no')).toEqual({ valid: false, judge_output: 'no', reason: 'the judge said no' });
    const unclear = await judge(() => 'Who knows?');
    expect(unclear).toMatchObject({
      valid: false,
      reason: "the judge's answer cannot be read",
      judge_output: 'Who knows?',
    });
  });

  it('takes a score, and refuses one beyond the scale', async () => {
    const config = { success: { score: { min: 4 } }, scale: { from: 1, to: 5 } };
    expect(await judge(() => 'Score: 4', config)).toMatchObject({ valid: true, score: 4 });
    expect(await judge(() => 'Score: 3', config)).toMatchObject({
      valid: false,
      score: 3,
      reason: 'the judge scored it under 4',
    });
    expect(await judge(() => 'Score: 40', config)).toMatchObject({ reason: "the judge's answer cannot be read" });
    const bracketed = { success: { score: { min: 4, pattern: '\\[\\[(\\d+)\\]\\]' } } };
    expect(await judge(() => 'between 1 and 5: [[5]]', bracketed)).toMatchObject({ valid: true, score: 5 });
  });

  it('takes a pattern that must match, or must not', async () => {
    expect(await judge(() => 'SAFE', { success: { pattern: '^safe' } })).toMatchObject({ valid: true });
    const config = { success: { pattern: 'unsafe', must_match: false } };
    expect(await judge(() => 'Unsafe!', config)).toMatchObject({ reason: "the judge's answer matches /unsafe/" });
  });

  it('takes several criteria, each with its own least score, and tells the judge how to answer', async () => {
    const criteria = [
      { name: 'clarity', description: 'easy to understand', min: 3 },
      { name: 'accuracy', min: 5 },
    ];
    const { model, block } = judgeWith(() => '{"clarity": 4, "accuracy": 3}', { criteria });
    const [marked] = await block.run([row]).toArray();
    expect(marked).toMatchObject({
      is_valid: false,
      metadata: { score: 3.5, scores: { clarity: 4, accuracy: 3 }, reason: 'the judge scored "accuracy" under 5' },
    });
    expect(model.requests[0]?.input).toBe(
      'Question: Capital of France?\nAnswer: Paris\nRight?\n\n' +
        '- clarity: easy to understand\n- accuracy\n' +
        'Score each from 1 to 5. End with one line of JSON like {"clarity":5,"accuracy":5}',
    );
    expect(await judge(() => 'Clarity: 3\nAccuracy: 5', { criteria })).toMatchObject({ valid: true, score: 4 });
    expect(await judge(() => 'Clarity: 3', { criteria })).toMatchObject({
      reason: "the judge's answer cannot be read",
    });
  });

  it('shows the judge what deserves which score, from the lowest on', async () => {
    const levels = { 5: 'as a friend would say it', 1: 'stiff' };
    const { model, block } = judgeWith(() => '{"tone": 4}', { criteria: [{ name: 'tone', levels, min: 3 }] });
    await block.run([{ question: 'Well?', answer: 'Yes' }]).toArray();
    const [{ input } = { input: '' }] = model.requests;
    expect(String(input)).toContain('- tone\n  1: stiff\n  5: as a friend would say it\nScore each from 1 to 5.');
  });

  it('puts the criteria where the prompt wants them', async () => {
    const config = {
      prompt: '{{criteria}}\n---\n{{answer}}',
      criteria: [{ name: 'tone', min: 1 }],
      scale: { from: 0, to: 9 },
    };
    const { model, block } = judgeWith(() => 'tone: 0', config);
    expect(await block.run([row]).toArray()).toMatchObject([{ is_valid: false }]);
    expect(model.requests[0]?.input).toMatch(/^- tone\nScore each from 0 to 9\. .*\n---\nParis$/);
  });

  it('asks several times and follows more than half', async () => {
    const answers = ['yes', 'no', 'yes', 'no', 'maybe', 'no'];
    const config = { votes: 3 };
    expect(await judge((_prompt, call) => answers[call], config)).toEqual({
      valid: true,
      judge_output: ['yes', 'no', 'yes'],
      votes: { valid: 2, of: 3 },
    });
    expect(await judge((_prompt, call) => answers[call + 3], config)).toMatchObject({
      valid: false,
      reason: 'the judge said no',
      votes: { valid: 0, of: 3 },
    });
    expect(await judge((_prompt, call) => answers[call], { votes: 2 })).toMatchObject({ valid: false });
    const scored = { votes: 2, success: { score: { min: 3 } } };
    expect(await judge((_prompt, call) => `${call + 3}`, scored)).toMatchObject({ valid: true, score: 3.5 });
  });

  it('takes what the row asks and how it is judged, as in DGT', async () => {
    const judged = {
      input: [{ role: 'user', content: 'Is it 7?' }],
      gen_kwargs: { max_tokens: 5 },
      success_func: (answer: string) => [answer === '7', { seen: answer }],
    };
    const { model, block } = judgeWith(() => '7', { prompt: undefined });
    expect(await block.run([judged]).toArray()).toMatchObject([
      { is_valid: true, metadata: { judge_output: '7', seen: '7' } },
    ]);
    expect(model.requests).toEqual([{ input: judged.input, gen_kwargs: { max_tokens: 5 } }]);
  });

  it('takes a function from code', async () => {
    const success_func = (answer: string) => ({ valid: answer.length < 3, reason: 'too long', score: answer.length });
    expect(await judge(() => 'abcd', { success_func })).toMatchObject({ valid: false, reason: 'too long', score: 4 });
    expect(await judge(() => 'a', { success_func: () => false })).toMatchObject({ reason: 'the judge said no' });
    const careless = (() => 'fine') as never;
    await expect(judge(() => 'a', { success_func: careless })).rejects.toThrow(
      'success_func of the configuration returned "fine"',
    );
  });

  it('says something to the judge first', async () => {
    const { model, block } = judgeWith(() => 'yes', { system: 'You are strict.' });
    expect(await block.run([row]).toArray()).toMatchObject([{ is_valid: true, metadata: { judge_output: 'yes' } }]);
    expect(model.requests[0]?.input).toMatchObject([{ role: 'system', content: 'You are strict.' }, { role: 'user' }]);
  });

  it('leaves what stands in a field alone, even where it looks like a placeholder', async () => {
    const { model, block } = judgeWith(() => 'yes', { prompt: '{{ a }}|{{meta.n}}|{{list[0]}}' });
    await block.run([{ a: '{{meta.n}} $&', meta: { n: { deep: true } }, list: ['x'] }]).toArray();
    expect(model.requests[0]?.input).toBe('{{meta.n}} $&|{\n  "deep": true\n}|x');
  });

  it('names the field that the prompt shows and the row lacks', async () => {
    await expect(judge(() => 'yes', {}, { question: 'a' })).rejects.toThrow('needs the field "answer"');
    await expect(judge(() => 'yes', { prompt: '{{a.b}}' }, { a: 1 })).rejects.toMatchObject({
      code: 'DGT_BLOCK_FIELD_MISSING',
    });
    await expect(judge(() => 'yes', { prompt: undefined })).rejects.toThrow('needs the field "input"');
  });
});

describe('the calls of a judge', () => {
  function createLane() {
    const seen = { calls: [] as string[], rejections: [] as Rejection[], failures: [] as RowFailure[] };
    const recorder: Recorder = {
      call: (key: CallKey, call, signal) => {
        seen.calls.push(`${key.lane}/${key.index}`);
        return unrecorded.call(key, call, signal);
      },
      reject: (_lane, rejection) => void seen.rejections.push(rejection),
      fail: (_lane, failure) => void seen.failures.push(failure),
    };
    const { signal } = new AbortController();
    return { seen, lane: new Lane('r', { recorder, randomName: '0', signal, log: consoleLog }) };
  }

  it('are made in the lane of their row, each vote in a place of its own', async () => {
    const { seen, lane } = createLane();
    await judgeWith(() => 'yes', { votes: 2 })
      .block.run([row, row], { lane })
      .toArray();
    expect(seen.calls.sort()).toEqual(['r.0.0/0', 'r.0.1/0', 'r.1.0/0', 'r.1.1/0']);
  });

  it('cost a row when they fail for good, under the name of the judge', async () => {
    const { seen, lane } = createLane();
    const { block } = judgeWith((_prompt, call) => (call === 0 ? undefined : 'yes'), { filter: true });
    expect(await block.run([row, row], { lane }).toArray()).toHaveLength(1);
    expect(seen.failures).toMatchObject([{ block: 'judge', row }]);
  });

  it('still decide when only some of the votes fail', async () => {
    const verdict = await judge((_prompt, call) => (call === 0 ? undefined : 'yes'), { votes: 3 });
    expect(verdict).toMatchObject({ valid: true, votes: { valid: 2, of: 2 } });
  });

  it('leave a reason and a score with what is dropped', async () => {
    const { seen, lane } = createLane();
    const config = { filter: true, success: { score: { min: 4 } } };
    await judgeWith(() => '2', config)
      .block.run([row], { lane })
      .toArray();
    expect(seen.rejections).toMatchObject([
      { block: 'judge', reason: 'the judge scored it under 4', score: 2, sample: row },
    ]);
  });
});

describe('the model of a judge', () => {
  const lm_config = { type: 'scripted', model_id_or_path: 'one', api_key: 'sk-secret', base_url: 'http://localhost:1' };

  function servicesWith(block: AnyBlock) {
    const made: BlockConfig[] = [];
    const createBlock = (config: BlockConfig) => {
      made.push(config);
      return Promise.resolve(block);
    };
    return { made, services: { ...createScriptServices(), createBlock } };
  }

  it('is made once, from lm_config, prepared, and closed with the judge', async () => {
    const model = new ScriptedJudge(() => 'yes');
    const { made, services } = servicesWith(model);
    const block = new LMJudge({ name: 'quality', prompt, lm_config }, services);
    const { signal } = new AbortController();
    await block.prepare({ pinned: { judge: { type: 'pinned' } }, signal });
    await block.run([row, row]).toArray();
    await block.close();
    expect(made).toEqual([{ name: 'quality', ...lm_config }]);
    expect(model).toMatchObject({ prepared: { type: 'pinned' }, closed: true });
    expect(block.callLimit).toBe(3);
  });

  it('counts in the definition of the judge by what it is, without keys or addresses', async () => {
    const { services } = servicesWith(new ScriptedJudge(() => 'yes'));
    const block = new LMJudge({ prompt, lm_config }, services);
    expect(JSON.stringify(block.definition)).not.toMatch(/secret|localhost/);
    await block.prepare({ pinned: undefined, signal: new AbortController().signal });
    expect(block.definition).toMatchObject({ judge: { type: 'scripted', model: 'one' }, prompt, votes: 1 });
  });

  it('must be a model', async () => {
    const { services } = servicesWith(new Noop());
    const block = new LMJudge({ name: 'j', prompt, lm_config: { type: 'noop' } }, services);
    await expect(block.run([row]).toArray()).rejects.toThrow('block "j": lm_config: the type "noop" is not a model');
  });

  it('is left open when it was given from outside', async () => {
    const { model, block } = judgeWith(() => 'yes');
    await block.close();
    expect(model.closed).toBe(false);
  });
});

describe('the configuration of a judge', () => {
  const lm = new ScriptedJudge(() => 'yes');
  const criteria = [{ name: 'a', min: 1 }];

  it.each([
    [{}, 'expected either lm_config or, in code, lm'],
    [{ lm_config: {} }, 'lm_config: missing "type"'],
    [{ lm: new Noop() }, 'lm: expected a model block'],
    [{ lm, success: 'maybe' }, 'success'],
    [
      { lm, success: { score: { min: 'high' } } },
      'success: expected a string or an object with a number at "score/min"',
    ],
    [{ lm, success: { pattern: '(' } }, 'success: Invalid regular expression'],
    [{ lm, success: 'yes_no', prompt, criteria }, 'expected one of success, criteria and success_func'],
    [{ lm, criteria }, 'criteria: expected a prompt'],
    [{ lm, prompt, criteria: [...criteria, { name: 'A', min: 2 }] }, 'criteria: two have the same name'],
    [{ lm, scale: { from: 5, to: 1 } }, 'scale: "from" must be less than "to"'],
    [{ lm, votes: 0 }, 'votes: expected a number >= 1'],
    [{ lm, success_func: 'is_good' }, 'success_func: expected a function'],
  ])('is refused as %j', (config, problem) => {
    expect(() => new LMJudge(config as LMJudgeConfig)).toThrow(ConfigError);
    expect(() => new LMJudge(config as LMJudgeConfig)).toThrow(problem);
  });
});
