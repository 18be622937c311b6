-- Why: Converse of AWS Bedrock, streamed and not, are endpoints in a dialect of their own.
-- Effect: adds codes; no code changes. Data: none. Cost at ten million rows: none.

INSERT INTO vocabulary (domain, code, name, meaning) VALUES
  ('endpoint', 15, 'converse', 'POST /model/{modelId}/converse'),
  ('endpoint', 16, 'converse_stream', 'POST /model/{modelId}/converse-stream'),
  ('dialect', 7, 'bedrock-converse', 'AWS Bedrock''s Converse');
