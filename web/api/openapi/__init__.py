"""The OpenAPI document: how it is made, and where it is answered."""
