"""Reminders, and the frames and prefixes that say what the words behind them are for. Pure."""

from web.language.amounts import amount_of
from web.language.meaning import Context, Groups, Meaning
from web.language.patterns import Grammar

MAX_OFFSET_MINUTES = 43_200
ROLES = ("until", "start", "remind", "lead", "soft_lead")


def before(groups: Groups, _context: Context, grammar: Grammar) -> Meaning | None:
    """Reads `5 min and 2 hours before` as offsets in minutes."""
    amounts = [amount_of(text, grammar) for text in grammar.amount.findall(groups.text("before"))]
    offsets = [amount.in_minutes if amount else None for amount in amounts]
    if not offsets or any(offset is None or offset > MAX_OFFSET_MINUTES for offset in offsets):
        return None
    return Meaning("reminder", tuple(offsets))


def on_time(_groups: Groups, _context: Context, _grammar: Grammar) -> Meaning | None:
    return Meaning("reminder", (0,))


def none(_groups: Groups, _context: Context, _grammar: Grammar) -> Meaning | None:
    return Meaning("reminder", ())


def frame(_groups: Groups, context: Context, _grammar: Grammar) -> Meaning | None:
    return Meaning("frame") if context.first else None


def prefix_until(_groups: Groups, _context: Context, _grammar: Grammar) -> Meaning | None:
    return Meaning("prefix", "until")


def prefix_start(_groups: Groups, _context: Context, _grammar: Grammar) -> Meaning | None:
    return Meaning("prefix", "start")


def prefix_remind(_groups: Groups, _context: Context, _grammar: Grammar) -> Meaning | None:
    return Meaning("prefix", "remind")


def prefix_lead(_groups: Groups, _context: Context, _grammar: Grammar) -> Meaning | None:
    return Meaning("prefix", "hard")


def prefix_soft(_groups: Groups, _context: Context, _grammar: Grammar) -> Meaning | None:
    return Meaning("prefix", "soft")
