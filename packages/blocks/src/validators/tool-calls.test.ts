import { describe, expect, it } from 'vitest';
import { isDate, isFoundInQuestion } from './question-overlap.js';
import { ToolCallsValidator } from './tool-calls.js';

const number = { type: 'number' };
const add = {
  name: 'add',
  parameters: { type: 'object', properties: { a: number, b: number }, required: ['a', 'b'] },
  output_parameters: { type: 'object', properties: { sum: number } },
};
const sendMail = {
  name: 'send_mail',
  parameters: {
    type: 'object',
    properties: {
      to: { type: 'string' },
      text: { type: 'string' },
      urgent: { type: 'boolean' },
      at: { type: 'string' },
    },
  },
};
const now = { name: 'now' };

const question = 'What is 3 plus 4? Mail the result to Ada.';
const sum = { name: 'add', arguments: { a: 3, b: 4 }, id: '$1' };
const mail = { name: 'send_mail', arguments: { to: 'ada' } };

async function judge(answer: unknown, more: object = {}, config = {}) {
  const row = { tools: [add, sendMail, now], question, answer, ...more };
  const [judged] = await new ToolCallsValidator(config).run([row]).toArray();
  return judged?.is_valid === true ? 'valid' : judged?.metadata?.['reason'];
}

describe('tool_calls', () => {
  it('finds calls valid that fit the tools and the question', async () => {
    expect(await judge([sum, mail])).toBe('valid');
    expect(await judge(JSON.stringify([sum, mail]))).toBe('valid');
    expect(await judge([])).toBe('valid');
    expect(await judge([{ name: 'now', arguments: {} }])).toBe('valid');
  });

  it.each([
    ['not JSON', 'Failed to parse tool call[s]'],
    ['null', 'Failed to parse tool call[s]'],
    ['{"name": "add"}', 'Malformed tool call[s]'],
    [[sum, 'add'], 'Malformed tool call[s]'],
    [[sum, sum], 'Duplicate tool call[s]'],
    [[mail, { arguments: { to: 'ada' }, name: 'send_mail' }], 'Duplicate tool call[s]'],
    [[sum, { ...mail, id: '$1' }], 'Duplicate tool call[s]'],
    [[{ ...mail, name: 'mail' }], 'Unrecognized/unavailable tool[s]'],
    [[{ arguments: {} }], 'Unrecognized/unavailable tool[s]'],
    [[{ ...mail, type: 'function' }], 'Malformed tool call with additional keys'],
    [[{ name: 'send_mail' }], 'Missing mandatory field[s] ("name", "arguments")'],
    [[{ name: 'add', arguments: { a: 3 } }], 'Parameter validation error'],
    [[{ name: 'add', arguments: { a: '3', b: 4 } }], 'Parameter validation error'],
    [[{ name: 'now', arguments: 'none' }], 'Malformed arguments'],
    [[{ name: 'now', arguments: ['3'] }], 'Malformed arguments'],
    [[{ name: 'now', arguments: { zone: 'Ada' } }], 'Hallucinated argument name'],
    [[{ name: 'send_mail', arguments: { to: 'Bob' } }], 'Hallucinated argument value'],
    [[{ name: 'send_mail', arguments: { to: '' } }], 'Hallucinated argument value'],
    [[{ name: 'add', arguments: { a: 3, b: 5 } }], 'Hallucinated argument value'],
  ])('finds %j invalid: %s', async (answer, reason) => {
    expect(await judge(answer)).toBe(reason);
  });

  it.each(['Use add for 3 and 4', 'Use "Add"!', 'Call {"name": "x"}', 'Call {"add": {"a": 3}}'])(
    'finds the question %j giving away the call, unless it may',
    async (giving) => {
      expect(await judge([], { question: giving })).toBe('Question contains tool call[s]');
      expect(await judge([], { question: giving }, { validate_question: false })).toBe('valid');
    },
  );

  it('wants several calls when asked for', async () => {
    expect(await judge([sum], {}, { multi_output: true })).toBe('Expected multiple tool calls');
    expect(await judge([sum, mail], {}, { multi_output: true })).toBe('valid');
  });

  it('lets booleans, listed types and dates be what they like', async () => {
    const urgent = { name: 'send_mail', arguments: { to: 'Ada', urgent: true } };
    const timed = { name: 'send_mail', arguments: { at: '2026-03-01T10:00:00Z' } };
    expect(await judge([urgent])).toBe('valid');
    expect(await judge([urgent], {}, { ignore_types: [] })).toBe('Hallucinated argument value');
    expect(await judge([timed])).toBe('Hallucinated argument value');
    expect(await judge([timed], {}, { ignore_types: ['date'] })).toBe('valid');
    expect(await judge([timed], {}, { check_arg_question_overlap: false })).toBe('valid');
  });

  it('lets a row decide for itself', async () => {
    expect(await judge([sum], { multi_output: true })).toBe('Expected multiple tool calls');
    expect(await judge([sum], { multi_output: false }, { multi_output: true })).toBe('valid');
  });

  it('understands tools as OpenAI has them, and a question that is not there', async () => {
    const tools = [{ type: 'function', function: add }];
    expect(await judge([sum], { tools })).toBe('valid');
    expect(await judge([sum], { tools, question: null })).toBe('Hallucinated argument value');
  });

  it('names the call and the argument it is about', async () => {
    const call = { name: 'send_mail', arguments: { to: 'Bob' } };
    const [row] = await new ToolCallsValidator().run([{ tools: [sendMail], answer: [call] }]).toArray();
    expect(row?.metadata).toEqual({ reason: 'Hallucinated argument value', tool_call: call, argument_value: 'Bob' });
  });

  it('refuses rows without tools or with a question that is no text', async () => {
    await expect(judge([], { tools: { add } })).rejects.toThrow(
      'needs a list of tools with names in the field "tools"',
    );
    await expect(judge([], { tools: [{ parameters: {} }] })).rejects.toThrow('a list of tools with names');
    await expect(judge([], { question: 7 })).rejects.toThrow('needs text in the field "question", got a number');
  });

  it('finds no arguments valid for a schema that is none', async () => {
    const broken = { name: 'now', parameters: { type: 'nothing' } };
    expect(await judge([{ name: 'now', arguments: {} }], { tools: [broken] })).toBe('Parameter validation error');
    const elsewhere = { name: 'now', parameters: { $ref: 'https://example.org/now.json' } };
    expect(await judge([{ name: 'now', arguments: {} }], { tools: [elsewhere] })).toBe('Parameter validation error');
  });
});

describe('tool_calls that refer to each other', () => {
  const nested = { name: 'send_mail', arguments: { to: 'Ada', text: '$1.sum' } };
  const again = { name: 'add', arguments: { a: 3, b: '$1.sum' }, id: '$2' };

  it('are valid when they may be nested', async () => {
    expect(await judge([sum, nested])).toBe('Nested tool call validation failed');
    expect(await judge([sum, nested], {}, { allow_nested: true })).toBe('valid');
    expect(await judge([sum, nested], {}, { require_nested: true })).toBe('valid');
    expect(await judge([sum, mail], {}, { require_nested: true })).toBe('Nested tool call validation failed');
  });

  it('may put an output where the schema wants a number', async () => {
    expect(await judge([sum, again])).toBe('Parameter validation error');
    expect(await judge([sum, again], {}, { allow_nested: true })).toBe('valid');
    const both = { name: 'add', arguments: { a: 'three', b: '$1.sum' } };
    expect(await judge([sum, both], {}, { allow_nested: true })).toBe('Parameter validation error');
  });

  it('cannot use an output before it is there, nor their own', async () => {
    const options = { allow_nested: true };
    expect(await judge([nested, sum], {}, options)).toBe('Nested future tool call reference failure');
    const own = { name: 'add', arguments: { a: 3, b: '$1.sum' }, id: '$1' };
    expect(await judge([own], {}, options)).toBe('Nested future tool call reference failure');
  });

  it('cannot mix an output into other text, nor use one that does not exist', async () => {
    const options = { allow_nested: true, check_arg_question_overlap: false };
    for (const text of ['the sum is $1.sum', '$1.total', 'x.sum', ['$1.sum of all']]) {
      const answer = [sum, { name: 'send_mail', arguments: { text } }];
      const tools = [add, { name: 'send_mail', parameters: { properties: { text: {} } } }];
      expect(await judge(answer, { tools }, options)).toBe('Indirect variable reference');
    }
  });

  it('are told from outputs whose name only begins alike', async () => {
    const answer = [sum, { name: 'send_mail', arguments: { text: '$1.summary' } }];
    expect(await judge(answer, {}, { allow_nested: true })).toBe('Hallucinated argument value');
  });
});

describe('finding an argument in the question', () => {
  it.each([
    ['New York', 'weather in new-york? no: New York!', true],
    ['U.S.A.', 'news from the USA', true],
    [3, 'three apples', true],
    [11, 'eleven apples', false],
    [11, '11 apples', true],
    ['3', 'three apples', false],
    [['red', 'blue'], 'red and blue', true],
    [['red', 'green'], 'red and blue', false],
    [{ colour: 'red', size: { width: 7 } }, 'red, 7 wide', true],
    [[], '', true],
    ['', 'anything', false],
    ['?!', 'what?!', true],
    ['巴黎', '巴黎的天气', true],
  ])('%j in %j: %s', (value, text, found) => {
    expect(isFoundInQuestion(value, text)).toBe(found);
  });

  it.each([
    ['2026-03-01', true],
    ['March 1, 2026', true],
    ['10:30', true],
    ['10:30 pm', true],
    ['tomorrow', false],
    ['Ada', false],
    [20260301, false],
  ])('%j is a date: %s', (value, expected) => {
    expect(isDate(value)).toBe(expected);
  });
});
