"""Recurrence rules. Pure.

`rule` reads one, `days` computes the days that it names, `expansion` makes slots of a rule with start, zone and
policies, and `sentence` says it in words.
"""
