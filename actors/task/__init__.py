"""The actor type of tasks. Pure, but for the Dapr shell.

`state` says what a task keeps, `rules` what each command does to it; `edit` holds how fields change and how the
events of a turn are made, `reminders` the life of a reminder, `tags` the ways tags change; `actor` is the shell.
"""
