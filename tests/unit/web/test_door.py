"""The door: whose connections are counted, together with whose, and what the settings say of it."""

from ipaddress import ip_network
from math import inf

import pytest

from host.settings import read_settings
from web.server.door import Door, Limits, door_of

pytestmark = pytest.mark.unit


class FakeConnection:
    read_by = write_by = inf
    expired_at = 0.0

    def expire(self, now: float) -> None:
        self.expired_at = now


def entered(door: Door, address: str | None, times: int = 1) -> list[str]:
    return [door.enter(FakeConnection(), address) for _ in range(times)]


def test_an_address_has_its_places_and_another_has_its_own() -> None:
    door = Door(Limits(connections_per_address=2))
    assert entered(door, "192.0.2.1", 3) == ["taken", "taken", "too many of this address"]
    assert entered(door, "192.0.2.2") == ["taken"]


def test_a_whole_network_of_ipv6_is_one_client() -> None:
    door = Door(Limits(connections_per_address=2))
    addresses = ["2001:db8::1", "2001:db8::2:1", "2001:db8::3", "2001:db8:0:1::1"]
    assert [entered(door, address)[0] for address in addresses] == [
        "taken", "taken", "too many of this address", "taken",
    ]  # fmt: skip


def test_this_machine_trusted_proxies_and_unix_sockets_are_not_counted() -> None:
    settings = read_settings({"DUELY_TRUSTED_PROXIES": "10.0.0.0/8", "DUELY_CONNECTIONS_PER_ADDRESS": "1"})
    door = door_of(settings)
    for address in ("127.0.0.1", "127.9.9.9", "::1", "10.1.2.3", None):
        assert entered(door, address, 5) == ["taken"] * 5, address
    assert entered(door, "11.0.0.1", 2) == ["taken", "too many of this address"]


def test_there_is_an_end_for_all_together() -> None:
    door = Door(Limits(), exempt=[ip_network("0.0.0.0/0")], most=3)
    assert entered(door, "192.0.2.1", 4) == ["taken", "taken", "taken", "too many"]


def test_who_leaves_gives_the_place_back_once_and_nobody_is_remembered() -> None:
    door = Door(Limits(connections_per_address=1), most=2)
    connection, refused = FakeConnection(), FakeConnection()
    assert [door.enter(connection, "192.0.2.1"), door.enter(refused, "192.0.2.1")][1] == "too many of this address"
    for each in (refused, connection, connection):
        door.leave(each)
    assert entered(door, "192.0.2.1", 2) == ["taken", "too many of this address"]


def test_what_is_over_is_told_so_and_nothing_else() -> None:
    door, late, slow, busy = Door(Limits()), FakeConnection(), FakeConnection(), FakeConnection()
    late.read_by, slow.write_by, busy.read_by = 9.0, 9.5, 10.5
    for each in (late, slow, busy):
        door.enter(each, None)
    door.sweep(10.0)
    assert [each.expired_at for each in (late, slow, busy)] == [10.0, 10.0, 0.0]


def test_refusals_are_told_once_a_minute_with_whom_they_hit_most(caplog: pytest.LogCaptureFixture) -> None:
    door = Door(Limits(connections_per_address=1))
    entered(door, "192.0.2.1", 6)
    entered(door, "192.0.2.2", 2)
    for now in (10.0, 11.0, 12.0):
        door.sweep(now)
        entered(door, "192.0.2.3", 3)
    door.sweep(71.0)
    told = [(line.__dict__["refused"], line.__dict__["most_from"], line.__dict__["times"]) for line in caplog.records]
    assert told == [(6, "192.0.2.1", 5), (8, "192.0.2.3", 8)]


def test_the_settings_say_how_many_and_how_long() -> None:
    assert door_of(read_settings({})).limits == Limits(200, 75)
    settings = read_settings({"DUELY_CONNECTIONS_PER_ADDRESS": "50", "DUELY_KEEP_ALIVE_SECONDS": "310"})
    assert door_of(settings).limits == Limits(50, 310)
