/**
 * Measures limits, pacing and the cost of a call: `npm run build`, then `node --import tsx bench/limits.ts [measure...]`. See
 * bench/README.md.
 */
import { startFakeServer, type FakeServerOptions } from '@dgt/testkit/fake-server';
import { measures } from './limits/measures.js';

const [first, ...rest] = process.argv.slice(2);

if (first === '--serve') {
  const server = await startFakeServer({
    keepRequests: false,
    ...(JSON.parse(rest[0] as string) as FakeServerOptions),
  });
  process.stdout.write(`${server.url}\n`);
} else {
  const chosen = first === undefined ? Object.keys(measures) : [first, ...rest];
  for (const name of chosen) {
    for (const line of (await measures[name]?.()) ?? [
      `no such measurement; there are: ${Object.keys(measures).join(', ')}`,
    ])
      process.stdout.write(`${name}: ${line}\n`);
  }
}
