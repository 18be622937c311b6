-- Why: dated prices; a row is superseded by a later one, never edited.
-- Effect on data: none. Cost at ten million rows: none (a new table).

CREATE TABLE price (
  id INTEGER PRIMARY KEY,              -- dense, from 1; among rows that fit, the highest id wins
  log_index INTEGER NOT NULL,          -- journal index of the command that entered it
  provider_id INTEGER NOT NULL REFERENCES provider (id),  -- the provider that charges it
  model TEXT NOT NULL,                 -- the model's name at the provider
  meter INTEGER NOT NULL,              -- vocabulary 'meter'
  pico_per_unit INTEGER NOT NULL,      -- pico-units of currency per unit of the meter
  currency TEXT NOT NULL,              -- ISO 4217
  effective_from_micros INTEGER NOT NULL,  -- first attempt start that it applies to
  effective_to_micros INTEGER,         -- first attempt start that it no longer applies to; null: open
  source TEXT,                         -- where the price was read
  managed_by TEXT,                     -- the governance file's manager; null when entered by a command
  actor_id INTEGER NOT NULL,           -- the principal that entered it
  change_reference TEXT,               -- the caller's reference for the change
  CHECK (pico_per_unit >= 0),
  CHECK (meter BETWEEN 1 AND 13)
) STRICT;

CREATE INDEX price_log_index ON price (log_index);
