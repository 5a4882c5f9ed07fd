"""All that speaks to the Dapr sidecar: calls to actors, what it calls here, publishing, jobs."""
