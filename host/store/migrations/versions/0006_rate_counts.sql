-- Rate counts. Statements are parted by blank lines; none stands inside a statement.

-- How often somebody asked, as all replicas together have told; the key is a hash. Unlogged: to forget it all in a
-- crash only means that counting begins anew.
CREATE UNLOGGED TABLE rate_counts (
  key text PRIMARY KEY,
  count bigint NOT NULL,
  ends_at timestamptz NOT NULL
)

CREATE INDEX rate_counts_end ON rate_counts (ends_at)
