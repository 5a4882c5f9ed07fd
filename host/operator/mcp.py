"""`duely mcp`: Duely's MCP server over stdin and stdout, for clients on this machine."""

import asyncio
import sys
from pathlib import Path

import click

from host.operator.command_line import settings_of
from host.operator.mcp_bridge import Bridge, carried
from host.settings import Settings, agent_token, reachable_address

_PATH = "/mcp"
_LONGEST_TOKEN = 200


@click.command()
@click.option("--url", help="The address of Duely (that of DUELY_HOST and DUELY_PORT).")
@click.option(
    "--token-file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A file with the access token, instead of DUELY_TOKEN.",
)
@click.pass_obj
def mcp_command(data_dir: Path | None, url: str | None, token_file: Path | None) -> None:
    """Serve agents on this machine over stdin and stdout.

    It carries each message to a running Duely and the answer back. Make a token in the settings of the page; it is never
    an argument, because others can see those.
    """
    address = (url or _own_address(settings_of(data_dir))).rstrip("/").removesuffix(_PATH) + _PATH
    try:
        asyncio.run(carried(Bridge(address, _token(token_file)), sys.stdin.buffer, sys.stdout.buffer))
    except KeyboardInterrupt:
        sys.exit(130)


def _token(file: Path | None) -> str:
    token = file.read_text()[: 2 * _LONGEST_TOKEN].strip() if file else agent_token()
    if not token:
        raise click.ClickException("There is no token: set DUELY_TOKEN or name a file with --token-file.")
    if not (token.isascii() and token.isprintable() and len(token) <= _LONGEST_TOKEN):
        raise click.ClickException(
            "That is no token of Duely; make one in the settings of the page and copy all of it."
        )
    return token


def _own_address(settings: Settings) -> str:
    host = reachable_address(settings.host)
    return f"http://[{host}]:{settings.port}" if ":" in host else f"http://{host}:{settings.port}"
