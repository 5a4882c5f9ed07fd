-- Bugs of actors. Statements are parted by blank lines; none stands inside a statement.

-- How often the wake has failed through a bug since it was set; `tried_at` and this say when it is tried again.
ALTER TABLE wakes ADD COLUMN fails integer NOT NULL DEFAULT 0

CREATE INDEX wakes_failing ON wakes (fails) WHERE fails > 0

-- The program that last failed to apply the event; another one tries it once by itself.
ALTER TABLE dead_letters ADD COLUMN code_version text
