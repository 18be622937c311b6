-- Why: what each call cost, and the double entry behind it.
-- Effect on data: none. Cost at ten million rows: none (new tables).

CREATE TABLE charge (
  request_id INTEGER NOT NULL,         -- the request it is attributed to
  ordinal INTEGER NOT NULL,            -- from 0
  log_index INTEGER NOT NULL,          -- journal index of the command that wrote it
  attempt_ordinal INTEGER,             -- the attempt; null: not of one attempt
  meter INTEGER NOT NULL,              -- vocabulary 'meter'
  quantity INTEGER NOT NULL,           -- units of the meter; negative in reversals
  price_id INTEGER,                    -- the price row; null: unpriced
  amount_nano INTEGER,                 -- quantity x price, rounded half to even, nano-units; null: unpriced
  currency TEXT,                       -- ISO 4217; null: unpriced
  usage_source INTEGER NOT NULL,       -- vocabulary 'usage_source'
  origin INTEGER NOT NULL,             -- vocabulary 'charge_origin'
  kind INTEGER NOT NULL,               -- vocabulary 'charge_kind'
  corrects INTEGER,                    -- the ordinal that a correction corrects; null: none
  reason TEXT,                         -- why, for corrections; no place for personal data
  usage_at_micros INTEGER NOT NULL,    -- the attempt's start
  posting_period INTEGER NOT NULL,     -- year x 100 + month (UTC) that it is posted in
  PRIMARY KEY (request_id, ordinal),
  CHECK ((price_id IS NULL) = (amount_nano IS NULL)),
  CHECK ((price_id IS NULL) = (currency IS NULL))
) STRICT, WITHOUT ROWID;

CREATE TABLE account (
  id INTEGER PRIMARY KEY,              -- dense, from 1
  log_index INTEGER NOT NULL,          -- journal index of the command that first needed it
  kind INTEGER NOT NULL,               -- vocabulary 'account_kind'
  owner_id INTEGER NOT NULL,           -- project or provider id; 0 where the kind has no owner
  currency TEXT NOT NULL,              -- ISO 4217
  UNIQUE (kind, owner_id, currency)
) STRICT;

CREATE INDEX account_log_index ON account (log_index);

CREATE TABLE transfer (
  request_id INTEGER NOT NULL,         -- the request
  ordinal INTEGER NOT NULL,            -- from 0
  log_index INTEGER NOT NULL,          -- journal index of the command that wrote it
  kind INTEGER NOT NULL,               -- vocabulary 'transfer_kind'
  code INTEGER NOT NULL,               -- vocabulary 'transfer_code'
  debit_account_id INTEGER NOT NULL REFERENCES account (id),   -- the account debited
  credit_account_id INTEGER NOT NULL REFERENCES account (id),  -- the account credited
  amount_nano INTEGER NOT NULL,        -- nano-units of the accounts' currency
  charge_ordinal INTEGER,              -- the charge that it moves; null for holds and releases
  PRIMARY KEY (request_id, ordinal),
  CHECK (kind BETWEEN 1 AND 4),
  CHECK (debit_account_id <> credit_account_id)
) STRICT, WITHOUT ROWID;
