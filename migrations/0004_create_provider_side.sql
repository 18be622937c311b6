-- Why: the providers' side: what may be called and under which public name. Each kind has an append-only table of versions (the truth)
--      and a derived table of the version in force, which foreign keys point at and `verify` rebuilds.
-- Effect on data: none. Cost at ten million rows: none (new tables).

CREATE TABLE provider (
  id INTEGER PRIMARY KEY,      -- dense, from 1
  log_index INTEGER NOT NULL,  -- journal index of the version in force
  name TEXT NOT NULL,          -- unique
  dialect TEXT NOT NULL,       -- the provider's wire format, as in the governance file
  base_url TEXT NOT NULL,      -- address that the endpoint's path is appended to; empty for the built-in simulator
  managed_by TEXT,             -- the governance file's manager that owns the object; null when made by a command
  closed INTEGER NOT NULL,     -- 1 once the object is closed; objects are never deleted
  CHECK (closed IN (0, 1))
) STRICT;

CREATE UNIQUE INDEX provider_open_name ON provider (name) WHERE closed = 0;

CREATE TABLE provider_version (
  id INTEGER NOT NULL,         -- the object
  log_index INTEGER NOT NULL,  -- journal index of the command that made this version
  name TEXT NOT NULL,          -- unique
  dialect TEXT NOT NULL,       -- the provider's wire format, as in the governance file
  base_url TEXT NOT NULL,      -- address that the endpoint's path is appended to; empty for the built-in simulator
  managed_by TEXT,             -- the governance file's manager that owns the object; null when made by a command
  closed INTEGER NOT NULL,     -- 1 once the object is closed; objects are never deleted
  actor_id INTEGER NOT NULL,   -- the principal that made the change
  change_reference TEXT,       -- the caller's reference for the change, for example a ticket
  reason TEXT,                 -- why; no place for personal data
  PRIMARY KEY (id, log_index),
  CHECK (closed IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE INDEX provider_version_log_index ON provider_version (log_index);

CREATE TABLE credential (
  id INTEGER PRIMARY KEY,                             -- dense, from 1
  log_index INTEGER NOT NULL,                         -- journal index of the version in force
  provider_id INTEGER NOT NULL REFERENCES provider (id),  -- the provider
  name TEXT NOT NULL,                                 -- unique in the provider
  source TEXT NOT NULL,                               -- env:NAME, file:PATH or none; never the secret itself
  projects TEXT,                                      -- JSON array of project ids that it may serve; null: every project
  managed_by TEXT,                                    -- the governance file's manager that owns the object; null when made by a command
  closed INTEGER NOT NULL,                            -- 1 once the object is closed; objects are never deleted
  CHECK (closed IN (0, 1))
) STRICT;

CREATE UNIQUE INDEX credential_open_name ON credential (provider_id, name) WHERE closed = 0;

CREATE TABLE credential_version (
  id INTEGER NOT NULL,           -- the object
  log_index INTEGER NOT NULL,    -- journal index of the command that made this version
  provider_id INTEGER NOT NULL,  -- the provider
  name TEXT NOT NULL,            -- unique in the provider
  source TEXT NOT NULL,          -- env:NAME, file:PATH or none; never the secret itself
  projects TEXT,                 -- JSON array of project ids that it may serve; null: every project
  managed_by TEXT,               -- the governance file's manager that owns the object; null when made by a command
  closed INTEGER NOT NULL,       -- 1 once the object is closed; objects are never deleted
  actor_id INTEGER NOT NULL,     -- the principal that made the change
  change_reference TEXT,         -- the caller's reference for the change, for example a ticket
  reason TEXT,                   -- why; no place for personal data
  PRIMARY KEY (id, log_index),
  CHECK (closed IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE INDEX credential_version_log_index ON credential_version (log_index);

CREATE TABLE deployment (
  id INTEGER PRIMARY KEY,                             -- dense, from 1
  log_index INTEGER NOT NULL,                         -- journal index of the version in force
  name TEXT NOT NULL,                                 -- unique
  provider_id INTEGER NOT NULL REFERENCES provider (id),  -- the provider
  model TEXT NOT NULL,                                -- the model's name at the provider
  region TEXT,                                        -- where it runs, as declared; null: not stated
  context_window INTEGER,                             -- tokens of prompt and answer; null: not stated
  max_output INTEGER,                                 -- tokens of answer at most; null: not stated
  managed_by TEXT,                                    -- the governance file's manager that owns the object; null when made by a command
  closed INTEGER NOT NULL,                            -- 1 once the object is closed; objects are never deleted
  CHECK (closed IN (0, 1))
) STRICT;

CREATE UNIQUE INDEX deployment_open_name ON deployment (name) WHERE closed = 0;

CREATE TABLE deployment_version (
  id INTEGER NOT NULL,           -- the object
  log_index INTEGER NOT NULL,    -- journal index of the command that made this version
  name TEXT NOT NULL,            -- unique
  provider_id INTEGER NOT NULL,  -- the provider
  model TEXT NOT NULL,           -- the model's name at the provider
  region TEXT,                   -- where it runs, as declared; null: not stated
  context_window INTEGER,        -- tokens of prompt and answer; null: not stated
  max_output INTEGER,            -- tokens of answer at most; null: not stated
  managed_by TEXT,               -- the governance file's manager that owns the object; null when made by a command
  closed INTEGER NOT NULL,       -- 1 once the object is closed; objects are never deleted
  actor_id INTEGER NOT NULL,     -- the principal that made the change
  change_reference TEXT,         -- the caller's reference for the change, for example a ticket
  reason TEXT,                   -- why; no place for personal data
  PRIMARY KEY (id, log_index),
  CHECK (closed IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE INDEX deployment_version_log_index ON deployment_version (log_index);

CREATE TABLE route (
  id INTEGER PRIMARY KEY,      -- dense, from 1
  log_index INTEGER NOT NULL,  -- journal index of the version in force
  name TEXT NOT NULL,          -- the public model name; unique
  strategy TEXT NOT NULL,      -- how targets are chosen
  targets TEXT NOT NULL,       -- JSON array of deployment ids in order
  managed_by TEXT,             -- the governance file's manager that owns the object; null when made by a command
  closed INTEGER NOT NULL,     -- 1 once the object is closed; objects are never deleted
  CHECK (closed IN (0, 1))
) STRICT;

CREATE UNIQUE INDEX route_open_name ON route (name) WHERE closed = 0;

CREATE TABLE route_version (
  id INTEGER NOT NULL,         -- the object
  log_index INTEGER NOT NULL,  -- journal index of the command that made this version
  name TEXT NOT NULL,          -- the public model name; unique
  strategy TEXT NOT NULL,      -- how targets are chosen
  targets TEXT NOT NULL,       -- JSON array of deployment ids in order
  managed_by TEXT,             -- the governance file's manager that owns the object; null when made by a command
  closed INTEGER NOT NULL,     -- 1 once the object is closed; objects are never deleted
  actor_id INTEGER NOT NULL,   -- the principal that made the change
  change_reference TEXT,       -- the caller's reference for the change, for example a ticket
  reason TEXT,                 -- why; no place for personal data
  PRIMARY KEY (id, log_index),
  CHECK (closed IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE INDEX route_version_log_index ON route_version (log_index);
