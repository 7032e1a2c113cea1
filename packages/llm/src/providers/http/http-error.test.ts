import { describe, expect, it } from 'vitest';
import { mapHttpError, type ErrorScope } from './http-error.js';
import { createRedact } from './redact.js';

const scope: ErrorScope = {
  provider: 'fake',
  endpoint: 'http://fake',
  model: 'm',
  keyName: 'FAKE_KEY',
  modelAdvice: 'load it',
  redact: createRedact(['hush']),
};

describe('mapHttpError', () => {
  it.each([
    [400, 'permanent', 'DGT_PROVIDER_REQUEST'],
    [413, 'permanent', 'DGT_PROVIDER_REQUEST'],
    [422, 'permanent', 'DGT_PROVIDER_REQUEST'],
    [401, 'fatal', 'DGT_PROVIDER_AUTH'],
    [403, 'fatal', 'DGT_PROVIDER_AUTH'],
    [404, 'fatal', 'DGT_PROVIDER_ANSWER'],
    [408, 'transient', 'DGT_PROVIDER_UNAVAILABLE'],
    [409, 'transient', 'DGT_PROVIDER_UNAVAILABLE'],
    [429, 'transient', 'DGT_PROVIDER_UNAVAILABLE'],
    [500, 'transient', 'DGT_PROVIDER_UNAVAILABLE'],
    [503, 'transient', 'DGT_PROVIDER_UNAVAILABLE'],
  ])('takes HTTP %i for %s', (status, failure, code) => {
    expect(mapHttpError(scope, { status, message: 'no' })).toMatchObject({ failure, code, statusCode: status });
  });

  it('takes a 404 that speaks of a model for an unknown model', () => {
    const error = mapHttpError(scope, { status: 404, message: 'The model `m` does not exist' });
    expect(error).toMatchObject({ code: 'DGT_PROVIDER_MODEL_UNKNOWN', failure: 'fatal', remedy: 'load it' });
  });

  it.each([
    [
      "This model's maximum context length is 8192 tokens. However, you requested 10000 tokens (9000 in the messages, 1000 in the completion).",
      9000,
      8192,
    ],
    ['prompt is too long: 209000 tokens > 200000 maximum', 209000, 200000],
    ['request (9412 tokens) exceeds the available context size (8192 tokens), try increasing it', 9412, 8192],
    ['the input length exceeds the context length', 'too many', 'fewer'],
  ])('says of a prompt that is too long how long it may be: %s', (message, tokens, limit) => {
    const error = mapHttpError(scope, { status: 400, message });
    expect(error).toMatchObject({ code: 'DGT_PROMPT_TOO_LONG', failure: 'permanent', statusCode: 400 });
    expect(error.details).toMatchObject({ tokens, limit, model: 'm' });
  });

  it('takes a redirection for a wrong address', () => {
    const error = mapHttpError(scope, { status: 307, message: 'it has moved to https://other' });
    expect(error).toMatchObject({ code: 'DGT_PROVIDER_ANSWER', failure: 'fatal' });
  });

  it('leaves secrets out of what the server said', () => {
    const message = 'hush is wrong; sent Authorization: Bearer abc.def and sk-proj-123456789';
    const error = mapHttpError(scope, { status: 401, message });
    expect(error.message).toContain('*** is wrong; sent Authorization: Bearer *** and sk-***');
  });

  it('keeps long answers short', () => {
    expect(mapHttpError(scope, { status: 500, message: '<p> '.repeat(5000) }).message.length).toBeLessThan(400);
  });
});
