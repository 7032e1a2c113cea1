import { ConfigError, type StoreServices } from '@dgt/core';
import { findHubAccess } from './hub-credentials.js';
import { describeHubFailure } from './hub-error.js';
import { createHubFetch } from './hub-fetch.js';

/**
 * Whose token there is, after asking the hub whether it knows it; undefined where there is none.
 *
 * @throws {@link ConfigError} DGT_HUB_REFUSED, also for a token that may only read; {@link RunError} DGT_HUB_UNAVAILABLE
 */
export async function findHubAccount(
  services: Pick<StoreServices, 'environment' | 'keepSecret' | 'clock'>,
): Promise<string | undefined> {
  const access = await findHubAccess(services);
  const { endpoint, token } = access;
  if (token === undefined) return undefined;
  const { whoAmI } = await import('@huggingface/hub');
  const call = { accessToken: token, hubUrl: endpoint, fetch: createHubFetch({ clock: services.clock }) };
  const { name, auth } = await whoAmI(call).catch((error: unknown) => {
    throw describeHubFailure(error, 'the account', access);
  });
  if (auth.accessToken?.role === 'read') {
    const reason = 'the token may read and not write';
    throw new ConfigError('DGT_HUB_REFUSED', { what: `the account ${name}`, endpoint, reason });
  }
  return name;
}
