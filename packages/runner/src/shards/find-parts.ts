import { RunError, type Json } from '@dgt/core';
import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { OutputFiles } from '../output/output-files.js';
import type { TransformationPlan } from '../run/task-plan.js';
import { fingerprintInput } from '../transformation/fingerprint-input.js';
import { readUnits } from '../transformation/input-unit.js';
import { hashDefinition, readManifest, type Manifest } from './manifest.js';
import { Shard, type ShardName } from './shard.js';
import { locateShard, shardsFolder, toShardPlan } from './shard-plan.js';

/** A part that is finished. */
export interface Part {
  readonly shard: Shard;
  readonly files: OutputFiles;
  readonly manifest: Manifest;
}

/**
 * Finds the parts of a task, all of them.
 *
 * @throws {@link RunError} DGT_PARTS_MISSING, naming those that are missing or were made of another input.
 */
export async function findParts(plan: TransformationPlan, signal: AbortSignal): Promise<readonly Part[]> {
  const counts = await listCounts(plan.files);
  if (counts.length === 0) throw partsMissing(plan, 'it has none', '1/N');
  const cuts = await Promise.all(counts.map((of) => readCut(plan, of)));
  // Where an input was cut in several ways, one that is whole will do.
  const best =
    cuts.find(({ missing }) => missing.length === 0) ?? cuts.toSorted((a, b) => b.parts.length - a.parts.length)[0];
  if (best === undefined) throw partsMissing(plan, 'it has none', '1/N');
  const [first] = best.missing;
  if (first !== undefined) throw partsMissing(plan, listShards(best.missing), nameShard(first));
  await checkInput(plan, best.parts, signal);
  return best.parts;
}

/**
 * Checks that the parts were made as the task is defined now.
 *
 * @throws {@link RunError} DGT_PARTS_MISSING
 */
export function checkDefinitions(plan: TransformationPlan, parts: readonly Part[]): void {
  const others = parts.filter(
    ({ shard, manifest }) => hashDefinition(toShardPlan(plan, shard)) !== manifest.definition,
  );
  refuse(plan, others, 'what defines their rows has changed since they were made');
}

export function partsMissing({ task }: TransformationPlan, parts: string, next: string): RunError {
  return new RunError('DGT_PARTS_MISSING', { task: task.name, parts, next });
}

function refuse(plan: TransformationPlan, parts: readonly Part[], why: string): void {
  const [first] = parts;
  if (first === undefined) return;
  const names = listShards(parts.map(({ shard }) => shard));
  throw partsMissing(plan, `${names} (${why})`, nameShard(first.shard));
}

/** Into how many parts the input was cut, as far as folders tell. */
async function listCounts({ folder }: OutputFiles): Promise<number[]> {
  const names = await readdir(join(folder, shardsFolder)).catch(() => []);
  const counts = names.flatMap((name) => /^\d+-of-(\d+)$/.exec(name)?.[1] ?? []);
  return [...new Set(counts.map(Number))].sort((a, b) => a - b);
}

async function readCut(plan: TransformationPlan, of: number): Promise<{ parts: Part[]; missing: ShardName[] }> {
  const parts: Part[] = [];
  const missing: ShardName[] = [];
  for (let number = 1; number <= of; number++) {
    const { units, settings } = plan;
    const shard = new Shard({ number, of }, { unitSize: units.size, chunkRows: settings.recordsPerChunk });
    const files = locateShard(plan.files, shard);
    const manifest = await readManifest(files);
    if (manifest === undefined || manifest.chunk !== shard.chunk) missing.push(shard);
    else parts.push({ shard, files, manifest });
  }
  return { parts, missing };
}

/** The parts must be of the input as it is now; it is only read where it cannot say that it is the same. */
async function checkInput(plan: TransformationPlan, parts: readonly Part[], signal: AbortSignal): Promise<void> {
  const fingerprint = await fingerprintInput(plan.input, plan.units);
  const isSame = ({ manifest }: Part) => fingerprint !== null && equal(manifest.input, fingerprint);
  const digests = new Set(parts.map(({ manifest }) => manifest.digest));
  if (parts.every(isSame) && digests.size === 1) return;
  const digest = await digestInput(plan, signal);
  refuse(
    plan,
    parts.filter(({ manifest }) => manifest.digest !== digest),
    'the input has changed since they were made',
  );
}

async function digestInput({ input, units }: TransformationPlan, signal: AbortSignal): Promise<string> {
  const digest = createHash('sha256');
  for await (const { content } of readUnits(input.read({ signal }), units)) digest.update(content);
  return digest.digest('hex').slice(0, 32);
}

function equal(a: Json, b: Json): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function nameShard({ number, of }: ShardName): string {
  return `${number}/${of}`;
}

function listShards(shards: readonly ShardName[]): string {
  return shards.map(nameShard).join(', ');
}
