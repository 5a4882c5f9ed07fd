"""What is left of a message for a reader. Pure."""

from dataclasses import dataclass

from web.tools.chat.rules.intent import Target
from web.tools.chat.rules.phrases import Form, Phrases
from web.tools.chat.rules.reply import Context
from web.tools.chat.rules.said import Said
from web.tools.chat.rules.targets import read_target


@dataclass(frozen=True, slots=True)
class Rest:
    """What of a message is left for a reader: the gaps of its form in one text, those of tags, and the whole."""

    form: Form
    text: str
    tags: str
    whole: str
    said: Said
    phrases: Phrases
    context: Context

    def target(self, text: str | None = None) -> Target:
        """Returns what a text names, or the gaps."""
        return read_target(self.text if text is None else text, self.phrases, self.context)
