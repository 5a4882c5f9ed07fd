"""A breach that `duely verify` finds reaches the verdict of a run, and so does a `duely verify` that fails."""

import json
from dataclasses import dataclass
from subprocess import CompletedProcess
from typing import Any

import pytest

from host.operator.verify import Result, Verification, as_json
from host.store.upkeep.findings import Breach
from tests.faults.checker import Verdict
from tests.faults.machine import Machine
from tests.faults.verified import Verified, verified
from tests.support.client import signed_up
from tests.support.deadline import eventually


@dataclass
class FakeSubject:
    done: "CompletedProcess[str]"

    def verify(self) -> "CompletedProcess[str]":
        return self.done


def _verified(code: int, stdout: str, stderr: str = "") -> tuple[Verified, Verdict]:
    verdict = Verdict()
    subject: Any = FakeSubject(CompletedProcess((), code, stdout, stderr))
    return verified(subject, verdict), verdict


def _json(*breaches: Breach) -> str:
    results = [Result("tags", "each tag counts", 7, 2, list(breaches)), Result("chain", "no gap", 9, 0, [])]
    return json.dumps(as_json(Verification(results, 0.25, [], len(breaches))))


@pytest.mark.unit
def test_sound_data_is_counted_and_not_blamed() -> None:
    whole, verdict = _verified(0, _json())
    assert whole == Verified({"tags": 7, "chain": 9}, 2, 0.25)
    assert not verdict.wrong


@pytest.mark.unit
def test_a_breach_is_blamed_with_its_invariant_and_its_subject() -> None:
    _, verdict = _verified(1, _json(Breach("tags", "user home", "counts 3, has 2")))
    assert verdict.wrong == {"verify": ["tags: user home counts 3, has 2"]}
    assert "host/operator/verify.py" in verdict.words()


@pytest.mark.unit
def test_a_verify_that_fails_is_blamed_with_its_output() -> None:
    _, verdict = _verified(2, "", "There is no database")
    assert verdict.wrong == {"verify": ["ended with 2: There is no database"]}


@pytest.mark.faults
@pytest.mark.timeout(60)
async def test_a_row_that_is_spoiled_in_a_running_system_is_found(system: Machine) -> None:
    async with signed_up(system.url) as person:
        await person.create("Tagged", tags=["home"], reminders=[])
    async with system.database() as database:

        async def spoiled() -> bool:
            changed = "UPDATE tags SET count = count + 1 WHERE user_id = $1"
            return await database.execute(changed, person.user_id) == "UPDATE 1"

        await eventually(spoiled, 10, "the tag is counted")
        verdict = Verdict()
        verified(system, verdict)
        await database.execute("UPDATE tags SET count = count - 1 WHERE user_id = $1", person.user_id)
    assert verdict.count("verify") == 1, verdict.words()
    assert verdict.wrong["verify"][0].startswith("tags: ")
