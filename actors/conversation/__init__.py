"""The actor type of conversations with the assistant. Pure, but for the Dapr shell.

`state` says what a conversation keeps and what of it others see, `rules` what each command does to it, `run` what may
happen to a run; `bodies` are the bodies of its commands; `actor` is the shell.
"""
