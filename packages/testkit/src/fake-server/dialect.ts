import { ollamaDialect } from './ollama-dialect.js';
import { openaiDialect } from './openai-dialect.js';

/** An answer before it is put into the words of an API. */
export interface FakeAnswer {
  readonly text: string;
  readonly finishReason: 'stop' | 'length';
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/** A response that is ready to be sent. */
export interface Reply {
  readonly status: number;
  readonly body: unknown;
}

/** How one API words its requests and answers. */
export interface DialectShape {
  readonly name: 'openai' | 'ollama';
  /** Where answers are asked for. */
  readonly answerPaths: readonly string[];
  /** The limit on the answer's length that the request sets. @unit tokens */
  readMaxTokens(body: Readonly<Record<string, unknown>>): number | undefined;
  writeAnswer(path: string, model: string, answer: FakeAnswer): unknown;
  writeError(message: string, code?: string): unknown;
  unknownModel(model: string): string;
  /** Answers everything that asks for no answer of a model, such as the list of models. */
  describe(request: InfoRequest): Reply | undefined;
}

/** A request about the server and its models. */
export interface InfoRequest {
  readonly method: string;
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly models: readonly string[];
  knowsModel(model: string): boolean;
}

/** The dialect of a path; undefined when no API has such a path. */
export function findDialect(path: string): DialectShape | undefined {
  if (path.startsWith('/v1/')) return openaiDialect;
  return path.startsWith('/api/') ? ollamaDialect : undefined;
}
