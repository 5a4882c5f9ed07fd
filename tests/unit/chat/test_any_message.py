"""Whatever is said, it is understood as something, soon."""

import random
import time
from datetime import datetime
from statistics import quantiles
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.language import LANGUAGES
from web.tools.chat.rules.phrases import phrases_of
from web.tools.chat.rules.reply import Context
from web.tools.chat.rules.understanding import understand

pytestmark = [pytest.mark.unit, pytest.mark.hypothesis]

ZONE = "Europe/Madrid"
NOW = datetime(2026, 11, 30, 10, tzinfo=ZoneInfo(ZONE))
WORDS = [
    "add",
    "move",
    "delete",
    "complete",
    "remind",
    "me",
    "to",
    "not",
    "again",
    "don't",
    "the",
    "first",
    "2",
    "and",
    "them",
    "all",
    "overdue",
    "tomorrow",
    "friday",
    "at",
    "9",
    "#work",
    "!high",
    "füge",
    "hinzu",
    "verschiebe",
    "um",
    "zwei",
    "Tage",
    "nicht",
    "lösche",
    "rückgängig",
    "ajoute",
    "demain",
    "n'oublie",
    "pas",
    "d'",
    "supprime",
    "les",
    "deux",
    "añade",
    "mañana",
    "borra",
    "no",
    "todas",
    "¿qué",
    "?",
    '"',
    "“",
    "„",
    "«",
    "»",
    "😀",
    "مرحبا",
    "שלום",
    ".",
    ",",
    ":",
    ";",
    "every",
    "day",
    "every!",
    "é",
    "ß",
    "İ",
    "ﬁ",
    "12/13",
    "31.2.",
    "every!",
    "tag",
    "#",
    "+",
    "!",
    "p1",
]
TEXTS = st.one_of(
    st.text(max_size=200),
    st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join),
    st.lists(st.sampled_from(WORDS), max_size=20).map("".join),
)


@given(TEXTS, st.sampled_from(LANGUAGES))
def test_every_text_is_understood_as_something(text: str, language: str) -> None:
    intent = understand(text, Context(language, ZONE, NOW))
    assert intent.kind
    assert len(intent.target.numbers) <= 50


@pytest.mark.parametrize(
    "text",
    [
        "delete " + "again and " * 2_000,
        "remind me " + "again " * 3_000,
        "füge das tag " + "tag zu " * 2_800 + "hinzu",
        "is " * 6_600,
        "x" * 20_000,
        "😀" * 20_000,
        "مرحبا " * 3_300,
        '"' * 20_000,
        "1-" * 10_000,
        "a" * 9_999 + " " + "b" * 10_000,
        "move " + "to friday " * 2_000,
    ],
)
def test_long_messages_take_no_longer_than_their_reading(text: str) -> None:
    for language in LANGUAGES:
        context = Context(language, ZONE, NOW)
        understand(text, context)
        began = time.process_time()
        understand(text[:20_000], context)
        assert time.process_time() - began < 0.5, (language, text[:20])


def test_messages_are_understood_within_milliseconds() -> None:
    for language in LANGUAGES:
        phrases_of(language)
    chosen = random.Random(4)
    texts = [" ".join(chosen.choices(WORDS, k=chosen.randint(1, 12))) for _ in range(600)]
    for text in texts:
        understand(text, Context("de", ZONE, NOW))
    spent = []
    for text in texts:
        began = time.process_time()
        understand(text, Context("de", ZONE, NOW))
        spent.append(1_000 * (time.process_time() - began))
    assert quantiles(spent, n=100)[94] < 20, spent[:5]
