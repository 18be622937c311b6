-- Why: moderations, images, audio, rankings and calls that are passed through are endpoints and dialects of their own,
-- and are charged by images, characters, seconds and search units. The price book's table allowed no meter past 13, and a
-- CHECK cannot be changed in place: the table is made anew with the same rows.
-- Effect on data: adds codes; no code changes. The rows of price keep every value; request_trail has four more columns.
-- Cost: a copy of the price book, which has thousands of rows; none for ten million requests.

INSERT INTO vocabulary (domain, code, name, meaning) VALUES
  ('meter', 14, 'image', 'One image made, where the provider charges per image'),
  ('meter', 15, 'character', 'One character of text spoken'),
  ('meter', 16, 'audio_second', 'One second of audio listened to'),
  ('meter', 17, 'search_unit', 'One query with up to a hundred documents ranked'),
  ('endpoint', 18, 'moderations', 'POST /v1/moderations'),
  ('endpoint', 19, 'image_generations', 'POST /v1/images/generations'),
  ('endpoint', 20, 'speech', 'POST /v1/audio/speech'),
  ('endpoint', 21, 'transcriptions', 'POST /v1/audio/transcriptions'),
  ('endpoint', 22, 'translations', 'POST /v1/audio/translations'),
  ('endpoint', 23, 'image_edits', 'POST /v1/images/edits'),
  ('endpoint', 24, 'rerank', 'POST /v1/rerank'),
  ('endpoint', 25, 'rerank_v2', 'POST /v2/rerank'),
  ('endpoint', 26, 'passthrough', 'Any path below /passthrough/{provider}/'),
  ('dialect', 8, 'openai-moderations', 'OpenAI moderations'),
  ('dialect', 9, 'openai-images', 'OpenAI images: generations and edits'),
  ('dialect', 10, 'openai-audio', 'OpenAI audio: speech, transcriptions and translations'),
  ('dialect', 11, 'rerank', 'Reranking as Cohere, Jina and llama.cpp do it'),
  ('dialect', 12, 'passthrough', 'Whatever the provider speaks');

CREATE TABLE price_copy AS
SELECT
  id, log_index, provider_id, model, meter, pico_per_unit, currency, effective_from_micros, effective_to_micros,
  source, managed_by, actor_id, change_reference
FROM price;

DROP TABLE price;

CREATE TABLE price (
  id INTEGER PRIMARY KEY,              -- dense, from 1; among rows that fit, the highest id wins
  log_index INTEGER NOT NULL,          -- journal index of the command that entered it
  provider_id INTEGER NOT NULL REFERENCES provider (id),  -- the provider that charges it
  model TEXT NOT NULL,                 -- the model's name at the provider
  meter INTEGER NOT NULL,              -- vocabulary 'meter'
  pico_per_unit INTEGER NOT NULL,      -- pico-units of currency per unit of the meter
  currency TEXT NOT NULL,              -- ISO 4217
  effective_from_micros INTEGER NOT NULL,  -- first attempt start that it applies to
  effective_to_micros INTEGER,         -- first attempt start that it no longer applies to; null: open
  source TEXT,                         -- where the price was read
  managed_by TEXT,                     -- the governance file's manager; null when entered by a command
  actor_id INTEGER NOT NULL,           -- the principal that entered it
  change_reference TEXT,               -- the caller's reference for the change
  CHECK (pico_per_unit >= 0),
  CHECK (meter >= 1)
) STRICT;

INSERT INTO price (
  id, log_index, provider_id, model, meter, pico_per_unit, currency, effective_from_micros, effective_to_micros,
  source, managed_by, actor_id, change_reference
)
SELECT
  id, log_index, provider_id, model, meter, pico_per_unit, currency, effective_from_micros, effective_to_micros,
  source, managed_by, actor_id, change_reference
FROM price_copy
ORDER BY id;

DROP TABLE price_copy;

CREATE INDEX price_log_index ON price (log_index);

CREATE TRIGGER price_refuse_update BEFORE UPDATE ON price
BEGIN
  SELECT RAISE(ABORT, 'price is append-only');
END;

CREATE TRIGGER price_refuse_delete BEFORE DELETE ON price
BEGIN
  SELECT RAISE(ABORT, 'price is append-only');
END;

DROP VIEW request_trail;

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
    SELECT sum(quantity) FROM charge WHERE request_id = r.id AND meter = 14
  ) AS image_quantity,  -- see vocabulary 'meter'
  (
    SELECT sum(quantity) FROM charge WHERE request_id = r.id AND meter = 15
  ) AS character_quantity,  -- see vocabulary 'meter'
  (
    SELECT sum(quantity) FROM charge WHERE request_id = r.id AND meter = 16
  ) AS audio_second_quantity,  -- see vocabulary 'meter'
  (
    SELECT sum(quantity) FROM charge WHERE request_id = r.id AND meter = 17
  ) AS search_unit_quantity,  -- see vocabulary 'meter'
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
