import type { IncomingHttpHeaders } from 'node:http';
import { anthropicDialect } from './anthropic.js';
import type { DialectShape } from './dialect.js';
import { ollamaDialect } from './ollama.js';
import { openaiDialect } from './openai.js';

/** The dialect of a request; undefined when no API has such a path. */
export function findDialect(path: string, headers: IncomingHttpHeaders): DialectShape | undefined {
  if (path.startsWith('/api/')) return ollamaDialect;
  if (!path.startsWith('/v1/')) return undefined;
  if (anthropicDialect.endpoints.has(path)) return anthropicDialect;
  // Both have a list of models at the same path; only Anthropic's clients say which version of the API they speak.
  return path.startsWith('/v1/models') && 'anthropic-version' in headers ? anthropicDialect : openaiDialect;
}
