"""Answers a message."""

from web.tools.chat.rules.reply import Context, Reply, State, Tools


async def respond(message: str, state: State, tools: Tools, context: Context) -> Reply:
    """Returns the answer to a message; what it changes, it changes by the tools.

    The same message, state and context make the same calls in the same order, as long as the tools answer the same.
    """
    del message, tools, context
    return Reply("", "nothing", state=state.forgetting())
