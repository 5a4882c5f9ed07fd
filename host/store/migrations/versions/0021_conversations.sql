-- The list of conversations. What was said in them stands in the docs of their actors alone.
CREATE TABLE conversations (
  id text PRIMARY KEY,
  user_id text NOT NULL,
  version bigint NOT NULL,
  title text NOT NULL,
  messages integer NOT NULL,
  run_id text,
  run_state text,
  leased_until timestamptz,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  deleted_at timestamptz
) WITH (fillfactor = 80)

CREATE INDEX conversations_updated ON conversations (user_id, updated_at DESC, id) WHERE deleted_at IS NULL

-- The runs that go on; there are few.
CREATE INDEX conversations_running ON conversations (leased_until) WHERE run_id IS NOT NULL
