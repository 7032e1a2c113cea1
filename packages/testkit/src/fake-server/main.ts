#!/usr/bin/env node
import { parseArgs } from 'node:util';
import type { FakeServerOptions } from './options.js';
import { startFakeServer } from './server.js';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    /** A file that gets a line of JSON for each request. */
    report: { type: 'string' },
    /** The rest of FakeServerOptions as JSON. */
    options: { type: 'string', default: '{}' },
  },
});

const server = await startFakeServer({
  ...(JSON.parse(values.options) as FakeServerOptions),
  port: Number(values.port),
  ...(values.report !== undefined && { report: values.report }),
});
process.stdout.write(`${server.url}\n`);
process.once('SIGTERM', () => void server.close().then(() => process.exit(0)));
