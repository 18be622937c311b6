-- Why: virtual keys, budgets and rate limits. Each kind has an append-only table of versions (the truth)
--      and a derived table of the version in force, which foreign keys point at and `verify` rebuilds.
-- Effect on data: none. Cost at ten million rows: none (new tables).

CREATE TABLE api_key (
  id INTEGER PRIMARY KEY,                             -- dense, from 1
  log_index INTEGER NOT NULL,                         -- journal index of the version in force
  project_id INTEGER NOT NULL REFERENCES project (id),  -- the project that its calls are charged to
  application_id INTEGER REFERENCES application (id),  -- the application, if the key is bound to one
  user_subject_id INTEGER,                            -- the person it was made for (subject.subject_id); null: nobody in particular
  name TEXT NOT NULL,                                 -- unique in the project
  hash_kind TEXT NOT NULL CHECK (hash_kind IN ('hmac', 'sha256-import')),  -- how the secret was hashed
  secret_hash BLOB NOT NULL,                          -- HMAC-SHA-256 of the secret under DIR/secrets, 32 bytes
  hint TEXT NOT NULL,                                 -- the secret's last four characters
  expires_micros INTEGER,                             -- refused from this time on; null: never
  managed_by TEXT,                                    -- the governance file's manager that owns the object; null when made by a command
  closed INTEGER NOT NULL,                            -- 1 once the object is closed; objects are never deleted
  CHECK (closed IN (0, 1))
) STRICT;

CREATE UNIQUE INDEX api_key_open_name ON api_key (project_id, name) WHERE closed = 0;

CREATE TABLE api_key_version (
  id INTEGER NOT NULL,                                -- the object
  log_index INTEGER NOT NULL,                         -- journal index of the command that made this version
  project_id INTEGER NOT NULL,                        -- the project that its calls are charged to
  application_id INTEGER,                             -- the application, if the key is bound to one
  user_subject_id INTEGER,                            -- the person it was made for (subject.subject_id); null: nobody in particular
  name TEXT NOT NULL,                                 -- unique in the project
  hash_kind TEXT NOT NULL CHECK (hash_kind IN ('hmac', 'sha256-import')),  -- how the secret was hashed
  secret_hash BLOB NOT NULL,                          -- HMAC-SHA-256 of the secret under DIR/secrets, 32 bytes
  hint TEXT NOT NULL,                                 -- the secret's last four characters
  expires_micros INTEGER,                             -- refused from this time on; null: never
  managed_by TEXT,                                    -- the governance file's manager that owns the object; null when made by a command
  closed INTEGER NOT NULL,                            -- 1 once the object is closed; objects are never deleted
  actor_id INTEGER NOT NULL,                          -- the principal that made the change
  change_reference TEXT,                              -- the caller's reference for the change, for example a ticket
  reason TEXT,                                        -- why; no place for personal data
  PRIMARY KEY (id, log_index),
  CHECK (closed IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE INDEX api_key_version_log_index ON api_key_version (log_index);

CREATE TABLE budget (
  id INTEGER PRIMARY KEY,                             -- dense, from 1
  log_index INTEGER NOT NULL,                         -- journal index of the version in force
  name TEXT NOT NULL,                                 -- unique; scope and period unless the file names it
  scope_kind INTEGER NOT NULL CHECK (scope_kind BETWEEN 1 AND 9),  -- vocabulary 'scope_kind'
  scope_id INTEGER NOT NULL,                          -- id of the organization, team, project, application or api_key
  limit_nano INTEGER NOT NULL CHECK (limit_nano >= 0),  -- nano-units of currency a period
  currency TEXT NOT NULL,                             -- ISO 4217
  period INTEGER NOT NULL CHECK (period BETWEEN 1 AND 3),  -- vocabulary 'budget_period'
  enforcement INTEGER NOT NULL CHECK (enforcement BETWEEN 1 AND 2),  -- vocabulary 'enforcement'
  time_zone TEXT NOT NULL,                            -- IANA zone that days and months begin in
  contact TEXT,                                       -- whom a refused caller may ask; a role address, no person's
  managed_by TEXT,                                    -- the governance file's manager that owns the object; null when made by a command
  closed INTEGER NOT NULL,                            -- 1 once the object is closed; objects are never deleted
  CHECK (closed IN (0, 1))
) STRICT;

CREATE UNIQUE INDEX budget_open_name ON budget (name) WHERE closed = 0;

CREATE TABLE budget_version (
  id INTEGER NOT NULL,                                -- the object
  log_index INTEGER NOT NULL,                         -- journal index of the command that made this version
  name TEXT NOT NULL,                                 -- unique; scope and period unless the file names it
  scope_kind INTEGER NOT NULL CHECK (scope_kind BETWEEN 1 AND 9),  -- vocabulary 'scope_kind'
  scope_id INTEGER NOT NULL,                          -- id of the organization, team, project, application or api_key
  limit_nano INTEGER NOT NULL CHECK (limit_nano >= 0),  -- nano-units of currency a period
  currency TEXT NOT NULL,                             -- ISO 4217
  period INTEGER NOT NULL CHECK (period BETWEEN 1 AND 3),  -- vocabulary 'budget_period'
  enforcement INTEGER NOT NULL CHECK (enforcement BETWEEN 1 AND 2),  -- vocabulary 'enforcement'
  time_zone TEXT NOT NULL,                            -- IANA zone that days and months begin in
  contact TEXT,                                       -- whom a refused caller may ask; a role address, no person's
  managed_by TEXT,                                    -- the governance file's manager that owns the object; null when made by a command
  closed INTEGER NOT NULL,                            -- 1 once the object is closed; objects are never deleted
  actor_id INTEGER NOT NULL,                          -- the principal that made the change
  change_reference TEXT,                              -- the caller's reference for the change, for example a ticket
  reason TEXT,                                        -- why; no place for personal data
  PRIMARY KEY (id, log_index),
  CHECK (closed IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE INDEX budget_version_log_index ON budget_version (log_index);

CREATE TABLE rate_limit (
  id INTEGER PRIMARY KEY,                             -- dense, from 1
  log_index INTEGER NOT NULL,                         -- journal index of the version in force
  name TEXT NOT NULL,                                 -- unique; the scope unless the file names it
  scope_kind INTEGER NOT NULL CHECK (scope_kind BETWEEN 1 AND 9),  -- vocabulary 'scope_kind'
  scope_id INTEGER NOT NULL,                          -- id of the organization, team, project, application or api_key
  requests_per_minute INTEGER,                        -- calls a minute; null: no limit
  tokens_per_minute INTEGER,                          -- input and output tokens a minute; null: no limit
  concurrent INTEGER,                                 -- calls in flight; null: no limit
  managed_by TEXT,                                    -- the governance file's manager that owns the object; null when made by a command
  closed INTEGER NOT NULL,                            -- 1 once the object is closed; objects are never deleted
  CHECK (closed IN (0, 1))
) STRICT;

CREATE UNIQUE INDEX rate_limit_open_name ON rate_limit (name) WHERE closed = 0;

CREATE TABLE rate_limit_version (
  id INTEGER NOT NULL,                                -- the object
  log_index INTEGER NOT NULL,                         -- journal index of the command that made this version
  name TEXT NOT NULL,                                 -- unique; the scope unless the file names it
  scope_kind INTEGER NOT NULL CHECK (scope_kind BETWEEN 1 AND 9),  -- vocabulary 'scope_kind'
  scope_id INTEGER NOT NULL,                          -- id of the organization, team, project, application or api_key
  requests_per_minute INTEGER,                        -- calls a minute; null: no limit
  tokens_per_minute INTEGER,                          -- input and output tokens a minute; null: no limit
  concurrent INTEGER,                                 -- calls in flight; null: no limit
  managed_by TEXT,                                    -- the governance file's manager that owns the object; null when made by a command
  closed INTEGER NOT NULL,                            -- 1 once the object is closed; objects are never deleted
  actor_id INTEGER NOT NULL,                          -- the principal that made the change
  change_reference TEXT,                              -- the caller's reference for the change, for example a ticket
  reason TEXT,                                        -- why; no place for personal data
  PRIMARY KEY (id, log_index),
  CHECK (closed IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE INDEX rate_limit_version_log_index ON rate_limit_version (log_index);
