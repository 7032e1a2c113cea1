/**
 * Measures whole runs against a model server in a process of its own: `npm run build`, then
 * `node --import tsx bench/server.ts [measure...]`. See bench/README.md.
 */
import { startFakeServer, type FakeServerOptions } from '@dgt/testkit/fake-server';
import { measures, measureRun } from './server/measures.js';

const [first, ...rest] = process.argv.slice(2);

if (first === '--serve') {
  const options = JSON.parse(rest[0] as string) as FakeServerOptions;
  const server = await startFakeServer({ keepRequests: false, ...options });
  process.stdout.write(`${server.url}\n`);
} else {
  for (const name of first === undefined ? Object.keys(measures) : [first, ...rest]) {
    const measure = measures[name];
    if (measure === undefined) throw new Error(`no such measurement; there are: ${Object.keys(measures).join(', ')}`);
    process.stdout.write(`${name}: ${await measureRun(measure)}\n`);
  }
}
