-- Why: Cohere's chat and embeddings are endpoints and dialects of their own.
-- Effect: adds codes; no code changes. Data: none. Cost at ten million rows: none.

INSERT INTO vocabulary (domain, code, name, meaning) VALUES
  ('endpoint', 27, 'cohere_chat', 'POST /v2/chat'),
  ('endpoint', 28, 'cohere_embed', 'POST /v2/embed of a provider'),
  ('dialect', 13, 'cohere-chat', 'Cohere chat, version 2'),
  ('dialect', 14, 'cohere-embed', 'Cohere embeddings, version 2');
