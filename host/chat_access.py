"""Which model answers the chat, where it is reached, and how often a user may ask it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlsplit

ChatKind = Literal["rules", "openai"]
Preset = Literal["openai", "gemini", "cohere", "local"]
# docs/chat.md says where each address was read, and when.
BASE_URLS: Final[Mapping[str, str]] = {
    "openai": "https://api.openai.com/v1",
    "gemini": "https://generativelanguage.googleapis.com/v1beta/openai/",
    "cohere": "https://api.cohere.ai/compatibility/v1",
    "local": "http://127.0.0.1:11434/v1",
}
_LONGEST_KEY: Final = 4_096


@dataclass(frozen=True, slots=True)
class ChatAccess:
    """The settings of the chat. The key is `key`, or the text of `key_file`."""

    kind: ChatKind = "rules"
    preset: Preset = "openai"
    url: str = ""
    model: str = ""
    key: str = field(default="", repr=False)
    key_file: Path | None = None
    runs_a_day: int = 200

    @property
    def base_url(self) -> str:
        """The address of the model's API."""
        return self.url or BASE_URLS[self.preset]

    @property
    def host(self) -> str:
        """The host that sees what is sent to the model."""
        return urlsplit(self.base_url).hostname or ""

    @property
    def streams(self) -> bool:
        """Whether answers are asked for piece by piece; Cohere refuses a field that the client sends with that."""
        return self.preset != "cohere"

    def problem(self) -> str:
        """Returns why these settings cannot be used, "" when they can; never a part of the key."""
        if self.kind == "rules":
            return ""
        if not self.model:
            return "DUELY_CHAT is openai, and DUELY_CHAT_MODEL does not say which model."
        if not self._has_fit_url():
            return "DUELY_CHAT_BASE_URL must be an https:// address without a login, or an http:// one of this machine or of preset local."
        if self.key and self.key_file:
            return "DUELY_CHAT_KEY and DUELY_CHAT_KEY_FILE are both set; keep one."
        if self.preset != "local" and not (self.key or self.key_file):
            return f"The preset {self.preset} needs DUELY_CHAT_KEY_FILE or DUELY_CHAT_KEY."
        return self._key_problem()

    def read_key(self) -> str:
        """Returns the key; raises OSError for a file that cannot be read, ValueError for one that is no text."""
        if self.key_file is None:
            return self.key
        with self.key_file.open(encoding="ascii") as file:
            return file.read(_LONGEST_KEY + 1).strip()

    def _has_fit_url(self) -> bool:
        try:
            parts = urlsplit(self.base_url)
            is_open = parts.scheme == "http" and (self.preset == "local" or _is_loopback(parts.hostname or ""))
        except ValueError:
            return False
        return bool(parts.hostname) and "@" not in parts.netloc and (parts.scheme == "https" or is_open)

    def _key_problem(self) -> str:
        name = "DUELY_CHAT_KEY_FILE" if self.key_file else "DUELY_CHAT_KEY"
        try:
            key = self.read_key()
        except (OSError, ValueError):
            return f"{name} names a file that cannot be read as text."
        is_fit = len(key) <= _LONGEST_KEY and (not key or (key.isascii() and key.isprintable() and " " not in key))
        if not is_fit or (self.key_file and not key):
            return f"{name} must hold one key: ASCII signs without spaces, at most {_LONGEST_KEY}."
        return ""


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
