"""All that speaks to the Dapr sidecar.

To the sidecar:
gateway        the only way to call actors; tries again, and says what an outage and a bug are
client, http   the connection under it: HTTP for actor calls and actor state, gRPC for the rest
publisher      events to the broker
jobs, sentinel, app_ids, checks   jobs, the one that shows a lost scheduler, names of the roles, readiness

From the sidecar:
listener       HTTP/1.1 on loopback
actor_host     its routes: turns, reminders, events, jobs
actor_runtime  the SDK's runtime behind it
subscription   what the broker delivers
arming         notes which wakes the scheduler has accepted
"""
