-- Why: a large body is streamed to the provider, so that its size and hash are known at the settlement and not when the
--      request's row is written. It may also break off on its way.
-- Effect: adds a table and codes; no code changes. Data: none. Cost at ten million rows: none (new table).

CREATE TABLE upload (
  request_id INTEGER PRIMARY KEY,  -- the request whose body was streamed; no row for one whose body was held whole
  log_index INTEGER NOT NULL,      -- journal index of the settle command
  body_bytes INTEGER NOT NULL,     -- bytes of the body, as far as they were read of the caller
  body_hash BLOB NOT NULL,         -- HMAC-SHA-256 of these bytes under DIR/secrets, first 16 bytes
  whole INTEGER NOT NULL,          -- 1 when the body was whole and all of it was passed to the provider
  CHECK (body_bytes >= 0),
  CHECK (length(body_hash) = 16),
  CHECK (whole IN (0, 1))
) STRICT;

CREATE TRIGGER upload_refuse_update BEFORE UPDATE ON upload
BEGIN
  SELECT RAISE(ABORT, 'upload is append-only');
END;

CREATE TRIGGER upload_refuse_delete BEFORE DELETE ON upload
BEGIN
  SELECT RAISE(ABORT, 'upload is append-only');
END;

INSERT INTO vocabulary (domain, code, name, meaning) VALUES
  ('caveat', 9, 'upload_incomplete', 'The request''s body did not reach the provider whole; nothing was charged'),
  ('error_class', 17, 'request_broken', 'The caller''s body was late, too large or wrong while it was streamed; the attempt was cut'),
  ('error_class', 18, 'upload_timeout', 'The provider did not take the request''s body in time');
