import { createScriptServices, Lane, type CallKey, type Recorder, type Rejection, type RowFailure } from '@dgt/core';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TrigramEmbedder } from './__fixtures__/trigram-embedder.js';
import { SemanticDeduplicator } from './index.js';

const colour = 'What is the colour of the sky?';
const color = 'What is the color of the sky?';
const other = 'Who wrote the play about the prince of Denmark?';

/** A lane that answers calls from what an earlier one recorded. */
function createLane(recorded = new Map<string, unknown>()) {
  const failures: RowFailure[] = [];
  const rejections: Rejection[] = [];
  const keys: string[] = [];
  const recorder = {
    async call({ lane, index }: CallKey, { execute }: { execute: (context: never) => Promise<unknown> }) {
      const key = `${lane}/${index}`;
      keys.push(key);
      if (!recorded.has(key)) recorded.set(key, await execute({} as never));
      return recorded.get(key);
    },
    reject: (_lane: string, rejection: Rejection) => void rejections.push(rejection),
    fail: (_lane: string, failure: RowFailure) => void failures.push(failure),
  } as unknown as Recorder;
  const { signal } = new AbortController();
  const lane = new Lane('a', { recorder, randomName: '0', signal, log: { write() {} } });
  return { lane, recorded, keys, failures, rejections };
}

const toRows = (texts: readonly string[]) => texts.map((input) => ({ input }));

describe('semantic', () => {
  it('drops rows that are close in meaning, with the cosine and the row that is repeated', async () => {
    const { lane, rejections } = createLane();
    const dedup = new SemanticDeduplicator({ lm: new TrigramEmbedder(), threshold: 0.8, filter: true });
    const rows = toRows([colour, other, color, '', ' ', colour]);
    const kept = await dedup.run(rows, { lane }).toArray();
    expect(kept.map(({ input }) => input)).toEqual([colour, other, '', ' ']);
    expect(rejections).toMatchObject([{ against: rows[0] }, { against: rows[0], score: 1 }]);
    expect(rejections[0]?.score).toBeGreaterThan(0.8);
    expect(rejections[0]?.score).toBeLessThan(1);
  });

  it('embeds each row in its own lane, blank ones not at all, and nothing twice when it is run again', async () => {
    const lm = new TrigramEmbedder();
    const dedup = new SemanticDeduplicator({ lm, threshold: 0.8, context: [other], filter: true });
    const first = createLane();
    const run = ({ lane }: ReturnType<typeof createLane>) => dedup.run(toRows([colour, '', color]), { lane }).toArray();
    const kept = await run(first);
    expect(kept.map(({ input }) => input)).toEqual([colour, '']);
    expect([...lm.embedded].sort()).toEqual([color, colour, other].sort());
    const again = createLane(first.recorded);
    expect(await run(again)).toEqual(kept);
    expect([...again.keys].sort()).toEqual([...first.keys].sort());
    expect(lm.embedded).toHaveLength(3);
  });

  it('compares with its context and with files, in a script and as a postprocessor', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'dgt-semantic-'));
    const services = { ...createScriptServices(), baseFolder: folder, workingFolder: folder };
    try {
      writeFileSync(join(folder, 'old.txt'), `${other}\n`);
      const config = { lm: new TrigramEmbedder(), threshold: 0.8, context: [colour], filter: true };
      const dedup = new SemanticDeduplicator({ ...config, against: { files: ['old.txt'] } }, services);
      const { lane, rejections } = createLane();
      expect(await dedup.run(toRows([color, `${other}!`, 'Why?']), { lane }).toArray()).toHaveLength(1);
      const reasons = rejections.map(({ reason, against }) => ({ reason, against }));
      expect(reasons).toEqual([
        { reason: 'repeats the context', against: colour },
        { reason: 'repeats a text of old.txt', against: { file: 'old.txt', line: 1 } },
      ]);
      const prepared = await dedup.prepareInput({ input: color }, { lane: lane.child(), row: {} });
      const gate = await dedup.prepareGate({ lane: lane.child() });
      expect(gate.judge(prepared, 1)).toMatchObject({ valid: false, reason: 'repeats the context' });
      expect(() => dedup.openGate()).toThrow('open the gate with prepareGate');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('leaves out a row that cannot be embedded, and records why', async () => {
    const { lane, failures } = createLane();
    const dedup = new SemanticDeduplicator({ lm: new TrigramEmbedder(), threshold: 0.8, filter: true });
    const kept = await dedup.run(toRows([colour, 'unspeakable', color, other]), { lane }).toArray();
    expect(kept.map(({ input }) => input)).toEqual([colour, other]);
    expect(failures).toMatchObject([{ block: 'SemanticDeduplicator', row: { input: 'unspeakable' } }]);
  });

  it('prepares and closes the model it made, and defines itself by it', async () => {
    const lm = new TrigramEmbedder();
    const services = { ...createScriptServices(), createBlock: () => Promise.resolve(lm) };
    const dedup = new SemanticDeduplicator({ lm_config: { type: 'x', api_key: 'secret' } }, services);
    const { signal } = new AbortController();
    await dedup.prepare({ pinned: { embedder: 'pinned' }, signal });
    expect(lm.prepared).toBe('pinned');
    expect(dedup.callLimit).toBe(5);
    expect(dedup.definition).toMatchObject({ embedder: { type: 'trigrams' }, threshold: 0.9 });
    expect(JSON.stringify(dedup.definition)).not.toContain('secret');
    await dedup.close();
    expect(lm.closed).toBe(true);
    const given = new TrigramEmbedder();
    await new SemanticDeduplicator({ lm: given }).close();
    expect(given.closed).toBe(false);
  });

  it('asks for one model, which embeds', async () => {
    expect(() => new SemanticDeduplicator({})).toThrow('expected either lm_config or, in code, lm');
    expect(() => new SemanticDeduplicator({ lm: {} as never })).toThrow('lm: expected an embedding model block');
    const services = {
      ...createScriptServices(),
      createBlock: () => Promise.resolve(new SemanticDeduplicator({ lm: new TrigramEmbedder() })),
    };
    const wrong = new SemanticDeduplicator({ lm_config: { type: 'ollama' } }, services);
    await expect(wrong.run(toRows(['a'])).toArray()).rejects.toThrow('the type "ollama" is not an embedding model');
  });
});
