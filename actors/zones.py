"""The names of time zones that people and their machines send, and the IANA zone behind each. Pure."""

from functools import cache

from actors.due import ZONES


def zone_named(text: str) -> str | None:
    """Returns the IANA zone of a name: an IANA name in any case, or one of Windows by the table of CLDR; None for others.

    Names that the database has renamed are zones of their own in it, with the same rules.
    """
    return text if text in ZONES else _others().get(text.casefold())


@cache
def _others() -> dict[str, str]:
    # Imported when first needed: most names are the zones' own.
    from tzlocal.windows_tz import win_tz  # noqa: PLC0415

    windows = {name.casefold(): zone for name, zone in win_tz.items() if zone in ZONES}
    return windows | {zone.casefold(): zone for zone in ZONES}
