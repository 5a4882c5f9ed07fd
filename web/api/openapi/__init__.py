"""The OpenAPI document: how it is made, and the route that answers it."""
