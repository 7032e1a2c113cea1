import type { CallContext, LMClient, LMRequest } from '@dgt/core';

/** A client that can also tell when each piece of an answer comes. Rows are never made so: a streamed answer says less of itself. */
export interface StreamingClient extends LMClient {
  /**
   * Asks for a streamed answer, whose text nobody keeps.
   *
   * @param onToken called with each piece, as it comes.
   * @throws as {@link LMClient.complete}.
   */
  stream(request: LMRequest, context: CallContext, onToken: () => void): Promise<void>;
}

export function canStream(client: LMClient): client is StreamingClient {
  return 'stream' in client;
}
