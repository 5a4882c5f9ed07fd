"""What the tests of `duely verify` share."""

from host.consumers.catchup import Catchup
from host.consumers.table import CONSUMERS
from host.operator import verify as operation
from host.operator.verify import Verification
from host.store.upkeep.findings import MOST
from tests.store.world import World

TYPES = {name: types for name, (_, types, _) in CONSUMERS.items()}
SOON = "2026-11-22T12:00:01.000Z"


async def verify(
    world: World, *, repair: bool = False, broker: bool = False, most_breaches: int = MOST
) -> Verification:
    return await operation.verify(
        world.database.dsn, world.clock.now(), TYPES, broker=broker, repair=repair, most_breaches=most_breaches
    )


def broken(report: Verification) -> set[str]:
    return {result.invariant for result in report.results if result.breaches}


async def settle(loops: dict[str, Catchup]) -> None:
    for _ in range(5):
        for loop in loops.values():
            await loop.step()
