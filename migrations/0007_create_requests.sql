-- Why: one row for every call that could reach a provider, with its decisions, attempts and outcome.
-- Effect on data: none. Cost at ten million rows: none (new tables).
-- Children are keyed by (request_id, ordinal) and WITHOUT ROWID: a request's rows lie side by side, and old
-- months can be cut off by key. No foreign key points into these tables, because they can be archived.

CREATE TABLE request (
  id INTEGER PRIMARY KEY,              -- time-ordered 63-bit id; text form req_ and Crockford base32
  log_index INTEGER NOT NULL,          -- journal index of the open or deny command
  accepted_micros INTEGER NOT NULL,    -- wall clock when the head was read; the period a budget counts it in
  organization_id INTEGER NOT NULL,    -- the organization at that time
  team_id INTEGER NOT NULL,            -- the team at that time
  project_id INTEGER NOT NULL,         -- the project
  application_id INTEGER,              -- the application that the key is bound to; null: none
  api_key_id INTEGER NOT NULL,         -- the virtual key
  user_subject_id INTEGER,             -- the person that the key was made for (subject); null: nobody
  end_user_subject_id INTEGER,         -- the end user as the caller named one, unverified (subject)
  address_subject_id INTEGER,          -- the client's network address (subject)
  interaction TEXT,                    -- the caller's session id; null: none given
  parent_id INTEGER,                   -- the request that this one was made for; null: none
  origin INTEGER NOT NULL,             -- vocabulary 'origin'
  tags TEXT,                           -- the caller's tags, k=v joined with commas, sorted; no personal data
  endpoint INTEGER NOT NULL,           -- vocabulary 'endpoint'
  dialect INTEGER NOT NULL,            -- vocabulary 'dialect': what the caller speaks
  route_id INTEGER NOT NULL,           -- the route that it asked for
  stream INTEGER NOT NULL,             -- 1 when a stream was asked for
  body_bytes INTEGER NOT NULL,         -- size of the body as scanned (after decompression)
  body_hash BLOB NOT NULL,             -- HMAC-SHA-256 of the body under DIR/secrets, first 16 bytes
  estimated_input_tokens INTEGER NOT NULL,  -- the estimate that the hold uses
  held_output_tokens INTEGER NOT NULL, -- the output tokens that the hold covers
  revision INTEGER NOT NULL,           -- journal index of the last governance change in force
  trace_id BLOB,                       -- W3C trace id, 16 bytes; null: no traceparent
  CHECK (id > 0),
  CHECK (stream IN (0, 1)),
  CHECK (body_bytes >= 0),
  CHECK (length(body_hash) = 16)
) STRICT;

CREATE TABLE decision (
  request_id INTEGER NOT NULL,         -- the request
  ordinal INTEGER NOT NULL,            -- from 0, in the order taken
  log_index INTEGER NOT NULL,          -- journal index of the command that wrote it
  stage INTEGER NOT NULL,              -- vocabulary 'stage'
  policy_kind INTEGER NOT NULL,        -- vocabulary 'policy_kind'
  policy_id INTEGER,                   -- id of the policy's object; null: none applies
  policy_version INTEGER,              -- log_index of the version that was applied
  verdict INTEGER NOT NULL,            -- vocabulary 'verdict'
  mode INTEGER NOT NULL,               -- vocabulary 'mode'
  reason INTEGER NOT NULL,             -- vocabulary 'reason'
  limit_nano INTEGER,                  -- for limits: the limit
  spent_nano INTEGER,                  -- for limits: spent in the period before this call
  held_nano INTEGER,                   -- for limits: held by other calls
  asked_nano INTEGER,                  -- for limits: what this call asked to hold
  deployment_id INTEGER,               -- for the plan: the chosen or refused target
  detail TEXT,                         -- more, only where it says something
  PRIMARY KEY (request_id, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TABLE attempt (
  request_id INTEGER NOT NULL,         -- the request
  ordinal INTEGER NOT NULL,            -- from 0
  log_index INTEGER NOT NULL,          -- journal index of the command that wrote it
  deployment_id INTEGER NOT NULL,      -- the deployment that was called
  provider_id INTEGER NOT NULL,        -- its provider at that time
  credential_id INTEGER,               -- the credential used; null: the provider needs none
  region TEXT,                         -- where it was served; null: not stated
  region_basis INTEGER,                -- vocabulary 'region_basis'; null with region
  served_model TEXT,                   -- the model as the provider named it; null: same as the deployment's
  upstream_request_id TEXT,            -- the provider's request id (header), else the answer's id
  started_micros INTEGER NOT NULL,     -- wall clock when the attempt began; prices are chosen by it
  head_after_micros INTEGER,           -- microseconds to the answer's head; null: none came
  first_token_after_micros INTEGER,    -- microseconds to the first content; null: none came
  ended_after_micros INTEGER NOT NULL, -- microseconds to its end
  status INTEGER,                      -- the provider's HTTP status; null: none came
  error_class INTEGER,                 -- vocabulary 'error_class'; null: no error
  dispatched INTEGER NOT NULL,         -- 1 once a byte of the request may have left
  raw_usage TEXT,                      -- the provider's usage object as it came; null: none
  PRIMARY KEY (request_id, ordinal),
  CHECK (dispatched IN (0, 1)),
  CHECK (ended_after_micros >= 0)
) STRICT, WITHOUT ROWID;

CREATE TABLE outcome (
  request_id INTEGER PRIMARY KEY,      -- the request; exactly one each
  log_index INTEGER NOT NULL,          -- journal index of the settle or deny command
  ended_micros INTEGER NOT NULL,       -- wall clock at the settlement
  status INTEGER NOT NULL,             -- the HTTP status that the caller got or would have got
  end_reason INTEGER NOT NULL,         -- vocabulary 'end_reason'
  total_nano INTEGER,                  -- sum of the request's charges at settlement; null: a charge has no price
  currency TEXT,                       -- ISO 4217; null when nothing was charged
  opened_after_micros INTEGER,         -- from acceptance to the durable open; null for denied calls
  caveat INTEGER,                      -- vocabulary 'caveat'; null: nothing to add
  CHECK (status BETWEEN 100 AND 599)
) STRICT;
