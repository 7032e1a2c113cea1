import type { ErrorCode } from 'yaml';

const advice: Partial<Record<ErrorCode, string>> = {
  BAD_SCALAR_START: 'Put the text into quotes.',
  BLOCK_AS_IMPLICIT_KEY:
    'Put a text that holds ": " into quotes; lines of one mapping begin in the same column, and an item of a list with "- ".',
  MULTILINE_IMPLICIT_KEY:
    'Write `key: value`, with a space after the colon; lines of one mapping begin in the same column.',
  TAB_AS_INDENT: 'Indent with spaces.',
  UNEXPECTED_TOKEN:
    'Put a text that holds quotes into quotes of the other kind; a list begins on the line after its key.',
};

/** What the parser says in the words of its grammar, as what is wrong and what to write instead. */
export function explainYamlError(code: ErrorCode, message: string): { problem: string; hint: string | undefined } {
  if (code === 'MISSING_CHAR' && message.endsWith('quote'))
    return { problem: 'a quote is opened and not closed', hint: 'End the text with the quote that it begins with.' };
  if (code === 'MISSING_CHAR' && message.startsWith('Implicit map keys'))
    return { problem: 'expected `key: value`', hint: advice.MULTILINE_IMPLICIT_KEY };
  const closing = /end with a ([\]}])$/.exec(message)?.[1];
  if (closing !== undefined)
    return {
      problem: `no "${closing}" where a bracket should end`,
      hint: 'Close it, and indent what stands inside of it.',
    };
  return { problem: message.charAt(0).toLowerCase() + message.slice(1), hint: advice[code] };
}
