import { describe, expect, it } from 'vitest';
import { ConfigError, DgtError, PluginError, ProviderError, RunError } from './dgt-error.js';
import { errorTable, type ErrorCode } from './error-table.js';

const codes = Object.keys(errorTable) as ErrorCode[];
const placeholders = (template: string) => [...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string);

describe('an error of dgt', () => {
  it('says what failed and what to do, from its details, and keeps its cause', () => {
    const cause = new Error('ENOENT');
    const error = new ConfigError('DGT_FILE_UNREADABLE', { file: 'task.yaml', reason: 'no such file' }, { cause });
    expect(error.message).toBe('task.yaml: cannot be read (no such file)');
    expect(error.remedy).toMatch(/^Check the path/);
    expect(error).toMatchObject({ name: 'ConfigError', code: 'DGT_FILE_UNREADABLE', kind: 'config', cause });
    expect(error.details).toEqual({ file: 'task.yaml', reason: 'no such file' });
    expect(error).toBeInstanceOf(Error);
  });

  it('fills a placeholder that stands within other braces', () => {
    const error = new ConfigError('DGT_BLOCK_FIELD_MISSING', { block: 'b', field: 'input', path: 'p', seen: '' });
    expect(error.remedy).toContain('`input_map: { <path in your row>: input }`');
  });

  it('takes a detail as it is, whatever it looks like', () => {
    const details = { file: '$& {reason}', reason: undefined };
    expect(new ConfigError('DGT_FILE_UNREADABLE', details).message).toBe('$& {reason}: cannot be read ()');
  });

  it('leaves a placeholder that nothing fills in sight', () => {
    expect(new ConfigError('DGT_FILE_UNREADABLE').message).toBe('{file}: cannot be read ({reason})');
  });

  it.each(codes)('%s fills every placeholder of its message and its remedy', (code) => {
    const { message, remedy } = errorTable[code];
    const names = [...placeholders(message), ...placeholders(remedy)];
    const details = Object.fromEntries(names.map((name) => [name, `<${name}>`]));
    const error = new DgtError(code, details);
    for (const name of names) expect(`${error.message} ${error.remedy}`).toContain(`<${name}>`);
    expect(placeholders(`${error.message} ${error.remedy}`)).toEqual([]);
  });
});

describe('telling errors apart', () => {
  it('goes by who must act', () => {
    const errors = {
      config: new ConfigError('DGT_CONFIG_INVALID'),
      plugin: new PluginError('DGT_NAME_TAKEN'),
      provider: new ProviderError('DGT_PROVIDER_AUTH', 'fatal'),
      run: new RunError('DGT_DISK_FULL'),
    };
    const tests = { config: ConfigError, plugin: PluginError, provider: ProviderError, run: RunError };
    for (const [kind, error] of Object.entries(errors)) {
      expect(DgtError.isInstance(error)).toBe(true);
      const recognised = Object.entries(tests).filter(([, { isInstance }]) => isInstance(error));
      expect(recognised.map(([name]) => name)).toEqual([kind]);
    }
  });

  it('works across two copies of the package', () => {
    const foreign = Object.assign(new Error('from another copy'), {
      [Symbol.for('dgt.error')]: true,
      code: 'DGT_PROVIDER_REQUEST',
      kind: 'provider',
      failure: 'permanent',
    });
    expect(foreign).not.toBeInstanceOf(DgtError);
    expect(DgtError.isInstance(foreign)).toBe(true);
    expect(ProviderError.isInstance(foreign)).toBe(true);
    expect(ConfigError.isInstance(foreign)).toBe(false);
  });

  it('takes nothing else for an error of dgt', () => {
    for (const other of [new Error('x'), { code: 'DGT_CONFIG_INVALID' }, null, undefined, 'DGT', 1]) {
      expect(DgtError.isInstance(other)).toBe(false);
    }
  });
});

describe('a provider error', () => {
  it('carries what the failure means for the run and what the server said', () => {
    const details = { provider: 'openai', endpoint: 'https://host', reason: 'busy' };
    const options = { statusCode: 429, retryAfterMs: 2000 };
    const error = new ProviderError('DGT_PROVIDER_UNAVAILABLE', 'transient', details, options);
    expect(error).toMatchObject({ failure: 'transient', statusCode: 429, retryAfterMs: 2000, kind: 'provider' });
    expect(new ProviderError('DGT_PROVIDER_REQUEST', 'permanent').statusCode).toBeUndefined();
  });
});
