-- Why: while the process is full, a project's weight and class decide how soon its calls get a place. Each is an object of its
--      own, as the settings of providers are, so that a later one needs no new column and no new version of the project's leaf.
-- Effect: two new, empty tables and codes; no code changes. Data: none. Cost at ten million rows: none.

CREATE TABLE project_setting (
  id INTEGER PRIMARY KEY,                               -- dense, from 1
  log_index INTEGER NOT NULL,                           -- journal index of the version in force
  project_id INTEGER NOT NULL REFERENCES project (id),  -- the project
  name TEXT NOT NULL,                                   -- the setting, as in the governance file; unique in the project
  value TEXT,                                           -- as in the governance file; null: no longer set
  managed_by TEXT,                                      -- the governance file's manager that owns the object; null when made by a command
  closed INTEGER NOT NULL,                              -- 1 once the object is closed; objects are never deleted
  CHECK (closed IN (0, 1))
) STRICT;

CREATE UNIQUE INDEX project_setting_open_name ON project_setting (project_id, name) WHERE closed = 0;

CREATE TABLE project_setting_version (
  id INTEGER NOT NULL,          -- the object
  log_index INTEGER NOT NULL,   -- journal index of the command that made this version
  project_id INTEGER NOT NULL,  -- the project
  name TEXT NOT NULL,           -- the setting, as in the governance file; unique in the project
  value TEXT,                   -- as in the governance file; null: no longer set
  managed_by TEXT,              -- the governance file's manager that owns the object; null when made by a command
  closed INTEGER NOT NULL,      -- 1 once the object is closed; objects are never deleted
  actor_id INTEGER NOT NULL,    -- the principal that made the change
  change_reference TEXT,        -- the caller's reference for the change, for example a ticket
  reason TEXT,                  -- why; no place for personal data
  PRIMARY KEY (id, log_index),
  CHECK (closed IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE INDEX project_setting_version_log_index ON project_setting_version (log_index);

CREATE TRIGGER project_setting_version_refuse_update BEFORE UPDATE ON project_setting_version
BEGIN
  SELECT RAISE(ABORT, 'project_setting_version is append-only');
END;

CREATE TRIGGER project_setting_version_refuse_delete BEFORE DELETE ON project_setting_version
BEGIN
  SELECT RAISE(ABORT, 'project_setting_version is append-only');
END;

INSERT INTO vocabulary (domain, code, name, meaning) VALUES
  ('reason', 30, 'queued', 'The call had to wait for a place among the calls in flight; the detail says how long'),
  ('reason', 31, 'overloaded', 'The calls in flight left the call no place, and it could not wait, or not longer');
