"""Recurrence rules. Pure.

`rule` and `lines` read one, `days` and `times` compute the days and times that it names, `moments` counts them,
`expansion` makes slots of them, `parsing` makes a recurrence of text and start, and `sentence` says it in words.
"""
