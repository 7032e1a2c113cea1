import { ProviderError, type ContentPart, type LMRequest, type Message } from '@dgt/core';

/** A request with less of a text in it. */
export interface Shortened {
  readonly request: LMRequest;
  /** What is left of the text. */
  readonly text: string;
}

// A text that is halved so often is gone.
const fewestCharacters = 40;
// Tokens are not spread evenly over the characters of a prompt.
const margin = 0.95;

/**
 * Shortens one text in a prompt that is too long for the model: as much as the server's numbers ask for, else by half, from the
 * end of the text and between two words. The rest of the prompt stays whole.
 *
 * @param text as it stands in the prompt.
 * @returns undefined when the error is another, the text is not in the prompt, or there is nothing left to cut.
 */
export function shortenPrompt(request: LMRequest, text: string, error: unknown): Shortened | undefined {
  if (!ProviderError.isInstance(error) || error.code !== 'DGT_PROMPT_TOO_LONG') return undefined;
  const whole = readLength(request);
  const excess = estimateExcess(whole, request, error.details) ?? text.length / 2;
  const kept = cutBetweenWords(text, text.length - Math.ceil(excess));
  if (kept.length < fewestCharacters) return undefined;
  const shortened = replaceText(request, text, kept);
  return readLength(shortened) < whole ? { request: shortened, text: kept } : undefined;
}

/** How many characters are too many; undefined when the server gives no numbers. */
function estimateExcess(
  characters: number,
  { parameters }: LMRequest,
  { tokens, limit }: Readonly<Record<string, unknown>>,
): number | undefined {
  if (typeof tokens !== 'number' || typeof limit !== 'number') return undefined;
  const room = limit - (parameters.max_tokens ?? 0);
  const fitting = Math.floor((characters * Math.max(room, limit / 4) * margin) / tokens);
  return fitting < characters ? characters - fitting : undefined;
}

function cutBetweenWords(text: string, length: number): string {
  const cut = text.slice(0, Math.max(0, length));
  const space = cut.search(/\s\S*$/);
  return space > 0 ? cut.slice(0, space) : cut;
}

function readLength({ input }: LMRequest): number {
  if (typeof input === 'string') return input.length;
  const texts = input.flatMap(({ content }) =>
    typeof content === 'string' ? [content] : (content ?? []).map((part) => (part.type === 'text' ? part.text : '')),
  );
  return texts.reduce((sum, text) => sum + text.length, 0);
}

function replaceText(request: LMRequest, text: string, kept: string): LMRequest {
  const replace = (content: string) => content.split(text).join(kept);
  const { input } = request;
  if (typeof input === 'string') return { ...request, input: replace(input) };
  return { ...request, input: input.map((message) => replaceContent(message, replace)) };
}

function replaceContent(message: Message, replace: (text: string) => string): Message {
  const { content } = message;
  if (content === null) return message;
  if (typeof content === 'string') return { ...message, content: replace(content) };
  const replacePart = (part: ContentPart): ContentPart =>
    part.type === 'text' ? { type: 'text', text: replace(part.text) } : part;
  return { ...message, content: content.map(replacePart) };
}
