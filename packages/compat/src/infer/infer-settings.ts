import { ConfigError } from '@dgt/core';
import { inferFlags, type FlagKind, type InferFlag, type InferFlagName } from './infer-flags.js';

type ValueOf<Kind extends FlagKind> = Kind extends 'text' ? string : Kind extends 'switch' ? boolean : number;

type Named = typeof inferFlags;

/** The value of every flag; undefined where it was not given and has no standard. */
export type InferSettings = {
  readonly [Name in InferFlagName]:
    | ValueOf<Named[Name]['kind']>
    | (Named[Name] extends { readonly standard: unknown } ? never : undefined);
};

/** What a command line says, by the names of {@link inferFlags}; what was not given is absent. Numbers are still text. */
export type GivenFlags = Readonly<Partial<Record<InferFlagName, string | boolean>>>;

/**
 * Reads the values of all flags, and checks what can be checked before anything runs.
 *
 * @throws {@link ConfigError} DGT_OPTION_INVALID
 */
export function readInferSettings(given: GivenFlags): InferSettings {
  const entries = Object.entries<InferFlag>(inferFlags).map(([name, flag]) => {
    const value = given[name as InferFlagName];
    return [name, value === undefined ? flag.standard : readValue(value, flag)];
  });
  const settings = Object.fromEntries(entries) as InferSettings;
  const { maxTokens, modelMaxContext, maxExamples, optimizationLevel, serverType, kvCacheDtype } = settings;
  if (maxTokens >= modelMaxContext) {
    const expected = `less than --model-max-context (${modelMaxContext}), since the prompt needs room too`;
    throw refuse('--max-tokens', expected, maxTokens);
  }
  if (maxExamples !== -1 && maxExamples < 1) throw refuse('--max-examples', '-1 or at least 1', maxExamples);
  if (optimizationLevel < 0 || optimizationLevel > 3)
    throw refuse('--optimization-level', '0, 1, 2 or 3', optimizationLevel);
  checkChoice('--server-type', serverType, ['vllm', 'sglang', 'endpoint', 'dummy', 'custom']);
  checkChoice('--kv-cache-dtype', kvCacheDtype, ['auto', 'fp8_e4m3', 'fp8_e5m2']);
  return settings;
}

/** The error for a value that a flag cannot have. */
export function refuse(option: string, expected: string, value: string | number): ConfigError {
  const shown = typeof value === 'string' ? JSON.stringify(value) : value;
  return new ConfigError('DGT_OPTION_INVALID', { option, expected, value: shown });
}

function readValue(value: string | boolean, { flag, kind }: InferFlag): string | number | boolean {
  if (typeof value === 'boolean' || kind === 'text') return value;
  const number = Number(value);
  const isNumber = value.trim() !== '' && Number.isFinite(number);
  if (kind === 'number' && !isNumber) throw refuse(flag, 'a number', value);
  const isWhole = isNumber && Number.isSafeInteger(number);
  if (kind === 'whole' && !isWhole) throw refuse(flag, 'a whole number', value);
  if (kind === 'count' && !(isWhole && number >= 1)) throw refuse(flag, 'a whole number, at least 1', value);
  return number;
}

function checkChoice(flag: string, value: string, choices: readonly string[]): void {
  if (!choices.includes(value)) throw refuse(flag, choices.join(', '), value);
}
