import type { ByteSource } from './byte-source.js';
import { dataError, unreadableFile } from './data-error.js';

/** Texts beyond this length are refused where a format can only be read as a whole. */
const longestText = 1 << 28;

/**
 * Decodes bytes to text, piece by piece. A byte order mark is left out; bytes that are no text of the encoding are an
 * error with their line, never replaced.
 */
export async function* decodeText(source: ByteSource, encoding: string): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  let line = 1;
  let rest: Uint8Array = new Uint8Array(0);
  const decode = (bytes?: Uint8Array): string => {
    try {
      return bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true });
    } catch (error) {
      throw dataError(
        `${source.name}:${line + linesBeforeError(bytes ?? rest, encoding)}`,
        `holds bytes that are not ${encoding}; name the encoding with \`encoding\``,
        error,
      );
    }
  };
  try {
    for await (const chunk of source.open()) {
      rest = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      const text = decode(rest);
      yield text;
      line += countLines(text);
    }
  } catch (error) {
    throw unreadableFile(source.name, error);
  }
  yield decode();
}

/** All of the text, for formats that have no rows to stop at. */
export async function readWholeText(source: ByteSource, encoding: string): Promise<string> {
  const pieces: string[] = [];
  let length = 0;
  for await (const piece of decodeText(source, encoding)) {
    length += piece.length;
    if (length > longestText) {
      throw dataError(source.name, 'is larger than 256 MB, and this format is read as a whole; convert it to jsonl');
    }
    pieces.push(piece);
  }
  return pieces.join('');
}

/** One line of a text. */
export interface TextLine {
  /** From 1. */
  readonly number: number;
  readonly text: string;
  /** Whether the source ended before the line did. */
  readonly isOpen: boolean;
}

/** The lines of a text, without their ends; a line break is LF or CRLF. */
export async function* readLines(source: ByteSource, encoding: string): AsyncGenerator<TextLine> {
  let open = '';
  let number = 1;
  for await (const piece of decodeText(source, encoding)) {
    const lines = piece.split('\n');
    lines[0] = open + lines[0];
    open = lines.pop() as string;
    if (open.length > longestText) throw dataError(`${source.name}:${number}`, 'is a line of more than 256 MB');
    for (const line of lines) {
      yield { number, text: line.endsWith('\r') ? line.slice(0, -1) : line, isOpen: false };
      number++;
    }
  }
  if (open !== '') yield { number, text: open, isOpen: true };
}

function linesBeforeError(bytes: Uint8Array, encoding: string): number {
  const text = new TextDecoder(encoding).decode(bytes);
  const bad = text.indexOf('\uFFFD');
  return countLines(bad < 0 ? text : text.slice(0, bad));
}

function countLines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count;
}
