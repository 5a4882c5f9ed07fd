"""The public app serves the page from the folder that its build writes."""

import pytest

from host.runner import places
from web.api.edge.built_page import DIST

pytestmark = pytest.mark.contract


def test_the_page_is_served_from_where_it_is_built() -> None:
    assert places.PAGE / "dist" == DIST
    assert (places.PAGE / "package.json").is_file()
