import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ConfigError, type StoreServices } from '@dgt/core';

/** Which hub is called, and as whom. */
export interface HubAccess {
  /** Without a slash at its end. */
  readonly endpoint: string;
  /** Undefined for nobody in particular: public datasets are read so. */
  readonly token: string | undefined;
}

/**
 * Finds out which hub is called and as whom, as Hugging Face's own programs do: `HF_ENDPOINT`, and `HF_TOKEN` or the file that
 * `hf auth login` writes.
 *
 * @throws {@link ConfigError} DGT_HUB_REFUSED for a token that cannot be one.
 */
export async function findHubAccess({
  environment,
  keepSecret,
}: Pick<StoreServices, 'environment' | 'keepSecret'>): Promise<HubAccess> {
  const endpoint = (environment['HF_ENDPOINT']?.trim() || 'https://huggingface.co').replace(/\/+$/, '');
  const { token, from } = await findToken(environment);
  if (token === undefined) return { endpoint, token };
  keepSecret(token);
  if (token.startsWith('hf_')) return { endpoint, token };
  const reason = `${from} holds no token of a hub: it does not begin with hf_`;
  throw new ConfigError('DGT_HUB_REFUSED', { what: 'the token', endpoint, reason });
}

async function findToken(environment: StoreServices['environment']) {
  const given = environment['HF_TOKEN']?.trim();
  if (given) return { token: given, from: 'HF_TOKEN' };
  const caches = environment['XDG_CACHE_HOME'] || join(environment['HOME'] || homedir(), '.cache');
  const file = environment['HF_TOKEN_PATH'] || join(environment['HF_HOME'] || join(caches, 'huggingface'), 'token');
  const saved = await readFile(file, 'utf8').catch(() => '');
  return { token: saved.trim() || undefined, from: file };
}
