"""What a task is: its state, its reminders, and what each command does to it. Pure, but for the Dapr shell."""
