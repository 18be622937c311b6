-- Why: Anthropic's messages are an endpoint and a dialect of their own, a target may be refused because its provider
-- does not serve the endpoint, and its usage may tell of another model's tokens, which no meter counts.
-- Effect: adds codes; no code changes. Data: none. Cost at ten million rows: none.

INSERT INTO vocabulary (domain, code, name, meaning) VALUES
  ('endpoint', 2, 'messages', 'POST /v1/messages'),
  ('endpoint', 3, 'count_tokens', 'POST /v1/messages/count_tokens'),
  ('dialect', 2, 'anthropic-messages', 'Anthropic messages'),
  ('reason', 17, 'endpoint_not_served', 'The deployment''s provider does not serve the endpoint that was called'),
  ('caveat', 8, 'usage_uncounted', 'The provider''s usage tells of units that no meter counts');
