import { ConfigError, suggestNearest } from '@dgt/core';

/** The model as `--model-args` names it. */
export interface ModelArgs {
  readonly api_url: string;
  readonly api_key: string | undefined;
  readonly model: string;
}

const option = '--model-args';
const names = ['api_url', 'api_key', 'model'];

/**
 * Reads `--model-args`: `name=value`, separated by commas. A comma separates only where a name and an equals sign come next, so
 * that a value may hold both; one that stands in quotes ends with them. Of a name that comes twice the last counts.
 *
 * @param texts one for each time that the option was given.
 * @throws {@link ConfigError} DGT_OPTION_INVALID, which never shows a value: it may be a key.
 */
export function readModelArgs(texts: readonly string[]): ModelArgs {
  const given = new Map<string, string>();
  for (const text of texts) for (const [name, value] of readPairs(text.trim())) given.set(name, value);
  for (const name of given.keys()) {
    if (names.includes(name)) continue;
    const nearest = suggestNearest(name, names);
    // What is near to no name may be a piece of a key that holds a comma.
    const value = nearest === '' ? 'another name' : `"${name}"${nearest}`;
    throw invalid(`${names.join(', ')}; quote a value that holds a comma and a name: api_key="a,b=c"`, value);
  }
  return {
    api_url: given.get('api_url') ?? 'http://localhost:8080/v1/',
    api_key: given.get('api_key'),
    model: given.get('model') ?? 'tgi',
  };
}

/** A name, then a value in quotes that end the pair, or one that ends before the next name. */
const pair =
  /\s*([A-Za-z_]\w*)\s*=(?:(["'])(.*?)\2(?=\s*(?:,|$))|(.*?)(?=\s*,\s*(?:[A-Za-z_]\w*\s*=|$)|\s*$))\s*(?:,|$)/sy;

function* readPairs(text: string): Generator<[string, string]> {
  for (let at = 0; at < text.length; at = pair.lastIndex) {
    pair.lastIndex = at;
    const found = pair.exec(text);
    if (found === null) throw invalid('name=value,name=value', `something else at character ${at + 1}`);
    const [, name = '', , quoted, plain = ''] = found;
    yield [name, quoted ?? plain.trim()];
  }
}

function invalid(expected: string, value: string): ConfigError {
  return new ConfigError('DGT_OPTION_INVALID', { option, expected, value });
}
