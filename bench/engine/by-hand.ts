import { createRandom } from '@dgt/core';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parsePair, seeds, writePrompt } from './pairs.js';
import { answer } from './scripted-model.js';

const slots = 64;

/**
 * The loop as one writes it without dgt: prompts, calls in so many slots, parsing, rows appended to a file. Nothing is
 * recorded, repeated, limited or resumed: it is what the engine is compared with.
 */
export async function runByHand(rows: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'dgt-bench-'));
  const file = join(folder, 'rows.jsonl');
  writeFileSync(file, '');
  const random = createRandom('by hand');
  let lines: string[] = [];
  let started = 0;
  const work = async () => {
    while (started < rows) {
      started++;
      const prompt = writePrompt(random.choices(seeds, 3));
      const pair = prompt.length > 0 ? parsePair(await answer()) : undefined;
      lines.push(`${JSON.stringify(pair)}\n`);
      if (lines.length < 1000) continue;
      appendFileSync(file, lines.join(''));
      lines = [];
    }
  };
  await Promise.all(Array.from({ length: slots }, work));
  appendFileSync(file, lines.join(''));
  rmSync(folder, { recursive: true });
}
