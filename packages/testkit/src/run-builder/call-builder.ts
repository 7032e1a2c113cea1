import { bindBlocks, createLaneContext, type Generated, type GenerationTask, type Lane } from '@dgt/core';
import { inspect } from 'node:util';
import type { PreparedBuilder } from './prepare-builder.js';

type Context = ReturnType<typeof createLaneContext>;

interface BuilderObject {
  generate(seeds: readonly object[], ctx: object): Generated<object>;
  transform?(row: object, ctx: object): unknown;
  transformBatch?(rows: readonly object[], ctx: object): unknown;
}

/** Runs the builder's code on all rows of the trial and checks what it gives. */
export async function callBuilder(prepared: PreparedBuilder, lane: Lane): Promise<object[]> {
  const { class: builderClass } = prepared;
  const given = builderClass.kind === 'generation' ? await generate(prepared, lane) : await transform(prepared, lane);
  return given.map((row) => toFields(prepared, row));
}

async function generate(prepared: PreparedBuilder, lane: Lane): Promise<unknown[]> {
  const task = prepared.task as GenerationTask;
  const seeds = prepared.rows.map((row) => Object.assign(task.instantiateInputExample(row), { is_seed: true }));
  const ctx = openContext(prepared, lane.at(0));
  const attempt = Object.assign(ctx, {
    number: 1,
    sampleExamples: (count: number, { seedFraction }: { seedFraction?: number } = {}) =>
      task.sampleExamples({ seeds: seeds as never, synthetic: [] as never, count, seedFraction, random: ctx.random }),
  });
  return gather('generate', makeObject(prepared, ctx).generate(seeds, attempt));
}

async function transform(prepared: PreparedBuilder, lane: Lane): Promise<unknown[]> {
  const split = prepared.rows.map((row) => splitColumns(prepared, row));
  const isBatch = 'transformBatch' in prepared.class.prototype;
  if (isBatch) {
    const ctx = openContext(prepared, lane.at(0));
    const columns = new Map<object, object>(split.map(({ point, columns }) => [point, columns]));
    const extra = {
      number: 1,
      columnsOf: (row: object) => columns.get(row) ?? {},
      from: (_row: object, output: object) => output,
    };
    const points = split.map(({ point }) => point);
    const given = makeObject(prepared, ctx).transformBatch?.(points, Object.assign(ctx, extra));
    return gather('transformBatch', given);
  }
  const made = split.map(({ point, columns }, index) => {
    const ctx = openContext(prepared, lane.at(index));
    const given = makeObject(prepared, ctx).transform?.(point, Object.assign(ctx, { number: index + 1, columns }));
    return gather('transform', given);
  });
  return (await Promise.all(made)).flat();
}

function openContext({ blocks }: PreparedBuilder, lane: Lane): Context {
  return createLaneContext(lane, (bound) => bindBlocks(blocks, bound));
}

function makeObject({ class: builderClass, task, config, shared }: PreparedBuilder, { blocks }: Context) {
  return new builderClass({ task, blocks, config, shared } as never) as BuilderObject;
}

function splitColumns({ task }: PreparedBuilder, row: Readonly<Record<string, unknown>>) {
  const declared = new Set(Object.keys(task.input.schema.properties));
  const pick = (wanted: boolean) =>
    Object.fromEntries(Object.entries(row).filter(([column]) => declared.has(column) === wanted));
  return { point: task.instantiateInputExample(pick(true)), columns: pick(false) };
}

/** Everything that a method of a builder gives: a stream, a list, one row, or, from `transform`, nothing. */
async function gather(method: string, given: unknown): Promise<unknown[]> {
  const value = await given;
  if (typeof value !== 'object' || value === null) {
    if ((value === undefined || value === null) && method !== 'generate') return [];
    throw new TypeError(`${method} gave ${inspect(value)} instead of rows`);
  }
  if (!(Symbol.asyncIterator in value) && !(Symbol.iterator in value)) {
    if (method === 'generate') throw new TypeError(`generate gave ${inspect(value)} instead of rows`);
    return [value];
  }
  const rows: unknown[] = [];
  for await (const row of value as AsyncIterable<unknown>) rows.push(row);
  return rows;
}

function toFields({ task }: PreparedBuilder, row: unknown): object {
  if (typeof row !== 'object' || row === null) throw new TypeError(`the builder gave ${inspect(row)} as a row`);
  const { task_name: _task, is_seed: _seed, ...fields } = task.instantiateOutputExample({ ...row });
  return fields;
}
