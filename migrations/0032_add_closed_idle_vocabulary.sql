-- Why: a provider may close an idle connection while a request is on its way; the request is then sent again.
-- Effect: adds a code; no code changes. Data: none. Cost at ten million rows: none.

INSERT INTO vocabulary (domain, code, name, meaning) VALUES
  ('error_class', 19, 'closed_idle', 'The provider closed an idle connection as the request went out; it was sent again');
