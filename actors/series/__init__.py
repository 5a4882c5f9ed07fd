"""The actor type of series. Pure, but for the Dapr shell.

`state` says what a series keeps, `bodies` what may be asked of it, `rules` what each command does: with `edit` (patch,
zone, split) and `single` (one slot). They work on a `draft`, the next version in the making, and ask `slots` which slots
the rule gives; `refusals` has the words of a no. `stored`, `upcoming`, `occurrences` and `preview` answer readers of a
series that is stored, or not even saved; `actor` is the shell.
"""
