import type { EndpointProbe } from '@dgt/llm';
import { describeError } from '../printing/error-report.js';

/** What is posted when a model goes down or comes up. */
export interface ChangeMessage {
  /** All of it in a sentence, as programs for chats show it. */
  readonly text: string;
  readonly state: 'up' | 'down';
  readonly provider: string;
  readonly model: string;
  readonly endpoint: string | null;
  readonly mode: string;
  readonly reason: string | null;
  readonly remedy: string | null;
  /** When it was noticed. */
  readonly time: string;
}

/** Tells of models whose state has changed: the first time of those that are down. What could not be told is told the next time. */
export class ChangeNotifier {
  readonly #post: (message: ChangeMessage) => Promise<void>;
  readonly #say: (text: string) => void;
  /** By the place of a probe in each check. */
  readonly #told = new Map<number, 'up' | 'down'>();

  /** @param options.post throws when the message was not taken. */
  constructor(options: { post: (message: ChangeMessage) => Promise<void>; say: (text: string) => void }) {
    this.#post = options.post;
    this.#say = options.say;
  }

  async tell(probes: readonly EndpointProbe[], time: number): Promise<void> {
    for (const [index, probe] of probes.entries()) {
      const { state } = probe;
      if (state === 'unsupported' || state === (this.#told.get(index) ?? 'up')) continue;
      try {
        await this.#post(describeChange(probe, state, time));
        this.#told.set(index, state);
      } catch (error) {
        this.#say(`the webhook did not take the message (${(error as Error).message}); the next check sends it again`);
      }
    }
  }
}

function describeChange(probe: EndpointProbe, state: 'up' | 'down', time: number): ChangeMessage {
  const { provider, model, endpoint = null, mode, error } = probe;
  const { message = null, remedy = null } = error === undefined ? {} : describeError(error);
  const place = endpoint === null ? '' : ` at ${endpoint}`;
  const text = `${provider} ${model}${place} (${mode}) is ${state}${message === null ? '' : `: ${message}`}`;
  return { text, state, provider, model, endpoint, mode, reason: message, remedy, time: new Date(time).toISOString() };
}

/** How long a webhook may take. @unit milliseconds */
const longestPostMs = 10_000;

/** Posts a message as JSON. The address is a secret to many services, so no error holds it. @throws Error */
export async function postMessage(url: string, message: unknown): Promise<void> {
  let status: number;
  try {
    const headers = { 'content-type': 'application/json' };
    const signal = AbortSignal.timeout(longestPostMs);
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(message), signal });
    await response.body?.cancel();
    ({ status } = response);
  } catch (error) {
    const { cause, name } = error as Error & { cause?: { code?: string } };
    throw new Error(cause?.code ?? name, { cause: error });
  }
  if (status < 200 || status > 299) throw new Error(`HTTP ${status}`);
}
