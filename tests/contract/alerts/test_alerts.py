"""The alert rules: each of a metric that there is, one at least for each invariant, and each seen to fire and to rest."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import Counter, Gauge, Histogram

from host import metrics
from host.chores.patrol import INVARIANTS as PATROLLED
from host.operator.verify import INVARIANTS

pytestmark = pytest.mark.contract

ROOT = Path(__file__).resolve().parents[3]
RULES = ROOT / "chart/files/alerts.yaml"
CASES = Path(__file__).with_name("alerts.test.yaml")
# What stands in an expression and is no metric.
_WORDS = re.compile(r"\{[^}]*\}|\[\w+\]|by \([^)]*\)|\b(?:max|time|absent|or|and|sum|rate|increase)\b|\d+")


def rules() -> list[dict[str, Any]]:
    return [rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]


def metric_names() -> set[str]:
    """As Prometheus sees them."""
    names: set[str] = set()
    for metric in vars(metrics).values():
        if isinstance(metric, Gauge | Counter | Histogram):
            name = metric.describe()[0].name
            suffixes = {Gauge: ("",), Counter: ("_total",), Histogram: ("_bucket", "_sum", "_count")}[type(metric)]
            names |= {name + suffix for suffix in suffixes}
    return names


def test_every_metric_in_a_rule_is_one_that_we_have() -> None:
    used = {name for rule in rules() for name in re.findall(r"[a-z_]+", _WORDS.sub(" ", rule["expr"]))}
    assert {"invariant_breaches", "dead_letters", "outbox_oldest_seconds"} <= used
    assert used <= metric_names()


def test_every_invariant_has_a_rule_and_every_label_is_an_invariant() -> None:
    named = {rule["labels"]["invariant"] for rule in rules() if "invariant" in rule["labels"]}
    assert named == set(INVARIANTS)
    asked = {name for rule in rules() for name in re.findall(r'invariant="(\w+)"', rule["expr"])}
    assert asked == set(PATROLLED)


def test_every_rule_says_how_bad_it_is_and_what_to_do() -> None:
    for rule in rules():
        assert rule["labels"]["severity"] in {"critical", "warning"}, rule["alert"]
        assert rule["annotations"].keys() == {"summary", "runbook"}, rule["alert"]
    assert len({rule["alert"] for rule in rules()}) == len(rules())


def test_every_rule_has_a_case_in_which_it_fires_and_one_in_which_it_rests() -> None:
    fires: dict[str, set[bool]] = {}
    for group in yaml.safe_load(CASES.read_text())["tests"]:
        for case in group["alert_rule_test"]:
            fires.setdefault(case["alertname"], set()).add(bool(case.get("exp_alerts")))
    assert fires == {rule["alert"]: {True, False} for rule in rules()}


def test_prometheus_fires_them_as_the_cases_say() -> None:
    promtool = shutil.which("promtool", path=f"{ROOT / '.tools/bin'}:/usr/local/bin:/usr/bin:/bin")
    if promtool is None:
        pytest.skip("no promtool: it is in Debian's package `prometheus`")
    for arguments in (["check", "rules", str(RULES)], ["test", "rules", str(CASES)]):
        done = subprocess.run([promtool, *arguments], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
