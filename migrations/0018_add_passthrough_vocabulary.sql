-- Why: calls that are passed through to a provider's own paths have rows like all others.
-- Effect: adds codes; no code changes. Data: none. Cost at ten million rows: none.

INSERT INTO vocabulary (domain, code, name, meaning) VALUES
  ('endpoint', 26, 'passthrough', 'Any path below /passthrough/{provider}/'),
  ('dialect', 12, 'passthrough', 'Whatever the provider speaks');
