import { RunError } from '@dgt/core';
import Database from 'libsql';
import { dirname } from 'node:path';
import { ledgerSchema, ledgerVersion } from './ledger-schema.js';

/** How much a commit survives: the death of the process, or also the loss of power. */
export type Durability = 'process' | 'power';

export type { Database };

const cacheKibibytes = 16_384;

/** Pages of the log after which they are written to their places, which waits for the disk. */
const checkpointPages = 4000;

/**
 * Opens a ledger file and takes its lock: as long as it is open, no other process can open it. A ledger that is only read is
 * left as it is, byte for byte; see {@link startWriting}.
 *
 * @throws {@link RunError} DGT_RUN_LOCKED, DGT_LEDGER_UNUSABLE, DGT_DISK_FULL
 */
export function openDatabase(file: string, durability: Durability, holder: () => string): Database.Database {
  let database: Database.Database | undefined;
  try {
    database = new Database(file);
    database.exec('PRAGMA busy_timeout = 0; PRAGMA locking_mode = EXCLUSIVE');
    // This driver's own choice is memory, which sorting a million tries would take 400 MB of.
    database.exec('PRAGMA temp_store = FILE');
    database.exec(`PRAGMA synchronous = ${durability === 'power' ? 'FULL' : 'NORMAL'}`);
    // In this mode the lock of the first transaction is kept until the end.
    database.exec('BEGIN EXCLUSIVE');
    createOrCheck(database, file);
    database.exec('COMMIT');
    // In a file of its own: nothing that is kept.
    database.exec('CREATE TEMP TABLE met (content BLOB PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID');
    return database;
  } catch (error) {
    database?.close();
    throw describeOpenFailure(error, file, holder);
  }
}

/**
 * Prepares for many small commits. Entered under an exclusive lock, WAL needs no shared-memory file, so that ledgers work on
 * network file systems too.
 */
export function startWriting(database: Database.Database): void {
  database.exec('PRAGMA journal_mode = WAL');
  // Keys of inputs come in no order: with the small cache that is the default each touches the disk once there are many.
  database.exec(`PRAGMA cache_size = -${cacheKibibytes}; PRAGMA wal_autocheckpoint = ${checkpointPages}`);
}

/**
 * Leaves one file that holds everything and gives the lock back. Prepared statements keep a closed connection open until
 * they are collected, so the lock has to be dropped by hand.
 */
export function closeDatabase(database: Database.Database): void {
  try {
    if (database.inTransaction) database.exec('ROLLBACK');
    database.exec('PRAGMA journal_mode = DELETE; PRAGMA locking_mode = NORMAL; SELECT count(*) FROM sqlite_master');
  } catch {
    // A full disk has no room to fold the log into the file; the next run reads both.
  } finally {
    database.close();
  }
}

/** Turns a failure of SQLite while writing into the error that the user needs. */
export function describeWriteFailure(error: unknown, file: string): Error {
  const { code, message } = error as { code?: string; message: string };
  if (code === 'SQLITE_FULL') return new RunError('DGT_DISK_FULL', { file, reason: message }, { cause: error });
  if (code?.startsWith('SQLITE_IOERR') || code === 'SQLITE_READONLY') {
    return new RunError('DGT_OUTPUT_UNWRITABLE', { file, reason: message }, { cause: error });
  }
  if (code?.startsWith('SQLITE_')) return unusable(error, file);
  return error as Error;
}

function unusable(error: unknown, file: string): RunError {
  return new RunError('DGT_LEDGER_UNUSABLE', { file, reason: (error as Error).message }, { cause: error });
}

function createOrCheck(database: Database.Database, file: string): void {
  const { user_version: version } = database.prepare('PRAGMA user_version').get() as { user_version: number };
  if (version === ledgerVersion) return;
  if (version !== 0) {
    throw new RunError('DGT_LEDGER_UNUSABLE', {
      file,
      reason: `its format is ${version}, this dgt writes ${ledgerVersion}`,
    });
  }
  database.exec(ledgerSchema);
  database.exec(`PRAGMA user_version = ${ledgerVersion}`);
}

function describeOpenFailure(error: unknown, file: string, holder: () => string): Error {
  if (error instanceof RunError) return error;
  const { code } = error as { code?: string };
  if (code === 'SQLITE_BUSY') return new RunError('DGT_RUN_LOCKED', { folder: dirname(file), holder: holder() });
  const failure = describeWriteFailure(error, file);
  return failure === error ? unusable(error, file) : failure;
}
