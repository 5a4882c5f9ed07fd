"""The token of the inner listener: made once, readable only by its owner, the same for every process."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from host.keys.inner_token import token_of
from host.settings import BadSettingError, Settings

pytestmark = pytest.mark.unit


def test_the_first_start_makes_it_for_its_owner_alone_and_later_ones_keep_it(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    token = token_of(settings)
    file = tmp_path / "data" / "run" / "inner-token"
    assert file.read_text().strip() == token
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert len(token) >= 32
    assert token_of(settings) == token
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_processes_that_start_at_once_agree_on_it(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    with ThreadPoolExecutor(8) as several:
        assert len(set(several.map(token_of, [settings] * 50))) == 1


def test_the_operator_may_name_a_file_or_ask_for_none(tmp_path: Path) -> None:
    file = tmp_path / "mine"
    file.write_text("a token of mine\n")
    assert token_of(Settings(data_dir=tmp_path, inner_token=str(file))) == "a token of mine"
    assert token_of(Settings(data_dir=tmp_path, inner_token="off")) == ""
    assert not (tmp_path / "run").exists()


def test_a_file_that_is_empty_or_cannot_be_made_lets_nobody_in(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.touch()
    with pytest.raises(BadSettingError, match=r"DUELY_INNER_TOKEN.*empty is empty"):
        token_of(Settings(inner_token=str(empty)))
    with pytest.raises(BadSettingError, match=r"DUELY_INNER_TOKEN.*cannot be"):
        token_of(Settings(inner_token=str(empty / "below a file")))
