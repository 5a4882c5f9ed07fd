"""What a recurring series is: its state, its slots, and what each command does to it. Pure, but for the Dapr shell."""
