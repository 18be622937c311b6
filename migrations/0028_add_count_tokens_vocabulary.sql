-- Why: AWS Bedrock's counting of a prompt's tokens is an endpoint.
-- Effect: adds a code; no code changes. Data: none. Cost at ten million rows: none.

INSERT INTO vocabulary (domain, code, name, meaning) VALUES
  ('endpoint', 17, 'converse_count_tokens', 'POST /model/{modelId}/count-tokens');
