import Database from 'libsql';
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nameCall, type NamedCall } from '../../runner/src/engine/attempt-recorder.js';

/** The keys of all answers in a ledger, read from a copy: an open ledger is a locked one. */
export function recordedKeys(folder: string, datasetName = 'public/test/geography_qa/0'): Set<string> {
  const copy = mkdtempSync(join(tmpdir(), 'dgt-ledger-'));
  for (const name of ['ledger.db', 'ledger.db-wal']) {
    if (existsSync(join(folder, name))) copyFileSync(join(folder, name), join(copy, name));
  }
  const database = new Database(join(copy, 'ledger.db'));
  const tables = database.prepare("SELECT count(*) AS count FROM sqlite_master WHERE name = 'calls'").get() as {
    count: number;
  };
  const calls = tables.count === 0 ? [] : (database.prepare('SELECT lane, call, hash FROM calls').all() as NamedCall[]);
  database.close();
  rmSync(copy, { recursive: true });
  return new Set(
    calls.map(({ lane, call, hash }) => {
      const named = { lane, call, hash: Buffer.from(hash) };
      return nameCall(datasetName, named).idempotencyKey;
    }),
  );
}
