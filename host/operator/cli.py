"""The command line `duely`: the main group and the table of its commands.

A command's module is imported only when that command runs, so that `duely --help` answers at once.
"""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import click
from typing_extensions import override


class LazyCommand(click.Command):
    """Stands for a command until it runs.

    module: in `host.operator`; attribute: the click command there; short_help: the first sentence of its help
    """

    def __init__(self, module: str, attribute: str, short_help: str, *, hidden: bool = False) -> None:
        super().__init__(name=None, short_help=short_help, hidden=hidden)
        self._module = module
        self._attribute = attribute

    def load(self) -> click.Command:
        """Imports the module and returns the command itself."""
        command: click.Command = getattr(import_module(f"host.operator.{self._module}"), self._attribute)
        return command

    @override
    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        return self.load().make_context(info_name, args, parent, **extra)


COMMANDS: Final[Mapping[str, LazyCommand]] = {
    "activity": LazyCommand("activity", "activity_group", "Check the activity log and its archive."),
    "backup": LazyCommand("backup", "backup_command", "Write a backup of all data to FILE."),
    "cluster": LazyCommand("cluster", "cluster_command", "Start Duely as a cluster of processes on this machine."),
    "dead-letters": LazyCommand("dead_letters", "dead_letters_group", "Handle events that a consumer could not apply."),
    "doctor": LazyCommand("doctor", "doctor_command", "Report what runs, what is reachable and what is wrong."),
    "mcp": LazyCommand("mcp", "mcp_command", "Serve agents on this machine over stdin and stdout."),
    "migrate": LazyCommand("migrate", "migrate_command", "Upgrade the database to the newest schema.", hidden=True),
    "pause-consumer": LazyCommand(
        "pause_consumer", "pause_consumer_command", "Pause or resume a consumer, or list all."
    ),
    "rebuild": LazyCommand("rebuild", "rebuild_command", "Rebuild the read model from the actors' state."),
    "restore": LazyCommand("backup", "restore_command", "Restore the backup in FILE and prove it complete."),
    "simulate": LazyCommand("simulate", "simulate_command", "Simulate the time ahead on a copy of the data."),
    "topics": LazyCommand("topics", "topics_command", "Create missing Kafka topics and report those that differ."),
    "up": LazyCommand("up", "up_command", "Start Duely on this machine and run it until Ctrl-C."),
    "user": LazyCommand("user", "user_group", "Manage the accounts."),
    "verify": LazyCommand("verify", "verify_command", "Check every invariant of the data; repair it on request."),
    "version": LazyCommand("version", "version_command", "Print the version."),
}


@click.group(commands=COMMANDS, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--data-dir", type=click.Path(path_type=Path), help="The data folder (DUELY_DATA_DIR, else ./data).")
@click.pass_context
def main(context: click.Context, data_dir: Path | None) -> None:
    """Duely: self-hosted tasks and reminders.

    Settings come from the environment (DUELY_…); the README lists them.
    """
    context.obj = data_dir


if __name__ == "__main__":
    main()
