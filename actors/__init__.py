"""The actors: what a task, a user and a series is, as pure rules, and the thin Dapr shells that run them.

`task`, `user` and `series` hold one actor type each, `recurrence` the rules of repetition. Beside them stands what they
share: `commands` come in, `turn` applies one to a `doc`, a decision (`replies`) comes out with its `events`.
"""
