import type { Json, LMRequest, Message } from '@dgt/core';

/** One call of a model, as a script sees it. */
export interface ModelCall extends Pick<LMRequest, 'input' | 'parameters' | 'tools'> {
  /** The name of the block that calls. */
  readonly block: string;
  /** The input as one text; of a chat, a line `role: content` for each message. */
  readonly prompt: string;
}

/** The text that a request to a model, or to something done once, shows to a person. */
export function renderPrompt(request: Json): string {
  if (typeof request !== 'object' || request === null || Array.isArray(request)) return JSON.stringify(request);
  const { input, once } = request as { input?: string | readonly Message[]; once?: Json };
  if (typeof input === 'string') return input;
  if (Array.isArray(input)) return (input as readonly Message[]).map(renderMessage).join('\n');
  return typeof once === 'string' ? once : JSON.stringify(request);
}

function renderMessage({ role, content }: Message): string {
  return `${role}: ${typeof content === 'string' ? content : JSON.stringify(content)}`;
}
