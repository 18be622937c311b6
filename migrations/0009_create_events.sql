-- Why: who did what on the control plane, and which exports were made.
-- Effect on data: none. Cost at ten million rows: none (new tables).

CREATE TABLE event (
  log_index INTEGER NOT NULL,          -- journal index of the command
  ordinal INTEGER NOT NULL,            -- from 0 within the command
  time_micros INTEGER NOT NULL,        -- wall clock, microseconds since 1970 UTC
  actor_id INTEGER,                    -- the principal; null: the gateway itself
  action TEXT NOT NULL,                -- a documented, dotted verb, for example 'report.read'
  object_kind TEXT,                    -- what it was done to, for example 'budget'; null: the installation
  object_id INTEGER,                   -- its id; null: none
  outcome TEXT NOT NULL,               -- 'success' or 'failure'
  detail TEXT,                         -- JSON object with more; no secrets, no personal data
  address_subject_id INTEGER,          -- where it came from (subject); null: this machine
  PRIMARY KEY (log_index, ordinal),
  CHECK (outcome IN ('success', 'failure'))
) STRICT, WITHOUT ROWID;

CREATE TABLE export (
  id INTEGER PRIMARY KEY,              -- dense, from 1
  log_index INTEGER NOT NULL,          -- journal index of the command that recorded it
  name TEXT NOT NULL,                  -- the export's name, for example request_trail
  from_micros INTEGER NOT NULL,        -- start of the period, inclusive
  to_micros INTEGER NOT NULL,          -- end of the period, exclusive
  as_of_index INTEGER NOT NULL,        -- only rows up to this journal index are in it
  row_count INTEGER NOT NULL,          -- rows written
  sha256 TEXT NOT NULL,                -- SHA-256 of the CSV, hexadecimal
  actor_id INTEGER NOT NULL            -- the principal that asked
) STRICT;

CREATE INDEX export_log_index ON export (log_index);
