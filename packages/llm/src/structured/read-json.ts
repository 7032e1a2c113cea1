import { describeProblems, type SchemaProblem } from '@dgt/core';
import type { JsonSchemaCheck } from './compile-json-schema.js';
import { findJsonParts, isPartial, unwrapFence } from './find-json.js';
import { mendJson } from './mend-json.js';

/**
 * What had to be done to a text to read it as JSON.
 * - `fence`: a Markdown fence was around the value.
 * - `surroundings`: other text was around it.
 * - `syntax`: its syntax was broken, and was mended.
 */
export type JsonRepair = 'fence' | 'surroundings' | 'syntax';

/**
 * Why a text gives no value.
 * - `empty`: it says nothing.
 * - `incomplete`: it ends before the value does, or leaves something out (`...`).
 * - `not_json`: it holds no JSON, or JSON that is broken beyond repair.
 * - `invalid`: the value does not fit the schema.
 */
export type JsonFault = 'empty' | 'incomplete' | 'not_json' | 'invalid';

/** A value that was read from a text, or why there is none. */
export type JsonReading =
  | {
      readonly value: unknown;
      /** The JSON that the value was parsed from: all of the text, unless it had to be repaired. */
      readonly text: string;
      readonly repair?: JsonRepair;
    }
  | {
      readonly fault: JsonFault;
      /** What is wrong, as a phrase. */
      readonly problem: string;
    };

/** How {@link readJson} reads. */
export interface ReadJsonOptions {
  /** What the value must fit. Without it, any value will do. */
  readonly check?: JsonSchemaCheck;
  /**
   * Whether the text is known to be cut off. Then no bracket is closed for it, since that would pass off a part for the
   * whole; a value that it holds in full is read.
   * @defaultValue false
   */
  readonly cut?: boolean;
}

/**
 * Reads the JSON value that a model wrote. A text that is JSON is taken as it is. Otherwise the value is looked for within a
 * Markdown fence and between other text (thoughts within `<think>` are passed over), and its syntax is mended where that
 * can be done without guessing what is missing. Of several objects or lists the last that fits is taken; with nothing to fit,
 * the longest.
 */
export function readJson(text: string, options: ReadJsonOptions = {}): JsonReading {
  const { check = () => [], cut = false } = options;
  const trimmed = text.trim();
  if (trimmed === '') return { fault: 'empty', problem: 'the answer is empty' };
  const whole = tryParse(trimmed);
  if (whole !== undefined) {
    const problems = check(whole.value);
    return problems.length === 0 ? { value: whole.value, text } : { fault: 'invalid', problem: describe(problems) };
  }
  const candidates = listCandidates(trimmed, cut);
  const fitting = choose(candidates, { check, isAnyGood: options.check === undefined });
  return fitting ?? explain(candidates, { check, cut });
}

interface Candidate {
  readonly text: string;
  readonly repair: JsonRepair;
  /** Undefined for a text that cannot be read. */
  readonly parsed: { readonly value: unknown } | undefined;
  readonly fault?: JsonFault;
  readonly problem?: string;
}

/** First what is JSON as it stands, then what has to be mended; the later in the text comes later. */
function listCandidates(trimmed: string, cut: boolean): readonly (readonly Candidate[])[] {
  const text = trimmed.replace(/^<think>[\s\S]*?<\/think>\s*/, '');
  const fenced = unwrapFence(text);
  const aloneInFence = fenced === undefined ? undefined : tryParse(fenced);
  if (aloneInFence !== undefined) return [[{ text: fenced as string, repair: 'fence', parsed: aloneInFence }]];
  const repair = /^```/m.test(text) ? 'fence' : 'surroundings';
  const sound: Candidate[] = [];
  const broken: Candidate[] = [];
  for (const part of findJsonParts(text)) {
    const parsed = tryParse(part.text);
    if (parsed === undefined) broken.push(mend(part.text, part.open, cut));
    else sound.push({ text: part.text, repair, parsed });
  }
  return [sound, broken];
}

function mend(text: string, open: boolean, cut: boolean): Candidate {
  if (isPartial(text) || (open && cut)) {
    return { text, repair: 'syntax', parsed: undefined, fault: 'incomplete', problem: 'its JSON is not complete' };
  }
  try {
    const mended = mendJson(text);
    return { text: mended, repair: 'syntax', parsed: tryParse(mended) };
  } catch (error) {
    const problem = `the text is not JSON: ${(error as Error).message}`;
    return { text, repair: 'syntax', parsed: undefined, fault: 'not_json', problem };
  }
}

function choose(
  stages: readonly (readonly Candidate[])[],
  options: { readonly check: JsonSchemaCheck; readonly isAnyGood: boolean },
): JsonReading | undefined {
  const { check, isAnyGood } = options;
  for (const candidates of stages) {
    const readable = candidates.filter(({ parsed }) => parsed !== undefined);
    if (isAnyGood) readable.sort((a, b) => a.text.length - b.text.length);
    const chosen = readable.findLast(({ parsed }) => check(parsed?.value).length === 0);
    if (chosen !== undefined) return { value: chosen.parsed?.value, text: chosen.text, repair: chosen.repair };
  }
  return undefined;
}

function explain(
  stages: readonly (readonly Candidate[])[],
  { check, cut }: { readonly check: JsonSchemaCheck; readonly cut: boolean },
): JsonReading {
  const candidates = stages.flat();
  if (cut) return { fault: 'incomplete', problem: 'the answer was cut off before its end' };
  const unfit = stages.map((stage) => stage.findLast(({ parsed }) => parsed !== undefined)).find(Boolean);
  if (unfit !== undefined) return { fault: 'invalid', problem: describe(check(unfit.parsed?.value)) };
  const { fault = 'not_json', problem = 'the text holds no JSON' } = candidates.at(-1) ?? {};
  return { fault, problem };
}

const shownProblems = 3;

function describe(problems: readonly SchemaProblem[]): string {
  const more = problems.length > shownProblems ? `; and ${problems.length - shownProblems} more` : '';
  return `${describeProblems(problems.slice(0, shownProblems))}${more}`;
}

function tryParse(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}
