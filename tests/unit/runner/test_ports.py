"""Free ports are picked and remembered; the holder of a taken one is named."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from host.console import OperatorError
from host.runner import ports
from host.runner.up import ChosenAddress, refuse_a_taken_port

pytestmark = pytest.mark.unit


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_each_name_gets_a_free_port_of_its_own_and_keeps_it(tmp_path: Path) -> None:
    first = ports.pick(["a", "b", "c"], tmp_path / "ports.json")
    assert len(set(first.values())) == 3
    assert ports.pick(["a", "b", "c"], tmp_path / "ports.json") == first


def test_a_remembered_port_that_is_taken_is_picked_anew(tmp_path: Path, taken: int) -> None:
    (tmp_path / "ports.json").write_text(f'{{"a": {taken}, "b": 29999}}')
    picked = ports.pick(["a", "b"], tmp_path / "ports.json")
    assert picked["a"] != taken
    assert picked["b"] == 29999


@pytest.mark.parametrize("text", ["", "[]", '{"a": "x"}'])
def test_a_spoilt_memory_is_no_obstacle(tmp_path: Path, text: str) -> None:
    (tmp_path / "ports.json").write_text(text)
    assert ports.is_free("127.0.0.1", ports.pick(["a"], tmp_path / "ports.json")["a"])


def test_two_folders_start_looking_in_different_places(tmp_path: Path) -> None:
    assert ports.pick(["a"], tmp_path / "one.json") != ports.pick(["a"], tmp_path / "two.json")


def test_who_holds_a_port_is_named_with_pid_and_command(taken: int) -> None:
    assert not ports.is_free("127.0.0.1", taken)
    assert ports.holder(taken).startswith(f"pid {os.getpid()}: ")
    assert "pytest" in ports.holder(taken)


@pytest.mark.parametrize(
    ("host", "says"),
    [
        ("127.0.0.1", "in use by pid"),
        ("203.0.113.7", "no address of this machine"),
        ("no.such.name.invalid", "no address"),
    ],
)
def test_a_public_address_that_cannot_be_had_is_refused_with_the_reason(taken: int, host: str, says: str) -> None:
    with pytest.raises(OperatorError, match=says):
        refuse_a_taken_port(ChosenAddress("", host, taken))
