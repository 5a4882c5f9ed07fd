"""The keys of commands: made once for all processes, readable only by their owner, one or two a file."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from host.keys.command_keys import signatures_of
from host.settings import BadSettingError, Settings, read_settings
from tests.fakes.signing import KEY, OTHER_KEY, signatures

pytestmark = pytest.mark.unit

COMMAND = {"name": "CompleteTask"}


def test_the_first_start_makes_a_key_for_its_owner_alone_and_later_ones_keep_it(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    with ThreadPoolExecutor(8) as several:
        first, *others = several.map(signatures_of, [settings] * 20)
    signed = first.sign("TaskActor", "t1", COMMAND)
    assert {each.fault_of("TaskActor", "t1", signed) for each in others} == {""}
    file = tmp_path / "data/run/command-key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert len(file.read_text().strip()) >= 32


def test_two_systems_have_two_keys(tmp_path: Path) -> None:
    mine, theirs = [signatures_of(Settings(data_dir=tmp_path / name)) for name in ("mine", "theirs")]
    assert mine.fault_of("TaskActor", "t1", theirs.sign("TaskActor", "t1", COMMAND)) == "unknown key"


def test_of_two_keys_the_first_signs_and_both_are_accepted(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_bytes(OTHER_KEY + b"\n\n  " + KEY + b"\n")
    both = signatures_of(read_settings({"DUELY_COMMAND_KEY_FILE": str(file)}))
    assert signatures(OTHER_KEY).fault_of("TaskActor", "t1", both.sign("TaskActor", "t1", COMMAND)) == ""
    assert both.fault_of("TaskActor", "t1", signatures(KEY).sign("TaskActor", "t1", COMMAND)) == ""


@pytest.mark.parametrize(
    "text", ["", "\n\n", "short", f"{'a' * 40}\n{'b' * 31}", "\n".join("abc"[n] * 40 for n in range(3))]
)
def test_a_file_of_no_use_is_refused_without_telling_what_is_in_it(tmp_path: Path, text: str) -> None:
    file = tmp_path / "keys"
    file.write_text(text)
    with pytest.raises(BadSettingError, match=r"DUELY_COMMAND_KEY_FILE: .*keys must hold one key a line") as raised:
        signatures_of(Settings(command_keys=str(file)))
    assert "aaa" not in str(raised.value)


@pytest.mark.parametrize("name", ["keys/below a file", "keys"])
def test_a_file_that_cannot_be_read_or_made_keeps_the_process_from_starting(tmp_path: Path, name: str) -> None:
    (tmp_path / "keys").write_bytes(b"\xff" * 40)
    with pytest.raises(BadSettingError, match=r"DUELY_COMMAND_KEY_FILE.*cannot be read or made"):
        signatures_of(Settings(command_keys=str(tmp_path / name)))
