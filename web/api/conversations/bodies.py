"""The body of an edit of a conversation."""

from actors.conversation.bodies import RenameConversation


class PatchConversation(RenameConversation):
    """Another title."""
