import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { SecretStore } from './secrets.js';

it('removes the longest secret first, so that no rest of it stays', () => {
  const secrets = new SecretStore();
  secrets.keep('abcd');
  secrets.keep('abcdefgh');
  expect(secrets.redact('abcdefgh abcd')).toBe('[secret] [secret]');
});

it('ignores values of fewer than four characters', () => {
  const secrets = new SecretStore();
  secrets.keep('abc');
  expect(secrets.redact('abc')).toBe('abc');
});

it('leaves no secret in text, JSON or a URL, whatever characters it has', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 4 }), (secret) => {
      fc.pre(secret.trim().length >= 4 && !'[secret]'.includes(secret) && !secret.includes('[secret]'));
      const secrets = new SecretStore();
      secrets.keep(secret);
      expect(secrets.redact(`a ${secret} b`)).not.toContain(secret);
      expect(secrets.redact(JSON.stringify({ secret }))).toBe('{"secret":"[secret]"}');
      expect(secrets.redact(`?key=${encodeURIComponent(secret)}`)).toBe('?key=[secret]');
      expect(secrets.redactDeep({ list: [secret, 5, null], [secret]: true })).toEqual({
        list: ['[secret]', 5, null],
        '[secret]': true,
      });
    }),
  );
});
