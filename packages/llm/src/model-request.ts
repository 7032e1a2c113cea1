import { ConfigError, ProviderError } from '@dgt/core';
import type { LMParameters, LMRequest, LMRow, Message, Tool, ToolChoice } from '@dgt/core';
import { parameterFields, type ParameterName } from './parameter-fields.js';
import { ownNames, unifyParameters, type Method, type ParameterNames } from './parameters.js';
import { checkRow } from './row-input.js';

/** What a block contributes to each of its requests. */
export interface RequestDefaults {
  readonly block: string;
  readonly provider: string;
  readonly model: string;
  /** The method of a string input; messages are always a chat. */
  readonly stringMethod: Method;
  readonly parameters: LMParameters;
  readonly parameterNames: ParameterNames;
  /** The parameters that are left out where they are not honoured. */
  readonly optional?: ReadonlySet<string>;
  readonly tools?: readonly Tool[] | undefined;
  readonly toolChoice?: ToolChoice | undefined;
}

/** What the configuration of a block says of its parameters. */
export interface BlockParameters {
  readonly parameters: LMParameters;
  readonly optional: ReadonlySet<string>;
}

/**
 * Reads the generation parameters of a block's configuration.
 *
 * @throws {@link ConfigError} DGT_PARAMETER_UNSUPPORTED, also for one that no method of the provider honours.
 */
export function readBlockParameters(
  config: Readonly<Record<string, unknown>>,
  options: { provider: string; parameterNames: ParameterNames; method: Method | undefined },
): BlockParameters {
  const { provider, parameterNames, method } = options;
  const methods = method === undefined ? Object.values(parameterNames) : [parameterNames[method]];
  const supported = methods.flatMap((names) => Object.keys(names)) as ParameterName[];
  const given = Object.entries(config).filter(([key]) => Object.hasOwn(parameterFields, key));
  const optional = readOptional(config['optional_parameters'] as readonly string[] | undefined, provider);
  return { parameters: unifyParameters(Object.fromEntries(given), { provider, supported, optional }), optional };
}

/** Brings the rows of a block to the form that the ledger compares and clients send. */
export class RequestBuilder {
  readonly #defaults: RequestDefaults;
  /** The parameters of rows without any of their own. */
  readonly #parameters = new Map<Method, LMParameters>();

  constructor(defaults: RequestDefaults) {
    this.#defaults = defaults;
  }

  /**
   * @throws {@link ProviderError} permanent, for `gen_kwargs` that the provider cannot honour: it costs this row alone.
   *   {@link PluginError} DGT_MODEL_INPUT for a row that is not what {@link LMRow} says.
   */
  build(row: LMRow): LMRequest {
    const { provider, model, block, stringMethod } = this.#defaults;
    checkRow(row, block);
    const method = typeof row.input === 'string' ? stringMethod : 'chat_completion';
    const input = row.continuation && typeof row.input === 'string' ? row.input + row.continuation : row.input;
    const parameters = this.#readParameters(row, method);
    return { version: 2, provider, model, method, input, parameters, ...readTools(row, this.#defaults, method) };
  }

  #readParameters(row: LMRow, method: Method): LMParameters {
    if (row.gen_kwargs) return readRowParameters(row, this.#defaults, method);
    let parameters = this.#parameters.get(method);
    if (parameters === undefined) {
      parameters = readRowParameters(row, this.#defaults, method);
      this.#parameters.set(method, parameters);
    }
    return parameters;
  }
}

/** The messages of a request to a chat: a prompt is what the user says. */
export function readMessages(request: LMRequest): readonly Message[] {
  return typeof request.input === 'string' ? [{ role: 'user', content: request.input }] : request.input;
}

function readRowParameters(row: LMRow, defaults: RequestDefaults, method: Method): LMParameters {
  const { provider, optional, parameterNames } = defaults;
  const supported = Object.keys(parameterNames[method]) as ParameterName[];
  const rules = { provider, supported, ...(optional && { optional }) };
  try {
    // Checked together, since a parameter of the block may be one that this row's method does not honour.
    const own = unifyParameters(row.gen_kwargs ?? {}, rules);
    return unifyParameters({ ...defaults.parameters, ...own }, rules);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new ProviderError(error.code, 'permanent', error.details, { cause: error });
  }
}

function readTools(row: LMRow, defaults: RequestDefaults, method: Method): Pick<LMRequest, 'tools' | 'tool_choice'> {
  const tools = row.tools ?? defaults.tools;
  if (tools === undefined || tools === null || tools.length === 0) return {};
  if (method === 'completion') {
    const details = { provider: defaults.provider, parameter: 'tools', nearest: '', known: 'tools, in a chat' };
    throw new ProviderError('DGT_PARAMETER_UNSUPPORTED', 'permanent', details);
  }
  const choice = row.tool_choice ?? defaults.toolChoice;
  return { tools, ...(choice !== undefined && choice !== null && { tool_choice: choice }) };
}

function readOptional(names: readonly string[] = [], provider: string): Set<string> {
  const unknown = names.find((name) => !Object.hasOwn(parameterFields, name));
  if (unknown === undefined) return ownNames(names);
  const problems = `optional_parameters: "${unknown}" is no generation parameter`;
  throw new ConfigError('DGT_BLOCK_CONFIG', { block: provider, problems });
}
