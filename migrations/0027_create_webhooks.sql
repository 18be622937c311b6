-- Why: what happens reaches people's own systems: a webhook is told the events that it asks for, in journal order.
-- Effect on data: three new, empty tables. Cost at ten million rows: none.

CREATE TABLE webhook (
  id INTEGER PRIMARY KEY,                                        -- dense, from 1
  log_index INTEGER NOT NULL,                                    -- journal index of the version in force
  name TEXT NOT NULL,                                            -- unique
  url TEXT NOT NULL,                                             -- where events are sent to
  secret TEXT NOT NULL,                                          -- where the signing secret is found: env:NAME, file:PATH, command:…; never the secret
  previous_secret TEXT,                                          -- where the one before is found, which signs too; null: none
  types TEXT,                                                    -- JSON array of types of events, as in the governance file; null: all
  organization_id INTEGER REFERENCES organization (id),          -- tells this organization's events only; null: all
  private_network INTEGER,                                       -- 1: the address may be http, loopback or private; null: public and https
  managed_by TEXT,                                               -- the governance file's manager that owns the object; null when made by a command
  closed INTEGER NOT NULL,                                       -- 1 once the object is closed; objects are never deleted
  CHECK (private_network = 1),
  CHECK (closed IN (0, 1))
) STRICT;

CREATE UNIQUE INDEX webhook_open_name ON webhook (name) WHERE closed = 0;

CREATE TABLE webhook_version (
  id INTEGER NOT NULL,           -- the object
  log_index INTEGER NOT NULL,    -- journal index of the command that made this version
  name TEXT NOT NULL,            -- unique
  url TEXT NOT NULL,             -- where events are sent to
  secret TEXT NOT NULL,          -- where the signing secret is found: env:NAME, file:PATH, command:…; never the secret
  previous_secret TEXT,          -- where the one before is found, which signs too; null: none
  types TEXT,                    -- JSON array of types of events, as in the governance file; null: all
  organization_id INTEGER,       -- tells this organization's events only; null: all
  private_network INTEGER,       -- 1: the address may be http, loopback or private; null: public and https
  managed_by TEXT,               -- the governance file's manager that owns the object; null when made by a command
  closed INTEGER NOT NULL,       -- 1 once the object is closed; objects are never deleted
  actor_id INTEGER NOT NULL,     -- the principal that made the change
  change_reference TEXT,         -- the caller's reference for the change, for example a ticket
  reason TEXT,                   -- why; no place for personal data
  PRIMARY KEY (id, log_index),
  CHECK (private_network = 1),
  CHECK (closed IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE INDEX webhook_version_log_index ON webhook_version (log_index);

CREATE TRIGGER webhook_version_refuse_update BEFORE UPDATE ON webhook_version
BEGIN
  SELECT RAISE(ABORT, 'webhook_version is append-only');
END;

CREATE TRIGGER webhook_version_refuse_delete BEFORE DELETE ON webhook_version
BEGIN
  SELECT RAISE(ABORT, 'webhook_version is append-only');
END;

-- Not covered by the journal: a delivery is no change of what the ledger says, and an event for each would make another.
CREATE TABLE webhook_cursor (
  webhook_id INTEGER PRIMARY KEY,  -- the webhook
  log_index INTEGER NOT NULL,      -- journal index up to which it has been told everything
  suspended_version INTEGER        -- log_index of the version whose address said that it is gone; null: none did
) STRICT;
