"""All that speaks to the Dapr sidecar: calls to actors, calls from the sidecar, publishing, jobs."""
