import type { AnswerFormat, Json, Message, Random, TokenLogprob, Tool, ToolChoice } from '@dgt/core';
import type { ChunkSpec } from './rollout-fields.js';

/** A document: a row of the input, by its columns. */
export type RolloutDocument = Readonly<Record<string, unknown>>;

/** What is asked: a prompt or messages, and generation parameters beside them. */
export interface Payload {
  readonly prompt?: string;
  readonly messages?: readonly Message[];
  readonly response_format?: AnswerFormat;
  readonly tools?: readonly Tool[];
  readonly tool_choice?: ToolChoice;
  readonly [parameter: string]: unknown;
}

/** What the model answered. */
export interface InferenceResult {
  readonly text: string;
  readonly finish_reason: string;
  readonly usage: Readonly<Record<string, number | undefined>>;
  /** What the model thought before it answered, where the server says it. */
  readonly reasoning?: string;
  readonly logprobs?: readonly TokenLogprob[];
  /** With `response_format`: the value. */
  readonly value?: unknown;
  readonly tool_calls?: readonly unknown[];
}

/** What a rollout is given beside its document. */
export interface RolloutContext {
  /**
   * Asks the model; a text is a prompt. Every answer is on record: when the run goes on after a crash, the same payload of the same
   * rollout gets it again, in whatever order calls are made. Throws when the request is refused.
   */
  generate(payload: string | Payload): Promise<InferenceResult>;
  /** The prompt of the task's file for this document, with further values or other ones for its columns. */
  prompt(values?: Readonly<Record<string, unknown>>): string | Message[];
  readonly random: Random;
  /** What the function under `shared` made. */
  readonly shared: unknown;
  /** The `options` of the task's file. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Calls the function under `workers` in a thread of its own. It must give the same for the same argument. */
  prepare(argument: unknown): Promise<unknown>;
  /** Does something that is not the same each time, such as a request to another server, once, and records what it gave. */
  once<T extends Json>(name: string, effect: () => T | Promise<T>): Promise<T>;
  /** Says why the rollout gives nothing. */
  reject(reason: string, sample?: unknown): void;
  /** Aborted when the run is cancelled. */
  readonly signal: AbortSignal;
  /** Counts the rollouts of this document from 0. */
  readonly index: number;
  /** How `chunked` cuts. */
  readonly chunks: ChunkSpec;
}

/** Works on one document: any JSON value, or nothing when it has failed. */
export type Rollout = (document: RolloutDocument, context: RolloutContext) => unknown;
