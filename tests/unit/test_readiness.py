"""The checks that each role needs, and their answers for a scheduler that is gone, or busy."""

from types import SimpleNamespace
from typing import Any

import grpc
import grpc.aio
import pytest
from dapr.proto import api_v1

from host.readiness import WORKS, checks

pytestmark = pytest.mark.unit


class FakeCalls:
    """A sidecar that still names its scheduler; asked for jobs it answers, or fails with `code`."""

    def __init__(self, code: grpc.StatusCode | None = None) -> None:
        self._code = code

    async def GetMetadata(self, request: Any, **more: Any) -> api_v1.GetMetadataResponse:  # noqa: N802  Dapr's name
        return api_v1.GetMetadataResponse(scheduler=api_v1.MetadataScheduler(connected_addresses=["127.0.0.1:1"]))

    async def ListJobsAlpha1(self, request: Any, **more: Any) -> api_v1.ListJobsResponseAlpha1:  # noqa: N802
        if self._code is None:
            return api_v1.ListJobsResponseAlpha1()
        raise grpc.aio.AioRpcError(self._code, grpc.aio.Metadata(), grpc.aio.Metadata())


def asked(calls: FakeCalls | None = None, role: Any = "all") -> Any:
    sidecar: Any = SimpleNamespace(calls=calls or FakeCalls(), metadata=())
    return checks(SimpleNamespace(), sidecar, role)  # type: ignore[arg-type]


def test_each_role_names_what_it_needs() -> None:
    assert set(asked(role="all")) == {"database", "sidecar", "placement", "scheduler", "broker", "commands"}
    assert set(asked(role="web")) == {"database", "sidecar", "placement", "commands"}
    assert set(asked(role="actors")) == {"database", "sidecar", "placement", "scheduler"}
    assert set(asked(role="consumers")) == set(asked(role="all"))


async def test_a_scheduler_that_answers_works() -> None:
    assert await asked()["scheduler"]() == "ok"


async def test_a_scheduler_that_is_gone_is_named_although_the_sidecar_still_lists_it() -> None:
    word = await asked(FakeCalls(grpc.StatusCode.UNAVAILABLE))["scheduler"]()
    assert word == "cannot be reached (UNAVAILABLE)"
    assert word not in WORKS


async def test_a_scheduler_that_waits_for_its_lease_is_busy_and_of_use() -> None:
    word = await asked(FakeCalls(grpc.StatusCode.DEADLINE_EXCEEDED))["scheduler"]()
    assert (word, word in WORKS) == ("busy", True)
