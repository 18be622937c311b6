-- Why: people's names, addresses and end-user strings live here and nowhere else, so that they can be erased.
-- Effect on data: none. Cost at ten million rows: none (a new table).

CREATE TABLE subject (
  subject_id INTEGER PRIMARY KEY,      -- random 63-bit pseudonym; all that other tables know
  kind INTEGER NOT NULL,               -- vocabulary 'subject_kind'
  lookup_hash BLOB NOT NULL,           -- HMAC-SHA-256 of kind and value under DIR/secrets, first 16 bytes
  value TEXT,                          -- the name, address or string; null once erased
  created_micros INTEGER NOT NULL,     -- wall clock when first seen
  UNIQUE (lookup_hash),
  CHECK (length(lookup_hash) = 16)
) STRICT;
