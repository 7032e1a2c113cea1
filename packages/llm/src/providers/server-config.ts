import { ConfigError, Type, type BlockServices } from '@dgt/core';
import { endpointsField, type EndpointsConfig } from '../endpoints/endpoints-config.js';

/** What providers that talk to a server take in YAML, beside what every model block takes. */
export const serverConfigFields = {
  /** Where the server is. */
  base_url: Type.Optional(Type.String({ minLength: 1 })),
  api_key: Type.Optional(Type.String({ minLength: 1 })),
  /** HTTP headers that go out with each request. */
  default_headers: Type.Optional(Type.Record(Type.String(), Type.String())),
  ...endpointsField,
};

/** The configuration that {@link serverConfigFields} describes. */
export interface ServerConfig extends EndpointsConfig {
  readonly base_url?: string;
  readonly api_key?: string;
  readonly default_headers?: Record<string, string>;
}

/** A server as a client needs it. */
export interface Server {
  /** Its address, without credentials and without a slash at the end. */
  readonly endpoint: string;
  readonly apiKey: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** What must never be shown: the key, a password of the address, headers that look like one. */
  readonly secrets: readonly string[];
}

/**
 * Reads where a server is and how to be let in, and tells dgt what of it is secret.
 *
 * @param defaults the address and key for a block that names none, from the environment or the provider's own.
 * @throws {@link ConfigError} DGT_OPTION_INVALID, for an address that is no URL.
 */
export function readServer(
  config: ServerConfig,
  defaults: { readonly endpoint: string; readonly apiKey: string | undefined },
  services: BlockServices,
): Server {
  const address = config.base_url ?? defaults.endpoint;
  const apiKey = config.api_key ?? defaults.apiKey;
  const { endpoint, basic, password } = readAddress(address);
  const headers = { ...(basic && { Authorization: basic }), ...config.default_headers };
  const secretHeaders = Object.entries(headers).filter(([name]) => /auth|key|token|secret|cookie/i.test(name));
  const secrets = [apiKey, password, ...secretHeaders.map(([, value]) => value)].filter(
    (secret) => !!secret,
  ) as string[];
  for (const secret of secrets) services.keepSecret(secret);
  return { endpoint, apiKey, headers, secrets };
}

/** Whether an address is that of a vendor, to which alone the vendor's key in the environment may go. */
export function isAt(host: string, address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { hostname, protocol } = new URL(address);
  return hostname === host && protocol === 'https:';
}

function readAddress(address: string): { endpoint: string; basic?: string; password?: string } {
  const text = address.includes('://') ? address : `http://${address.startsWith(':') ? '127.0.0.1' : ''}${address}`;
  if (!URL.canParse(text) || !/^https?:/.test(text)) {
    const expected = 'a URL such as http://127.0.0.1:8000/v1';
    throw new ConfigError('DGT_OPTION_INVALID', { option: 'base_url', expected, value: JSON.stringify(address) });
  }
  const url = new URL(text);
  const { username, password } = url;
  url.username = '';
  url.password = '';
  url.hash = '';
  const endpoint = url.href.replace(/\/+$/, '');
  if (username === '') return { endpoint };
  // fetch refuses an address with credentials in it.
  const user = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { endpoint, basic: `Basic ${Buffer.from(user).toString('base64')}`, password: decodeURIComponent(password) };
}
