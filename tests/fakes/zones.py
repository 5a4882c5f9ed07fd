"""Other rules for a zone than the installed tzdata has, as after an update of it."""

import zoneinfo
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

from actors import due


@contextmanager
def other_rules(folder: Path, zone: str, like: str) -> Iterator[None]:
    """Within the block `zone` has the rules of the zone `like`; `folder` is an empty one of the test's own."""
    path = folder / zone
    path.parent.mkdir(parents=True)
    path.write_bytes(files("tzdata").joinpath("zoneinfo", *like.split("/")).read_bytes())
    _read_zones_from(str(folder))
    try:
        yield
    finally:
        _read_zones_from()


def _read_zones_from(*folders: str) -> None:
    """Zones that are in no folder come from the installed tzdata. Nothing that was computed before is remembered."""
    zoneinfo.reset_tzpath(to=folders)
    zoneinfo.ZoneInfo.clear_cache()
    due._instant_text.cache_clear()
