-- Change sets. Statements are parted by blank lines; none stands inside a statement.

-- One row a set, which the projector writes with the entries of the activity. `changes` counts what somebody has asked for;
-- it is 0 in the row of a revert that has done nothing yet.
CREATE TABLE change_sets (
  user_id text NOT NULL,
  id text NOT NULL,
  kind text NOT NULL,
  actor_kind text NOT NULL,
  actor_id text NOT NULL,
  started_at timestamptz NOT NULL,
  last_at timestamptz NOT NULL,
  changes integer NOT NULL,
  reverts text,
  PRIMARY KEY (user_id, id)
)

CREATE INDEX change_sets_newest ON change_sets (user_id, last_at, id) WHERE changes > 0

CREATE INDEX change_sets_reverts ON change_sets (user_id, reverts) WHERE reverts IS NOT NULL

CREATE INDEX change_sets_age ON change_sets (last_at)

INSERT INTO change_sets (user_id, id, kind, actor_kind, actor_id, started_at, last_at, changes)
SELECT user_id, change_set, coalesce((array_agg(body::json #>> '{data,cause,kind}' ORDER BY position))[1], 'request'),
       (array_agg(actor_kind ORDER BY actor_kind IN ('system', 'reminder'), position))[1],
       (array_agg(actor_id ORDER BY actor_kind IN ('system', 'reminder'), position))[1],
       min(at), max(at),
       count(*) FILTER (WHERE actor_kind IN ('user', 'token', 'agent') AND type LIKE ANY (ARRAY['task.%', 'series.%']))
FROM activity WHERE change_set IS NOT NULL GROUP BY user_id, change_set

-- Names outlive their tokens, because the activity says who did something.
CREATE TABLE token_names (id text PRIMARY KEY, user_id text NOT NULL, name text NOT NULL)

INSERT INTO token_names (id, user_id, name) SELECT id, user_id, name FROM tokens

-- The change set that a token's calls go on with, and when the last one came.
ALTER TABLE tokens ADD COLUMN change_set text, ADD COLUMN change_set_at timestamptz
