-- SPDX-License-Identifier: MIT
-- A leaderboard, store version 1 (PRAGMA user_version). Every table but audit is an index over the two texts of a run
-- (runs.meta, runs.result); `verify` rebuilds it from them and compares.

CREATE TABLE datasets (
  key TEXT NOT NULL PRIMARY KEY,        -- name, '@' and digest; 'reported' for a digest where figures were published
  name TEXT NOT NULL,
  split TEXT NOT NULL,
  digest TEXT NOT NULL,                 -- of the truth masks; '' where unknown
  UNIQUE (name, split, digest)
) STRICT, WITHOUT ROWID;

CREATE TABLE protocols (
  key TEXT NOT NULL PRIMARY KEY,        -- name, '@' and hash
  name TEXT NOT NULL,
  version INTEGER NOT NULL,
  hash TEXT NOT NULL,
  json TEXT NOT NULL,
  UNIQUE (name, version, hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE submissions (
  digest TEXT NOT NULL PRIMARY KEY,     -- of the masks; 'reported:…' for published figures
  kind TEXT NOT NULL CHECK (kind IN ('masks', 'baseline', 'reported')),
  method TEXT NOT NULL,
  variant TEXT NOT NULL,
  team TEXT NOT NULL,
  links TEXT NOT NULL,                  -- JSON array
  time TEXT NOT NULL,                   -- UTC
  year INTEGER,                         -- of publication
  venue TEXT NOT NULL,
  source TEXT NOT NULL,
  source_url TEXT NOT NULL,
  CHECK (kind <> 'reported' OR source_url <> '')
) STRICT, WITHOUT ROWID;

CREATE TABLE runs (
  id INTEGER NOT NULL PRIMARY KEY,      -- the audit row that added it
  submission TEXT NOT NULL REFERENCES submissions (digest),
  dataset TEXT NOT NULL REFERENCES datasets (key),
  protocol TEXT NOT NULL REFERENCES protocols (key),
  metric_version TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('complete', 'incomplete', 'reported')),
  sequences INTEGER NOT NULL,           -- what was scored; 0 for published figures
  objects INTEGER NOT NULL,
  frames_scored INTEGER NOT NULL,
  added TEXT NOT NULL,                  -- UTC
  tool_version TEXT NOT NULL,
  git_commit TEXT NOT NULL,
  meta TEXT NOT NULL,                   -- schema leaderboard-entry-1
  result TEXT NOT NULL,                 -- schema result-1; '' for published figures
  UNIQUE (submission, dataset, protocol, metric_version)
) STRICT;

CREATE TABLE metrics (
  run INTEGER NOT NULL REFERENCES runs (id),
  metric TEXT NOT NULL,
  scope TEXT NOT NULL,
  value REAL,                           -- a fraction; NULL where it is not defined
  printed TEXT NOT NULL,                -- published figures: their digits, in percent
  n INTEGER NOT NULL,
  level REAL,                           -- interval, where there is one
  low REAL,
  high REAL,
  unit TEXT,
  resamples INTEGER,
  PRIMARY KEY (run, metric, scope)
) STRICT, WITHOUT ROWID;

CREATE TABLE case_metrics (
  run INTEGER NOT NULL REFERENCES runs (id),
  sequence TEXT NOT NULL,
  object INTEGER NOT NULL,
  metric TEXT NOT NULL,
  category TEXT NOT NULL,               -- 'seen', 'unseen' or ''
  frames INTEGER NOT NULL,
  value REAL,
  PRIMARY KEY (run, sequence, object, metric)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
  seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  time TEXT NOT NULL,                   -- UTC
  action TEXT NOT NULL CHECK (action IN ('create', 'add', 'remove')),
  run INTEGER,
  subject TEXT NOT NULL,                -- JSON: which data set, protocol, method and masks
  record TEXT NOT NULL,                 -- SHA-256 of runs.meta
  reason TEXT NOT NULL,
  previous TEXT NOT NULL,               -- hash of the row before; '' for the first
  hash TEXT NOT NULL                    -- SHA-256 of the row
) STRICT;

CREATE INDEX runs_by_dataset ON runs (dataset);

CREATE TRIGGER audit_is_never_updated BEFORE UPDATE ON audit
BEGIN SELECT RAISE (ABORT, 'the audit is append-only'); END;

CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit
BEGIN SELECT RAISE (ABORT, 'the audit is append-only'); END;

CREATE TRIGGER audit_goes_on BEFORE INSERT ON audit
WHEN NEW.seq <> (SELECT COALESCE (MAX (seq), 0) + 1 FROM audit)
  OR NEW.previous <> COALESCE ((SELECT hash FROM audit ORDER BY seq DESC LIMIT 1), '')
BEGIN SELECT RAISE (ABORT, 'an audit row follows the last one'); END;

CREATE TRIGGER runs_are_never_updated BEFORE UPDATE ON runs
BEGIN SELECT RAISE (ABORT, 'a run is never changed: remove it and add it again'); END;

CREATE TRIGGER metrics_are_never_updated BEFORE UPDATE ON metrics
BEGIN SELECT RAISE (ABORT, 'a run is never changed: remove it and add it again'); END;

CREATE TRIGGER case_metrics_are_never_updated BEFORE UPDATE ON case_metrics
BEGIN SELECT RAISE (ABORT, 'a run is never changed: remove it and add it again'); END;
