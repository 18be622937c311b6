-- Why: the people's side: who is charged and who may act. Each kind has an append-only table of versions (the truth)
--      and a derived table of the version in force, which foreign keys point at and `verify` rebuilds.
-- Effect on data: none. Cost at ten million rows: none (new tables).

CREATE TABLE organization (
  id INTEGER PRIMARY KEY,      -- dense, from 1
  log_index INTEGER NOT NULL,  -- journal index of the version in force
  name TEXT NOT NULL,          -- unique among open organizations
  time_zone TEXT NOT NULL,     -- IANA zone that reports default to
  managed_by TEXT,             -- the governance file's manager that owns the object; null when made by a command
  closed INTEGER NOT NULL,     -- 1 once the object is closed; objects are never deleted
  CHECK (closed IN (0, 1))
) STRICT;

CREATE UNIQUE INDEX organization_open_name ON organization (name) WHERE closed = 0;

CREATE TABLE organization_version (
  id INTEGER NOT NULL,         -- the object
  log_index INTEGER NOT NULL,  -- journal index of the command that made this version
  name TEXT NOT NULL,          -- unique among open organizations
  time_zone TEXT NOT NULL,     -- IANA zone that reports default to
  managed_by TEXT,             -- the governance file's manager that owns the object; null when made by a command
  closed INTEGER NOT NULL,     -- 1 once the object is closed; objects are never deleted
  actor_id INTEGER NOT NULL,   -- the principal that made the change
  change_reference TEXT,       -- the caller's reference for the change, for example a ticket
  reason TEXT,                 -- why; no place for personal data
  PRIMARY KEY (id, log_index),
  CHECK (closed IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE INDEX organization_version_log_index ON organization_version (log_index);

CREATE TABLE team (
  id INTEGER PRIMARY KEY,                             -- dense, from 1
  log_index INTEGER NOT NULL,                         -- journal index of the version in force
  organization_id INTEGER NOT NULL REFERENCES organization (id),  -- the organization
  name TEXT NOT NULL,                                 -- unique in the organization
  managed_by TEXT,                                    -- the governance file's manager that owns the object; null when made by a command
  closed INTEGER NOT NULL,                            -- 1 once the object is closed; objects are never deleted
  CHECK (closed IN (0, 1))
) STRICT;

CREATE UNIQUE INDEX team_open_name ON team (organization_id, name) WHERE closed = 0;

CREATE TABLE team_version (
  id INTEGER NOT NULL,               -- the object
  log_index INTEGER NOT NULL,        -- journal index of the command that made this version
  organization_id INTEGER NOT NULL,  -- the organization
  name TEXT NOT NULL,                -- unique in the organization
  managed_by TEXT,                   -- the governance file's manager that owns the object; null when made by a command
  closed INTEGER NOT NULL,           -- 1 once the object is closed; objects are never deleted
  actor_id INTEGER NOT NULL,         -- the principal that made the change
  change_reference TEXT,             -- the caller's reference for the change, for example a ticket
  reason TEXT,                       -- why; no place for personal data
  PRIMARY KEY (id, log_index),
  CHECK (closed IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE INDEX team_version_log_index ON team_version (log_index);

CREATE TABLE project (
  id INTEGER PRIMARY KEY,                             -- dense, from 1
  log_index INTEGER NOT NULL,                         -- journal index of the version in force
  organization_id INTEGER NOT NULL REFERENCES organization (id),  -- the organization
  team_id INTEGER NOT NULL REFERENCES team (id),      -- the team; a project may move between teams
  name TEXT NOT NULL,                                 -- unique in the organization
  regions TEXT,                                       -- JSON array of the regions that its calls may go to; null: any
  routes TEXT,                                        -- JSON array of route ids that its keys may ask for; null: every route
  managed_by TEXT,                                    -- the governance file's manager that owns the object; null when made by a command
  closed INTEGER NOT NULL,                            -- 1 once the object is closed; objects are never deleted
  CHECK (closed IN (0, 1))
) STRICT;

CREATE UNIQUE INDEX project_open_name ON project (organization_id, name) WHERE closed = 0;

CREATE TABLE project_version (
  id INTEGER NOT NULL,               -- the object
  log_index INTEGER NOT NULL,        -- journal index of the command that made this version
  organization_id INTEGER NOT NULL,  -- the organization
  team_id INTEGER NOT NULL,          -- the team; a project may move between teams
  name TEXT NOT NULL,                -- unique in the organization
  regions TEXT,                      -- JSON array of the regions that its calls may go to; null: any
  routes TEXT,                       -- JSON array of route ids that its keys may ask for; null: every route
  managed_by TEXT,                   -- the governance file's manager that owns the object; null when made by a command
  closed INTEGER NOT NULL,           -- 1 once the object is closed; objects are never deleted
  actor_id INTEGER NOT NULL,         -- the principal that made the change
  change_reference TEXT,             -- the caller's reference for the change, for example a ticket
  reason TEXT,                       -- why; no place for personal data
  PRIMARY KEY (id, log_index),
  CHECK (closed IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE INDEX project_version_log_index ON project_version (log_index);

CREATE TABLE application (
  id INTEGER PRIMARY KEY,                             -- dense, from 1
  log_index INTEGER NOT NULL,                         -- journal index of the version in force
  project_id INTEGER NOT NULL REFERENCES project (id),  -- the project
  name TEXT NOT NULL,                                 -- unique in the project
  managed_by TEXT,                                    -- the governance file's manager that owns the object; null when made by a command
  closed INTEGER NOT NULL,                            -- 1 once the object is closed; objects are never deleted
  CHECK (closed IN (0, 1))
) STRICT;

CREATE UNIQUE INDEX application_open_name ON application (project_id, name) WHERE closed = 0;

CREATE TABLE application_version (
  id INTEGER NOT NULL,          -- the object
  log_index INTEGER NOT NULL,   -- journal index of the command that made this version
  project_id INTEGER NOT NULL,  -- the project
  name TEXT NOT NULL,           -- unique in the project
  managed_by TEXT,              -- the governance file's manager that owns the object; null when made by a command
  closed INTEGER NOT NULL,      -- 1 once the object is closed; objects are never deleted
  actor_id INTEGER NOT NULL,    -- the principal that made the change
  change_reference TEXT,        -- the caller's reference for the change, for example a ticket
  reason TEXT,                  -- why; no place for personal data
  PRIMARY KEY (id, log_index),
  CHECK (closed IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE INDEX application_version_log_index ON application_version (log_index);

CREATE TABLE principal (
  id INTEGER PRIMARY KEY,                             -- dense, from 1
  log_index INTEGER NOT NULL,                         -- journal index of the version in force
  name TEXT NOT NULL,                                 -- a role account's or service's name; people's names are in subject
  kind TEXT NOT NULL CHECK (kind IN ('owner', 'service', 'person')),  -- what it is
  managed_by TEXT,                                    -- the governance file's manager that owns the object; null when made by a command
  closed INTEGER NOT NULL,                            -- 1 once the object is closed; objects are never deleted
  CHECK (closed IN (0, 1))
) STRICT;

CREATE UNIQUE INDEX principal_open_name ON principal (name) WHERE closed = 0;

CREATE TABLE principal_version (
  id INTEGER NOT NULL,                                -- the object
  log_index INTEGER NOT NULL,                         -- journal index of the command that made this version
  name TEXT NOT NULL,                                 -- a role account's or service's name; people's names are in subject
  kind TEXT NOT NULL CHECK (kind IN ('owner', 'service', 'person')),  -- what it is
  managed_by TEXT,                                    -- the governance file's manager that owns the object; null when made by a command
  closed INTEGER NOT NULL,                            -- 1 once the object is closed; objects are never deleted
  actor_id INTEGER NOT NULL,                          -- the principal that made the change
  change_reference TEXT,                              -- the caller's reference for the change, for example a ticket
  reason TEXT,                                        -- why; no place for personal data
  PRIMARY KEY (id, log_index),
  CHECK (closed IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE INDEX principal_version_log_index ON principal_version (log_index);
