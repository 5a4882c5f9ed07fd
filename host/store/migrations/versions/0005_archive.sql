-- The archive of activity. Statements are parted by blank lines; none stands inside a statement.

-- One row a file, written in the transaction that drops the partition: a month is either here or in `activity`.
CREATE TABLE archives (
  file text PRIMARY KEY,
  month date NOT NULL,
  rows bigint NOT NULL,
  digest text NOT NULL,
  archived_at timestamptz NOT NULL
)

-- When a job was last asked for, and when what was asked was last done.
CREATE TABLE jobs (
  name text PRIMARY KEY,
  asked_at timestamptz NOT NULL,
  done_at timestamptz
)
