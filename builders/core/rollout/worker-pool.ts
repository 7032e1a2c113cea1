import { Worker } from 'node:worker_threads';

// In a thread of its own nothing of dgt is loaded, and no TypeScript: the module of the user is all there is.
const program = `
const { parentPort, workerData } = require('node:worker_threads');
const loaded = import(workerData.url);
loaded.catch(() => {});
parentPort.on('message', async (argument) => {
  try {
    const work = (await loaded)[workerData.exported];
    if (typeof work !== 'function') throw new Error('it exports no function "' + workerData.exported + '"');
    parentPort.postMessage({ value: await work(argument) });
  } catch (error) {
    parentPort.postMessage({ problem: error instanceof Error ? error.message : String(error) });
  }
});
`;

interface Job {
  readonly argument: unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Threads that each work on one thing at a time; further ones wait in the order in which they came. */
export class WorkerPool {
  readonly #url: string;
  readonly #exported: string;
  readonly #count: number;
  readonly #idle: Worker[] = [];
  readonly #jobs = new Map<Worker, Job>();
  readonly #waiting: Job[] = [];
  #isClosed = false;

  /** @param options.url the URL of the module. */
  constructor({ url, exported, count }: { url: string; exported: string; count: number }) {
    this.#url = url;
    this.#exported = exported;
    this.#count = count;
  }

  /** Calls the function of the module. What it is given and what it gives is copied. */
  run(argument: unknown): Promise<unknown> {
    if (this.#isClosed) return Promise.reject(new Error('the workers are closed'));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ argument, resolve, reject });
      this.#assign();
    });
  }

  /** Ends all threads; what was under way fails. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const workers = [...this.#idle, ...this.#jobs.keys()];
    await Promise.all(workers.map((worker) => worker.terminate()));
  }

  #assign(): void {
    const job = this.#waiting[0];
    if (job === undefined) return;
    const worker = this.#idle.pop() ?? (this.#jobs.size < this.#count ? this.#start() : undefined);
    if (worker === undefined) return;
    this.#waiting.shift();
    this.#jobs.set(worker, job);
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin, a window has
    worker.postMessage(job.argument);
    this.#assign();
  }

  #start(): Worker {
    const worker = new Worker(program, { eval: true, workerData: { url: this.#url, exported: this.#exported } });
    worker.on('message', (result: { value?: unknown; problem?: string }) => {
      const job = this.#jobs.get(worker);
      this.#jobs.delete(worker);
      this.#idle.push(worker);
      if (result.problem === undefined) job?.resolve(result.value);
      else job?.reject(new Error(`prepare: ${result.problem}`));
      this.#assign();
    });
    let reason = 'the thread ended';
    worker.on('error', (error) => (reason = String(error)));
    worker.on('exit', () => {
      const job = this.#jobs.get(worker);
      this.#jobs.delete(worker);
      const place = this.#idle.indexOf(worker);
      if (place >= 0) this.#idle.splice(place, 1);
      job?.reject(new Error(`prepare: ${reason}`));
      if (!this.#isClosed) this.#assign();
    });
    return worker;
  }
}
