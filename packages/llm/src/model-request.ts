import { ConfigError, PluginError, ProviderError, Type, compileSchema } from '@dgt/core';
import type { LMAnswer, LMParameters, LMRequest, LMResult, LMRow, Message } from '@dgt/core';
import {
  parameterFields,
  unifyParameters,
  type Method,
  type ParameterName,
  type ParameterNames,
} from './parameters.js';
import { cutAtStop } from './stop.js';

/** What a block contributes to each of its requests. */
export interface RequestDefaults {
  readonly block: string;
  readonly provider: string;
  readonly model: string;
  /** The method of a string input; messages are always a chat. */
  readonly stringMethod: Method;
  readonly parameters: LMParameters;
  readonly parameterNames: ParameterNames;
}

const messages = compileSchema(
  Type.Array(
    Type.Object({
      role: Type.Union(['system', 'user', 'assistant', 'tool'].map((role) => Type.Literal(role))),
      content: Type.String(),
    }),
  ),
);

/**
 * Reads the generation parameters of a block's configuration.
 *
 * @throws {@link ConfigError} DGT_PARAMETER_UNSUPPORTED, also for one that no method of the provider honours.
 */
export function readBlockParameters(
  config: Readonly<Record<string, unknown>>,
  options: { provider: string; parameterNames: ParameterNames; method: Method | undefined },
): LMParameters {
  const { provider, parameterNames, method } = options;
  const methods = method === undefined ? Object.values(parameterNames) : [parameterNames[method]];
  const supported = methods.flatMap((names) => Object.keys(names)) as ParameterName[];
  const given = Object.entries(config).filter(([key]) => Object.hasOwn(parameterFields, key));
  return unifyParameters(Object.fromEntries(given), supported, provider);
}

/**
 * Brings one row to the form that the ledger compares and clients send.
 *
 * @throws {@link ProviderError} permanent, for `gen_kwargs` that the provider cannot honour: it costs this row alone.
 *   {@link PluginError} DGT_MODEL_INPUT for an input that is neither a string nor messages.
 */
export function buildRequest(row: LMRow, defaults: RequestDefaults): LMRequest {
  const { provider, model, block } = defaults;
  checkInput(row, block);
  const method = typeof row.input === 'string' ? defaults.stringMethod : 'chat_completion';
  const names = Object.keys(defaults.parameterNames[method]) as ParameterName[];
  try {
    // Checked together, since a parameter of the block may be one that this row's method does not honour.
    const own = unifyParameters(row.gen_kwargs ?? {}, names, provider);
    const parameters = unifyParameters({ ...defaults.parameters, ...own }, names, provider);
    return { version: 1, provider, model, method, input: row.input, parameters };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new ProviderError(error.code, 'permanent', error.details, { cause: error });
  }
}

/** What a row gets from an answer: text for a prompt, a message for messages. */
export function toResult(row: LMRow, request: LMRequest, answer: LMAnswer): LMResult<LMRow['input']> {
  const cut = cutAtStop(answer.text, request.parameters.stop);
  const finish_reason = cut.stopped ? 'stop' : answer.finish_reason;
  return {
    result: typeof row.input === 'string' ? cut.text : { role: 'assistant', content: cut.text },
    addtl: { ...answer.usage, finish_reason },
  };
}

/** The messages of a request to a chat: a prompt is what the user says. */
export function readMessages(request: LMRequest): readonly Message[] {
  return typeof request.input === 'string' ? [{ role: 'user', content: request.input }] : request.input;
}

function checkInput(row: LMRow, block: string): void {
  const { input, gen_kwargs } = row as { input: unknown; gen_kwargs?: unknown };
  const fits = typeof input === 'string' || (Array.isArray(input) && input.length > 0);
  const problem = !fits || (typeof input !== 'string' && messages.check(input).length > 0);
  if (problem) throw new PluginError('DGT_MODEL_INPUT', { block, field: 'input', seen: describe(input) });
  if (
    gen_kwargs !== undefined &&
    (typeof gen_kwargs !== 'object' || gen_kwargs === null || Array.isArray(gen_kwargs))
  ) {
    throw new PluginError('DGT_MODEL_INPUT', { block, field: 'gen_kwargs', seen: describe(gen_kwargs) });
  }
}

function describe(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
