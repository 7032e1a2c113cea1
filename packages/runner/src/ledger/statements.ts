import type Database from 'libsql';
import { callerUsage } from './caller-usage.js';
import { outcomeKinds } from './outcome.js';

/** Parameters may also be given as one list, which this driver takes faster. */
interface Statement {
  run(...parameters: unknown[]): unknown;
  get(...parameters: unknown[]): unknown;
  all(...parameters: unknown[]): unknown[];
}

type Prepare = (text: string) => Statement;

/** Every statement that a ledger runs, compiled once. */
export function prepareStatements(database: Database.Database) {
  const prepare: Prepare = (text) => database.prepare<unknown[]>(text);
  return {
    getMeta: prepare('SELECT value FROM meta WHERE key = ?'),
    anyMeta: prepare('SELECT 1 AS any FROM meta LIMIT 1'),
    setMeta: prepare('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)'),
    ...prepareCalls(prepare),
    ...prepareInputs(prepare),
    ...prepareAttempts(prepare),
    ...prepareWaves(prepare),
  };
}

function prepareCalls(prepare: Prepare) {
  return {
    answersOf: prepare('SELECT lane, call, hash, failed, answer FROM calls WHERE owner = ? ORDER BY id'),
    lastOwner: prepare('SELECT max(owner) AS number FROM calls'),
    callsOf: prepare(
      'SELECT lane, call, label, failed, answer, request, answered_at AS answeredAt FROM calls WHERE owner = ? ORDER BY id',
    ),
    addAnswer: prepare(
      'INSERT INTO calls (owner, lane, call, hash, label, failed, answer, request, answered_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
    ),
    addTry: prepare(
      `INSERT INTO tries (owner, caller, started_at, duration_ms, ok, status, prompt_tokens, completion_tokens, cached_tokens,
       reasoning_tokens, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    addCaller: prepare(
      `INSERT INTO callers (label, provider, model) VALUES (?, ?, ?)
       ON CONFLICT (label, provider, model) DO UPDATE SET label = label RETURNING id`,
    ),
    callerUsage: prepare(callerUsage),
    callTotals: prepare('SELECT count(*) AS calls, coalesce(sum(failed), 0) AS failedCalls FROM calls'),
    tryTotals: prepare(
      `SELECT count(*) AS tries, coalesce(sum(1 - ok), 0) AS failedTries, coalesce(sum(prompt_tokens), 0) AS promptTokens,
       coalesce(sum(completion_tokens), 0) AS completionTokens FROM tries`,
    ),
  };
}

function prepareInputs(prepare: Prepare) {
  return {
    lastInput: prepare('SELECT max(number) AS number FROM inputs'),
    addAdopted: prepare('INSERT OR REPLACE INTO adopted (key, rows) VALUES (?, ?)'),
    removeAdopted: prepare('DELETE FROM adopted WHERE key = ?'),
    anyAdopted: prepare('SELECT 1 AS any FROM adopted LIMIT 1'),
    findAdopted: prepare('SELECT rows FROM adopted WHERE key = ?'),
    findInput: prepare('SELECT number FROM inputs WHERE key = ?'),
    addInput: prepare('INSERT INTO inputs (number, key) VALUES (?, ?)'),
    inputOf: prepare('SELECT input AS number, content FROM attempts WHERE number = ? AND input IS NOT NULL'),
    attemptOn: prepare('SELECT number FROM attempts WHERE input = ?'),
    countContent: prepare('SELECT count(*) AS count FROM attempts WHERE content = ? AND number <= ?'),
    meet: prepare(
      'INSERT INTO temp.met (content, count) VALUES (?, 1) ON CONFLICT (content) DO UPDATE SET count = count + 1 RETURNING count',
    ),
    forgetMet: prepare('DELETE FROM temp.met'),
  };
}

function prepareAttempts(prepare: Prepare) {
  return {
    rejectedRows: prepare('SELECT row FROM outcomes WHERE kind = 1 AND attempt <= ? ORDER BY id DESC LIMIT ?'),
    firstFailed: prepare(`SELECT min(attempt) AS attempt FROM outcomes WHERE kind = ${outcomeKinds.indexOf('error')}`),
    countForgotten: prepare(
      "INSERT INTO meta (key, value) VALUES ('forgotten', '1') ON CONFLICT (key) DO UPDATE SET value = value + 1",
    ),
    forgetAttempts: prepare('DELETE FROM attempts WHERE number > ?'),
    forgetOutcomes: prepare('DELETE FROM outcomes WHERE attempt > ?'),
    countAccepted: prepare('SELECT accepted_before + accepted AS count FROM attempts ORDER BY number DESC LIMIT 1'),
    lossyAttempts: prepare(
      'SELECT number FROM attempts WHERE candidates > accepted AND number > ? ORDER BY number LIMIT ?',
    ),
    lossesOf: prepare('SELECT * FROM outcomes WHERE attempt = ? AND accepted IS NULL ORDER BY id'),
    notes: prepare('SELECT number, notes FROM attempts WHERE notes IS NOT NULL AND number > ? ORDER BY number LIMIT ?'),
    lastAttempt: prepare('SELECT max(number) AS number FROM attempts'),
    getAttempt: prepare(
      'SELECT number, candidates, accepted, accepted_before AS acceptedBefore FROM attempts WHERE number = ?',
    ),
    newestAttempts: prepare(
      'SELECT number, candidates, accepted, accepted_before AS acceptedBefore FROM attempts WHERE number > ? AND number < ? ORDER BY number DESC LIMIT ?',
    ),
    addAttempt: prepare(
      'INSERT INTO attempts (number, candidates, accepted, accepted_before, input, content, notes) VALUES (?, ?, ?, ?, ?, ?, ?)',
    ),
    addOutcome: prepare(
      'INSERT INTO outcomes (attempt, position, kind, stage, accepted, row, detail) VALUES (?, ?, ?, ?, ?, ?, ?)',
    ),
    acceptedRow: prepare('SELECT row FROM outcomes WHERE accepted = ?'),
    idOfAccepted: prepare('SELECT id FROM outcomes WHERE accepted = ?'),
    rowAt: prepare('SELECT row FROM outcomes WHERE attempt = ? AND position = ?'),
    outcomes: prepare('SELECT * FROM outcomes WHERE id > ? AND id <= ? ORDER BY id LIMIT ?'),
  };
}

function prepareWaves(prepare: Prepare) {
  return {
    openWaves: prepare('SELECT id, handle FROM waves WHERE label = ? AND done = 0'),
    waveCalls: prepare('SELECT call FROM wave_calls WHERE wave = ?'),
    addWave: prepare('INSERT INTO waves (id, label) VALUES (?, ?)'),
    addWaveCall: prepare('INSERT INTO wave_calls (wave, call) VALUES (?, ?)'),
    confirmWave: prepare('UPDATE waves SET handle = ? WHERE id = ?'),
    closeWave: prepare('UPDATE waves SET done = 1 WHERE id = ?'),
  };
}
