import { createHash } from 'node:crypto';
import {
  Datastore,
  registerDatastore,
  Type,
  type DatastoreConfig,
  type FrontPage,
  type Row,
  type Rows,
  type Static,
  type WriteTarget,
  type WrittenRows,
} from '@dgt/core';

const config = {
  /** The column of the input that stands under `text`. */
  text: Type.String({ minLength: 1 }),
  /** What the rows come from: stands under `dataset`, and before the `id` of a row that has none. */
  dataset: Type.String({ minLength: 1 }),
  /** The datastore that the rows are written to. */
  to: Type.Unsafe<DatastoreConfig>(
    Type.Object({ type: Type.String({ minLength: 1 }) }, { additionalProperties: true }),
  ),
};

const tokens = Type.Optional(Type.Integer());

const rolloutResult = Type.Object({
  text: Type.Optional(Type.String()),
  finish_reason: Type.Optional(Type.String()),
  usage: Type.Optional(
    Type.Object({
      prompt_tokens: tokens,
      completion_tokens: tokens,
      total_tokens: tokens,
      cached_tokens: tokens,
      reasoning_tokens: tokens,
    }),
  ),
  reasoning: Type.Optional(Type.String()),
});

// Declared and not read off the rows: a file in which no model reasoned has the columns of all others.
const schema = Type.Object({ rollout_results: Type.Array(rolloutResult) }, { additionalProperties: true });

type RolloutResult = Static<typeof rolloutResult>;

/** Writes what `core/rollout` makes in the columns of DataTrove: `text`, `id`, all others of the input, `dataset`, `rollout_results`. */
@registerDatastore('datatrove')
export class DataTroveDatastore extends Datastore.of({ config }) {
  override async write(rows: Rows<Row>, target: WriteTarget): Promise<WrittenRows> {
    const { to } = this.config;
    const store = await this.services.createDatastore(to);
    if (store.write === undefined) throw this.configError(`to: "${to.type}" cannot be written to`);
    return store.write(this.#arrange(rows), { ...target, schema });
  }

  override async frontPages(): Promise<readonly FrontPage[]> {
    return (await this.services.createDatastore(this.config.to)).frontPages?.() ?? [];
  }

  async *#arrange(rows: Rows<Row>): AsyncGenerator<Row> {
    for await (const row of rows) yield this.#arrangeRow(row);
  }

  #arrangeRow({ task_name: _task, is_seed: _seed, rollout_results: results, ...columns }: Row): Row {
    const { text: column, dataset } = this.config;
    const { id = `${dataset}/${nameContent(columns)}`, ...others } = columns;
    // An input that has another column called text keeps it, and the prompt the name that it has there.
    const isTaken = column !== 'text' && Object.hasOwn(columns, 'text');
    const { [column]: text, ...rest } = others;
    return {
      ...(isTaken ? { text: others['text'], id, ...others } : { text, id, ...rest }),
      dataset: columns['dataset'] ?? dataset,
      rollout_results: (results as readonly RolloutResult[]).map(arrangeResult),
    };
  }
}

function arrangeResult({ text, finish_reason, usage = {}, reasoning }: RolloutResult): Row {
  const { prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens } = usage;
  const isCounted = prompt_tokens !== undefined && completion_tokens !== undefined;
  const total_tokens = isCounted ? prompt_tokens + completion_tokens : undefined;
  return {
    text,
    finish_reason,
    usage: { prompt_tokens, completion_tokens, total_tokens, cached_tokens, reasoning_tokens },
    reasoning,
  };
}

/** A name that a row keeps wherever it stands, so that rows which are put before it change nothing. */
function nameContent(columns: Row): string {
  return createHash('sha256').update(JSON.stringify(columns)).digest('hex').slice(0, 16);
}
