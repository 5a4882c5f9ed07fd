"""Where the built page is read from."""

import pytest

from host.runner import checkout
from web.api.edge.built_page import DIST

pytestmark = pytest.mark.unit


def test_the_page_is_read_from_where_its_build_writes_it() -> None:
    assert checkout.PAGE / "dist" == DIST
