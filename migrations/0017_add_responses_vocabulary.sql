-- Why: OpenAI's responses are endpoints and a dialect of their own.
-- Effect: adds codes; no code changes. Data: none. Cost at ten million rows: none.

INSERT INTO vocabulary (domain, code, name, meaning) VALUES
  ('endpoint', 6, 'responses', 'POST /v1/responses'),
  ('endpoint', 7, 'responses_input_tokens', 'POST /v1/responses/input_tokens'),
  ('dialect', 5, 'openai-responses', 'OpenAI responses');
