"""The table of a run, for the terminal and for the summary of the tests."""

from tests.faults import recorder
from tests.faults.run import FaultReport, Strike
from tests.support.summary import SUMMARY

_AFTER_SECONDS = 8.0


def table(report: FaultReport) -> str:
    """Returns the table: the load, its outcomes, and the effect of each fault; adds it to the summary."""
    entries = recorder.read(report.history)
    ended = max(entry.invoked for entry in entries)
    lines = [*_load_lines(report, entries), *_outcome_lines(report), *_run_lines(report, entries)]
    for strike in report.strikes:
        following = min((other.at for other in report.strikes if other.at >= strike.ended), default=ended)
        lines.append(_line(strike, following, entries, report))
    lines += [f"  without    {reason}" for reason in report.left_out]
    text = "\n".join(lines)
    SUMMARY.append(f"\n{text}")
    return text


def _load_lines(report: FaultReport, entries: list[recorder.Entry]) -> list[str]:
    verdict, pace = report.verdict, report.load.pace
    began, ended = min(entry.invoked for entry in entries), max(entry.invoked for entry in entries)
    cpu, offered = sorted(pace.cpu) or [0.0], sorted(pace.offered) or [0.0]
    held = sum(entry.outcome == "ok" for entry in entries) / max(ended - began, 1)
    return [
        f"Faults on {report.subject}, seed {report.seed}: {len(entries)} writes in {ended - began:.0f} s",
        (
            f"  rate       offered {_mean(offered):.0f}/s ({offered[0]:.0f} to {offered[-1]:.0f})  held {held:.0f}/s  "
            f"no hand free {report.load.held_back}  CPU mean {_mean(cpu):.0f} %  p95 {_at(cpu, 0.95):.0f} %"
        ),
        (
            f"  writes     acked {verdict.acknowledged}  found {verdict.found}  lost {verdict.count('lost')}  "
            f"unknown {verdict.unknown} (stored {verdict.unknown_found})  refused {verdict.refused}  "
            f"idle {verdict.idle}  asked again {verdict.asked_again}  "
            f"answered wrongly {verdict.count('answered wrongly')}"
        ),
    ]


def _outcome_lines(report: FaultReport) -> list[str]:
    verdict, count = report.verdict, report.verdict.count
    late = sorted(seconds for _, seconds in verdict.lateness) or [0.0]
    return [
        (
            f"  effects    duplicates {count('duplicates')}  version gaps {count('gaps')}  "
            f"read model wrong {count('read model behind', 'read model differs', 'event differs from state')}  "
            f"dead letters {count('dead letters')}  fence refusals {report.fence_refusals:.0f}  "
            f"delivered again {report.redelivered.get('deliveries', 0)}"
        ),
        (
            f"  reminders  due {verdict.reminders_due}  once {verdict.reminders_once}  twice {count('twice')}  "
            f"never {count('never')}  early {count('early')}  marked late {verdict.reminders_late}  "
            f"late p50 {_at(late, 0.5):.2f} s  p99 {_at(late, 0.99):.2f} s  max {late[-1]:.2f} s"
        ),
        f"  slots      triggered {verdict.slots}  twice {count('slots twice')}  never {count('slots never')}",
        (
            f"  streams    sent {verdict.sent}  received {verdict.received}  missed {count('streams missed')}  "
            f"readers with repeats {count('streams repeated')}"
        ),
        (
            f"  verify     {'  '.join(f'{name} {checked}' for name, checked in report.verified.checked.items())}  "
            f"moving {report.verified.moving}  breaches {count('verify')}  in {report.verified.seconds:.1f} s"
        ),
    ]


def _run_lines(report: FaultReport, entries: list[recorder.Entry]) -> list[str]:
    began, ended = min(entry.invoked for entry in entries), max(entry.invoked for entry in entries)
    return [
        f"  seconds    {'  '.join(f'{part} {seconds:.0f}' for part, seconds in report.seconds.items())}",
        (
            f"  longest stall {recorder.longest_stall(entries, began, ended):.2f} s  "
            f"slowest write {recorder.slowest(entries, began, float('inf')):.2f} s  "
            f"the runner gave up at its start {report.gave_up} times"
        ),
    ]


def _line(strike: Strike, next_at: float, entries: list[recorder.Entry], report: FaultReport) -> str:
    """Returns the effect of one fault on writes and reminders, from its beginning until some seconds after its end."""
    until = min(next_at, strike.ended + strike.ready_seconds + _AFTER_SECONDS)
    late = [seconds for due, seconds in report.verdict.lateness if 0 <= due - strike.moment < until - strike.at]
    return (
        f"  {strike.name:<28} recovered in {recorder.recovery(entries, strike.ended):5.2f} s  "
        f"stall {recorder.longest_stall(entries, strike.at, until):5.2f} s  "
        f"slowest write {recorder.slowest(entries, strike.at, until):5.2f} s  "
        f"all ready {strike.ready_seconds:5.2f} s  latest reminder {max(late, default=0.0):5.2f} s"
        f"{f'  hit at try {strike.tries}' if strike.tries > 1 else ''}"
    )


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)


def _at(values: list[float], share: float) -> float:
    return values[min(int(len(values) * share), len(values) - 1)]
