"""Logs of parts stay small while the parts go on writing."""

from pathlib import Path

import pytest

from host.runner import log_files

pytestmark = pytest.mark.unit


def test_a_long_log_is_copied_and_cut_and_its_writer_goes_on_at_the_new_end(tmp_path: Path) -> None:
    log = tmp_path / "x.log"
    with log.open("ab", buffering=0) as writer:
        for number in range(6):
            writer.write(f"{number}".encode() * 20)
            log_files.rotate([log, tmp_path / "absent.log"], keep_bytes=20)
        writer.write(b"new")
    assert log.read_text() == "new"
    kept = sorted(path.name for path in tmp_path.iterdir())
    assert kept == ["x.log", "x.log.1", "x.log.2", "x.log.3"]
    assert (tmp_path / "x.log.1").read_text() == "5" * 20
    assert (tmp_path / "x.log.3").read_text() == "3" * 20


def test_a_short_log_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "x.log").write_text("short")
    log_files.rotate([tmp_path / "x.log"], keep_bytes=20)
    assert [path.name for path in tmp_path.iterdir()] == ["x.log"]


def test_the_tail_is_the_last_lines_indented(tmp_path: Path) -> None:
    (tmp_path / "x.log").write_text("\n".join(map(str, range(5000))))
    assert log_files.tail(tmp_path / "x.log", 2) == "    4998\n    4999"
    assert log_files.tail(tmp_path / "absent") == ""
