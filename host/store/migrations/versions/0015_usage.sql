-- What each user stores, for quotas. The projector adds each change; the pruner counts each user anew every day, and
-- those first that were never counted: so an upgrade reads the users' tasks one user at a time, while everything runs.
-- Room in each page for the next version of a row: the projector writes it with each batch of a user's events.
CREATE TABLE usage (
  user_id text PRIMARY KEY,
  tasks bigint NOT NULL,
  series bigint NOT NULL,
  bytes bigint NOT NULL,
  counted_at timestamptz
) WITH (fillfactor = 50)
