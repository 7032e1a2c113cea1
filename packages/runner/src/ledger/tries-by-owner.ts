import type Database from 'libsql';

/** A request that reached a server, as the ledger has it. */
export interface RecordedTry {
  readonly model: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly durationMs: number;
  readonly ok: boolean;
  /** The HTTP status, where there was one. */
  readonly status: number | undefined;
  /** Why it failed, when it did. */
  readonly reason: string | undefined;
}

type Columns = { model: string; startedAt: number; durationMs: number; ok: number } & {
  status: number | null;
  reason: string | null;
};

/** Orders the tries of a ledger by whose they are, beside the file, so that each owner's are found at once. */
export function indexTries(database: Database.Database): (owner: number) => RecordedTry[] {
  database.exec(
    `CREATE TEMP TABLE IF NOT EXISTS tries_by_owner (owner INTEGER, id INTEGER, PRIMARY KEY (owner, id)) WITHOUT ROWID;
     DELETE FROM temp.tries_by_owner; INSERT INTO temp.tries_by_owner SELECT owner, id FROM main.tries ORDER BY owner, id`,
  );
  const statement = database.prepare<unknown[]>(
    `SELECT model, started_at AS startedAt, duration_ms AS durationMs, ok, status, reason FROM temp.tries_by_owner AS named
     JOIN main.tries AS tried ON tried.id = named.id JOIN callers ON callers.id = tried.caller
     WHERE named.owner = ? ORDER BY named.id`,
  );
  return (owner) => (statement.all(owner) as Columns[]).map(readTry);
}

function readTry({ model, startedAt, durationMs, ok, status, reason }: Columns): RecordedTry {
  return { model, startedAt, durationMs, ok: ok === 1, status: status ?? undefined, reason: reason ?? undefined };
}
