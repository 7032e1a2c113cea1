import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Stands before a server, and lets something happen before a request goes on to it: a run that waits for it can be looked at. */
export class HeldServer implements AsyncDisposable {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** @param before is given what is sent. */
  static async open(url: string, before: (body: string) => Promise<void>): Promise<HeldServer> {
    const server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const body = Buffer.concat(chunks).toString();
      await before(body);
      const { method = 'GET', headers } = request;
      const sent = { 'content-type': 'application/json', authorization: headers.authorization ?? '' };
      const answer = await fetch(`${url}${request.url}`, { method, headers: sent, ...(body !== '' && { body }) });
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new HeldServer(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
