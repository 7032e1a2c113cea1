import { readdir, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Json } from '@dgt/core';
import { defaultReadOptions, readFileRows, writeWholeFile } from '@dgt/stores/files';
import type { TaskResults } from '@dgt/runner';
import type { InferTranslation } from './translate-infer.js';

interface StatsEntry {
  readonly name: string;
  readonly time_stats?: { readonly total: number };
}

/** What is added up over rows. */
class Measure {
  #n = 0;
  #total = 0;
  #squares = 0;
  #min = Infinity;
  #max = 0;

  add(value: number): void {
    this.#n++;
    this.#total += value;
    this.#squares += value * value;
    this.#min = Math.min(this.#min, value);
    this.#max = Math.max(this.#max, value);
  }

  get total(): number {
    return this.#total;
  }

  describe(unit: string): Json {
    const n = this.#n;
    if (n === 0) return 0;
    const mean = this.#total / n;
    const variance = n < 2 ? 0 : Math.max(0, (this.#squares - this.#total * mean) / (n - 1));
    const spread = { mean, variance, std_dev: Math.sqrt(variance), min: this.#min, max: this.#max };
    return { total: this.#total, n, ...spread, unit };
  }
}

/** Writes what the original calls stats.json, of what the run recorded and of its rows: right however many runs it took. */
export async function writeDataTroveStats(
  { folder, results, settings }: InferTranslation,
  { workingFolder }: { readonly workingFolder: string },
): Promise<void> {
  const place = resolve(workingFolder, results);
  const file = join(resolve(workingFolder, folder), 'inference_logs', 'stats.json');
  const report = join(place, 'task_results.json');
  // A run that changed nothing leaves its report as it was.
  if ((await readTime(report)) <= (await readTime(file))) return;
  const [recorded, reported] = await Promise.all([
    readJson<readonly StatsEntry[]>(join(place, 'stats.json')),
    readJson<TaskResults>(report),
  ]);
  if (recorded === undefined || reported === undefined) return;
  const stats = describeStats(recorded, reported, {
    measures: await measureRows(place),
    each: settings.rolloutsPerDocument,
  });
  const text = `${JSON.stringify(stats, undefined, 2)}\n`;
  await writeWholeFile(file, async (handle) => void (await handle.writeFile(text)));
}

/** What is measured of the rows themselves. */
interface RowMeasures {
  readonly lengths: Measure;
  readonly rollouts: Measure;
  readonly promptTokens: Measure;
  readonly completionTokens: Measure;
}

async function measureRows(folder: string): Promise<RowMeasures> {
  const [lengths, rollouts, promptTokens, completionTokens] = [
    new Measure(),
    new Measure(),
    new Measure(),
    new Measure(),
  ];
  for (const name of await readdir(folder)) {
    if (!/^final_data-\d+\.parquet$/.test(name)) continue;
    const options = { ...defaultReadOptions(), format: 'parquet', name } as const;
    for await (const { text, rollout_results: results } of readFileRows(join(folder, name), options)) {
      lengths.add(typeof text === 'string' ? text.length : JSON.stringify(text).length);
      const made = results as readonly { readonly usage?: Readonly<Record<string, number | null>> | null }[];
      rollouts.add(made.length);
      for (const { usage } of made) {
        promptTokens.add(usage?.['prompt_tokens'] ?? 0);
        completionTokens.add(usage?.['completion_tokens'] ?? 0);
      }
    }
  }
  return { lengths, rollouts, promptTokens, completionTokens };
}

function describeStats(
  recorded: readonly StatsEntry[],
  { inputs = 0, rows, funnel, calls }: TaskResults,
  { measures, each }: { readonly measures: RowMeasures; readonly each: number },
): Json {
  const { lengths, rollouts, promptTokens, completionTokens } = measures;
  const seconds = recorded.find(({ name }) => name === 'model calls')?.time_stats?.total ?? 0;
  const count = (isMeant: (loss: TaskResults['funnel']['losses'][number]) => boolean) =>
    funnel.losses.filter(isMeant).reduce((sum, loss) => sum + loss.count, 0);
  const empty = count(({ reason }) => reason.endsWith(' is empty'));
  const documents = inputs - empty;
  return [
    { name: 'READER', time_stats: describeTime(0), stats: { documents, doc_len: lengths.describe('doc') } },
    {
      name: 'Model call',
      time_stats: describeTime(seconds),
      stats: {
        prompt_tokens: promptTokens.describe('request'),
        completion_tokens: completionTokens.describe('request'),
        successful_requests: calls.tries - calls.failed_tries,
        failed_requests: calls.failed_tries,
        requests: calls.tries,
        successful_rollouts: rollouts.total,
        failed_rollouts: documents * each - rollouts.total,
        documents_processed: rows,
        failed_documents: count(({ kind }) => kind === 'error'),
        skipped_bad_requests: count(({ reason }) => reason === 'no rollout gave a result'),
        inference_time: describeTime(seconds),
      },
    },
  ];
}

function describeTime(total: number): Json {
  return { total, n: 1, mean: total, variance: 0, std_dev: 0, min: total, max: total, unit: 'seconds' };
}

async function readJson<T>(file: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as T;
  } catch {
    return undefined;
  }
}

/** When a file was written; -Infinity for one that is not there. @unit milliseconds since 1970 */
async function readTime(file: string): Promise<number> {
  const found = await stat(file).catch(() => undefined);
  return found?.mtimeMs ?? -Infinity;
}
