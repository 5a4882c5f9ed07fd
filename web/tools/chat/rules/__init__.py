"""The chat without a model: rules in four languages over the grammar of quick add and the catalogue's tools.

`respond` is the way in. `understanding` makes an intent of a message, by the words of the `tables`; `selecting` finds
the things that it means; `doing` calls the tools; `answering` says what came of it.
"""

from web.tools.chat.rules.reply import Context, Kind, Reply, State, Tools
from web.tools.chat.rules.respond import respond

__all__ = ["Context", "Kind", "Reply", "State", "Tools", "respond"]
