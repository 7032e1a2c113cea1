import { styleText } from 'node:util';
import type { OutputStream } from '../command-context.js';

/** What a piece of text means; each has a look of its own on a terminal. */
export type Meaning = 'good' | 'bad' | 'caution' | 'quiet' | 'strong';

/** Gives a text its look. */
export type Style = (meaning: Meaning, text: string) => string;

const looks = { good: 'green', bad: 'red', caution: 'yellow', quiet: 'dim', strong: 'bold' } as const;

/** Leaves every text as it is. */
export const plainStyle: Style = (_meaning, text) => text;

/** Colours on a terminal, unless the user set NO_COLOR (https://no-color.org) or the terminal is a dumb one. */
export function createStyle(stream: OutputStream, environment: Record<string, string | undefined>): Style {
  const plain = stream.isTTY !== true || (environment['NO_COLOR'] ?? '') !== '' || environment['TERM'] === 'dumb';
  // Whether to colour is decided here; newer versions of Node would look at process.stdout instead.
  return plain ? plainStyle : (meaning, text) => styleText(looks[meaning], text, { validateStream: false });
}
