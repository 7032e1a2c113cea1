import type { Json } from '../json.js';

// Type aliases where a value is hashed or recorded: an interface is not assignable to Json.

/** A piece of a message: text, or an image. */
export type ContentPart = TextPart | ImagePart;

/** Text in a message of several parts. */
export type TextPart = { readonly type: 'text'; readonly text: string };

/** An image in a message: an address, or the image itself as a `data:` URL in base64. */
export type ImagePart = {
  readonly type: 'image_url';
  readonly image_url: { readonly url: string; readonly detail?: 'auto' | 'low' | 'high' };
};

/** One message of a chat, in the roles and shape of the OpenAI chat format. */
export type Message = {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  /** Null for an assistant that only calls tools. */
  readonly content: string | readonly ContentPart[] | null;
  readonly name?: string;
  /** What an assistant called. */
  readonly tool_calls?: readonly ToolCall[];
  /** The call that a message of the role `tool` answers. */
  readonly tool_call_id?: string;
};

/** A tool that a model may call. */
export type Tool = {
  readonly type: 'function';
  readonly function: {
    readonly name: string;
    readonly description?: string;
    /** A JSON schema of the arguments. */
    readonly parameters?: Json;
    readonly strict?: boolean;
  };
};

/** Whether a model may call tools, must, or must call this one. */
export type ToolChoice =
  | 'none'
  | 'auto'
  | 'required'
  | { readonly type: 'function'; readonly function: { readonly name: string } };

/** A call of a tool, with its arguments as an object; a call that a row hands in may have them as JSON text too. */
export type ToolCall = {
  readonly id: string;
  readonly type: 'function';
  readonly function: { readonly name: string; readonly arguments: Json };
};
