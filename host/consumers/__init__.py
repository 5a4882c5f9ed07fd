"""Consumers: what happens after an event.

table          who consumes what; wiring builds the handlers behind the names
handler        what a handler is
catchup        hands events to a handler, tries a failing one again, puts it aside as a dead letter
subscriptions  the same events as the broker delivers them
projector, occurrences, rezone   the handlers, but for those of notifications (host/notify)
follow_up      the commands that a handler sends
"""
