-- Why: OpenAI's completions and embeddings are endpoints and dialects of their own.
-- Effect: adds codes; no code changes. Data: none. Cost at ten million rows: none.

INSERT INTO vocabulary (domain, code, name, meaning) VALUES
  ('endpoint', 4, 'completions', 'POST /v1/completions'),
  ('endpoint', 5, 'embeddings', 'POST /v1/embeddings'),
  ('dialect', 3, 'openai-completions', 'OpenAI''s completions from before chat'),
  ('dialect', 4, 'openai-embeddings', 'OpenAI embeddings');
