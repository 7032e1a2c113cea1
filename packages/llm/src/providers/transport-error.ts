/** What went wrong between us and a server, when it was not the server that said so. */
export interface TransportFailure {
  readonly reason: string;
  /** No connection was made, so nothing reached the server. */
  readonly unreachable: boolean;
}

const connectCodes = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** Reads an error of fetch, or of reading its answer; undefined for any other error, which is then a mistake of ours. */
export function readTransportError(error: unknown): TransportFailure | undefined {
  if (error instanceof SyntaxError) return { reason: 'the answer is not valid JSON', unreachable: false };
  const chain = readCauses(error);
  const isFetch = chain.some((link) => link instanceof TypeError && /fetch failed|terminated/.test(link.message));
  const code = chain.map((link) => (link as { code?: unknown }).code).findLast((value) => typeof value === 'string');
  if (!isFetch && code === undefined) return undefined;
  const last = chain.at(-1)?.message || String(code);
  const reason = code === undefined || last.includes(String(code)) ? last : `${last} (${String(code)})`;
  return { reason, unreachable: connectCodes.has(String(code)) };
}

function readCauses(error: unknown): Error[] {
  const chain: Error[] = [];
  let link = error;
  while (link instanceof Error && chain.length < 5) {
    chain.push(link);
    link = link.cause;
  }
  return chain;
}
