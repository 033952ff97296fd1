-- SPDX-License-Identifier: MIT
-- A leaderboard of store version 1: one published row and two measured runs, made with 'leaderboard add' of version
-- 0.1.0 from hand-written results and printed with sqlite3's .dump. Kept as it is: later versions must read it.
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE datasets (
  key TEXT NOT NULL PRIMARY KEY,        -- name, '@' and digest; 'reported' for a digest where figures were published
  name TEXT NOT NULL,
  split TEXT NOT NULL,
  digest TEXT NOT NULL,                 -- of the truth masks; '' where unknown
  UNIQUE (name, split, digest)
) STRICT, WITHOUT ROWID;
INSERT INTO datasets VALUES('mosxav-val/val@reported','mosxav-val','val','');
INSERT INTO datasets VALUES('mosxav-val@sha256:3a6eb0790f39ac87c94f3856b2dd2c5d110e6811602261a9a923d3bb23adc8b7','mosxav-val','','sha256:3a6eb0790f39ac87c94f3856b2dd2c5d110e6811602261a9a923d3bb23adc8b7');
CREATE TABLE protocols (
  key TEXT NOT NULL PRIMARY KEY,        -- name, '@' and hash
  name TEXT NOT NULL,
  version INTEGER NOT NULL,
  hash TEXT NOT NULL,
  json TEXT NOT NULL,
  UNIQUE (name, version, hash)
) STRICT, WITHOUT ROWID;
INSERT INTO protocols VALUES('as published@','as published',0,'','');
INSERT INTO protocols VALUES('mosxav-val@sha256:6c621d1a05138a7888d37d9269a9da8e2e11e4aced2f6cfd24b05ab1b9e61bb0','mosxav-val',1,'sha256:6c621d1a05138a7888d37d9269a9da8e2e11e4aced2f6cfd24b05ab1b9e61bb0','{}');
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
INSERT INTO submissions VALUES('reported:670a360ff8b034d4bd5bb766c339a7d92280086aeae34176eeb4122cd0b2796f','reported','Published','','','[]','',2024,'','A paper','https://example.org/paper');
INSERT INTO submissions VALUES('sha256:725fa6ce1d075d6005f8715626a683b2801823f14f23420344aa612250ff6998','masks','Beta','','','[]','2026-05-01T00:00:00Z',NULL,'','','');
INSERT INTO submissions VALUES('sha256:93cd556198513f0cc1c54c763b0b42fa502ea7149ea47fe35a02ea2a2feb458d','masks','Alpha','','','[]','2026-05-01T00:00:00Z',NULL,'','','');
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
INSERT INTO runs VALUES(2,'reported:670a360ff8b034d4bd5bb766c339a7d92280086aeae34176eeb4122cd0b2796f','mosxav-val/val@reported','as published@','','reported',0,0,0,'2026-11-22T03:52:54Z','','',replace('{\n "schema": "leaderboard-entry-1",\n "kind": "reported",\n "method": "Published",\n "dataset": "mosxav-val",\n "split": "val",\n "year": 2024,\n "source": {\n  "label": "A paper",\n  "title": "A paper",\n  "url": "https://example.org/paper"\n },\n "figures": {\n  "J&F": "79.7",\n  "J": "70.7",\n  "F": "87.6"\n }\n}\n','\n',char(10)),'');
INSERT INTO runs VALUES(3,'sha256:93cd556198513f0cc1c54c763b0b42fa502ea7149ea47fe35a02ea2a2feb458d','mosxav-val@sha256:3a6eb0790f39ac87c94f3856b2dd2c5d110e6811602261a9a923d3bb23adc8b7','mosxav-val@sha256:6c621d1a05138a7888d37d9269a9da8e2e11e4aced2f6cfd24b05ab1b9e61bb0','1','complete',2,2,20,'2026-11-22T03:52:54Z','0.1.0','abc',replace('{\n "schema": "leaderboard-entry-1",\n "kind": "masks",\n "method": "Alpha",\n "time": "2026-05-01T00:00:00Z",\n "metric_version": "1",\n "result": "sha256:06ccb2cb455b40c6abb3e62c939d07ae1ded76a0504142636fdb34765a52c7e5"\n}\n','\n',char(10)),replace('{\n  "schema_version": "1.0.0",\n  "tool": {"name": "angiobench", "version": "0.1.0", "git_commit": "abc"},\n  "protocol": {"name": "mosxav-val", "version": 1, "hash": "sha256:6c621d1a05138a7888d37d9269a9da8e2e11e4aced2f6cfd24b05ab1b9e61bb0", "rules": {}},\n  "dataset": {"name": "mosxav-val", "digest": "sha256:3a6eb0790f39ac87c94f3856b2dd2c5d110e6811602261a9a923d3bb23adc8b7", "sequences": 2, "objects": 2, "frames_scored": 20},\n  "submission": {"name": "Alpha", "digest": "sha256:93cd556198513f0cc1c54c763b0b42fa502ea7149ea47fe35a02ea2a2feb458d"},\n  "complete": true,\n  "aggregates": [\n    {"metric": "J&F", "scope": "overall", "value": 0.60999999999999999, "n": 2,\n     "interval": {"level": 0.94999999999999996, "low": 0.10000000000000001, "high": 0.90000000000000002, "unit": "sequence", "resamples": 10000}},\n    {"metric": "J", "scope": "overall", "value": 0.60999999999999999, "n": 2},\n    {"metric": "F", "scope": "overall", "value": 0.60999999999999999, "n": 2}\n  ],\n  "sequences": [\n    {"name": "v00", "frames_scored": 10, "complete": true, "objects": [\n      {"id": 1, "frames": 10, "frames_empty": 0, "J": {"mean": 0.60999999999999999, "recall": 1, "decay": 0}, "F": {"mean": 0.60999999999999999, "recall": 1, "decay": 0}}]},\n    {"name": "v01", "frames_scored": 10, "complete": true, "objects": []}\n  ],\n  "findings": [],\n  "run": {"started": "", "seconds": 0, "jobs": 1, "command": []}\n}\n','\n',char(10)));
INSERT INTO runs VALUES(4,'sha256:725fa6ce1d075d6005f8715626a683b2801823f14f23420344aa612250ff6998','mosxav-val@sha256:3a6eb0790f39ac87c94f3856b2dd2c5d110e6811602261a9a923d3bb23adc8b7','mosxav-val@sha256:6c621d1a05138a7888d37d9269a9da8e2e11e4aced2f6cfd24b05ab1b9e61bb0','1','complete',2,2,20,'2026-11-22T03:52:54Z','0.1.0','abc',replace('{\n "schema": "leaderboard-entry-1",\n "kind": "masks",\n "method": "Beta",\n "time": "2026-05-01T00:00:00Z",\n "metric_version": "1",\n "result": "sha256:14b8e3441b56a3693bfa21c7fa1c0dae2a23f2804c57ac053806f70a6c95d44b"\n}\n','\n',char(10)),replace('{\n  "schema_version": "1.0.0",\n  "tool": {"name": "angiobench", "version": "0.1.0", "git_commit": "abc"},\n  "protocol": {"name": "mosxav-val", "version": 1, "hash": "sha256:6c621d1a05138a7888d37d9269a9da8e2e11e4aced2f6cfd24b05ab1b9e61bb0", "rules": {}},\n  "dataset": {"name": "mosxav-val", "digest": "sha256:3a6eb0790f39ac87c94f3856b2dd2c5d110e6811602261a9a923d3bb23adc8b7", "sequences": 2, "objects": 2, "frames_scored": 20},\n  "submission": {"name": "Beta", "digest": "sha256:725fa6ce1d075d6005f8715626a683b2801823f14f23420344aa612250ff6998"},\n  "complete": true,\n  "aggregates": [\n    {"metric": "J&F", "scope": "overall", "value": 0.52000000000000002, "n": 2,\n     "interval": {"level": 0.94999999999999996, "low": 0.10000000000000001, "high": 0.90000000000000002, "unit": "sequence", "resamples": 10000}},\n    {"metric": "J", "scope": "overall", "value": 0.52000000000000002, "n": 2},\n    {"metric": "F", "scope": "overall", "value": 0.52000000000000002, "n": 2}\n  ],\n  "sequences": [\n    {"name": "v00", "frames_scored": 10, "complete": true, "objects": [\n      {"id": 1, "frames": 10, "frames_empty": 0, "J": {"mean": 0.52000000000000002, "recall": 1, "decay": 0}, "F": {"mean": 0.52000000000000002, "recall": 1, "decay": 0}}]},\n    {"name": "v01", "frames_scored": 10, "complete": true, "objects": []}\n  ],\n  "findings": [],\n  "run": {"started": "", "seconds": 0, "jobs": 1, "command": []}\n}\n','\n',char(10)));
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
INSERT INTO metrics VALUES(2,'F','overall',0.87600000000000000088,'87.6',0,NULL,NULL,NULL,NULL,NULL);
INSERT INTO metrics VALUES(2,'J','overall',0.7069999999999999618,'70.7',0,NULL,NULL,NULL,NULL,NULL);
INSERT INTO metrics VALUES(2,'J&F','overall',0.79700000000000004174,'79.7',0,NULL,NULL,NULL,NULL,NULL);
INSERT INTO metrics VALUES(3,'F','overall',0.60999999999999998667,'',2,NULL,NULL,NULL,NULL,NULL);
INSERT INTO metrics VALUES(3,'J','overall',0.60999999999999998667,'',2,NULL,NULL,NULL,NULL,NULL);
INSERT INTO metrics VALUES(3,'J&F','overall',0.60999999999999998667,'',2,0.94999999999999995559,0.10000000000000000555,0.9000000000000000222,'sequence',10000);
INSERT INTO metrics VALUES(4,'F','overall',0.52000000000000001776,'',2,NULL,NULL,NULL,NULL,NULL);
INSERT INTO metrics VALUES(4,'J','overall',0.52000000000000001776,'',2,NULL,NULL,NULL,NULL,NULL);
INSERT INTO metrics VALUES(4,'J&F','overall',0.52000000000000001776,'',2,0.94999999999999995559,0.10000000000000000555,0.9000000000000000222,'sequence',10000);
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
INSERT INTO case_metrics VALUES(3,'v00',1,'F','',10,0.60999999999999998667);
INSERT INTO case_metrics VALUES(3,'v00',1,'F_decay','',10,0.0);
INSERT INTO case_metrics VALUES(3,'v00',1,'F_recall','',10,1.0);
INSERT INTO case_metrics VALUES(3,'v00',1,'J','',10,0.60999999999999998667);
INSERT INTO case_metrics VALUES(3,'v00',1,'J_decay','',10,0.0);
INSERT INTO case_metrics VALUES(3,'v00',1,'J_recall','',10,1.0);
INSERT INTO case_metrics VALUES(4,'v00',1,'F','',10,0.52000000000000001776);
INSERT INTO case_metrics VALUES(4,'v00',1,'F_decay','',10,0.0);
INSERT INTO case_metrics VALUES(4,'v00',1,'F_recall','',10,1.0);
INSERT INTO case_metrics VALUES(4,'v00',1,'J','',10,0.52000000000000001776);
INSERT INTO case_metrics VALUES(4,'v00',1,'J_decay','',10,0.0);
INSERT INTO case_metrics VALUES(4,'v00',1,'J_recall','',10,1.0);
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
INSERT INTO audit VALUES(1,'2026-11-22T03:52:54Z','create',NULL,'{"store_version":1}','','','','sha256:a2feab8d661441f93756bfa58872f8f18d72d6675735164e5e83aad6a7c84257');
INSERT INTO audit VALUES(2,'2026-11-22T03:52:54Z','add',2,'{"kind":"reported","method":"Published","dataset":"mosxav-val","split":"val","submission":"reported:670a360ff8b034d4bd5bb766c339a7d92280086aeae34176eeb4122cd0b2796f"}','sha256:df7ab142d831011983213173d85afa0678e228e3b82500b80f7889d4dcd6c1ed','','sha256:a2feab8d661441f93756bfa58872f8f18d72d6675735164e5e83aad6a7c84257','sha256:4142a71d7858dbf5284b17063e5f3329aa63573172a77818d7aa975b6a37c545');
INSERT INTO audit VALUES(3,'2026-11-22T03:52:54Z','add',3,'{"kind":"masks","method":"Alpha","dataset":"mosxav-val","dataset_digest":"sha256:3a6eb0790f39ac87c94f3856b2dd2c5d110e6811602261a9a923d3bb23adc8b7","protocol":"mosxav-val","submission":"sha256:93cd556198513f0cc1c54c763b0b42fa502ea7149ea47fe35a02ea2a2feb458d"}','sha256:7fa3706f86dac0eb480b7584b980db15c99ac6f6feb8845f4e0b3734abce5db9','','sha256:4142a71d7858dbf5284b17063e5f3329aa63573172a77818d7aa975b6a37c545','sha256:3e61eeaff45cdc333450196ccd926e96ebd54e9212b8834387edc5679a6a7d31');
INSERT INTO audit VALUES(4,'2026-11-22T03:52:54Z','add',4,'{"kind":"masks","method":"Beta","dataset":"mosxav-val","dataset_digest":"sha256:3a6eb0790f39ac87c94f3856b2dd2c5d110e6811602261a9a923d3bb23adc8b7","protocol":"mosxav-val","submission":"sha256:725fa6ce1d075d6005f8715626a683b2801823f14f23420344aa612250ff6998"}','sha256:880b79e57e1fd37ccf1069d4c03cb12e8a2b9fa6936515bc1f639bbc52dde372','','sha256:3e61eeaff45cdc333450196ccd926e96ebd54e9212b8834387edc5679a6a7d31','sha256:a14754c6457230363a02cfd2201c60b61e5afae9a49bbf6f8777fac300fa9a50');
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('audit',4);
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
COMMIT;
PRAGMA application_id = 1095649090;
PRAGMA user_version = 1;
