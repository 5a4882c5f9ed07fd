-- What grows stays quick: indexes for what is looked up, pruned and armed. Statements are parted by blank lines.

-- Acknowledging a reminder looks for what was told of it.
CREATE INDEX notifications_reminder ON notifications (reminder_id)

-- The pruner looks each minute for what is old and told.
CREATE INDEX deliveries_done ON deliveries (due_at) WHERE status <> 'pending'

-- The sweeper takes first what was never tried, then what was tried least recently; neither is sorted.
DROP INDEX wakes_due

CREATE INDEX wakes_due ON wakes (wake_at, tried_at)

DROP INDEX wakes_unarmed

CREATE INDEX wakes_unarmed ON wakes (wake_at) WHERE armed_at IS NULL AND tried_at IS NULL

CREATE INDEX wakes_tried ON wakes (tried_at, wake_at) WHERE tried_at IS NOT NULL

-- A slot in a column of its own: an index over the body would be touched by every version of a task. And room in each
-- page for the next version: a reminder that fires changes nothing that an index holds, and then no index is touched.
DROP INDEX tasks_slots

ALTER TABLE tasks SET (fillfactor = 90)

-- This writes the table anew: filling a plain column takes twice as long, since it touches every index a row at a time.
ALTER TABLE tasks ADD COLUMN slot text
  GENERATED ALWAYS AS (CASE WHEN series_id IS NOT NULL THEN body->'occurrence'->>'slot' END) STORED

-- Slots are texts that sort as the days they name.
CREATE INDEX tasks_slots ON tasks (series_id, slot) WHERE series_id IS NOT NULL

-- The ledger goes to files as the activity does. Its rows are deleted some at a time, after the file is entered here:
-- until `cleared` some of them may be in both places.
CREATE INDEX reminder_ledger_at ON reminder_ledger (at, id)

ALTER TABLE archives ADD COLUMN kind text NOT NULL DEFAULT 'activity'

ALTER TABLE archives ADD COLUMN cleared boolean NOT NULL DEFAULT true
