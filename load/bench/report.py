"""The report: the lines of each phase, whether each requirement is met, the table, load/RESULTS.md."""

from collections.abc import Awaitable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from load.bench.figures import VoidError, noise_floor

RESULTS = Path(__file__).resolve().parents[1] / "RESULTS.md"


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table. `met` is None where nothing is required."""

    what: str
    ours: str
    against: str = ""
    ratio: str = ""
    required: str = ""
    met: bool | None = None

    def cells(self) -> tuple[str, ...]:
        verdict = {None: "", True: "yes", False: "NO"}[self.met]
        return (self.what, self.ours, self.against, self.ratio, self.required, verdict)


@dataclass(slots=True)
class Section:
    """The findings of one phase: lines for the table, and notes in sentences."""

    title: str
    lines: list[Line] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def missed(self) -> list[Line]:
        return [line for line in self.lines if line.met is False]

    @property
    def passed(self) -> bool:
        return not self.missed

    async def add(self, what: str, lines: Awaitable[list[Line]]) -> None:
        """Adds the lines of one measurement; when it is void, a line that says so, and the reason as a note."""
        try:
            self.lines += await lines
        except VoidError as reason:
            self.lines.append(Line(what, "void", required="no error, nothing lost", met=False))
            self.notes.append(f"{what} is void: {reason}")


def noise(what: str, rates: Sequence[float]) -> list[Line]:
    """Returns a line with how much equal runs differ, each over the next; none when there was one run."""
    return [Line(f"noise: {what} over the next", "", "", str(noise_floor(rates)))] if len(rates) > 1 else []


@dataclass(frozen=True, slots=True)
class Limit:
    """A requirement: the limit of a full run, and the one that even a noisy smoke run must meet."""

    limit: float
    smoke_limit: float
    at_most: bool
    unit: str

    def met(self, value: float, *, smoke: bool) -> bool:
        limit = self.smoke_limit if smoke else self.limit
        return value <= limit if self.at_most else value >= limit

    def text(self, *, smoke: bool) -> str:
        limit = self.smoke_limit if smoke else self.limit
        return f"{'≤' if self.at_most else '≥'} {limit:g}{self.unit}"


_HEADING = "\n## "
_HEAD = ("what", "Duely", "against", "ratio or difference", "required", "met")


def table(sections: Iterable[Section]) -> str:
    """Returns the lines in columns, for a terminal."""
    rows = [_HEAD, *(line.cells() for section in sections for line in section.lines)]
    widths = [max(len(row[n]) for row in rows) for n in range(len(_HEAD))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)


def markdown(sections: Sequence[Section], facts: dict[str, str], measured: str, before: str = "") -> str:
    """Returns the text of load/RESULTS.md: these sections, headed by `measured`, and the other sections of `before`."""
    head = ["# What the bench measured", "", "Written by `make bench`; load/README.md says how to read it.", ""]
    head += [f"- {name}: {value}" for name, value in facts.items()]
    bodies = dict(_titled(part) for part in before.split(_HEADING)[1:])
    bodies |= {section.title: "\n".join(_body(section, measured)) for section in sections}
    parts = [f"{_HEADING}{title}\n\n{body}" for title, body in bodies.items()]
    return "\n".join([*head, *parts]) + "\n"


def _titled(part: str) -> tuple[str, str]:
    title, _, body = part.partition("\n")
    return title, body.strip("\n")


def _body(section: Section, measured: str) -> list[str]:
    lines = [measured, "", _row(_HEAD), _row(["---"] * len(_HEAD)), *(_row(line.cells()) for line in section.lines)]
    return lines + (["", *(f"- {note}" for note in section.notes)] if section.notes else [])


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"
