"""What a task, a user and a series is: pure rules, and the thin Dapr shells that run them."""
