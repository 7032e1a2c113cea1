import { join } from 'node:path';

/** The files of one task's output folder. */
export const outputNames = {
  finalData: 'final_data.jsonl',
  formattedData: 'formatted_data.jsonl',
  data: 'data.jsonl',
  rejected: 'rejected.jsonl',
  errors: 'errors.jsonl',
  card: 'task_card.json',
  results: 'task_results.json',
  stats: 'stats.json',
  events: 'events.jsonl',
  ledger: 'ledger.db',
  /** Present while a run works on the folder: who it is. */
  holder: '.run.json',
  /** What `--restart` keeps of the dataset before. */
  previous: '.previous',
} as const;

/** The paths of one task's output files. */
export type OutputFiles = Readonly<Record<keyof typeof outputNames | 'folder', string>>;

/** The paths of the output of a task: its name is a path below the output folder. */
export function locateOutput(outputFolder: string, taskName: string): OutputFiles {
  const folder = join(outputFolder, taskName);
  const paths = Object.entries(outputNames).map(([key, name]) => [key, join(folder, name)]);
  return { ...Object.fromEntries(paths), folder } as OutputFiles;
}
