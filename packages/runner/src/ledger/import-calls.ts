import type Database from 'libsql';

/** Up to which records of another ledger were taken over. */
export type ImportMark = { readonly call: number; readonly try: number };

/** Forces the order of the joins: each record once, its names looked up. */
const namesOf = (record: string, owner: string) =>
  `CROSS JOIN part.inputs i ON i.number = ${record}.${owner} CROSS JOIN main.inputs m ON m.key = i.key`;

const answerColumns = ['lane', 'call', 'hash', 'label', 'failed', 'answer', 'request', 'answered_at'];
const tryColumns = [
  'started_at',
  'duration_ms',
  'ok',
  'status',
  'prompt_tokens',
  'completion_tokens',
  'cached_tokens',
  'reasoning_tokens',
  'reason',
];
const select = (record: string, columns: readonly string[]) =>
  columns.map((column) => `${record}.${column}`).join(', ');

/**
 * Takes over the inputs, answers and tries of the ledger of a part, which has numbers of its own for them, in one transaction.
 *
 * @param after what was taken over earlier.
 * @param save is called within the transaction.
 */
export function importCalls(
  database: Database.Database,
  file: string,
  after: ImportMark,
  save: (mark: ImportMark) => void,
): void {
  database.prepare<unknown[]>('ATTACH DATABASE ? AS part').run(file);
  try {
    database.exec('BEGIN');
    database.exec(`
      INSERT OR IGNORE INTO main.inputs (key) SELECT key FROM part.inputs ORDER BY number;
      INSERT OR IGNORE INTO main.callers (label, provider, model) SELECT label, provider, model FROM part.callers ORDER BY id;
      INSERT INTO main.calls (owner, ${answerColumns.join(', ')})
        SELECT m.number, ${select('c', answerColumns)} FROM part.calls c ${namesOf('c', 'owner')}
        WHERE c.id > ${Number(after.call)} ORDER BY c.id;
      INSERT INTO main.tries (owner, caller, ${tryColumns.join(', ')})
        SELECT m.number, k.id, ${select('t', tryColumns)} FROM part.tries t ${namesOf('t', 'owner')}
        CROSS JOIN part.callers p ON p.id = t.caller
        CROSS JOIN main.callers k ON k.label = p.label AND k.provider = p.provider AND k.model = p.model
        WHERE t.id > ${Number(after.try)} ORDER BY t.id;
    `);
    const last = database
      .prepare<unknown[]>('SELECT (SELECT max(id) FROM part.calls) AS call, (SELECT max(id) FROM part.tries) AS try')
      .get() as { call: number | null; try: number | null };
    save({ call: last.call ?? 0, try: last.try ?? 0 });
    database.exec('COMMIT');
  } finally {
    if (database.inTransaction) database.exec('ROLLBACK');
    database.exec('DETACH DATABASE part');
  }
}
