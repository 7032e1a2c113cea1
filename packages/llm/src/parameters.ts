import { compileSchema, ConfigError, describeProblems, suggestNearest, Type } from '@dgt/core';
import type { Json, LMParameters, LMRequest } from '@dgt/core';
import { parameterAliases, parameterFields, type ParameterName } from './parameter-fields.js';

/** How a model is called: with one prompt to continue, or with the messages of a chat. */
export type Method = LMRequest['method'];

/**
 * The one table of a provider: for each method, the parameters that it honours and what its API calls them; `a.b` is the
 * member `b` of an object `a`. What stands in no row is an error when a user asks for it.
 */
export type ParameterNames = Readonly<Record<Method, NativeNames>>;

/** The part of a {@link ParameterNames} for one method. */
export type NativeNames = Readonly<Partial<Record<ParameterName, string>>>;

/** What {@link unifyParameters} is to hold parameters to. */
export interface ParameterRules {
  readonly provider: string;
  /** The names that the provider honours; `n` needs not be among them, several requests do as well. */
  readonly supported: Iterable<ParameterName>;
  /** The names that are left out where the provider does not honour them. */
  readonly optional?: ReadonlySet<string>;
}

const checker = compileSchema(Type.Object(parameterFields));

/**
 * Brings generation parameters to dgt's own names: the same for a block's YAML and for a row's `gen_kwargs`.
 *
 * @param raw what the user gave, and nothing but parameters; members that are `undefined` count as absent.
 * @throws {@link ConfigError} DGT_PARAMETER_UNSUPPORTED with the nearest name and all that are known; DGT_BLOCK_CONFIG for
 *   a value of the wrong type or range, and for a parameter given twice with different values.
 */
export function unifyParameters(raw: Readonly<Record<string, unknown>>, rules: ParameterRules): LMParameters {
  const { provider, optional } = rules;
  const known = new Set<string>([...rules.supported, 'n']);
  const given: Record<string, unknown> = {};
  for (const [parameter, value] of Object.entries(raw)) {
    if (value === undefined) continue;
    const own = ownName(parameter);
    if (known.has(own)) given[parameter] = value;
    else if (optional?.has(own) !== true) throw unsupported(parameter, known, provider);
  }
  const problems = checker.check(given);
  if (problems.length > 0) {
    throw new ConfigError('DGT_BLOCK_CONFIG', { block: provider, problems: describeProblems(problems) });
  }
  return mergeAliases(given, provider);
}

/** The names of parameters, some of which may be aliases, as dgt's own. */
export function ownNames(names: readonly string[]): Set<string> {
  return new Set(names.map(ownName));
}

/** Writes parameters as a provider's API has them. What the table does not name is left out. */
export function toNativeParameters(parameters: LMParameters, names: NativeNames): Record<string, Json> {
  const native: Record<string, Json> = {};
  for (const parameter in parameters) {
    const name = names[parameter as ParameterName];
    const value = parameters[parameter as ParameterName] as Json | undefined;
    if (name === undefined || value === undefined) continue;
    const dot = name.indexOf('.');
    if (dot < 0) native[name] = value;
    else {
      const outer = (native[name.slice(0, dot)] ??= {}) as Record<string, Json>;
      outer[name.slice(dot + 1)] = value;
    }
  }
  return native;
}

function ownName(name: string): string {
  return Object.hasOwn(parameterAliases, name) ? parameterAliases[name as keyof typeof parameterAliases] : name;
}

function unsupported(parameter: string, known: ReadonlySet<string>, provider: string): ConfigError {
  const aliases = Object.entries(parameterAliases).filter(([, own]) => known.has(own));
  return new ConfigError('DGT_PARAMETER_UNSUPPORTED', {
    provider,
    parameter,
    nearest: suggestNearest(parameter, [...known, ...aliases.map(([alias]) => alias)]),
    known: [...known].sort().join(', ') || 'none',
  });
}

function mergeAliases(given: Readonly<Record<string, unknown>>, provider: string): LMParameters {
  const unified: Record<string, unknown> = {};
  const saidAs: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    const own = ownName(name);
    const normalized = normalize(own, value);
    if (normalized === undefined) continue;
    const earlier = saidAs[own];
    if (earlier !== undefined && own === 'logprobs') {
      // `logprobs: true` with `top_logprobs: k` is one wish in OpenAI's words.
      unified[own] = Math.max(unified[own] as number, normalized as number);
      continue;
    }
    if (earlier !== undefined && JSON.stringify(unified[own]) !== JSON.stringify(normalized)) {
      const problems = `${earlier} and ${name} are the same parameter with different values`;
      throw new ConfigError('DGT_BLOCK_CONFIG', { block: provider, problems });
    }
    unified[own] = normalized;
    saidAs[own] = name;
  }
  return unified as LMParameters;
}

function normalize(own: string, value: unknown): unknown {
  if (own === 'stop' && typeof value === 'string') return [value];
  if (own !== 'logprobs' || typeof value === 'number') return value;
  return value === true ? 0 : undefined;
}
