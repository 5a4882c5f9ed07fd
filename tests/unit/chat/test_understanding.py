"""What the rules of the chat make of a message, before any task is looked at."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from web.tools.chat.rules.intent import Filter, Intent, Target, When
from web.tools.chat.rules.reply import Context
from web.tools.chat.rules.understanding import understand

pytestmark = pytest.mark.unit

BERLIN = "Europe/Berlin"
NOW = datetime(2026, 11, 30, 10, tzinfo=ZoneInfo(BERLIN))


def said(message: str, language: str = "en") -> Intent:
    return understand(message, Context(language, BERLIN, NOW))


@pytest.mark.parametrize(
    ("language", "message", "kind", "target"),
    [
        ("en", "done with the report", "complete", Target(name="report")),
        ("en", 'complete "delete the old photos"', "complete", Target(quoted=("delete the old photos",))),
        ("en", "report's done", "complete", Target(name="report")),
        ("en", "complete the first two", "complete", Target(numbers=(1, 2))),
        ("en", "complete 1-3", "complete", Target(numbers=(1, 2, 3))),
        ("en", "mark 2 and 4 as done", "complete", Target(numbers=(2, 4))),
        ("en", "delete the last one", "delete", Target(numbers=(-1,))),
        ("en", "remove them", "delete", Target(reference="them")),
        ("en", "complete all tasks tagged #work", "complete", Target(filter=Filter(tags=("work",)))),
        ("en", "reopen it", "reopen", Target(reference="it")),
        ("de", "hake Milch kaufen ab", "complete", Target(name="Milch kaufen")),
        ("de", "den Bericht bitte löschen", "delete", Target(name="Bericht")),
        ("de", "setze das Training fort", "resume", Target(name="Training")),
        ("fr", "mets la réunion en pause", "pause", Target(name="réunion")),
        ("fr", "termine-les", "complete", Target(reference="them")),
        ("es", "bórralas", "delete", Target(reference="them")),
        ("es", "complete the report", "complete", Target(name="report")),
    ],
)
def test_a_command_names_what_it_is_about(language: str, message: str, kind: str, target: Target) -> None:
    intent = said(message, language)
    assert (intent.kind, intent.target) == (kind, target)


@pytest.mark.parametrize(
    ("language", "message", "when"),
    [
        ("en", "move the dentist to monday 9am", When(local="2026-12-07T09:00")),
        ("en", "move the dentist from friday to monday", When(date="2026-12-07")),
        ("en", "move the dentist to 5pm", When(local="2026-11-30T17:00", clock="17:00")),
        ("en", "postpone the dentist by 2 days", When(days=2)),
        ("en", "push the dentist back a week", When(days=7)),
        ("en", "bring the dentist forward by a day", When(days=-1)),
        ("en", "move the dentist in 2 days", When(date="2026-12-02")),
        ("de", "verschiebe den Zahnarzt um zwei Tage", When(days=2)),
        ("fr", "déplace le dentiste à lundi 9h", When(local="2026-12-07T09:00")),
        ("es", "adelanta el dentista un día", When(days=-1)),
    ],
)
def test_a_move_says_when(language: str, message: str, when: When) -> None:
    intent = said(message, language)
    assert (intent.kind, intent.when) == ("move", when)
    assert intent.target.name in {"dentist", "Zahnarzt", "dentiste", "dentista"}


@pytest.mark.parametrize(
    ("language", "message"),
    [
        ("en", "don't complete the report yet"),
        ("en", "the report is not done"),
        ("en", "should I call mum?"),
        ("en", "what happens if I delete the report?"),
        ("en", "did I finish the report?"),
        ("de", "lösche den Bericht nicht"),
        ("de", "habe ich den Bericht erledigt?"),
        ("fr", "ne supprime pas le rapport"),
        ("fr", "dois-je terminer le rapport ?"),
        ("es", "no borres el informe"),
        ("es", "¿qué pasa si borro el informe?"),
    ],
)
def test_a_negated_command_and_a_question_about_one_ask_for_nothing(language: str, message: str) -> None:
    assert said(message, language).kind == "none"


def test_a_command_that_is_put_as_a_question_is_in_doubt_unless_it_is_polite() -> None:
    assert said("delete the report?").doubt
    assert not said("could you delete the report?").doubt


@pytest.mark.parametrize(
    ("message", "line"),
    [
        ("don't forget to water the plants", "water the plants"),
        ("add a task called buy milk", "buy milk"),
        ("put buy milk on my list", "buy milk"),
        ("could you remind me to call Bob tomorrow?", "remind me to call Bob tomorrow"),
        ("call the bank tomorrow", "call the bank tomorrow"),
    ],
)
def test_what_is_added_is_left_to_quick_add(message: str, line: str) -> None:
    intent = said(message)
    assert (intent.kind, intent.line) == ("add", line)


@pytest.mark.parametrize(
    ("message", "wanted"),
    [
        ("what is due this week?", Filter(first="2026-11-30", last="2026-12-06")),
        ("what is due next week?", Filter(first="2026-12-07", last="2026-12-13")),
        ("whats due tody?", Filter(first="2026-11-30", last="2026-11-30")),
        ("what is due by friday?", Filter(last="2026-12-04")),
        ("overdue tasks", Filter(due="overdue")),
        ("show tasks without a due date", Filter(due="none")),
        ("what have I completed?", Filter(status="completed")),
        ("show my important tasks", Filter(priorities=("high", "urgent"))),
        ("anything about the garden?", Filter(text="garden")),
    ],
)
def test_a_question_for_a_list_is_a_filter(message: str, wanted: Filter) -> None:
    intent = said(message)
    assert (intent.kind, intent.target.filter) == ("list", wanted)


def test_one_letter_is_forgiven_in_long_verbs_and_days_and_no_title_is_changed_by_it() -> None:
    intent = said("postpne the dentst to fryday")
    assert (intent.kind, intent.target.name, intent.when) == ("move", "dentst", When(date="2026-12-04"))
    assert said("dlete the report").kind == "delete"
    assert said("call Monty").kind == "unknown"


def test_an_intent_survives_as_json() -> None:
    for message in ("move all #work tasks to friday", "complete 2 and 3", "tag the fence with #home"):
        intent = said(message)
        assert Intent.from_wire(intent.to_wire()) == intent
