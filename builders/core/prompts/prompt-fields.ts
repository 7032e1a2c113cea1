import { Type, type Static } from '@dgt/core';
import { templateSyntaxes } from '@dgt/blocks/templates';

/** A prompt: its text, or the file that holds it. */
export const promptText = Type.Union([
  Type.String(),
  Type.Object(
    {
      /** Relative to the task's file. */
      file: Type.Optional(Type.String({ minLength: 1 })),
      text: Type.Optional(Type.String()),
      /** A column that holds the values of this prompt, so that two prompts may use one name for different things. */
      vars: Type.Optional(Type.String({ minLength: 1 })),
    },
    { additionalProperties: false },
  ),
]);

/** A prompt as a task file has it. */
export type PromptText = Static<typeof promptText>;

const role = Type.Union(['system', 'user', 'assistant'].map((name) => Type.Literal(name)));

/** What a request to a model is made of. */
export const requestFields = {
  system: Type.Optional(promptText),
  user: Type.Optional(promptText),
  /** All messages, in place of `system` and `user`. */
  messages: Type.Optional(
    Type.Array(Type.Object({ role, content: promptText }, { additionalProperties: false }), { minItems: 1 }),
  ),
  /** A column that holds the prompt: a text, which `user` may wrap (`DOCUMENT`), or the messages of a chat. */
  prompt_column: Type.Optional(Type.String({ minLength: 1 })),
};

/** The request of a step as a task file has it. */
export interface RequestSpec {
  readonly system?: PromptText;
  readonly user?: PromptText;
  readonly messages?: readonly { readonly role: string; readonly content: PromptText }[];
  readonly prompt_column?: string;
}

/** How the prompts of a task are written. */
export const syntaxFields = {
  template_syntax: Type.Union(
    templateSyntaxes.map((name) => Type.Literal(name)),
    { default: 'python' },
  ),
  /** Values that are no text go into prompts as Python writes them (`['a', True]`), and not as JSON. */
  legacy_repr: Type.Boolean({ default: false }),
};
