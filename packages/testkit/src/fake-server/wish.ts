/** What a request asks of the model, in the same words for every API. */
export interface Wish {
  /** What is to be answered: the prompts of a completion, or the content of a chat's last message. */
  readonly prompts: readonly string[];
  readonly promptTokens: number;
  /** The limit on the answer's length. @unit tokens */
  readonly maxTokens: number | undefined;
  /** How many answers to each prompt. */
  readonly choices: number;
  readonly isStream: boolean;
  /** How many alternatives to each token are wanted; undefined when no probabilities are. */
  readonly logprobs: number | undefined;
  /** Whether a completion begins with its prompt. */
  readonly isEcho: boolean;
  /** The JSON schema that the answer must fit. */
  readonly schema: JsonSchema | undefined;
  /** Whether the answer must be JSON. */
  readonly isJson: boolean;
  readonly tools: readonly ToolDeclaration[];
  /** `required`: some tool must be called · `{ name }`: this one. */
  readonly toolChoice: 'auto' | 'none' | 'required' | { readonly name: string };
}

/** A JSON schema. */
export type JsonSchema = boolean | Readonly<Record<string, unknown>>;

/** A tool that the model may call. */
export interface ToolDeclaration {
  readonly name: string;
  /** The schema of its arguments. */
  readonly parameters: JsonSchema;
}

/** A wish for one plain answer, to be added to. */
export const plainWish: Wish = {
  prompts: [],
  promptTokens: 0,
  maxTokens: undefined,
  choices: 1,
  isStream: false,
  logprobs: undefined,
  isEcho: false,
  schema: undefined,
  isJson: false,
  tools: [],
  toolChoice: 'auto',
};
