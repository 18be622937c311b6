-- Why: OpenAI's files and batches are endpoints and a dialect of their own.
-- Effect: adds codes; no code changes. Data: none. Cost at ten million rows: none.

INSERT INTO vocabulary (domain, code, name, meaning) VALUES
  ('endpoint', 30, 'files', 'POST /v1/files, and calls of /v1/files/{id}'),
  ('endpoint', 31, 'batches', 'POST /v1/batches'),
  ('endpoint', 32, 'batch', 'GET /v1/batches/{id} and POST /v1/batches/{id}/cancel'),
  ('dialect', 16, 'openai-files', 'OpenAI files and batches');
