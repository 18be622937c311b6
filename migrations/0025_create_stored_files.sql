-- Why: files and batches live at a provider for longer than a call. Rows say whose they are, so that a project sees and
-- uses its own alone, and what a batch holds until its results have come, also across restarts.
-- Effect on data: five new, empty tables. Cost at ten million requests: none.

CREATE TABLE stored_file (
  id INTEGER PRIMARY KEY,          -- dense, from 1
  log_index INTEGER NOT NULL,      -- journal index of the command that recorded it
  request_id INTEGER NOT NULL,     -- the request that uploaded it, or the batch that wrote it
  project_id INTEGER NOT NULL REFERENCES project (id),       -- whose it is
  provider_id INTEGER NOT NULL REFERENCES provider (id),     -- where it is
  credential_id INTEGER,           -- the credential that it was made with; null: the provider needs none
  route_id INTEGER NOT NULL REFERENCES route (id),           -- the route that calls about it go by
  upstream_id TEXT NOT NULL,       -- the provider's id of it
  purpose TEXT NOT NULL,           -- what it is for, as OpenAI names it
  file_bytes INTEGER,              -- its size as it went up; null: a batch wrote it
  deployment_id INTEGER REFERENCES deployment (id),          -- what its lines ask; null: no batch's input
  line_endpoint INTEGER,           -- vocabulary 'endpoint', what its lines call; null: no batch's input
  line_count INTEGER,              -- requests in it; null: no batch's input
  estimated_input_tokens INTEGER,  -- the estimate over all lines that a hold uses; null: no batch's input
  held_output_tokens INTEGER,      -- answer tokens over all lines that a hold covers; null: no batch's input
  CHECK (file_bytes >= 0),
  CHECK (line_count > 0),
  CHECK (estimated_input_tokens >= 0),
  CHECK (held_output_tokens >= 0)
) STRICT;

CREATE INDEX stored_file_log_index ON stored_file (log_index);
CREATE INDEX stored_file_request ON stored_file (request_id);
CREATE INDEX stored_file_upstream_id ON stored_file (upstream_id, project_id);
CREATE INDEX stored_file_project ON stored_file (project_id, id);

CREATE TRIGGER stored_file_refuse_update BEFORE UPDATE ON stored_file
BEGIN
  SELECT RAISE(ABORT, 'stored_file is append-only');
END;

CREATE TRIGGER stored_file_refuse_delete BEFORE DELETE ON stored_file
BEGIN
  SELECT RAISE(ABORT, 'stored_file is append-only');
END;

CREATE TABLE stored_file_deletion (
  file_id INTEGER PRIMARY KEY REFERENCES stored_file (id),   -- the file that is no more
  log_index INTEGER NOT NULL,      -- journal index of the command that recorded it
  request_id INTEGER NOT NULL      -- the request that deleted it
) STRICT;

CREATE INDEX stored_file_deletion_log_index ON stored_file_deletion (log_index);

CREATE TRIGGER stored_file_deletion_refuse_update BEFORE UPDATE ON stored_file_deletion
BEGIN
  SELECT RAISE(ABORT, 'stored_file_deletion is append-only');
END;

CREATE TRIGGER stored_file_deletion_refuse_delete BEFORE DELETE ON stored_file_deletion
BEGIN
  SELECT RAISE(ABORT, 'stored_file_deletion is append-only');
END;

CREATE TABLE stored_batch (
  request_id INTEGER PRIMARY KEY,  -- the request that made it; open, with its hold, until the batch's result
  log_index INTEGER NOT NULL,      -- journal index of the command that recorded it
  file_id INTEGER NOT NULL REFERENCES stored_file (id),      -- its input
  upstream_id TEXT NOT NULL,       -- the provider's id of it
  started_micros INTEGER NOT NULL  -- wall clock when the provider was asked to make it
) STRICT;

CREATE INDEX stored_batch_log_index ON stored_batch (log_index);
CREATE INDEX stored_batch_upstream_id ON stored_batch (upstream_id);

CREATE TRIGGER stored_batch_refuse_update BEFORE UPDATE ON stored_batch
BEGIN
  SELECT RAISE(ABORT, 'stored_batch is append-only');
END;

CREATE TRIGGER stored_batch_refuse_delete BEFORE DELETE ON stored_batch
BEGIN
  SELECT RAISE(ABORT, 'stored_batch is append-only');
END;

CREATE TABLE stored_batch_result (
  request_id INTEGER PRIMARY KEY REFERENCES stored_batch (request_id),  -- the batch's request, settled with this row
  log_index INTEGER NOT NULL,      -- journal index of the command that recorded it
  status TEXT NOT NULL,            -- how it ended, as the provider says; 'unknown': it could not be asked any more
  answered_count INTEGER NOT NULL, -- lines with an answer whose usage was read
  failed_count INTEGER NOT NULL,   -- lines that ended with an error, which cost nothing
  unread_count INTEGER NOT NULL,   -- lines that were answered and whose usage could not be read: estimated
  CHECK (answered_count >= 0),
  CHECK (failed_count >= 0),
  CHECK (unread_count >= 0)
) STRICT;

CREATE INDEX stored_batch_result_log_index ON stored_batch_result (log_index);

CREATE TRIGGER stored_batch_result_refuse_update BEFORE UPDATE ON stored_batch_result
BEGIN
  SELECT RAISE(ABORT, 'stored_batch_result is append-only');
END;

CREATE TRIGGER stored_batch_result_refuse_delete BEFORE DELETE ON stored_batch_result
BEGIN
  SELECT RAISE(ABORT, 'stored_batch_result is append-only');
END;

CREATE TABLE stored_object (
  kind INTEGER NOT NULL,           -- 1: a file, 2: a batch
  id INTEGER NOT NULL,             -- stored_file.id, or the batch's request
  body TEXT NOT NULL,              -- the provider's JSON object as it came last, for lists; erasable: it has file names
  PRIMARY KEY (kind, id),
  CHECK (kind IN (1, 2))
) STRICT, WITHOUT ROWID;
