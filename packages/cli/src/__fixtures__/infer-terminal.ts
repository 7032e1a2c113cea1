import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Row } from '@dgt/core';
import { defaultReadOptions, readFileRows } from '@dgt/stores/files';
import { startFakeServer, type FakeServer, type FakeServerOptions } from '@dgt/testkit/fake-server';
import { TestTerminal } from './command-line.js';

/** Where `dgt infer` writes what its standard model answers. */
export const standardRun = 'data/default/Qwen3_0.6B';

/** A terminal beside a fake server, with documents in a folder that is called as a dataset of the Hub. */
export class InferTerminal extends TestTerminal implements AsyncDisposable {
  readonly server: FakeServer;

  private constructor(server: FakeServer) {
    super();
    this.server = server;
    this.environment['DGT_ENDPOINT_URL'] = `${server.url}/v1`;
    // Without a token of whoever runs the tests.
    this.environment['HOME'] = this.workingFolder;
  }

  static async open(options: FakeServerOptions = {}): Promise<InferTerminal> {
    return new InferTerminal(await startFakeServer({ answer: ({ prompt }) => `<${prompt}>`, ...options }));
  }

  /** Gives the dataset these rows. */
  give(rows: readonly Row[], path = 'simplescaling/s1K-1.1/train.jsonl'): this {
    this.write(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    return this;
  }

  /** Gives the dataset so many questions: `q1`, `q2`, ... */
  ask(count: number): this {
    return this.give(Array.from({ length: count }, (_, index) => ({ question: `q${index + 1}` })));
  }

  infer(...argv: string[]) {
    return this.run('infer', ...argv);
  }

  /** Ends the run that is under way at once, as a second Ctrl-C does. */
  interrupt(): void {
    for (let press = 0; press < 2; press++) {
      this.time += 1000;
      this.signals.emit('SIGINT');
    }
  }

  /** The bodies of the requests for answers. */
  get bodies(): Row[] {
    return this.server.requests.filter(({ key }) => key !== undefined).map(({ body }) => body as Row);
  }

  /** The rows of one file of results. */
  async readChunk(number = 0, results = `${standardRun}/synth`): Promise<Row[]> {
    const file = join(this.workingFolder, results, `final_data-${String(number).padStart(5, '0')}.parquet`);
    const rows: Row[] = [];
    for await (const row of readFileRows(file, { ...defaultReadOptions(), format: 'parquet' })) rows.push(row);
    return rows;
  }

  readText(path: string): string {
    return readFileSync(join(this.workingFolder, path), 'utf8');
  }

  /** What stats.json says of the reader and of the model. */
  readStats(run = standardRun): readonly [Row, Row] {
    const entries = JSON.parse(this.readText(`${run}/inference_logs/stats.json`)) as { stats: Row }[];
    return entries.map(({ stats }) => stats) as unknown as [Row, Row];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.close();
    this[Symbol.dispose]();
  }
}
