-- Plans. Statements are parted by blank lines; none stands inside a statement.

-- What a call of a tool is going to do, under the id of that call. `holder` is the token or person that made it, and
-- `request` the hash of tool and arguments. Whoever carries it out first sets `started_at`.
CREATE TABLE plans (
  id text PRIMARY KEY,
  user_id text NOT NULL,
  holder text NOT NULL,
  tool text NOT NULL,
  request text NOT NULL,
  body jsonb NOT NULL,
  expires_at timestamptz NOT NULL,
  started_at timestamptz,
  change_set text
)

CREATE INDEX plans_expiry ON plans (expires_at)

CREATE INDEX plans_waiting ON plans (user_id) WHERE started_at IS NULL
