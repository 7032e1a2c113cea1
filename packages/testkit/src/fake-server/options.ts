import type { AnswerSource } from './answers/find-answer.js';
import type { BatchOptions } from './batches/batch-options.js';
import type { FakeRequest } from './fake-request.js';
import type { FaultOptions } from './faults.js';
import type { Latency } from './latency.js';
import type { CapacityOptions } from './limits/capacity.js';
import type { LimitChange } from './limits/limit-changes.js';
import type { RateLimits } from './limits/rate-limiter.js';

/** How the fake server behaves. */
export interface FakeServerOptions {
  /** 0 takes any free port. @defaultValue 0 */
  readonly port?: number;
  /** What the model says: by name, by template, from a file or a list, or by a function. @defaultValue 'geography' */
  readonly answer?: AnswerSource;
  /** What answers are said to have used beside their words. */
  readonly usage?: UsageOptions;
  /** How long answers take. @unit milliseconds @defaultValue 0 */
  readonly latency?: Latency;
  /** What each token of the answer adds to that; a streamed answer comes token by token. @unit milliseconds @defaultValue 0 */
  readonly msPerToken?: number;
  /** How many requests are answered at once; without limit, when left out. */
  readonly capacity?: number | CapacityOptions;
  readonly rateLimits?: RateLimits;
  /** When rate limits and capacity change, and by how much. */
  readonly changes?: readonly LimitChange[];
  readonly faults?: FaultOptions;
  /** Requests that get a 400: those whose prompt holds this text, or for which this is true. */
  readonly badRequest?: string | ((request: FakeRequest) => boolean);
  /** Requests whose prompt and limit on the answer are together longer than this get a 400. @unit tokens */
  readonly contextLength?: number;
  /** Requests with any other key than this one get a 401, which repeats the key that was sent, as careless servers do. */
  readonly requireKey?: string;
  /** The models that the server has; every model that is asked for, when left out. */
  readonly models?: readonly string[];
  /** How long embeddings are, unless the request says so. @defaultValue 256 */
  readonly embeddingSize?: number;
  readonly batches?: BatchOptions;
  /** Sends every request on to a real server and writes down what it answers, without secrets. */
  readonly record?: RecordOptions;
  /** A file that was recorded: answers come from there alone. */
  readonly replay?: string;
  /** A file that gets a line of JSON for each request. */
  readonly report?: string;
  /** Whether `requests` keeps every request: `false` for millions of them. @defaultValue true */
  readonly keepRequests?: boolean;
}

/** What answers are said to have used beside their words. */
export interface UsageOptions {
  /** The share of each prompt that the server had in its cache. Range: 0 to 1. @defaultValue 0 */
  readonly cachedShare?: number;
  /** Tokens of reasoning that come to each answer. @defaultValue 0 */
  readonly reasoningTokens?: number;
}

/** Where requests are sent on to, and where the answers are written. */
export interface RecordOptions {
  /** The address of the real server, without the path of the API, such as `https://api.openai.com`. */
  readonly url: string;
  /** The file of fixtures; what is in it is kept. */
  readonly file: string;
}

/** Whether a request is one that the server refuses. */
export function isBadRequest(request: FakeRequest, rule: FakeServerOptions['badRequest']): boolean {
  if (rule === undefined) return false;
  return typeof rule === 'string' ? request.prompt.includes(rule) : rule(request);
}

/** Whether the server has a model; Ollama's models are also known without their `:latest`. */
export function knowsModel(models: readonly string[] | undefined, model: string): boolean {
  return models === undefined || models.includes(model) || models.includes(`${model}:latest`);
}
