"""Every test has a level, and lies where its level looks for it: else nobody would notice that it never runs."""

import re

import pytest

from tests.levels import LEVELS, ROOT

pytestmark = pytest.mark.contract

FILES = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("test_*.py"))


@pytest.mark.parametrize("file", FILES)
def test_a_test_lies_where_its_level_looks(file: str) -> None:
    marks = set(re.findall(r"pytest\.mark\.(\w+)", (ROOT / file).read_text()))
    found = [level for level in LEVELS if level.name in marks]
    assert found, "give the file a `pytestmark`"
    for level in found:
        assert any(file.startswith(f"{folder}/") for folder in level.tests), f"{level.name} does not look there"
