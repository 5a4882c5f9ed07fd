"""Which things a name fits."""

import pytest

from web.tools.naming import fitting, words_of

pytestmark = pytest.mark.unit
TITLES = [
    "Pay rent",
    "Pay the rent for the garage",
    "Buy milk",
    "Buy bread",
    "Müll rausbringen",
    "Réserver l'hôtel",
    "Call Maria",
    "Call Mario",
    "The",
    "🎉",
    "Weekly report",
    "Schlüssel",
]


def fits(name: str, titles: list[str] = TITLES) -> list[str]:
    return fitting(name, titles, str)


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("pay rent", ["Pay rent"]),  # the whole title beats a part
        ("rent", ["Pay rent", "Pay the rent for the garage"]),
        ("the rent task", ["Pay rent", "Pay the rent for the garage"]),
        ("garage rent", ["Pay the rent for the garage"]),
        ("buy", ["Buy milk", "Buy bread"]),
        ("milk", ["Buy milk"]),
        ("MULL", ["Müll rausbringen"]),
        ("réserver hotel", ["Réserver l'hôtel"]),
        ("L\u2019HOTEL", ["Réserver l'hôtel"]),
        ("schlussel", ["Schlüssel"]),
        ("maria", ["Call Maria"]),  # a slip is not looked for where a word fits
        ("marie", ["Call Maria", "Call Mario"]),
        ("maxia", ["Call Maria"]),
        ("wekly report", ["Weekly report"]),
        ("weeekly", ["Weekly report"]),
        ("weekly reprot", []),  # two letters are wrong
        ("milc", []),  # too short to be forgiven
        ("the", ["The"]),
        ("🎉", ["🎉"]),
        ("🎂", []),
        ("milk bread", []),
        ("", []),
        ("   ", []),
    ],
)
def test_a_name_fits(name: str, wanted: list[str]) -> None:
    assert fits(name) == wanted


def test_nothing_of_a_long_text_is_read_beyond_a_title() -> None:
    assert len(words_of("word " * 10_000)) == 100


def test_the_same_title_twice_fits_twice() -> None:
    assert fits("call", ["Call", "Call", "Call Maria"]) == ["Call", "Call"]
