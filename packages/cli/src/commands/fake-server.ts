import { ConfigError } from '@dgt/core';
import { startFakeServer, type FakeServer, type TrafficReport } from '@dgt/testkit/fake-server';
import type { CommandSession } from '../command-session.js';
import { formatNumberOf } from '../printing/quantities.js';
import type { FakeServerFlags } from './fake-server-flags.js';
import { readFakeServerOptions } from './fake-server-options.js';

/** `dgt fake-server`: serves a made-up model until Ctrl-C or SIGTERM, and says then what clients did. */
export async function fakeServer(flags: FakeServerFlags, session: CommandSession): Promise<number> {
  const { signals, workingFolder } = session.context;
  const options = readFakeServerOptions(flags, workingFolder);
  let stop = () => {};
  const stopped = new Promise<void>((resolve) => (stop = resolve));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) signals.on(signal, stop);
  try {
    await using server = await listen(options);
    if (session.json) session.printJson({ url: server.url, port: server.port });
    else session.print(server.url);
    await stopped;
    session.say(summarize(server.report()));
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) signals.off(signal, stop);
  }
  return 0;
}

async function listen(options: Parameters<typeof startFakeServer>[0] & object): Promise<FakeServer> {
  try {
    return await startFakeServer(options);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error;
    const details = { option: '--port', expected: 'a port that is free', value: options.port };
    throw new ConfigError('DGT_OPTION_INVALID', details, { cause: error });
  }
}

function summarize({ requests, byOutcome, mostInFlight, requestsPerSecond, calls }: TrafficReport): string {
  const outcomes = Object.entries(byOutcome).map(([outcome, count]) => `${count} ${outcome}`);
  return [
    [formatNumberOf(requests, 'request'), ...outcomes].join(', '),
    `at most ${mostInFlight} at once and ${requestsPerSecond.most} in a second`,
    `${formatNumberOf(calls.answeredAgain, 'answer')} given again`,
  ].join('; ');
}
