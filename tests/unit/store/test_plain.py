"""What a search makes no difference between. The page's own search reads the same examples."""

import sys
import unicodedata
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from host.store.read_model.plain import plain, plain_words

pytestmark = pytest.mark.unit

EXAMPLES = orjson.loads((Path(__file__).parents[3] / "web/ui/tests/support/plain.json").read_bytes())


@pytest.mark.parametrize(("typed", "text"), EXAMPLES["found"])
def test_is_found_however_it_is_accented(typed: str, text: str) -> None:
    assert plain(typed) in plain(text)


@pytest.mark.parametrize(("typed", "text"), EXAMPLES["missed"])
def test_letters_of_their_own_are_not_mixed_up(typed: str, text: str) -> None:
    assert plain(typed) not in plain(text)


LETTERS = st.characters(max_codepoint=0x530) | st.characters(min_codepoint=0x1E00, max_codepoint=0x1FFF)
MARKS = st.characters(min_codepoint=0x300, max_codepoint=0x36F)


def test_every_sign_is_plain_at_once() -> None:
    again = {sign: plain(sign) for sign in map(chr, range(sys.maxunicode))}
    assert {sign for sign, once in again.items() if plain(once) != once} == set()


@given(st.text() | st.text(LETTERS | MARKS, max_size=6))
def test_a_text_is_plain_in_every_spelling_and_once_it_is_plain(text: str) -> None:
    once = plain(text)
    assert plain(once) == once
    assert {plain(unicodedata.normalize(form, text)) for form in ("NFC", "NFD")} == {once}


def test_no_sign_becomes_nothing_but_a_mark() -> None:
    """Otherwise a search for it would find everything."""
    gone = [sign for sign in map(chr, range(sys.maxunicode)) if not plain(sign)]
    assert {unicodedata.category(sign) for sign in gone} == {"Mn", "Me", "Cn"}


def test_each_word_is_looked_for_plain_and_as_it_is_in_a_row_that_is_not_plain_yet() -> None:
    assert plain_words(" Élan  vital ") == [("elan", "élan"), ("vital", "vital")]
    assert plain_words("\u0301 a") == [("\u0301", "\u0301"), ("a", "a")]
