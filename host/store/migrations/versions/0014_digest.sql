-- The digest of the day has a consumer of its own, which goes on where the notifier is.
INSERT INTO watermarks (consumer, position, seen, seen_xid, paused_at)
SELECT 'digest', position, seen, seen_xid, paused_at FROM watermarks WHERE consumer = 'notifier' ON CONFLICT DO NOTHING

INSERT INTO inbox (consumer, event_id, position)
SELECT 'digest', i.event_id, i.position FROM inbox i JOIN outbox o ON o.event_id = i.event_id
WHERE i.consumer = 'notifier' AND o.type = 'digest.due'
  AND i.position > (SELECT position FROM watermarks WHERE consumer = 'notifier') ON CONFLICT DO NOTHING

UPDATE dead_letters SET consumer = 'digest' WHERE consumer = 'notifier' AND body::json->>'type' = 'digest.due'
