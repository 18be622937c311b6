-- Why: what a provider has besides its dialect and address, such as the preset that it was made with. Each setting is an object
--      of its own, so that a later one needs no new column and no new version of the provider's leaf.
-- Effect on data: none. Cost at ten million rows: none (new tables).

CREATE TABLE provider_setting (
  id INTEGER PRIMARY KEY,                                 -- dense, from 1
  log_index INTEGER NOT NULL,                             -- journal index of the version in force
  provider_id INTEGER NOT NULL REFERENCES provider (id),  -- the provider
  name TEXT NOT NULL,                                     -- the setting, as in the governance file; unique in the provider
  value TEXT,                                             -- as in the governance file; null: no longer set
  managed_by TEXT,                                        -- the governance file's manager that owns the object; null when made by a command
  closed INTEGER NOT NULL,                                -- 1 once the object is closed; objects are never deleted
  CHECK (closed IN (0, 1))
) STRICT;

CREATE UNIQUE INDEX provider_setting_open_name ON provider_setting (provider_id, name) WHERE closed = 0;

CREATE TABLE provider_setting_version (
  id INTEGER NOT NULL,           -- the object
  log_index INTEGER NOT NULL,    -- journal index of the command that made this version
  provider_id INTEGER NOT NULL,  -- the provider
  name TEXT NOT NULL,            -- the setting, as in the governance file; unique in the provider
  value TEXT,                    -- as in the governance file; null: no longer set
  managed_by TEXT,               -- the governance file's manager that owns the object; null when made by a command
  closed INTEGER NOT NULL,       -- 1 once the object is closed; objects are never deleted
  actor_id INTEGER NOT NULL,     -- the principal that made the change
  change_reference TEXT,         -- the caller's reference for the change, for example a ticket
  reason TEXT,                   -- why; no place for personal data
  PRIMARY KEY (id, log_index),
  CHECK (closed IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE INDEX provider_setting_version_log_index ON provider_setting_version (log_index);

CREATE TRIGGER provider_setting_version_refuse_update BEFORE UPDATE ON provider_setting_version
BEGIN
  SELECT RAISE(ABORT, 'provider_setting_version is append-only');
END;

CREATE TRIGGER provider_setting_version_refuse_delete BEFORE DELETE ON provider_setting_version
BEGIN
  SELECT RAISE(ABORT, 'provider_setting_version is append-only');
END;
