/** One turn of a conversation, as formatters of conversations read it: a message, or a step. */
export interface Turn {
  readonly role: string;
  readonly content?: unknown;
  readonly [key: string]: unknown;
}

/** A better and a worse answer to the same prompt. */
export interface Preference {
  readonly chosen: string;
  readonly rejected: string;
}

/** An answer, whatever file it comes from. */
export interface Sample {
  readonly id: string;
  /** What was said before it; undefined where the file does not tell. */
  readonly prompt?: readonly Turn[];
  readonly answer: Turn;
  /** Undefined where there was one answer only. */
  readonly preferences?: readonly Preference[];
}

/** What a line of a file came to: an answer, or why there is none. */
export type Outcome =
  | {
      readonly id: string;
      readonly sample: Sample;
      /** Whether the answer was cut off. */
      readonly isCut?: boolean;
      /** How many answers there were, where they were several. */
      readonly choices?: number;
    }
  | { readonly id: string; readonly failure: string };

/** What a turn says, as text: parts of text one after the other, everything else as JSON; undefined when it says nothing. */
export function readText(content: unknown): string | undefined {
  if (content === null || content === undefined) return undefined;
  if (typeof content === 'string') return content;
  const isParts =
    Array.isArray(content) && content.every((part) => typeof (part as { text?: unknown })?.text === 'string');
  return isParts ? content.map((part: { text: string }) => part.text).join('') : JSON.stringify(content);
}
