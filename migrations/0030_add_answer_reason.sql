-- Why: what an answer holds that the caller's dialect cannot say is left out, and must be on record.
-- Effect: adds a code; no code changes. Data: none. Cost at ten million rows: none.

INSERT INTO vocabulary (domain, code, name, meaning) VALUES
  ('reason', 40, 'answer_fields_dropped', 'Something in the answer, which detail names, has no form in the caller''s dialect');
