import { ConfigError, missing, missingRowField, parsePath, type Row } from '@dgt/core';
import { readField } from '@dgt/stores/formatters';
import { isErrorRow } from '@dgt/stores/statistics';
import { readText, type Outcome, type Preference, type Turn } from './outcome.js';

/** Which fields of a row hold what; those that are left out are found by their usual names. */
export interface RowFields {
  readonly id?: string | undefined;
  readonly prompt?: string | undefined;
  readonly text?: string | undefined;
}

/** The names under which fields are looked for, in this order. */
export const usualFields = {
  id: ['id', 'custom_id', 'conversation_id'],
  prompt: ['prompt', 'question', 'instruction', 'input', 'user'],
  text: ['generated_text', 'answer', 'response', 'output', 'completion', 'best', 'text'],
} as const;

/** What one row says, without its name. */
interface Content {
  readonly prompt?: readonly Turn[] | undefined;
  /** Undefined where the row has no answer. */
  readonly answer: Turn | undefined;
  readonly preferences?: readonly Preference[];
  /** How many answers the row has, of which this is the first. */
  readonly choices?: number;
}

/**
 * Reads a row of a dataset that dgt wrote: a conversation (`messages`, `steps`, `conversations`), rollouts of a document, candidates of
 * which one was chosen, a pair of preference, or a question and its answer.
 *
 * @throws {@link ConfigError} DGT_DATA_INVALID, DGT_ROW_FIELD_MISSING
 */
export function readDatasetRow(
  row: Row,
  { index, place, fields }: { index: number; place: string; fields: RowFields },
): Outcome {
  const find = (what: keyof RowFields) => readChosen(row, { index, what, field: fields[what] });
  const found = find('id');
  const id = typeof found === 'string' || typeof found === 'number' ? String(found) : `row-${index + 1}`;
  if (isErrorRow(row) && !hasText(row, fields.text)) return { id, failure: readFailure(row['error']) };
  const { prompt, answer, preferences, choices } =
    (fields.text === undefined
      ? (readRollouts(row, () => find('prompt'), fields) ??
        readConversation(row) ??
        readPreference(row, find('prompt')))
      : undefined) ?? readAnswer(row, { prompt: find('prompt'), text: find('text'), place });
  if (answer === undefined) return { id: `row ${index + 1}`, failure: 'does not end with an answer' };
  const sample = { id, answer, ...(prompt && { prompt }), ...(preferences && { preferences }) };
  return { id, sample, ...(choices !== undefined && { choices }) };
}

function hasText(row: Row, field: string | undefined): boolean {
  if (field !== undefined) return readField(row, parsePath(field)) !== missing;
  return usualFields.text.some((usual) => Object.hasOwn(row, usual));
}

function readFailure(error: unknown): string {
  return readText((error as { message?: unknown }).message ?? error) ?? 'no reason';
}

function readChosen(
  row: Row,
  { index, what, field }: { index: number; what: keyof RowFields; field: string | undefined },
): unknown {
  if (field === undefined) {
    const name = usualFields[what].find((usual) => Object.hasOwn(row, usual));
    return name === undefined ? undefined : row[name];
  }
  const value = readField(row, parsePath(field));
  if (value === missing) throw missingRowField(`--${what}-field`, { row, index, field });
  return value;
}

/** What `dgt infer` and DataTrove write: the document is in `text`, which is an answer in other rows. */
function readRollouts(row: Row, findPrompt: () => unknown, { prompt: field }: RowFields): Content | undefined {
  const results = row['rollout_results'] as readonly unknown[] | undefined;
  if (!Array.isArray(results)) return undefined;
  const [first] = results as readonly { readonly text?: unknown }[];
  const prompt = field === undefined && Object.hasOwn(row, 'text') ? row['text'] : findPrompt();
  return { ...toPrompt(prompt), answer: toAnswer(readText(first?.text ?? first)), choices: results.length };
}

function readConversation(row: Row): Content | undefined {
  const turns = (row['messages'] ?? row['steps']) as readonly Turn[] | undefined;
  if (Array.isArray(turns)) return splitConversation(turns);
  const said = row['conversations'] as readonly { readonly from?: unknown; readonly value?: unknown }[] | undefined;
  if (!Array.isArray(said)) return undefined;
  return splitConversation(said.map(({ from, value }) => readShareGptTurn(String(from), value)));
}

/** The answer is what the assistant says last. */
function splitConversation(turns: readonly Turn[]): Content {
  const answer = turns.at(-1);
  return { prompt: turns.slice(0, -1), answer: answer?.role === 'assistant' ? answer : undefined };
}

const roles: Readonly<Record<string, string>> = {
  human: 'user',
  gpt: 'assistant',
  function_call: 'tool_call',
  observation: 'tool_result',
};

function readShareGptTurn(from: string, value: unknown): Turn {
  const role = roles[from] ?? from;
  return { role, content: role === 'tool_call' && typeof value === 'string' ? parseCall(value) : value };
}

/** What is no JSON stays as it is: the formatter says what is wrong with it. */
function parseCall(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Candidates with the best and the worst of them, or a pair that is a preference already. */
function readPreference(row: Row, prompt: unknown): Content | undefined {
  const isJudged = Array.isArray(row['candidates']) && Object.hasOwn(row, 'best') && Object.hasOwn(row, 'worst');
  if (!isJudged && !(Object.hasOwn(row, 'chosen') && Object.hasOwn(row, 'rejected'))) return undefined;
  const chosen = readSaid(isJudged ? row['best'] : row['chosen']);
  const rejected = readSaid(isJudged ? row['worst'] : row['rejected']);
  const isPair = chosen !== undefined && rejected !== undefined && chosen !== rejected;
  return { ...toPrompt(prompt), answer: toAnswer(chosen), preferences: isPair ? [{ chosen, rejected }] : [] };
}

/** A text, or the only message of a list. */
function readSaid(value: unknown): string | undefined {
  const [first] = Array.isArray(value) ? (value as readonly Partial<Turn>[]) : [];
  return readText(first?.role === 'assistant' ? first.content : value);
}

function readAnswer(row: Row, { prompt, text, place }: { prompt: unknown; text: unknown; place: string }): Content {
  if (text === undefined) {
    const problem = `has no answer under ${usualFields.text.join(', ')}; it has: ${Object.keys(row).join(', ')}. Name one with --text-field`;
    throw new ConfigError('DGT_DATA_INVALID', { place, problem });
  }
  const isAlpaca = prompt === row['instruction'] && typeof row['input'] === 'string' && row['input'] !== '';
  const asked = isAlpaca ? `${String(prompt)}\n\n${String(row['input'])}` : prompt;
  return { ...toPrompt(asked), answer: toAnswer(readText(text)) };
}

function toPrompt(prompt: unknown): { prompt?: readonly Turn[] } {
  if (Array.isArray(prompt)) return { prompt: prompt as readonly Turn[] };
  return typeof prompt === 'string' ? { prompt: [{ role: 'user', content: prompt }] } : {};
}

function toAnswer(text: string | undefined): Turn | undefined {
  return text === undefined ? undefined : { role: 'assistant', content: text };
}
