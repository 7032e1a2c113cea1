import { suggestNearest, type Json } from '@dgt/core';
import { readYamlData, type ReadingContext } from '@dgt/runner';

/** Generation parameters and other keys of a model block. */
export type ModelParams = Readonly<Record<string, Json>>;

/** gendata asks so where its user says nothing. */
const defaults: ModelParams = { max_tokens: 5000, temperature: 0.2 };

/** What stands elsewhere, or is decided. */
const refused = new Set(['model', 'messages', 'stream', 'api_key', 'api_url']);

/**
 * Reads the file of `--model-params`, over the defaults of gendata.
 *
 * @param file without one, there are the defaults.
 * @param parameterNames the names of parameters that dgt knows, aliases included, each with its own name.
 * @returns undefined when it cannot be used; `problems` of the context says why.
 */
export async function readModelParams(
  file: string | undefined,
  { parameterNames, ...context }: ReadingContext & { readonly parameterNames: ReadonlyMap<string, string> },
): Promise<ModelParams | undefined> {
  if (file === undefined) return defaults;
  const { problems } = context;
  const before = problems.count;
  const document = await readYamlData(file, context, { references: false });
  if (document === undefined) return undefined;
  const value = document.value ?? {};
  const report = (key: string | undefined, problem: string, hint?: string) => {
    const place = document.locate(key === undefined ? [] : [key], 'key');
    problems.add({ ...place, path: key, problem, hint, code: 'DGT_CONFIG_INVALID' });
  };
  if (typeof value !== 'object' || Array.isArray(value)) {
    report(undefined, 'expected a mapping of parameters');
    return undefined;
  }
  const given = Object.entries(value as Record<string, Json>).filter(([, parameter]) => parameter !== null);
  const block: Record<string, Json> = {};
  const body: Record<string, Json> = {};
  for (const [key, parameter] of given) {
    if (refused.has(key)) report(key, 'cannot stand here', 'The model, its address and its key are for --model-args.');
    else if (key === 'n') {
      if (parameter !== 1) report(key, 'gendata takes one answer of a step', 'Remove it.');
    }
    // Sent on as it is: what an answer must be is said by output_types.
    else if (key === 'response_format') body[key] = parameter;
    else if (key === 'timeout' || parameterNames.has(key)) block[key] = parameter;
    else {
      const nearest = suggestNearest(key, ['timeout', ...parameterNames.keys()]);
      report(
        key,
        `no parameter that dgt knows${nearest}`,
        'What stands under extra_body goes into the request as it is.',
      );
    }
  }
  if (problems.count > before) return undefined;
  const said = new Set(Object.keys(block).map((key) => parameterNames.get(key) ?? key));
  const left = Object.entries(defaults).filter(([key]) => !said.has(key));
  const extra = { ...body, ...(block['extra_body'] as object | undefined) };
  return {
    ...Object.fromEntries(left),
    ...block,
    ...(Object.keys(extra).length > 0 && { extra_body: extra }),
  };
}
