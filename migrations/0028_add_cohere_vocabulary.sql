-- Why: Cohere's chat is an endpoint and a dialect of its own.
-- Effect: adds codes; no code changes. Data: none. Cost at ten million rows: none.

INSERT INTO vocabulary (domain, code, name, meaning) VALUES
  ('endpoint', 27, 'cohere_chat', 'POST /v2/chat'),
  ('dialect', 13, 'cohere-chat', 'Cohere chat, version 2');
