/**
 * Measures transformations of large inputs: `npm run build`, then `node --import tsx bench/transformation.ts [measure...]`. See
 * bench/README.md.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { measures } from './transformation/measures.js';

const [first, ...rest] = process.argv.slice(2);

if (first === '--in-process') {
  const [name = '', folder = ''] = rest;
  const line = await measures[name]?.(folder);
  process.stdout.write(`${name}: ${line}; load ${loadavg()[0]?.toFixed(1)}\n`);
} else {
  // The measurements of one call build on each other; DGT_BENCH_FOLDER keeps what they made.
  const kept = process.env['DGT_BENCH_FOLDER'];
  const folder = kept ?? mkdtempSync(join(tmpdir(), 'dgt-bench-'));
  const chosen = first === undefined ? Object.keys(measures) : [first, ...rest];
  try {
    for (const name of chosen) process.exitCode = (await measureApart(name, folder)) || process.exitCode;
  } finally {
    if (kept === undefined) rmSync(folder, { recursive: true });
  }
}

/** Runs one measurement in a process of its own, so that none profits or suffers from another. */
async function measureApart(name: string, folder: string): Promise<number> {
  const args = [...process.execArgv, process.argv[1] as string, '--in-process', name, folder];
  const [code] = (await once(spawn(process.execPath, args, { stdio: 'inherit' }), 'close')) as [number];
  return code;
}
