-- Why: a provider may be reached through a proxy, which can fail by itself.
-- Effect: adds a code; no code changes. Data: none. Cost at ten million rows: none.

INSERT INTO vocabulary (domain, code, name, meaning) VALUES
  ('error_class', 16, 'proxy_failed', 'The provider''s proxy could not be reached, refused, or made no tunnel; nothing was sent to the provider');
