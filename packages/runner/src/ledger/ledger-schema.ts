/** The format of the ledger file; another number is another format. */
export const ledgerVersion = 2;

/**
 * One file per task. Keys are small integers in order of arrival: a text or random primary key would cost three times the
 * time and space of a call. A prompt is not stored, since replay renders it again and compares its hash.
 */
export const ledgerSchema = `
CREATE TABLE meta (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL                -- JSON
) WITHOUT ROWID;

-- Every answered call. A key may have several answers, told apart by the hash of the request.
CREATE TABLE calls (
  id INTEGER PRIMARY KEY,
  owner INTEGER NOT NULL,            -- the attempt, or in a transformation the input, that called
  lane TEXT NOT NULL,
  call INTEGER NOT NULL,             -- counts the calls of the lane
  hash BLOB NOT NULL,                -- of the unified request
  label TEXT NOT NULL,               -- the block that called
  failed INTEGER NOT NULL,           -- 1: the answer is an error that ended its row
  answer TEXT NOT NULL,              -- JSON
  request TEXT,                      -- JSON, when record_requests is set
  answered_at INTEGER NOT NULL       -- milliseconds since 1970
);
CREATE INDEX calls_of_owner ON calls (owner);

-- Every request that reached a server, answered or not: what the bill counts.
CREATE TABLE tries (
  id INTEGER PRIMARY KEY,
  owner INTEGER NOT NULL,
  caller INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL,
  ok INTEGER NOT NULL,
  status INTEGER,
  prompt_tokens INTEGER,
  completion_tokens INTEGER,
  cached_tokens INTEGER,             -- of the prompt's
  reasoning_tokens INTEGER,          -- of the completion's
  reason TEXT
);

-- Who made tries: a block, and the model that it asked.
CREATE TABLE callers (
  id INTEGER PRIMARY KEY,
  label TEXT NOT NULL,
  provider TEXT NOT NULL,
  model TEXT NOT NULL,
  UNIQUE (label, provider, model)
);

-- The inputs of a transformation, rows or batches of rows, each with a name for life: what it holds or its unique key.
CREATE TABLE inputs (
  number INTEGER PRIMARY KEY,
  key BLOB NOT NULL UNIQUE
);

CREATE TABLE attempts (
  number INTEGER PRIMARY KEY,
  candidates INTEGER NOT NULL,       -- rows, rejected answers and failed calls of this attempt
  accepted INTEGER NOT NULL,         -- rows that passed every stage
  accepted_before INTEGER NOT NULL,  -- the same, of all attempts before
  input INTEGER,                     -- in a transformation: what it worked on
  content BLOB,                      -- the hash of that
  notes TEXT                         -- JSON: what blocks counted
);
CREATE INDEX attempts_of_content ON attempts (content) WHERE content IS NOT NULL;
CREATE INDEX attempts_of_input ON attempts (input) WHERE input IS NOT NULL;

-- Rows that were made elsewhere, by the key of the input that they were made of.
CREATE TABLE adopted (
  key BLOB PRIMARY KEY,
  rows TEXT NOT NULL                 -- JSON
) WITHOUT ROWID;

-- What became of every candidate, in the order of the dataset.
CREATE TABLE outcomes (
  id INTEGER PRIMARY KEY,
  attempt INTEGER NOT NULL,
  position INTEGER,                  -- of the row among the rows of its attempt
  kind INTEGER NOT NULL,             -- see outcome.ts
  stage TEXT,                        -- the postprocessor that rejected it
  accepted INTEGER,                  -- counts accepted rows from 0
  row TEXT,                          -- JSON
  detail TEXT                        -- JSON: block, reason, score, against, error, gate inputs
);
CREATE INDEX outcomes_of_attempt ON outcomes (attempt, position);
CREATE UNIQUE INDEX accepted_outcomes ON outcomes (accepted) WHERE accepted IS NOT NULL;
CREATE INDEX rejected_outcomes ON outcomes (id) WHERE kind = 1;

-- Calls handed in together, to be answered hours later.
CREATE TABLE waves (
  id TEXT PRIMARY KEY,
  label TEXT NOT NULL,
  handle TEXT,                       -- null until the provider confirmed it
  done INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE wave_calls (
  wave TEXT NOT NULL,
  call TEXT NOT NULL,                -- owner, lane, call and hash
  PRIMARY KEY (wave, call)
) WITHOUT ROWID;
`;
