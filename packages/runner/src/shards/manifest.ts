import type { Json } from '@dgt/core';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hashRequest } from '../ledger/request-hash.js';
import type { Ledger } from '../ledger/ledger.js';
import type { OutputFiles } from '../output/output-files.js';
import { writeAtomically } from '../output/write-atomically.js';
import { defineTask } from '../run/task-definition.js';
import type { TransformationPlan } from '../run/task-plan.js';
import { scannedKey, type ScannedInput } from './shard-units.js';

/** What manifest.json says of a part that is finished. */
export interface Manifest {
  readonly version: 1;
  readonly task_name: string;
  readonly shard: string;
  /** Units of the input in a chunk. */
  readonly chunk: number;
  /** Units of the whole input. */
  readonly units: number;
  /** Units of this part. */
  readonly own_units: number;
  /** The hash of the whole input. */
  readonly digest: string;
  /** What the input said of itself: the sizes and times of its files. */
  readonly input: Json;
  /** The hash of what defines the rows. */
  readonly definition: string;
  /** How each block was defined, to which a merge keeps where there is a choice. */
  readonly blocks: { readonly [name: string]: Json };
  readonly rows: number;
}

/** Says that a part is finished. */
export async function writeManifest(plan: TransformationPlan, ledger: Ledger): Promise<void> {
  const { shard } = plan.units;
  const scanned = ledger.getMeta<ScannedInput>(scannedKey);
  if (shard === undefined || scanned === undefined) return;
  // Another ledger in the same place, after --restart, has another.
  if (ledger.getMeta('part_id') === undefined) await ledger.setMeta('part_id', randomUUID());
  const manifest: Manifest = {
    version: 1,
    task_name: plan.task.name,
    shard: `${shard.number}/${shard.of}`,
    chunk: shard.chunk,
    units: scanned.units,
    own_units: ledger.lastAttempt,
    digest: scanned.digest,
    input: ledger.getMeta<Json>('input') ?? null,
    definition: hashDefinition(plan),
    blocks: (ledger.getMeta<{ blocks: Manifest['blocks'] }>('definition') ?? { blocks: {} }).blocks,
    rows: ledger.acceptedCount,
  };
  const text = `${JSON.stringify(manifest, undefined, 2)}\n`;
  const file = locateManifest(plan.files);
  const earlier = await readFile(file, 'utf8').catch(() => undefined);
  if (text !== earlier) await writeAtomically(file, [text]);
}

/** Undefined where there is none that can be read. */
export async function readManifest(files: OutputFiles): Promise<Manifest | undefined> {
  try {
    const manifest = JSON.parse(await readFile(locateManifest(files), 'utf8')) as Manifest;
    return manifest.version === 1 ? manifest : undefined;
  } catch {
    return undefined;
  }
}

/** Tells parts that were made in the same way from others. */
export function hashDefinition(plan: TransformationPlan): string {
  return hashRequest(defineTask(plan, undefined) as Json).toString('hex');
}

function locateManifest({ folder }: OutputFiles): string {
  return join(folder, 'manifest.json');
}
