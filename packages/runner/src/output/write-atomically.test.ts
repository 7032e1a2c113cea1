import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeAtomically, writeJsonLines } from './write-atomically.js';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dgt-atomic-'));
  file = join(folder, 'final_data.jsonl');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Writes in a process that may make files of so many bytes at the most, as a disk that gets full. */
function writeWithLimit(bytes: number, text: string) {
  const module = fileURLToPath(new URL('../../dist/output/write-atomically.js', import.meta.url));
  if (!existsSync(module)) throw new Error('packages/runner/dist is missing: run `npm run build` before this test');
  const script = `
    const { writeAtomically } = await import(${JSON.stringify(module)});
    const error = await writeAtomically(${JSON.stringify(file)}, [${JSON.stringify(text)}]).catch((error) => error);
    process.stdout.write(error?.code ?? 'written');`;
  const limited = `ulimit -f ${bytes / 512}; exec "$0" "$@"`;
  return spawnSync('sh', ['-c', limited, process.execPath, '--input-type=module', '-e', script]).stdout.toString();
}

describe('writing a file atomically', () => {
  it('replaces what was there and leaves nothing else behind', async () => {
    writeFileSync(file, 'before');
    await writeAtomically(file, ['a\n', 'b\n']);
    expect(readFileSync(file, 'utf8')).toBe('a\nb\n');
    expect(readdirSync(folder)).toEqual(['final_data.jsonl']);
  });

  it('makes an empty file of nothing', async () => {
    await writeAtomically(file, []);
    expect(readFileSync(file, 'utf8')).toBe('');
  });

  it('keeps the earlier file when what is to be written cannot be made', async () => {
    writeFileSync(file, 'before');
    function* chunks() {
      yield 'half';
      throw new RangeError('there is no accepted row 7');
    }
    await expect(writeAtomically(file, chunks())).rejects.toThrow('there is no accepted row 7');
    expect(readFileSync(file, 'utf8')).toBe('before');
    expect(readdirSync(folder)).toEqual(['final_data.jsonl']);
  });

  it('starts anew over the draft of a run that was killed', async () => {
    writeFileSync(`${file}.tmp`, 'a much longer draft');
    await writeAtomically(file, ['a\n']);
    expect(readFileSync(file, 'utf8')).toBe('a\n');
    expect(readdirSync(folder)).toEqual(['final_data.jsonl']);
  });

  it('never takes a part for the whole when the disk takes only a part', () => {
    writeFileSync(file, 'before');
    expect(writeWithLimit(51_200, 'x'.repeat(100_000))).toBe('DGT_OUTPUT_UNWRITABLE');
    expect(readFileSync(file, 'utf8')).toBe('before');
    expect(readdirSync(folder)).toEqual(['final_data.jsonl']);
    expect(writeWithLimit(512_000, 'x'.repeat(100_000))).toBe('written');
    expect(readFileSync(file)).toHaveLength(100_000);
  });

  it('says which file could not be written', async () => {
    mkdirSync(file);
    await expect(writeAtomically(file, ['a'])).rejects.toMatchObject({
      code: 'DGT_OUTPUT_UNWRITABLE',
      message: expect.stringContaining(file),
    });
    expect(readdirSync(folder)).toEqual(['final_data.jsonl']);
  });
});

describe('lines of JSON', () => {
  it('come in few chunks that together are one line a row', () => {
    const rows = Array.from({ length: 5000 }, (_, index) => ({ index, text: 'é'.repeat(100) }));
    const chunks = [...writeJsonLines(rows)];
    expect(chunks.length).toBeGreaterThan(1);
    expect(chunks.length).toBeLessThan(10);
    expect(chunks.join('')).toBe(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    expect([...writeJsonLines([])]).toEqual([]);
  });
});
