"""The chat: a message is answered by a run, which a back end leads, over the tools of the catalogue.

backends    what answers: `backend` says what one is; `rules` needs no model, and `rules/` holds those rules
recorder    the calls of a run, each recorded before it is carried out
run         one run, from its message to its answer, begun or found again
runs        the runs of a process: begun, followed, stopped, and taken up where nobody holds them any more
asking      in whose name a run acts
words       what a run says when its back end cannot
"""
