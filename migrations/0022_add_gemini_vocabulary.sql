-- Why: Gemini's calls are endpoints and a dialect of their own.
-- Effect: adds codes; no code changes. Data: none. Cost at ten million rows: none.

INSERT INTO vocabulary (domain, code, name, meaning) VALUES
  ('endpoint', 10, 'generate_content', 'POST /v1beta/models/{model}:generateContent'),
  ('endpoint', 11, 'stream_generate_content', 'POST /v1beta/models/{model}:streamGenerateContent'),
  ('endpoint', 12, 'gemini_count_tokens', 'POST /v1beta/models/{model}:countTokens'),
  ('endpoint', 13, 'embed_content', 'POST /v1beta/models/{model}:embedContent'),
  ('endpoint', 14, 'batch_embed_contents', 'POST /v1beta/models/{model}:batchEmbedContents'),
  ('dialect', 6, 'gemini', 'Gemini');
