"""What the commands share: the settings they run with, and how they print."""

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from host.settings import BadSettingError, Settings, read_settings

json_option = click.option("--json", "in_json", is_flag=True, help="Print JSON, for programs.")


def settings_of(data_dir: Path | None) -> Settings:
    """Returns the settings of the environment; a folder named on the command line replaces theirs."""
    try:
        settings = read_settings()
    except BadSettingError as error:
        raise click.ClickException(str(error)) from error
    return replace(settings, data_dir=data_dir.absolute()) if data_dir else settings


def say(line: str) -> None:
    """Prints a line at once. A terminal that has gone away must not end what runs."""
    try:
        click.echo(line)
        sys.stdout.flush()
    except OSError:
        return


def json_text(value: Any) -> str:
    """Returns the JSON that `--json` prints; an instant becomes its text."""
    return json.dumps(value, default=str, indent=1, ensure_ascii=False)
