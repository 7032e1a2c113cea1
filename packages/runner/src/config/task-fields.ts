import { Type, type DataBuilderClass } from '@dgt/core';
import { runnerConfigFields, sharedFields } from './runner-settings.js';

/** What a task makes rows from: nothing but examples, or other rows. */
export type TaskKind = DataBuilderClass['kind'];

const records = Type.Array(Type.Record(Type.String(), Type.Unknown()));
const plugIn = Type.Object({ type: Type.String({ minLength: 1 }) }, { additionalProperties: true });

const names = Type.Array(Type.String({ minLength: 1 }));

/** What a task says for the card of its dataset, in the words of dataset hubs. It defines no row. */
const card = Type.Object(
  {
    license: Type.Optional(Type.String({ minLength: 1 })),
    language: Type.Optional(Type.Union([Type.String({ minLength: 1 }), names])),
    pretty_name: Type.Optional(Type.String({ minLength: 1 })),
    tags: Type.Optional(names),
    task_categories: Type.Optional(names),
    source_datasets: Type.Optional(names),
    task_ids: Type.Optional(names),
    annotations_creators: Type.Optional(names),
    language_creators: Type.Optional(names),
  },
  { additionalProperties: false },
);

/** What every task file takes, beside the keys that its task class declares. */
export const taskFileFields = {
  dgt: Type.Optional(Type.Literal(1)),
  task_name: Type.String({ minLength: 1 }),
  task_description: Type.String(),
  created_by: Type.String({ default: '' }),
  card: Type.Optional(card),
  data_builder: Type.String({ minLength: 1 }),
  seed_examples: Type.Optional(records),
  seed_datastore: Type.Optional(plugIn),
  data: Type.Optional(Type.Union([records, plugIn])),
  unique_key: Type.Optional(Type.String({ minLength: 1 })),
  dataloader: Type.Optional(plugIn),
  datastore: Type.Optional(plugIn),
  final_datastore: Type.Optional(plugIn),
  formatted_datastore: Type.Optional(plugIn),
  store_name: Type.Optional(Type.String({ minLength: 1 })),
  formatter: Type.Optional(plugIn),
  runner_config: Type.Optional(Type.Object(runnerConfigFields, { additionalProperties: false })),
  ...sharedFields,
};

/** Keys, also of `runner_config`, that only one kind of task has a use for. */
const keysOfOneKind: Readonly<Record<TaskKind, readonly string[]>> = {
  generation: [
    'seed_examples',
    'seed_datastore',
    'num_outputs_to_generate',
    'seed_batch_size',
    'machine_batch_size',
    'max_attempts',
    'max_stalled_attempts',
    'max_stalled_rows',
    'min_yield',
  ],
  transformation: ['data', 'unique_key', 'transform_batch_size', 'max_error_rate', 'records_per_chunk'],
};

/** What to write instead of a key of the other kind. */
const insteadOf: Readonly<Record<string, string>> = {
  seed_examples: 'The rows that it works on stand under data.',
  seed_datastore: 'The rows that it works on stand under data.',
  num_outputs_to_generate: 'It makes what comes of each row of data; to work on fewer, give fewer.',
  data: 'Its examples stand under seed_examples or seed_datastore.',
};

/** Says of a key that a task of this kind has no use for it; undefined when it has. */
export function findForeignKey(key: string, kind: TaskKind): { problem: string; hint: string } | undefined {
  const other: TaskKind = kind === 'generation' ? 'transformation' : 'generation';
  if (!keysOfOneKind[other].includes(key)) return undefined;
  const [does, otherDoes] = kind === 'generation' ? ['generates', 'transform'] : ['transforms', 'generate'];
  return {
    problem: `"${key}" is for tasks that ${otherDoes} rows, and the data builder of this one ${does} them`,
    hint: insteadOf[key] ?? 'Remove it.',
  };
}
