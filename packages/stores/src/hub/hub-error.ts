import { ConfigError, DgtError, RunError } from '@dgt/core';
import type { HubApiError } from '@huggingface/hub';
import { excerpt, reasonOf } from '../files/data-error.js';
import type { HubAccess } from './hub-credentials.js';

/** The status of an answer that was a refusal; undefined for any other failure. */
export function statusOf(error: unknown): number | undefined {
  const status = (error as Partial<HubApiError> | undefined)?.statusCode;
  return typeof status === 'number' ? status : undefined;
}

/**
 * Turns what a call of the hub failed with into the error that the user needs.
 *
 * @param what is worked on, such as a path.
 */
export function describeHubFailure(error: unknown, what: string, { endpoint, token }: HubAccess): Error {
  if (DgtError.isInstance(error)) return error;
  if ((error as Error | undefined)?.name === 'AbortError') return error as Error;
  const status = statusOf(error);
  const options = { cause: error };
  if (status === 401 || status === 403) {
    const who =
      token === undefined
        ? 'HF_TOKEN is not set, nor a token saved'
        : 'asked with the token of HF_TOKEN, or the saved one';
    const reason = `status ${status}: ${readMessage(error as HubApiError)}; ${who}`;
    return new ConfigError('DGT_HUB_REFUSED', { what, endpoint, reason }, options);
  }
  if (status === 404) {
    const hidden =
      token === undefined ? 'private and HF_TOKEN not set' : 'private and not open to the token of HF_TOKEN';
    const reason = `${endpoint} has no such thing, or it is ${hidden}`;
    return new ConfigError('DGT_FILE_UNREADABLE', { file: what, reason }, options);
  }
  const reason = status === undefined ? reasonOf(error) : `status ${status}: ${readMessage(error as HubApiError)}`;
  return new RunError('DGT_HUB_UNAVAILABLE', { what, endpoint, reason }, options);
}

/** What the hub itself says. */
function readMessage({ data }: HubApiError): string {
  const { error, message } = (data ?? {}) as { error?: unknown; message?: unknown };
  const said = typeof error === 'string' ? error : typeof message === 'string' ? message.trim() : '';
  return said === '' || said.startsWith('<') ? 'no reason given' : excerpt(said);
}
