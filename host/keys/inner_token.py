"""The token that the inner listener asks for: a file that only its owner can read, made at the first start."""

from host.keys.secret_file import secret_text
from host.settings import BadSettingError, Settings


def token_of(settings: Settings) -> str:
    """Returns the token, "" where none is asked for; raises BadSettingError when its file cannot be read or made."""
    file = settings.inner_token_file
    if file is None:
        return ""
    otherwise = "Name another file, or set it to off where only the monitoring can reach the inner port."
    token = secret_text("DUELY_INNER_TOKEN", file, otherwise).strip()
    if not token:
        raise BadSettingError(f"DUELY_INNER_TOKEN: {file} is empty. Remove it; the next start makes another.")
    return token
