import { namedAnswers, type Answer } from './answers.js';
import type { FakeRequest } from './fake-request.js';
import type { FaultOptions } from './faults.js';
import type { Latency } from './latency.js';

/** How the fake server behaves. */
export interface FakeServerOptions {
  /** 0 takes any free port. @defaultValue 0 */
  readonly port?: number;
  /** What the model says: a built-in one by name, or a function. @defaultValue 'geography' */
  readonly answer?: keyof typeof namedAnswers | Answer;
  /** How long answers take. @unit milliseconds @defaultValue 0 */
  readonly latency?: Latency;
  readonly faults?: FaultOptions;
  /** Requests that get a 400: those whose prompt holds this text, or for which this is true. */
  readonly badRequest?: string | ((request: FakeRequest) => boolean);
  /** Requests with any other key than this one get a 401, which repeats the key that was sent, as careless servers do. */
  readonly requireKey?: string;
  /** The models that the server has; every model that is asked for, when left out. */
  readonly models?: readonly string[];
  /** A file that gets a line of JSON for each request. */
  readonly report?: string;
}

/** The function that makes the answers. */
export function findAnswer(answer: FakeServerOptions['answer'] = 'geography'): Answer {
  return typeof answer === 'function' ? answer : namedAnswers[answer];
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
