"""The actor type of users. Pure, but for the Dapr shell.

`state` says what a user keeps, `rules` what each command does to it, `digest` when the daily digest is due; `actor` is
the shell.
"""
