import type { Usage } from '../lm/answer.js';
import { errorTable, type ErrorCode, type ErrorKind } from './error-table.js';

/** The values that fill the message template of an error, kept on it for programs. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

const marker = Symbol.for('dgt.error');

/**
 * Base of every error that dgt raises on purpose. `code` tells the cause, `message` what failed, where and what was seen,
 * and `remedy` what to do.
 */
export class DgtError extends Error {
  readonly [marker] = true;
  /** Tells the cause; see docs/errors.md. */
  readonly code: ErrorCode;
  /** What to do about it. */
  readonly remedy: string;
  /** What filled the message, for programs. */
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, details: ErrorDetails = {}, options?: ErrorOptions) {
    super(fillTemplate(errorTable[code].message, details), options);
    this.name = new.target.name;
    this.code = code;
    this.remedy = fillTemplate(errorTable[code].remedy, details);
    this.details = details;
  }

  /** Who must act. */
  get kind(): ErrorKind {
    return errorTable[this.code].kind;
  }

  /** Tells errors of dgt from others, also across two copies of this package. */
  static isInstance(value: unknown): value is DgtError {
    return typeof value === 'object' && value !== null && marker in value;
  }
}

/** The user wrote something that dgt cannot follow. */
export class ConfigError extends DgtError {
  static override isInstance(value: unknown): value is ConfigError {
    return DgtError.isInstance(value) && value.kind === 'config';
  }
}

/** A data builder, block or other plug-in breaks its contract; its author must act. */
export class PluginError extends DgtError {
  static override isInstance(value: unknown): value is PluginError {
    return DgtError.isInstance(value) && value.kind === 'plugin';
  }
}

/** The run cannot go on for a reason outside of the files: the disk, a lock, a missing runtime. */
export class RunError extends DgtError {
  static override isInstance(value: unknown): value is RunError {
    return DgtError.isInstance(value) && value.kind === 'run';
  }
}

/**
 * What a failed model call means for the run.
 * - `permanent`: this request will never succeed; its row ends as an error record.
 * - `transient`: the same request may succeed later; it is tried again.
 * - `down`: the endpoint stayed away for longer than `max_outage`; the run ends, resumable.
 * - `fatal`: no request of this block can succeed (wrong key, unknown model); the run ends at once.
 */
export type FailureClass = 'permanent' | 'transient' | 'down' | 'fatal';

/** A model's vendor or server failed or refused. */
export class ProviderError extends DgtError {
  /** What it means for the run. */
  readonly failure: FailureClass;
  /** HTTP status, where there was one. */
  readonly statusCode: number | undefined;
  /** How long the server asked us to wait. @unit milliseconds */
  readonly retryAfterMs: number | undefined;
  /** What the request took all the same, where its server says: a refusal is paid for. */
  usage: Usage | undefined;

  constructor(
    code: ErrorCode,
    failure: FailureClass,
    details: ErrorDetails = {},
    options: ErrorOptions & { statusCode?: number | undefined; retryAfterMs?: number | undefined } = {},
  ) {
    super(code, details, options);
    this.failure = failure;
    this.statusCode = options.statusCode;
    this.retryAfterMs = options.retryAfterMs;
  }

  static override isInstance(value: unknown): value is ProviderError {
    return DgtError.isInstance(value) && 'failure' in value;
  }
}

function fillTemplate(template: string, details: ErrorDetails): string {
  return template.replace(/\{(\w+)\}/g, (placeholder, name: string) =>
    Object.hasOwn(details, name) ? String(details[name] ?? '') : placeholder,
  );
}
