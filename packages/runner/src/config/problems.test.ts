import { ConfigError } from '@dgt/core';
import { describe, expect, it } from 'vitest';
import { Problems } from './problems.js';

describe('Problems', () => {
  it('says what to do beside each error, but of problems as such only once, below all of them', () => {
    const secrets = { redactDeep: (value: unknown) => value } as never;
    const problems = new Problems({ workingFolder: '/work', secrets });
    const place = { file: '/work/task.yaml', line: 1, column: 1, path: 'steps' };
    problems.addError(new ConfigError('DGT_CONFIG_INVALID', { problems: '"a" is taken' }), place);
    problems.addError(new ConfigError('DGT_FILE_UNREADABLE', { file: 'a.txt', reason: 'no such file' }), place);
    expect(problems.list().map(({ problem, hint }) => [problem, hint])).toEqual([
      ['"a" is taken', undefined],
      ['a.txt: cannot be read (no such file)', expect.stringMatching(/^Check the path/)],
    ]);
  });
});
