-- Why: what auditors and reports ask for, readable with any SQLite tool: codes as words, ids with their names.
--      Names are those in force now, as are persons' ('erased' once erased); a model is the deployment's at the
--      request's revision, because a later change of a deployment does not change what was called. Built-in functions
--      only; no view multiplies, divides, averages or adds two currencies.
-- Effect on data: none. Cost at ten million rows: none (views).

CREATE VIEW attempt_detail AS
SELECT
  a.request_id AS request_id,          -- the request
  a.ordinal AS ordinal,                -- from 0
  a.log_index AS log_index,            -- journal index of the command that wrote it
  a.deployment_id AS deployment_id,    -- the deployment that was called
  (SELECT name FROM deployment WHERE id = a.deployment_id) AS deployment,  -- its name
  a.provider_id AS provider_id,        -- its provider at that time
  (SELECT name FROM provider WHERE id = a.provider_id) AS provider,        -- the provider's name
  (
    SELECT v.model
    FROM deployment_version AS v
    WHERE v.id = a.deployment_id AND v.log_index <= (SELECT revision FROM request WHERE id = a.request_id)
    ORDER BY v.log_index DESC
    LIMIT 1
  ) AS model,                          -- the model's name at the provider, at the request's revision
  a.served_model AS served_model,      -- the model as the provider named it; null: same as the deployment's
  a.credential_id AS credential_id,    -- the credential used; null: the provider needs none
  (SELECT name FROM credential WHERE id = a.credential_id) AS credential,  -- its name
  a.region AS region,                  -- where it was served; null: not stated
  (
    SELECT name FROM vocabulary WHERE domain = 'region_basis' AND code = a.region_basis
  ) AS region_basis,  -- how the region is known
  a.upstream_request_id AS upstream_request_id,  -- the provider's id of the call
  a.started_micros AS started_micros,  -- wall clock when it began, microseconds since 1970 UTC
  a.head_after_micros AS head_after_micros,                -- microseconds to the answer's head; null: none came
  a.first_token_after_micros AS first_token_after_micros,  -- microseconds to the first content; null: none came
  a.ended_after_micros AS ended_after_micros,              -- microseconds to its end
  a.status AS status,                  -- the provider's HTTP status; null: none came
  (
    SELECT name FROM vocabulary WHERE domain = 'error_class' AND code = a.error_class
  ) AS error_class,  -- what went wrong; null: nothing
  a.dispatched AS dispatched,          -- 1 once a byte of the request may have left
  a.raw_usage AS raw_usage             -- the provider's usage object as it came; null: none
FROM attempt AS a;

CREATE VIEW charge_detail AS
SELECT
  c.request_id AS request_id,          -- the request it is attributed to
  c.ordinal AS ordinal,                -- from 0
  c.log_index AS log_index,            -- journal index of the command that wrote it
  r.accepted_micros AS accepted_micros,  -- when the request was accepted, microseconds since 1970 UTC
  r.organization_id AS organization_id,  -- the organization at that time
  (SELECT name FROM organization WHERE id = r.organization_id) AS organization,  -- its name
  r.team_id AS team_id,                -- the team at that time
  (SELECT name FROM team WHERE id = r.team_id) AS team,                          -- its name
  r.project_id AS project_id,          -- the project
  (SELECT name FROM project WHERE id = r.project_id) AS project,                 -- its name
  c.attempt_ordinal AS attempt_ordinal,  -- the attempt; null: not of one attempt
  a.deployment_id AS deployment_id,    -- the attempt's deployment
  (SELECT name FROM deployment WHERE id = a.deployment_id) AS deployment,        -- its name
  a.provider_id AS provider_id,        -- the attempt's provider
  (SELECT name FROM provider WHERE id = a.provider_id) AS provider,              -- its name
  (
    SELECT v.model
    FROM deployment_version AS v
    WHERE v.id = a.deployment_id AND v.log_index <= r.revision
    ORDER BY v.log_index DESC
    LIMIT 1
  ) AS model,                          -- the model's name at the provider, at the request's revision
  (SELECT name FROM vocabulary WHERE domain = 'meter' AND code = c.meter) AS meter,  -- what is counted
  c.quantity AS quantity,              -- units of the meter; negative in reversals
  c.price_id AS price_id,              -- the price row; null: unpriced
  p.pico_per_unit AS pico_per_unit,    -- pico-units of currency per unit
  p.effective_from_micros AS price_from_micros,  -- first attempt start that the price applies to
  p.effective_to_micros AS price_to_micros,      -- first attempt start that it no longer applies to; null: open
  c.amount_nano AS amount_nano,        -- nano-units of currency; null: unpriced
  c.currency AS currency,              -- ISO 4217; null: unpriced
  (
    SELECT name FROM vocabulary WHERE domain = 'usage_source' AND code = c.usage_source
  ) AS usage_source,  -- where the quantity comes from
  (SELECT name FROM vocabulary WHERE domain = 'charge_origin' AND code = c.origin) AS origin,  -- what gave rise to it
  (SELECT name FROM vocabulary WHERE domain = 'charge_kind' AND code = c.kind) AS kind,        -- what it is for
  c.corrects AS corrects,              -- the ordinal that a correction corrects; null: none
  c.reason AS reason,                  -- why, for corrections
  c.usage_at_micros AS usage_at_micros,  -- the attempt's start
  c.posting_period AS posting_period   -- year x 100 + month (UTC) that it is posted in
FROM charge AS c
LEFT JOIN request AS r ON r.id = c.request_id
LEFT JOIN attempt AS a ON a.request_id = c.request_id AND a.ordinal = c.attempt_ordinal
LEFT JOIN price AS p ON p.id = c.price_id;

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
  d.limit_nano AS limit_nano,          -- for limits: the limit
  d.spent_nano AS spent_nano,          -- for limits: spent in the period before this call
  d.held_nano AS held_nano,            -- for limits: held by other calls
  d.asked_nano AS asked_nano,          -- for limits: what this call asked to hold
  d.deployment_id AS deployment_id,    -- for the plan: the chosen or refused target
  (SELECT name FROM deployment WHERE id = d.deployment_id) AS deployment,  -- its name
  d.detail AS detail                   -- more, only where it says something
FROM decision AS d;

CREATE VIEW transfer_detail AS
SELECT
  t.request_id AS request_id,          -- the request
  t.ordinal AS ordinal,                -- from 0
  t.log_index AS log_index,            -- journal index of the command that wrote it
  (SELECT name FROM vocabulary WHERE domain = 'transfer_kind' AND code = t.kind) AS kind,  -- its phase
  (SELECT name FROM vocabulary WHERE domain = 'transfer_code' AND code = t.code) AS code,  -- why it was made
  t.debit_account_id AS debit_account_id,    -- the account debited
  (SELECT name FROM vocabulary WHERE domain = 'account_kind' AND code = d.kind) AS debit_kind,    -- what it collects
  d.owner_id AS debit_owner_id,              -- its project or provider
  t.credit_account_id AS credit_account_id,  -- the account credited
  (SELECT name FROM vocabulary WHERE domain = 'account_kind' AND code = c.kind) AS credit_kind,   -- what it collects
  c.owner_id AS credit_owner_id,             -- its project or provider
  t.amount_nano AS amount_nano,        -- nano-units of currency
  d.currency AS currency,              -- ISO 4217
  t.charge_ordinal AS charge_ordinal   -- the charge that it moves; null for holds and releases
FROM transfer AS t
LEFT JOIN account AS d ON d.id = t.debit_account_id
LEFT JOIN account AS c ON c.id = t.credit_account_id;

CREATE VIEW request_trail AS
SELECT
  r.id AS request_id,                  -- the request; text form req_ and Crockford base32
  r.log_index AS opened_log_index,     -- journal index of the open or deny command
  o.log_index AS settled_log_index,    -- journal index of the settle or deny command; null: open
  r.revision AS revision,              -- journal index of the last governance change in force
  r.accepted_micros AS accepted_micros,  -- wall clock when its head was read, microseconds since 1970 UTC
  o.ended_micros AS ended_micros,      -- wall clock at the settlement; null: open
  r.organization_id AS organization_id,  -- the organization at that time
  (SELECT name FROM organization WHERE id = r.organization_id) AS organization,  -- its name
  r.team_id AS team_id,                -- the team at that time
  (SELECT name FROM team WHERE id = r.team_id) AS team,                          -- its name
  r.project_id AS project_id,          -- the project
  (SELECT name FROM project WHERE id = r.project_id) AS project,                 -- its name
  r.application_id AS application_id,  -- the application that the key is bound to; null: none
  (SELECT name FROM application WHERE id = r.application_id) AS application,     -- its name
  r.api_key_id AS api_key_id,          -- the virtual key
  (SELECT name FROM api_key WHERE id = r.api_key_id) AS api_key,                 -- its name
  r.user_subject_id AS user_subject_id,  -- the person that the key was made for (pseudonym); null: nobody
  (SELECT coalesce(value, 'erased') FROM subject WHERE subject_id = r.user_subject_id) AS user_name,  -- the person
  r.end_user_subject_id AS end_user_subject_id,  -- the end user as the caller named one (pseudonym)
  (
    SELECT coalesce(value, 'erased') FROM subject WHERE subject_id = r.end_user_subject_id
  ) AS end_user,  -- the end user; unverified
  r.address_subject_id AS address_subject_id,    -- the client's network address (pseudonym)
  (SELECT coalesce(value, 'erased') FROM subject WHERE subject_id = r.address_subject_id) AS address,    -- the address
  r.interaction AS interaction,        -- the caller's session id; null: none given
  r.parent_id AS parent_id,            -- the request that this one was made for; null: none
  (SELECT name FROM vocabulary WHERE domain = 'origin' AND code = r.origin) AS origin,        -- who asked for it
  r.tags AS tags,                      -- the caller's tags, k=v joined with commas
  (SELECT name FROM vocabulary WHERE domain = 'endpoint' AND code = r.endpoint) AS endpoint,  -- which endpoint
  (SELECT name FROM vocabulary WHERE domain = 'dialect' AND code = r.dialect) AS dialect,     -- what the caller speaks
  r.route_id AS route_id,              -- the route that it asked for
  (SELECT name FROM route WHERE id = r.route_id) AS route,  -- its public model name
  r.stream AS stream,                  -- 1 when a stream was asked for
  r.body_bytes AS body_bytes,          -- size of the body as scanned
  r.body_hash AS body_hash,            -- keyed hash of the body, 16 bytes
  r.trace_id AS trace_id,              -- W3C trace id, 16 bytes; null: none given
  r.estimated_input_tokens AS estimated_input_tokens,  -- the estimate that the hold uses
  r.held_output_tokens AS held_output_tokens,          -- the answer tokens that the hold covers
  (
    SELECT group_concat(summary, ' ')
    FROM (
      SELECT d.stage || ':' || d.verdict || ':' || d.reason AS summary
      FROM decision_detail AS d
      WHERE d.request_id = r.id
      ORDER BY d.ordinal
    )
  ) AS decisions,                      -- stage:verdict:reason of each decision in order
  (
    SELECT d.reason
    FROM decision_detail AS d
    WHERE d.request_id = r.id AND o.end_reason = 4 AND d.verdict = 'deny'
    ORDER BY d.ordinal DESC
    LIMIT 1
  ) AS denial_reason,                  -- the reason of the decision that denied it; null: not denied
  (
    SELECT sum(amount_nano)
    FROM transfer
    WHERE request_id = r.id AND kind = 1 AND code IN (1, 2)
  ) AS hold_nano,                      -- nano-units reserved before the call; null: unpriced or denied
  (SELECT count(*) FROM attempt WHERE request_id = r.id) AS attempts,  -- how often a deployment was tried
  a.deployment_id AS deployment_id,    -- the last attempt's deployment; null: none was tried
  a.deployment AS deployment,          -- its name
  a.provider_id AS provider_id,        -- the last attempt's provider
  a.provider AS provider,              -- its name
  a.model AS model,                    -- the model's name at the provider, at the request's revision
  a.served_model AS served_model,      -- the model as the provider named it; null: same
  a.region AS region,                  -- where it was served; null: not stated
  a.region_basis AS region_basis,      -- how the region is known
  a.upstream_request_id AS upstream_request_id,  -- the provider's id of the call
  a.error_class AS error_class,        -- what went wrong in the last attempt; null: nothing
  a.first_token_after_micros AS first_token_after_micros,  -- of the last attempt, from its start
  o.opened_after_micros AS opened_after_micros,  -- from acceptance to the durable open
  CASE WHEN o.request_id IS NULL THEN 'open' ELSE 'settled' END AS state,  -- open while it is in flight
  o.status AS status,                  -- the HTTP status that the caller got or would have got
  (SELECT name FROM vocabulary WHERE domain = 'end_reason' AND code = o.end_reason) AS end_reason,  -- how it ended
  (SELECT name FROM vocabulary WHERE domain = 'caveat' AND code = o.caveat) AS caveat,  -- what a reader should know
  (
    SELECT CASE WHEN min(c.usage_source) = max(c.usage_source) THEN min(v.name) WHEN count(*) > 0 THEN 'mixed' END
    FROM charge AS c
    JOIN vocabulary AS v ON v.domain = 'usage_source' AND v.code = c.usage_source
    WHERE c.request_id = r.id
  ) AS usage_source,                   -- where the quantities come from; 'mixed': see the charges
  (
    SELECT count(*) FROM charge WHERE request_id = r.id AND price_id IS NULL
  ) AS unpriced_charges,  -- charges without a price
  (
    SELECT sum(quantity) FROM charge WHERE request_id = r.id AND meter = 1
  ) AS input_quantity,  -- units of each meter; null: none
  (
    SELECT sum(quantity) FROM charge WHERE request_id = r.id AND meter = 2
  ) AS cache_read_quantity,  -- see vocabulary 'meter'
  (
    SELECT sum(quantity) FROM charge WHERE request_id = r.id AND meter = 3
  ) AS cache_write_quantity,  -- see vocabulary 'meter'
  (
    SELECT sum(quantity) FROM charge WHERE request_id = r.id AND meter = 4
  ) AS cache_write_5m_quantity,  -- see vocabulary 'meter'
  (
    SELECT sum(quantity) FROM charge WHERE request_id = r.id AND meter = 5
  ) AS cache_write_1h_quantity,  -- see vocabulary 'meter'
  (
    SELECT sum(quantity) FROM charge WHERE request_id = r.id AND meter = 6
  ) AS input_audio_quantity,  -- see vocabulary 'meter'
  (
    SELECT sum(quantity) FROM charge WHERE request_id = r.id AND meter = 7
  ) AS input_image_quantity,  -- see vocabulary 'meter'
  (
    SELECT sum(quantity) FROM charge WHERE request_id = r.id AND meter = 8
  ) AS output_quantity,  -- see vocabulary 'meter'
  (
    SELECT sum(quantity) FROM charge WHERE request_id = r.id AND meter = 9
  ) AS reasoning_quantity,  -- see vocabulary 'meter'
  (
    SELECT sum(quantity) FROM charge WHERE request_id = r.id AND meter = 10
  ) AS output_audio_quantity,  -- see vocabulary 'meter'
  (
    SELECT sum(quantity) FROM charge WHERE request_id = r.id AND meter = 11
  ) AS output_image_quantity,  -- see vocabulary 'meter'
  (
    SELECT sum(quantity) FROM charge WHERE request_id = r.id AND meter = 12
  ) AS request_quantity,  -- see vocabulary 'meter'
  (
    SELECT sum(quantity) FROM charge WHERE request_id = r.id AND meter = 13
  ) AS search_quantity,  -- see vocabulary 'meter'
  (
    SELECT CASE WHEN min(currency) = max(currency) THEN sum(amount_nano) END
    FROM charge
    WHERE request_id = r.id
  ) AS amount_nano,                    -- sum of the priced charges; null: none, or of several currencies
  (
    SELECT CASE WHEN min(currency) = max(currency) THEN min(currency) WHEN count(currency) > 0 THEN 'mixed' END
    FROM charge
    WHERE request_id = r.id
  ) AS currency                        -- ISO 4217; 'mixed': several, see the charges; null: nothing priced
FROM request AS r
LEFT JOIN outcome AS o ON o.request_id = r.id
LEFT JOIN attempt_detail AS a
  ON a.request_id = r.id AND a.ordinal = (SELECT max(ordinal) FROM attempt WHERE request_id = r.id);
