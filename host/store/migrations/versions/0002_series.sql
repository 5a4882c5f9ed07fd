-- Series in the read model. Statements are parted by blank lines; none stands inside a statement.

CREATE TABLE series (
  id text PRIMARY KEY,
  user_id text NOT NULL,
  version bigint NOT NULL,
  status text NOT NULL,
  title text NOT NULL,
  next_at timestamptz,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  deleted_at timestamptz,
  body json NOT NULL
)

CREATE INDEX series_created ON series (user_id, created_at, id)

CREATE INDEX series_active ON series (user_id) WHERE status = 'active'

-- Slots are texts that sort as the days they name.
CREATE INDEX tasks_slots ON tasks (series_id, (body->'occurrence'->>'slot')) WHERE series_id IS NOT NULL

DROP INDEX tasks_series
