"""Which words count, and which are title (rules 10 to 13 and 20)."""

import pytest

from tests.unit.language.lines import due, read
from web.language import title_of

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Meet at 3 shops"),
        ("en", "Add 3/4 cup"),
        ("en", "Enter on the 2nd door"),
        ("en", "weekly report"),
        ("en", "Open every 2nd door"),
        ("en", "Check the sun"),
        ("en", "Walk in the sun"),
        ("en", "Book with Tom"),
        ("en", "Call TOM"),
        ("en", "Second may fail"),
        ("en", "No one may enter"),
        ("en", "I march on"),
        ("en", "Call Ana in may"),
        ("en", "Buy gift for Sunday's party"),
        ("en", "Watch 'friday night lights'"),
        ("en", "Email bob@tomorrow.com"),
        ("en", "Edit C:\\tomorrow\\file.txt"),
        ("en", "Edit /var/friday/log"),
        ("en", "Fix report-friday.pdf"),
        ("en", "Fly LH404 for $9"),
        ("en", "Take 2.5 pills"),
        ("de", "Preis um 9 Euro senken"),
        ("de", "Am 2. Tor warten"),
        ("de", "Guten Morgen sagen"),
        ("de", "Mach es so"),
        ("de", "Freitags-Mail lesen"),
        ("de", "Mit Mai und August sprechen"),
        ("de", "Frau Fr. Müller anrufen"),
        ("fr", "Acheter le jeu"),
        ("fr", "Nager en mer"),
        ("fr", "Prendre le 9 tramways"),
        ("fr", "Voir Avril Lavigne"),
        ("es", "Vacaciones en el mar"),
        ("es", "Ir a las 3 tiendas"),
        ("es", "Comprar el 9 rojo"),
    ],
)
def test_words_of_other_things_are_title(language: str, text: str) -> None:
    parsed = read(text, language)
    assert (parsed.title, parsed.spans) == (text, ())


@pytest.mark.parametrize(
    ("language", "text", "title", "when"),
    [
        ("en", "Call Ana at 9 about the dog", "Call Ana about the dog", "2026-12-01T09:00"),
        ("en", "Call Ana at 9, then Ben", "Call Ana, then Ben", "2026-12-01T09:00"),
        ("en", "Call Ana at 9 tomorrow", "Call Ana", "2026-12-01T09:00"),
        ("en", "Museum 14/3 with Ben", "Museum with Ben", "2027-03-14"),
        ("en", "Trip sat", "Trip", "2026-12-05"),
        ("en", "Trip sat 9:00", "Trip", "2026-12-05T09:00"),
        ("en", "Trip on sun", "Trip", "2026-12-06"),
        ("en", "call ana tom", "call ana", "2026-12-01"),
        ("de", "Ana um 9 anrufen", "Ana anrufen", "2026-12-01T09:00"),
        ("de", "Paket am 9. abholen", "Paket abholen", "2026-12-09"),
        ("de", "Morgen Ana anrufen", "Ana anrufen", "2026-12-01"),
        ("de", "AUTO MORGEN WASCHEN", "AUTO WASCHEN", "2026-12-01"),
        ("de", "Termin am So", "Termin", "2026-12-06"),
        ("fr", "Dentiste jeu 9h", "Dentiste", "2026-12-03T09:00"),
        ("es", "A las 9 llamar a Ana", "llamar a Ana", "2026-12-01T09:00"),
    ],
)
def test_weak_forms_count_where_they_stand_free(language: str, text: str, title: str, when: str) -> None:
    parsed = read(text, language)
    assert (parsed.title, due(parsed)) == (title, when)


@pytest.mark.parametrize(
    "quoted", ['"friday at 9"', "“friday at 9”", "„friday at 9“", "«friday at 9»", "„friday at 9”"]
)
def test_quotes_stay_and_nothing_in_them_is_read(quoted: str) -> None:
    parsed = read(f"Watch {quoted} tomorrow")
    assert (parsed.title, due(parsed)) == (f"Watch {quoted}", "2026-12-01")


@pytest.mark.parametrize(
    ("text", "title", "when"),
    [
        ("Call friday, then tomorrow", "Call friday, then", "2026-12-01"),
        ("Tomorrow plan friday dinner", "plan friday dinner", "2026-12-01"),
        ("Plan monday lunch and friday dinner", "Plan monday lunch and dinner", "2026-12-04"),
        ("Plan by monday the friday dinner", "Plan the friday dinner", "2026-12-07"),
        ("Call at 9 about the 10:30 train", "Call about the 10:30 train", "2026-12-01T09:00"),
        ("Fly at 9am back 5pm", "Fly at 9am back", "2026-11-30T17:00"),
    ],
)
def test_the_last_clear_one_wins(text: str, title: str, when: str) -> None:
    parsed = read(text)
    assert (parsed.title, due(parsed)) == (title, when)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Buy milk, tomorrow", "Buy milk"),
        ("Tomorrow: buy milk", "buy milk"),
        ("Buy milk; friday, 9am, #home", "Buy milk"),
        ("Call Ana tomorrow, bring cake", "Call Ana, bring cake"),
        ("Milk, tomorrow, eggs", "Milk, eggs"),
        ("Dinner with Ana, saturday 7pm at Luigi's", "Dinner with Ana at Luigi's"),
        ("Project X: tomorrow call Ana", "Project X: call Ana"),
        ("Call Ana (tomorrow at 9)", "Call Ana"),
        ("Call Ana tomorrow!", "Call Ana!"),
        ("  Buy   milk \n tomorrow ", "Buy milk"),
    ],
)
def test_a_mark_that_only_joined_goes_too(text: str, title: str) -> None:
    assert read(text).title == title


@pytest.mark.parametrize("text", ["Tomorrow 9am", "#home", "every day", "p2", "Morgen um 9", "", "  "])
def test_a_line_of_which_nothing_would_be_left_is_its_own_title(text: str) -> None:
    parsed = read(text, "de")
    assert (parsed.title, parsed.due, parsed.tags, parsed.priority, parsed.spans) == (
        text.strip(),
        None,
        None,
        None,
        (),
    )


def test_accents_may_be_typed_in_two_signs() -> None:
    text = "Cafe\u0301 man\u0303ana por la man\u0303ana"
    parsed = read(text, "es")
    assert (parsed.title, due(parsed)) == ("Cafe\u0301", "2026-12-01T09:00")
    assert [text[span.start : span.end] for span in parsed.spans] == [span.text for span in parsed.spans]


def test_english_is_read_beside_every_language() -> None:
    for language in ("de", "fr", "es"):
        parsed = read("Call mum tomorrow at 9 remind me 1h before", language)
        assert (parsed.title, due(parsed)) == ("Call mum", "2026-12-01T09:00")


def test_an_unknown_language_is_read_as_english() -> None:
    assert due(read("Call tomorrow", "xx")) == "2026-12-01"


def test_a_title_can_keep_spans_of_a_kind() -> None:
    text = "Call tomorrow +Home"
    parsed = read(text)
    assert parsed.title == "Call"
    assert title_of(text, [span for span in parsed.spans if span.kind != "list"]) == "Call +Home"
