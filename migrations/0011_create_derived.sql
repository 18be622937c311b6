-- Why: sums and states that the hot path and reports need at once. Every table here can be rebuilt from the
--      truth, and `verify` compares the two.
-- Effect on data: none. Cost at ten million rows: none (new tables).

CREATE TABLE open_hold (
  request_id INTEGER PRIMARY KEY,      -- a request without an outcome
  amount_nano INTEGER,                 -- sum of its pending transfers; null: unpriced
  currency TEXT                        -- ISO 4217; null with the amount
) STRICT;

CREATE TABLE budget_period (
  budget_id INTEGER NOT NULL REFERENCES budget (id),  -- an open budget
  period_start_micros INTEGER NOT NULL,  -- start of the period, microseconds since 1970 UTC; 0 for total
  spent_nano INTEGER NOT NULL,         -- sum of the charges of matching requests accepted in the period
  held_nano INTEGER NOT NULL,          -- sum of the open holds of matching requests accepted in the period
  PRIMARY KEY (budget_id, period_start_micros)
) STRICT, WITHOUT ROWID;

CREATE TABLE account_balance (
  account_id INTEGER PRIMARY KEY REFERENCES account (id),  -- the account
  debits_pending_nano INTEGER NOT NULL,   -- pending debits not yet posted or voided
  debits_posted_nano INTEGER NOT NULL,    -- posted debits
  credits_pending_nano INTEGER NOT NULL,  -- pending credits not yet posted or voided
  credits_posted_nano INTEGER NOT NULL    -- posted credits
) STRICT;

CREATE TABLE rollup_quarter (
  quarter_start_micros INTEGER NOT NULL,  -- 15 minutes UTC that the request was accepted in
  organization_id INTEGER NOT NULL,    -- as on the request
  team_id INTEGER NOT NULL,            -- as on the request
  project_id INTEGER NOT NULL,         -- as on the request
  application_id INTEGER NOT NULL,     -- as on the request; 0: none
  api_key_id INTEGER NOT NULL,         -- as on the request
  user_subject_id INTEGER NOT NULL,    -- as on the request; 0: nobody
  route_id INTEGER NOT NULL,           -- as on the request
  deployment_id INTEGER NOT NULL,      -- of the attempt charged, for requests of the last attempt; 0: none
  currency TEXT NOT NULL,              -- of the charges; '' for rows that only count requests
  requests INTEGER NOT NULL,           -- requests with an outcome
  denied INTEGER NOT NULL,             -- of these, refused by a decision
  estimated INTEGER NOT NULL,          -- of these, with an estimated charge
  unpriced INTEGER NOT NULL,           -- of these, with a charge without a price
  amount_nano INTEGER NOT NULL,        -- sum of the charges' amounts
  last_log_index INTEGER NOT NULL,     -- highest journal index that it includes
  PRIMARY KEY (
    quarter_start_micros, organization_id, team_id, project_id, application_id, api_key_id, user_subject_id,
    route_id, deployment_id, currency
  )
) STRICT, WITHOUT ROWID;
