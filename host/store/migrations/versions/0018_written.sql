-- The consumer of occurrences takes two more types of events. What it has passed of them is past.
INSERT INTO inbox (consumer, event_id, position)
SELECT 'recurrence', o.event_id, o.position FROM outbox o JOIN watermarks w ON w.consumer = 'recurrence'
WHERE o.type IN ('task.updated', 'reminder.snoozed') AND o.position <= w.position ON CONFLICT DO NOTHING
