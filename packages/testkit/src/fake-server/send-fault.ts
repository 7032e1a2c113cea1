import type { Refusal } from './dialects/dialect.js';
import type { Exchange } from './exchange.js';
import type { Fault } from './faults.js';

/** The faults that a server decides before it begins to work. */
export const immediateFaults: Readonly<Partial<Record<Fault, Refusal>>> = {
  rateLimit: 'rateLimit',
  overloaded: 'overloaded',
  contextLength: 'contextLength',
};

/** How many pieces a slow drip has. */
const drips = 10;

const gatewayPage = '<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>\n';

/** The answer that a fault spoils. */
export interface SpoiledAnswer {
  readonly text: string;
  readonly contentType: string;
  /** How long a slow drip takes. @unit milliseconds */
  readonly dripMs: number;
  /** What a server error says, in the words of the API. */
  readonly serverError: { readonly status: number; readonly body: unknown };
}

/** Fails a request in the way of a fault. @returns whether the client was there to the end. */
export async function sendFault(fault: Fault, exchange: Exchange, answer: SpoiledAnswer): Promise<boolean> {
  const { text, contentType, serverError } = answer;
  switch (fault) {
    case 'serverError':
      return exchange.sendJson(serverError.status, serverError.body);
    case 'badGateway':
      return exchange.send(502, gatewayPage, 'text/html');
    case 'reset':
      exchange.response.socket?.resetAndDestroy();
      return true;
    case 'hang':
      await exchange.wait();
      return true;
    case 'cutBody':
      exchange.open(200, contentType, Buffer.byteLength(text));
      await exchange.write(text.slice(0, text.length / 2));
      exchange.response.destroy();
      return true;
    case 'brokenJson':
      return exchange.send(200, text.slice(0, -5), contentType);
    case 'slowDrip':
      return sendDrip(exchange, answer);
    default:
      return exchange.send(200, text, contentType);
  }
}

async function sendDrip(exchange: Exchange, { text, contentType, dripMs }: SpoiledAnswer): Promise<boolean> {
  const bytes = Buffer.from(text);
  const size = Math.ceil(bytes.length / drips);
  exchange.open(200, contentType, bytes.length);
  let start = 0;
  for (; start + size < bytes.length; start += size) {
    await exchange.write(bytes.subarray(start, start + size));
    if (!(await exchange.wait(dripMs / drips))) return false;
  }
  return exchange.end(bytes.subarray(start));
}
