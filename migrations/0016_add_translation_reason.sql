-- Why: requests are translated for providers of another dialect, and some fields cannot be.
-- Effect: adds a code; no code changes. Data: none. Cost at ten million rows: none.

INSERT INTO vocabulary (domain, code, name, meaning) VALUES
  ('reason', 18, 'untranslatable_field', 'A field of the request, which detail names, has no form in the dialect of the deployment''s provider');
