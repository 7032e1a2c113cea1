import { ConfigError, type Message } from '@dgt/core';
import { checkTemplateValues } from '@dgt/blocks/templates';
import { withPlace } from './error-place.js';
import type { RequestSpec } from './prompt-fields.js';
import { Prompt, type PromptOptions, type PromptPlace, type Values } from './prompt.js';

/** The name under which `user` sees the text of `prompt_column`. */
export const documentName = 'DOCUMENT';

interface Part {
  readonly role: Message['role'];
  readonly prompt: Prompt;
}

/** What is sent to a model, made anew of the values of each row. */
export class Request {
  readonly #parts: readonly Part[];
  readonly #column: string | undefined;
  readonly #place: PromptPlace;

  /** @throws {@link ConfigError} for prompts that cannot be read, or parts that do not go together. */
  constructor(spec: RequestSpec, place: PromptPlace, options: PromptOptions) {
    const { system, user, messages, prompt_column: column } = spec;
    const refuse = (problems: string) => new ConfigError('DGT_CONFIG_INVALID', { problems, path: place.path });
    if (messages !== undefined && (system ?? user ?? column) !== undefined)
      throw refuse('messages stand alone: write what is in system, user and prompt_column into them');
    if (messages === undefined && user === undefined && column === undefined)
      throw refuse('nothing to ask: give it user, messages or prompt_column');
    const part = (role: string, text: RequestSpec['user'], key: readonly (string | number)[]): Part[] =>
      text === undefined
        ? []
        : [
            {
              role: role as Message['role'],
              prompt: new Prompt(
                text,
                { path: [...place.path, ...key], where: `${place.where}, ${key.join('.')}` },
                options,
              ),
            },
          ];
    this.#place = place;
    this.#column = column;
    this.#parts =
      messages === undefined
        ? [...part('system', system, ['system']), ...part('user', user, ['user'])]
        : messages.flatMap(({ role, content }, index) => part(role, content, ['messages', index, 'content']));
  }

  /** The names of columns and earlier outputs that it uses, in the order of first mention. */
  get names(): readonly string[] {
    const own = this.#parts.flatMap(({ prompt }) => prompt.names).filter((name) => !this.#isDocument(name));
    return [...new Set([...own, ...(this.#column === undefined ? [] : [this.#column])])];
  }

  /** Finds what is missing before anything is called. @throws {@link ConfigError} DGT_TEMPLATE_FIELD */
  check(values: Values, { row, later }: { row: string; later: readonly string[] }): void {
    const { path, where } = this.#place;
    if (this.#column !== undefined) {
      const variables = [{ name: this.#column, path: [], text: this.#column }];
      withPlace([...path, 'prompt_column'], () =>
        checkTemplateValues({ variables }, values, { where: `${row}: ${where}, prompt_column`, later }),
      );
    }
    const known = this.#column === undefined ? later : [...later, documentName];
    for (const { prompt } of this.#parts) prompt.check(values, { row, later: known });
  }

  /** The prompt, as text where it is nothing but one thing that a user says, or else the messages of a chat. */
  render(values: Values): string | Message[] {
    const column = this.#column === undefined ? undefined : values[this.#column];
    const chat = Array.isArray(column) ? this.#readChat(column) : undefined;
    if (chat !== undefined && this.#parts.some(({ role }) => role === 'user'))
      throw this.#refuse(`user cannot wrap the messages of a chat, which "${this.#column}" holds here`);
    if (this.#column !== undefined && chat === undefined && typeof column !== 'string')
      throw this.#refuse(`"${this.#column}" holds neither a text nor the messages of a chat`);
    const scope = typeof column === 'string' ? { ...values, [documentName]: column } : values;
    const messages = this.#parts.map(({ role, prompt }): Message => ({ role, content: prompt.render(scope) }));
    if (chat !== undefined) messages.push(...chat);
    else if (this.#column !== undefined && !this.#parts.some(({ role }) => role === 'user'))
      messages.push({ role: 'user', content: column as string });
    const [only, second] = messages;
    return second === undefined && only?.role === 'user' && typeof only.content === 'string' ? only.content : messages;
  }

  #readChat(messages: readonly unknown[]): Message[] {
    const wrong = messages.findIndex((message) => !isMessage(message));
    if (messages.length > 0 && wrong < 0) return messages as Message[];
    const what = messages.length === 0 ? 'an empty list' : `${JSON.stringify(messages[wrong])} at ${wrong}`;
    throw this.#refuse(`"${this.#column}" holds ${what}, and a message has a role and content`);
  }

  #refuse(problem: string): ConfigError {
    const { path, where } = this.#place;
    return new ConfigError('DGT_TEMPLATE_VALUE', { where, problem, path });
  }

  #isDocument(name: string): boolean {
    return this.#column !== undefined && name === documentName;
  }
}

function isMessage(value: unknown): value is Message {
  if (typeof value !== 'object' || value === null) return false;
  return typeof (value as { role?: unknown }).role === 'string' && 'content' in value;
}
