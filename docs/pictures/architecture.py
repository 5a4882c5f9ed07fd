"""The drawing of docs/architecture.md: `python docs/pictures/architecture.py` writes architecture.svg beside this file.

Positions are pixels of a 920 x 728 canvas. The colours follow the reader's light or dark scheme.
"""
# ruff: noqa: INP001  a script beside its picture, no package

from html import escape
from pathlib import Path

WIDTH, HEIGHT = 920, 728
STYLE = """
svg { --paper: #ffffff; --room: #f4f6f9; --box: #ffffff; --edge: #c9d1dc; --ink: #1c2430; --soft: #5a6675;
      --write: #1f66d0; --news: #12805c; --time: #b45f06; }
@media (prefers-color-scheme: dark) {
  svg { --paper: #12161c; --room: #1a2028; --box: #232b36; --edge: #3c4857; --ink: #e8edf4; --soft: #a3b0c0;
        --write: #7fb0ff; --news: #5fd3a6; --time: #f2b263; }
}
text { font-family: system-ui, "Segoe UI", Helvetica, Arial, sans-serif; fill: var(--ink); }
.paper { fill: var(--paper); }
.room { fill: var(--room); stroke: var(--edge); }
.box { fill: var(--box); stroke: var(--edge); stroke-width: 1.5; }
.name { font-size: 16px; font-weight: 600; text-anchor: middle; }
.note { font-size: 13px; fill: var(--soft); text-anchor: middle; }
.where { font-size: 13px; font-weight: 600; fill: var(--soft); }
.label { font-size: 13px; }
.line { fill: none; stroke-width: 2; }
.write { stroke: var(--write); } .news { stroke: var(--news); } .time { stroke: var(--time); stroke-dasharray: 6 4; }
text.write { fill: var(--write); stroke: none; } text.news { fill: var(--news); stroke: none; }
text.time { fill: var(--time); stroke: none; }
.tip-write { fill: var(--write); } .tip-news { fill: var(--news); } .tip-time { fill: var(--time); }
"""


def room(x: int, y: int, width: int, height: int, title: str) -> str:
    """Returns a tinted area with its title in the upper left corner."""
    area = f'<rect class="room" x="{x}" y="{y}" width="{width}" height="{height}" rx="12"/>'
    return f'{area}<text class="where" x="{x + 14}" y="{y + 21}">{escape(title)}</text>'


def box(x: int, y: int, width: int, height: int, name: str, *notes: str) -> str:
    """Returns a box with a name and, below it, one line for each note."""
    middle, first = x + width / 2, y + height / 2 + 6 - 9 * len(notes)
    lines = [f'<text class="name" x="{middle:g}" y="{first:g}">{escape(name)}</text>']
    lines += [
        f'<text class="note" x="{middle:g}" y="{first + 18 * number:g}">{escape(note)}</text>'
        for number, note in enumerate(notes, start=1)
    ]
    return f'<rect class="box" x="{x}" y="{y}" width="{width}" height="{height}" rx="8"/>' + "".join(lines)


def arrow(kind: str, *points: tuple[int, int]) -> str:
    """Returns a line through the points with a tip at the last; `kind` is write, news or time."""
    path = " L".join(f"{x} {y}" for x, y in points)
    return f'<path class="line {kind}" d="M{path}" marker-end="url(#{kind})"/>'


def label(kind: str, x: int, y: int, text: str, anchor: str = "start") -> str:
    """Returns the words beside an arrow of that kind."""
    return f'<text class="label {kind}" x="{x}" y="{y}" text-anchor="{anchor}">{escape(text)}</text>'


def tip(kind: str) -> str:
    """Returns the arrow head of a kind."""
    marker = (
        f'<marker id="{kind}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto">'
    )
    return f'{marker}<path class="tip-{kind}" d="M0 0L10 5L0 10z"/></marker>'


DRAWING = (
    room(40, 134, 840, 112, "web: the public side"),
    room(40, 300, 840, 214, "host: the private side"),
    room(40, 556, 840, 122, "PostgreSQL"),
    box(40, 24, 840, 56, "Open pages and scripts", "web/ui, or any client of the REST API"),
    box(60, 166, 230, 64, "Writes", "web/api/<noun>, web/act.py"),
    box(360, 166, 200, 64, "Live stream", "web/api/stream"),
    box(630, 166, 230, 64, "Reads", "they wait for one's own writes"),
    arrow("write", (250, 80), (250, 164)),
    label("write", 262, 112, "request"),
    arrow("news", (460, 166), (460, 82)),
    label("news", 472, 112, "events"),
    arrow("news", (745, 166), (745, 82)),
    label("news", 757, 112, "answers"),
    box(60, 334, 230, 64, "Dapr sidecar", "places actors, keeps reminders"),
    box(60, 434, 230, 64, "Actor turn", "task, series or user: actors/"),
    box(360, 334, 200, 64, "Hub", "host/live"),
    box(360, 434, 200, 64, "Consumers", "host/consumers, host/notify"),
    box(630, 334, 170, 64, "Chores", "host/chores"),
    arrow("write", (250, 230), (250, 332)),
    label("write", 262, 278, "command"),
    arrow("write", (250, 398), (250, 432)),
    arrow("time", (120, 398), (120, 432)),
    label("time", 132, 420, "tick"),
    arrow("time", (360, 466), (325, 466), (325, 366), (292, 366)),
    label("time", 325, 486, "follow-up", "middle"),
    arrow("news", (460, 434), (460, 400)),
    label("news", 472, 421, "signal"),
    arrow("news", (460, 334), (460, 232)),
    arrow("news", (560, 466), (715, 466), (715, 588)),
    label("news", 574, 457, "a batch at a time"),
    arrow("news", (830, 590), (830, 232)),
    box(60, 590, 230, 72, "dapr_state", "a document for each actor"),
    box(360, 590, 200, 72, "outbox, wakes", "in the same transaction"),
    box(630, 590, 230, 72, "Read model", "tasks, activity, notifications"),
    arrow("write", (250, 498), (250, 588)),
    label("write", 262, 540, "one upsert"),
    arrow("write", (290, 626), (358, 626)),
    label("write", 324, 617, "trigger", "middle"),
    arrow("news", (460, 590), (460, 500)),
    label("news", 472, 540, "catch-up or Kafka"),
    arrow("write", (60, 704), (96, 704)),
    label("write", 106, 708, "a change comes in"),
    arrow("news", (300, 704), (336, 704)),
    label("news", 346, 708, "what it did becomes visible"),
    arrow("time", (590, 704), (626, 704)),
    label("time", 636, 708, "what Duely does by itself"),
)


def drawing() -> str:
    """Returns the text of the SVG file."""
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
    tips = "".join(tip(kind) for kind in ("write", "news", "time"))
    paper = f'<rect class="paper" width="{WIDTH}" height="{HEIGHT}" rx="16"/>'
    parts = (head, f"<style>{STYLE}</style>", f"<defs>{tips}</defs>", paper, *DRAWING, "</svg>")
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    Path(__file__).with_suffix(".svg").write_text(drawing(), encoding="utf-8")
