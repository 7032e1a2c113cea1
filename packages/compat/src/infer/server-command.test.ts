import { describe, expect, it } from 'vitest';
import { readInferSettings, type GivenFlags } from './infer-settings.js';
import { describeServer } from './server-command.js';

const describeGiven = (given: GivenFlags) => describeServer(readInferSettings(given), given);

describe('the command line of a server', () => {
  it('is that of vLLM, without what was turned off, and never lets a model run code unasked', () => {
    const off = { quantization: 'none', speculativeConfig: 'null', kvCacheDtype: 'auto', trustRemoteCode: false };
    const { command, flags } = describeGiven(off);
    expect(command).toBe(describeGiven({}).command);
    expect(command).not.toContain('--trust-remote-code');
    const names = ['--trust-remote-code', '--speculative-config', '--quantization', '--kv-cache-dtype'];
    expect(flags).toEqual(names.map((name) => `${name} adds nothing to the command of the server`));
  });

  it('looks up one token less than it guesses', () => {
    const { command } = describeGiven({ speculativeConfig: '{"method":"ngram","num_speculative_tokens":6}' });
    expect(command).toContain(
      `--speculative-config '{"method":"ngram","num_speculative_tokens":6,"prompt_lookup_max":5}'`,
    );
  });

  it('may be that of SGLang, in its own words', () => {
    const { command, flags } = describeGiven({ serverType: 'sglang', tp: '2', optimizationLevel: '0' });
    expect(command).toMatch(/^python3 -m sglang\.launch_server --model-path Qwen\/Qwen3-0\.6B --port 8000 /);
    expect(flags).toEqual([
      '--tp is --tp-size 2 of the server',
      '--optimization-level adds nothing to the command of the server',
    ]);
  });

  it('is that of the fake server where a made-up model will do, and unknown for other servers', () => {
    const local = { endpointUrl: 'http://127.0.0.1:9000/v1' };
    expect(describeGiven({ ...local, serverType: 'dummy' }).command).toBe('dgt fake-server --port 9000');
    expect(describeGiven({ ...local, serverType: 'endpoint' }).command).toBeUndefined();
  });

  it('is one that a shell takes as it stands', () => {
    expect(describeGiven({ modelNameOrPath: "my model's $HOME" }).command).toContain(
      String.raw`vllm serve 'my model'\''s $HOME' --port`,
    );
  });
});
