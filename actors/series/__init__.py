"""The actor type of series. Pure, but for the Dapr shell.

`state` says what a series keeps, `bodies` what may be asked of it, `rules` which function does each command: `life`
(create, pause, stop, delete, tick), `edit` and `undo`, `split`, `single` (one slot), `reports` (of its tasks) and
`incarnations`. Each takes a `step`, the turn so far, and returns the next one; in it is the `agenda`, the slots that the
series has in hand. `coming` awaits, makes and starts slots, `renewal` carries them into a new rule by the table of
`translation`, and `slots` says which ones the rule gives; `refusals` has the words of a no. `stored`, `upcoming`,
`occurrences` and `preview` answer readers of a series that is stored, or not even saved; `actor` is the shell.
"""
