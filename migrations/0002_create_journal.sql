-- Why: one dense, ordered log of every committed command; each row's hash covers the rows the command wrote.
-- Effect on data: none. Cost at ten million rows: none (a new table).

CREATE TABLE journal (
  log_id INTEGER NOT NULL,           -- which log; a restored backup begins a new one
  log_index INTEGER NOT NULL,        -- dense from 0 within the log
  leaf_version INTEGER NOT NULL,     -- which encoding of the body the hash uses
  kind INTEGER NOT NULL,             -- vocabulary 'journal_kind'
  time_micros INTEGER NOT NULL,      -- wall clock of the commit's batch, microseconds since 1970 UTC, as read
  organization_id INTEGER,           -- whose command it was; null for those of the installation
  object_id INTEGER,                 -- the request id for kinds open, deny, settle and attempt; else null
  salt BLOB NOT NULL,                -- 16 random bytes, so that the hash does not give away small bodies
  body_hash BLOB NOT NULL,           -- SHA-256 of salt, header and the canonical encoding of the rows written
  PRIMARY KEY (log_id, log_index),
  CHECK (log_index >= 0),
  CHECK (leaf_version >= 1),
  CHECK (kind BETWEEN 1 AND 8),
  CHECK (length(salt) = 16),
  CHECK (length(body_hash) = 32)
) STRICT, WITHOUT ROWID;

-- INSERT OR REPLACE would delete a row without firing the DELETE guard where recursive_triggers is off.
CREATE TRIGGER journal_refuse_replace BEFORE INSERT ON journal
WHEN EXISTS (SELECT 1 FROM journal WHERE log_id = NEW.log_id AND log_index = NEW.log_index)
BEGIN
  SELECT RAISE(ABORT, 'journal is append-only: this index is taken');
END;
