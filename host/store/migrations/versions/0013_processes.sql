-- Processes. Statements are parted by blank lines; none stands inside a statement.

-- Who runs, of which version. Seen by the database's clock, because no two processes share another. Without an index on
-- it, so that to be seen again is a HOT update.
CREATE TABLE processes (
  id text PRIMARY KEY,
  role text NOT NULL,
  version text NOT NULL,
  app_id text NOT NULL,
  host text NOT NULL,
  pid integer NOT NULL,
  started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  seen_at timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (fillfactor = 50)
