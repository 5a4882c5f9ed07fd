"""The metrics of a process; chart/files/alerts.yaml and dashboards use these names."""

from prometheus_client import Counter, Gauge, Histogram

_LATENCY_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_LATENESS_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 60, 600, 3600)

http_requests = Counter("http_requests_total", "Requests answered", ["method", "route", "status"])
http_request_duration = Histogram(
    "http_request_duration_seconds", "Time to answer", ["method", "route"], buckets=_LATENCY_BUCKETS
)
events_published = Counter("events_published_total", "Events handed to the broker and acknowledged", ["topic"])
events_processed = Counter("events_processed_total", "Events a consumer applied", ["consumer"])
event_lag = Histogram(
    "event_lag_seconds", "From an event's commit to its effect", ["consumer"], buckets=_LATENCY_BUCKETS
)
reminder_latency = Histogram(
    "reminder_delivery_latency_seconds", "From a reminder's time to its delivery", buckets=_LATENESS_BUCKETS
)
stream_connections = Gauge("stream_connections", "Open live streams")
reminders_scheduled = Counter("reminders_scheduled_total", "Wakes registered with the scheduler")
reminders_fired = Counter("reminders_fired_total", "Reminders fired")
notifications_sent = Counter("notifications_sent_total", "Notifications delivered", ["channel"])
chore_held = Gauge("chore_held", "1 where this process runs the chore", ["chore"])
outbox_pending = Gauge("outbox_pending", "Events not yet seen by every consumer")
actor_bugs = Counter("actor_bugs_total", "Turns that ended with a bug", ["actor_type"])
commands_refused = Counter("commands_refused_total", "Commands that our gateway did not sign", ["fault"])
occurrence_ids_taken = Counter("occurrence_ids_taken_total", "Occurrences whose id something else had")
quota_refused = Counter("quota_refused_total", "Requests that a user's quota refused", ["what"])
fence_rejections = Counter("fence_rejections_total", "Stale actor writes that the database refused")
wakes_unarmed = Gauge("wakes_unarmed", "Wakes without a registered reminder")
wakes_overdue = Gauge("wakes_overdue", "Wakes whose time has passed")
wakes_failing = Gauge("wakes_failing", "Wakes that fail because of a bug and are tried again after growing pauses")
dead_letters = Gauge("dead_letters", "Events that no consumer could apply")
outbox_oldest = Gauge("outbox_oldest_seconds", "How long the oldest event has waited for the consumer", ["consumer"])
outbox_unpublished = Gauge("outbox_unpublished_seconds", "How long the oldest event has waited for the broker")
consumer_paused = Gauge("consumer_paused", "1 for a consumer that an operator paused", ["consumer"])
deliveries_overdue = Gauge("deliveries_overdue", "Deliveries that have been due for more than a minute")
invariant_breaches = Gauge("invariant_breaches", "Breaches that the patrol sees now", ["invariant"])
invariant_checked = Counter("invariant_checked_total", "Things that the patrol has checked", ["invariant"])
patrol_time = Gauge("patrol_timestamp_seconds", "When the patrol last checked")
