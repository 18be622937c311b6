-- Why: a provider that is called over HTTP/2 may say that it has not processed a request.
-- Effect: adds a code; no code changes. Data: none. Cost at ten million rows: none.

INSERT INTO vocabulary (domain, code, name, meaning) VALUES
  ('error_class', 20, 'stream_refused', 'The provider says that it has not processed the request; it may be sent again');
