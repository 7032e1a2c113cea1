import { createHash } from 'node:crypto';

const seal =
  /\n<!-- Written by dgt: ([0-9a-f]{16})\. What you change here stays: dgt then leaves the file alone\. -->\n$/;

/** A text with a last line that tells whether it was edited since. */
export function sealText(text: string): string {
  return `${text}\n<!-- Written by dgt: ${digest(text)}. What you change here stays: dgt then leaves the file alone. -->\n`;
}

/** Whether a text is as dgt wrote it. */
export function isSealed(text: string): boolean {
  const [found, written] = seal.exec(text) ?? [];
  return found !== undefined && digest(text.slice(0, -found.length)) === written;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
