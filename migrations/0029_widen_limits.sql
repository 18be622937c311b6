-- Why: budgets in tokens and requests, on more scopes and combinations of them, over more periods, that warn, slow down
--      or fall back; rate limits by the second to the day, on input and output tokens.
-- Effect on data: the tables of budgets and rate limits are made again with more columns and wider checks; every row
--      keeps its values. They are the first of leaf version 2; rows written before stay covered by version 1, which
--      does not have the new columns. Sums of periods are kept under names that fit every unit. Quarter-hour sums get
--      their tokens from the charges.
-- Cost at ten million rows: one pass over charges, attempts and requests, about a minute.

INSERT INTO vocabulary (domain, code, name, meaning) VALUES
  ('scope_kind', 10, 'route', 'Everything that asks for a route'),
  ('scope_kind', 11, 'provider', 'Everything that a provider serves'),
  ('budget_unit', 1, 'money', 'What calls cost'),
  ('budget_unit', 2, 'tokens', 'Input and output tokens'),
  ('budget_unit', 3, 'requests', 'Calls that were let through'),
  ('budget_period', 4, 'minute', 'Minutes'),
  ('budget_period', 5, 'hour', 'Hours of the clock in the budget''s time zone'),
  ('budget_period', 6, 'week', 'Weeks from Monday in the budget''s time zone'),
  ('budget_period', 7, 'quarter', 'Calendar quarters in the budget''s time zone'),
  ('budget_period', 8, 'year', 'Calendar years in the budget''s time zone'),
  ('budget_period', 9, 'rolling', 'The time just passed, of a stated length'),
  ('enforcement', 3, 'throttle', 'Calls without room are let through at a slower rate'),
  ('enforcement', 4, 'fallback', 'A call without room is served by a cheaper route'),
  ('reason', 19, 'budget_throttled', 'The budget has no room, and its slower rate is used up'),
  ('reason', 20, 'within_throttle', 'The budget has no room; the call fits into its slower rate'),
  ('reason', 21, 'budget_fallback', 'The budget has no room; its cheaper route serves the call');

CREATE TABLE budget_period_before AS
SELECT budget_id, period_start_micros, spent_nano, held_nano
FROM budget_period;
CREATE TABLE budget_before AS
SELECT id, log_index, name, scope_kind, scope_id, limit_nano, currency, period, enforcement, time_zone, contact,
  managed_by, closed
FROM budget;
CREATE TABLE budget_version_before AS
SELECT id, log_index, name, scope_kind, scope_id, limit_nano, currency, period, enforcement, time_zone, contact,
  managed_by, closed, actor_id, change_reference, reason
FROM budget_version;
CREATE TABLE rate_limit_before AS
SELECT id, log_index, name, scope_kind, scope_id, requests_per_minute, tokens_per_minute, concurrent,
  managed_by, closed
FROM rate_limit;
CREATE TABLE rate_limit_version_before AS
SELECT id, log_index, name, scope_kind, scope_id, requests_per_minute, tokens_per_minute, concurrent,
  managed_by, closed, actor_id, change_reference, reason
FROM rate_limit_version;
DROP TABLE budget_period;
DROP TABLE budget;
DROP TABLE budget_version;
DROP TABLE rate_limit;
DROP TABLE rate_limit_version;

CREATE TABLE budget (
  id INTEGER PRIMARY KEY,                             -- dense, from 1
  log_index INTEGER NOT NULL,                         -- journal index of the version in force
  name TEXT NOT NULL,                                 -- unique; scope and period unless the file names it
  scope_kind INTEGER NOT NULL CHECK (scope_kind BETWEEN 1 AND 11),  -- vocabulary 'scope_kind'
  scope_id INTEGER NOT NULL,                          -- id of the organization, team, project, application, api_key, route or provider, or subject.subject_id of the user or end user; 0 for a tag or model
  scope_value TEXT,                                   -- the tag as NAME=VALUE, or the model; null for scopes with an id
  scope_also TEXT,                                    -- further scopes that a call must match too, each KIND:ID or KIND:0:VALUE, joined with ' & '; null: none
  unit INTEGER NOT NULL CHECK (unit BETWEEN 1 AND 3),  -- vocabulary 'budget_unit'
  limit_nano INTEGER NOT NULL CHECK (limit_nano >= 0),  -- nano-units of currency a period; 0 for tokens and requests
  limit_count INTEGER CHECK (limit_count >= 0),       -- tokens or requests a period; null for money
  currency TEXT NOT NULL,                             -- ISO 4217; '' for tokens and requests
  period INTEGER NOT NULL CHECK (period BETWEEN 1 AND 9),  -- vocabulary 'budget_period'
  rolling_seconds INTEGER CHECK (rolling_seconds > 0),  -- length of a rolling period; null for others
  enforcement INTEGER NOT NULL CHECK (enforcement BETWEEN 1 AND 4),  -- vocabulary 'enforcement'
  throttle_per_minute INTEGER CHECK (throttle_per_minute > 0),  -- calls a minute once a throttling budget has no room; null for others
  fallback_route_id INTEGER,                          -- route that serves calls once there is no room; null for others
  time_zone TEXT NOT NULL,                            -- IANA zone that periods begin in
  overcommit INTEGER NOT NULL CHECK (overcommit IN (0, 1)),  -- 1: the budgets below it may add up to more than its limit
  alerts TEXT,                                        -- JSON array of percentages of the limit whose crossing is an event; null: 80 and 100
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
  scope_kind INTEGER NOT NULL CHECK (scope_kind BETWEEN 1 AND 11),  -- vocabulary 'scope_kind'
  scope_id INTEGER NOT NULL,                          -- id of the organization, team, project, application, api_key, route or provider, or subject.subject_id of the user or end user; 0 for a tag or model
  scope_value TEXT,                                   -- the tag as NAME=VALUE, or the model; null for scopes with an id
  scope_also TEXT,                                    -- further scopes that a call must match too, each KIND:ID or KIND:0:VALUE, joined with ' & '; null: none
  unit INTEGER NOT NULL CHECK (unit BETWEEN 1 AND 3),  -- vocabulary 'budget_unit'
  limit_nano INTEGER NOT NULL CHECK (limit_nano >= 0),  -- nano-units of currency a period; 0 for tokens and requests
  limit_count INTEGER CHECK (limit_count >= 0),       -- tokens or requests a period; null for money
  currency TEXT NOT NULL,                             -- ISO 4217; '' for tokens and requests
  period INTEGER NOT NULL CHECK (period BETWEEN 1 AND 9),  -- vocabulary 'budget_period'
  rolling_seconds INTEGER CHECK (rolling_seconds > 0),  -- length of a rolling period; null for others
  enforcement INTEGER NOT NULL CHECK (enforcement BETWEEN 1 AND 4),  -- vocabulary 'enforcement'
  throttle_per_minute INTEGER CHECK (throttle_per_minute > 0),  -- calls a minute once a throttling budget has no room; null for others
  fallback_route_id INTEGER,                          -- route that serves calls once there is no room; null for others
  time_zone TEXT NOT NULL,                            -- IANA zone that periods begin in
  overcommit INTEGER NOT NULL CHECK (overcommit IN (0, 1)),  -- 1: the budgets below it may add up to more than its limit
  alerts TEXT,                                        -- JSON array of percentages of the limit whose crossing is an event; null: 80 and 100
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
  scope_kind INTEGER NOT NULL CHECK (scope_kind BETWEEN 1 AND 11),  -- vocabulary 'scope_kind'
  scope_id INTEGER NOT NULL,                          -- id of the organization, team, project, application, api_key, route or provider, or subject.subject_id of the user or end user; 0 for a tag or model
  scope_value TEXT,                                   -- the tag as NAME=VALUE, or the model; null for scopes with an id
  scope_also TEXT,                                    -- further scopes that a call must match too, each KIND:ID or KIND:0:VALUE, joined with ' & '; null: none
  requests_per_second INTEGER,                        -- calls a second; null: no limit
  requests_per_minute INTEGER,                        -- calls a minute; null: no limit
  requests_per_hour INTEGER,                          -- calls an hour; null: no limit
  requests_per_day INTEGER,                           -- calls a day; null: no limit
  tokens_per_second INTEGER,                          -- input and output tokens a second; null: no limit
  tokens_per_minute INTEGER,                          -- input and output tokens a minute; null: no limit
  tokens_per_hour INTEGER,                            -- input and output tokens an hour; null: no limit
  tokens_per_day INTEGER,                             -- input and output tokens a day; null: no limit
  input_tokens_per_second INTEGER,                    -- input tokens a second; null: no limit
  input_tokens_per_minute INTEGER,                    -- input tokens a minute; null: no limit
  input_tokens_per_hour INTEGER,                      -- input tokens an hour; null: no limit
  input_tokens_per_day INTEGER,                       -- input tokens a day; null: no limit
  output_tokens_per_second INTEGER,                   -- output tokens a second; null: no limit
  output_tokens_per_minute INTEGER,                   -- output tokens a minute; null: no limit
  output_tokens_per_hour INTEGER,                     -- output tokens an hour; null: no limit
  output_tokens_per_day INTEGER,                      -- output tokens a day; null: no limit
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
  scope_kind INTEGER NOT NULL CHECK (scope_kind BETWEEN 1 AND 11),  -- vocabulary 'scope_kind'
  scope_id INTEGER NOT NULL,                          -- id of the organization, team, project, application, api_key, route or provider, or subject.subject_id of the user or end user; 0 for a tag or model
  scope_value TEXT,                                   -- the tag as NAME=VALUE, or the model; null for scopes with an id
  scope_also TEXT,                                    -- further scopes that a call must match too, each KIND:ID or KIND:0:VALUE, joined with ' & '; null: none
  requests_per_second INTEGER,                        -- calls a second; null: no limit
  requests_per_minute INTEGER,                        -- calls a minute; null: no limit
  requests_per_hour INTEGER,                          -- calls an hour; null: no limit
  requests_per_day INTEGER,                           -- calls a day; null: no limit
  tokens_per_second INTEGER,                          -- input and output tokens a second; null: no limit
  tokens_per_minute INTEGER,                          -- input and output tokens a minute; null: no limit
  tokens_per_hour INTEGER,                            -- input and output tokens an hour; null: no limit
  tokens_per_day INTEGER,                             -- input and output tokens a day; null: no limit
  input_tokens_per_second INTEGER,                    -- input tokens a second; null: no limit
  input_tokens_per_minute INTEGER,                    -- input tokens a minute; null: no limit
  input_tokens_per_hour INTEGER,                      -- input tokens an hour; null: no limit
  input_tokens_per_day INTEGER,                       -- input tokens a day; null: no limit
  output_tokens_per_second INTEGER,                   -- output tokens a second; null: no limit
  output_tokens_per_minute INTEGER,                   -- output tokens a minute; null: no limit
  output_tokens_per_hour INTEGER,                     -- output tokens an hour; null: no limit
  output_tokens_per_day INTEGER,                      -- output tokens a day; null: no limit
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

INSERT INTO budget (id, log_index, name, scope_kind, scope_id, limit_nano, currency, period, enforcement, time_zone, contact,
  unit, overcommit, managed_by, closed)
SELECT id, log_index, name, scope_kind, scope_id, limit_nano, currency, period, enforcement, time_zone, contact,
  1, 0, managed_by, closed
FROM budget_before;
DROP TABLE budget_before;

INSERT INTO budget_version (id, log_index, name, scope_kind, scope_id, limit_nano, currency, period, enforcement, time_zone, contact,
  unit, overcommit, managed_by, closed, actor_id, change_reference, reason)
SELECT id, log_index, name, scope_kind, scope_id, limit_nano, currency, period, enforcement, time_zone, contact,
  1, 0, managed_by, closed, actor_id, change_reference, reason
FROM budget_version_before;
DROP TABLE budget_version_before;

INSERT INTO rate_limit (id, log_index, name, scope_kind, scope_id, requests_per_minute, tokens_per_minute, concurrent,
  managed_by, closed)
SELECT id, log_index, name, scope_kind, scope_id, requests_per_minute, tokens_per_minute, concurrent,
  managed_by, closed
FROM rate_limit_before;
DROP TABLE rate_limit_before;

INSERT INTO rate_limit_version (id, log_index, name, scope_kind, scope_id, requests_per_minute, tokens_per_minute, concurrent,
  managed_by, closed, actor_id, change_reference, reason)
SELECT id, log_index, name, scope_kind, scope_id, requests_per_minute, tokens_per_minute, concurrent,
  managed_by, closed, actor_id, change_reference, reason
FROM rate_limit_version_before;
DROP TABLE rate_limit_version_before;

CREATE TRIGGER budget_version_refuse_update BEFORE UPDATE ON budget_version
BEGIN
  SELECT RAISE(ABORT, 'budget_version is append-only');
END;

CREATE TRIGGER budget_version_refuse_delete BEFORE DELETE ON budget_version
BEGIN
  SELECT RAISE(ABORT, 'budget_version is append-only');
END;

CREATE TRIGGER rate_limit_version_refuse_update BEFORE UPDATE ON rate_limit_version
BEGIN
  SELECT RAISE(ABORT, 'rate_limit_version is append-only');
END;

CREATE TRIGGER rate_limit_version_refuse_delete BEFORE DELETE ON rate_limit_version
BEGIN
  SELECT RAISE(ABORT, 'rate_limit_version is append-only');
END;

CREATE TABLE budget_raise (
  id INTEGER PRIMARY KEY,              -- dense, from 1
  log_index INTEGER NOT NULL,          -- journal index of the command that made it
  budget_id INTEGER NOT NULL,          -- the budget whose limit is higher for a while
  amount INTEGER NOT NULL CHECK (amount > 0),  -- added to the limit: nano-units of its currency, tokens or requests
  from_micros INTEGER NOT NULL,        -- in force from this time on
  to_micros INTEGER NOT NULL,          -- until before this time
  actor_id INTEGER NOT NULL,           -- the principal that made it
  change_reference TEXT,               -- the caller's reference for the change, for example a ticket
  reason TEXT NOT NULL,                -- why; no place for personal data
  CHECK (to_micros > from_micros)
) STRICT;

CREATE INDEX budget_raise_log_index ON budget_raise (log_index);

CREATE TRIGGER budget_raise_refuse_update BEFORE UPDATE ON budget_raise
BEGIN
  SELECT RAISE(ABORT, 'budget_raise is append-only');
END;

CREATE TRIGGER budget_raise_refuse_delete BEFORE DELETE ON budget_raise
BEGIN
  SELECT RAISE(ABORT, 'budget_raise is append-only');
END;

CREATE TABLE budget_period (
  budget_id INTEGER NOT NULL REFERENCES budget (id),  -- an open budget
  period_start_micros INTEGER NOT NULL,  -- start of the period, or of a quarter hour of a rolling one, microseconds since 1970 UTC; 0 for total
  spent INTEGER NOT NULL,              -- what matching requests accepted in the period used: nano-units of the budget's currency, tokens or requests
  held INTEGER NOT NULL,               -- what open ones of them hold, in the same unit
  PRIMARY KEY (budget_id, period_start_micros)
) STRICT, WITHOUT ROWID;

INSERT INTO budget_period (budget_id, period_start_micros, spent, held)
SELECT budget_id, period_start_micros, spent_nano, held_nano
FROM budget_period_before;
DROP TABLE budget_period_before;

ALTER TABLE rollup_quarter ADD COLUMN input_tokens INTEGER NOT NULL DEFAULT 0;   -- sum of the charges' input tokens
ALTER TABLE rollup_quarter ADD COLUMN output_tokens INTEGER NOT NULL DEFAULT 0;  -- sum of the charges' output tokens

-- Meters 1 to 7 are input tokens, 8 to 11 output tokens.
INSERT INTO rollup_quarter (quarter_start_micros, organization_id, team_id, project_id, application_id, api_key_id,
  user_subject_id, route_id, deployment_id, currency, requests, denied, estimated, unpriced, amount_nano,
  last_log_index, input_tokens, output_tokens)
SELECT request.accepted_micros / 900000000 * 900000000, request.organization_id, request.team_id, request.project_id,
  ifnull(request.application_id, 0), request.api_key_id, ifnull(request.user_subject_id, 0), request.route_id,
  attempt.deployment_id,
  ifnull(charge.currency, ifnull((
    SELECT first.currency FROM charge first
    WHERE first.request_id = charge.request_id AND first.currency IS NOT NULL
    ORDER BY first.ordinal LIMIT 1), '')) AS row_currency,
  0, 0, 0, 0, 0, max(charge.log_index),
  sum(iif(charge.meter BETWEEN 1 AND 7, charge.quantity, 0)), sum(iif(charge.meter BETWEEN 8 AND 11, charge.quantity, 0))
FROM charge
  JOIN request ON request.id = charge.request_id
  JOIN attempt ON attempt.request_id = charge.request_id AND attempt.ordinal = charge.attempt_ordinal
WHERE charge.meter BETWEEN 1 AND 11
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
ON CONFLICT DO UPDATE SET
  input_tokens = excluded.input_tokens,
  output_tokens = excluded.output_tokens;

DROP VIEW decision_detail;
CREATE VIEW decision_detail AS
SELECT
  d.request_id AS request_id,          -- the request
  d.ordinal AS ordinal,                -- from 0, in the order taken
  d.log_index AS log_index,            -- journal index of the command that wrote it
  (
    SELECT name FROM vocabulary WHERE domain = 'stage' AND code = d.stage
  ) AS stage,  -- where in the call's life
  (SELECT name FROM vocabulary WHERE domain = 'policy_kind' AND code = d.policy_kind) AS policy_kind,  -- what decided
  d.policy_id AS policy_id,            -- id of the policy's object; null: none applies
  d.policy_version AS policy_version,  -- journal index of the version that was applied
  CASE d.policy_kind
    WHEN 1 THEN (SELECT name FROM api_key_version WHERE id = d.policy_id AND log_index = d.policy_version)
    WHEN 2 THEN (SELECT name FROM route_version WHERE id = d.policy_id AND log_index = d.policy_version)
    WHEN 3 THEN (SELECT name FROM budget_version WHERE id = d.policy_id AND log_index = d.policy_version)
    WHEN 4 THEN (SELECT name FROM rate_limit_version WHERE id = d.policy_id AND log_index = d.policy_version)
    WHEN 5 THEN (SELECT name FROM project_version WHERE id = d.policy_id AND log_index = d.policy_version)
  END AS policy,                       -- the policy's name in that version; null: it has none
  (SELECT name FROM vocabulary WHERE domain = 'verdict' AND code = d.verdict) AS verdict,  -- what it said
  (SELECT name FROM vocabulary WHERE domain = 'mode' AND code = d.mode) AS mode,           -- whether it binds
  (SELECT name FROM vocabulary WHERE domain = 'reason' AND code = d.reason) AS reason,     -- why
  d.limit_nano AS limit_nano,          -- for limits: the limit, in its unit: nano-units, tokens or requests; so with the next three
  d.spent_nano AS spent_nano,          -- for limits: spent in the period before this call
  d.held_nano AS held_nano,            -- for limits: held by other calls
  d.asked_nano AS asked_nano,          -- for limits: what this call asked to hold
  CASE d.policy_kind
    WHEN 3 THEN (
      SELECT name FROM vocabulary WHERE domain = 'budget_unit' AND code = (
        SELECT unit FROM budget_version WHERE id = d.policy_id AND log_index = d.policy_version))
  END AS unit,                         -- what these are in; null: they are none of a budget's
  d.deployment_id AS deployment_id,    -- for the plan: the chosen or refused target
  (SELECT name FROM deployment WHERE id = d.deployment_id) AS deployment,  -- its name
  d.detail AS detail                   -- more, only where it says something
FROM decision AS d;
