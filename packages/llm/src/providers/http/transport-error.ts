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

/** Reads an error of sending a request or of reading its answer; undefined for any other error, a mistake of ours. */
export function readTransportError(error: unknown): TransportFailure | undefined {
  if (error instanceof SyntaxError) return { reason: 'the answer is not valid JSON', unreachable: false };
  const chain = readCauses(error);
  const code = chain.map((link) => (link as { code?: unknown }).code).findLast((value) => typeof value === 'string');
  if (code === undefined) return undefined;
  const last = chain.at(-1)?.message || String(code);
  const reason = last.includes(String(code)) ? last : `${last} (${String(code)})`;
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
