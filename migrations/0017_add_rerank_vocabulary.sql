-- Why: ranking documents is an endpoint in two versions of one path, and a dialect of its own.
-- Effect: adds codes; no code changes. Data: none. Cost at ten million rows: none.

INSERT INTO vocabulary (domain, code, name, meaning) VALUES
  ('endpoint', 24, 'rerank', 'POST /v1/rerank'),
  ('endpoint', 25, 'rerank_v2', 'POST /v2/rerank'),
  ('dialect', 11, 'rerank', 'Reranking as Cohere, Jina and llama.cpp do it');
