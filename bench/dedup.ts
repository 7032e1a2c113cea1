/**
 * Measures the deduplicators: `npm run build`, then `node --import tsx bench/dedup.ts [measure...]`. See bench/README.md.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { measures } from './dedup/measures.js';

const [first, ...rest] = process.argv.slice(2);

if (first === '--in-process') {
  for (const name of rest) process.stdout.write(`${name}: ${(await measures[name]?.()) ?? 'no such measurement'}\n`);
} else {
  const chosen = first === undefined ? Object.keys(measures) : [first, ...rest];
  for (const name of chosen) process.exitCode = (await measureApart(name)) || process.exitCode;
}

/** Runs one measurement in a process of its own, which can ask for a collection of garbage before it looks at memory. */
async function measureApart(name: string): Promise<number> {
  const args = ['--expose-gc', ...process.execArgv, process.argv[1] as string, '--in-process', name];
  const [code] = (await once(spawn(process.execPath, args, { stdio: 'inherit' }), 'close')) as [number];
  return code;
}
