"""The command line `duely`: the main group and the table of its commands.

The group imports a command's module only when that command runs, so that `duely --help` answers at once.
"""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Final, NamedTuple

import click
from typing_extensions import override


class Entry(NamedTuple):
    """A command: its module in `host.operator`, the click command there, and the first sentence of its help."""

    module: str
    attribute: str
    short_help: str
    hidden: bool = False

    def load(self) -> click.Command:
        command: click.Command = getattr(import_module(f"host.operator.{self.module}"), self.attribute)
        return command


COMMANDS: Final[Mapping[str, Entry]] = {
    "activity": Entry("activity", "activity_group", "Check the activity log and its archive."),
    "backup": Entry("backup", "backup_command", "Write a backup of all data to FILE."),
    "cluster": Entry("cluster", "cluster_command", "Start Duely as a cluster of processes on this machine."),
    "dead-letters": Entry("dead_letters", "dead_letters_group", "Handle events that a consumer could not apply."),
    "doctor": Entry("doctor", "doctor_command", "Report what runs, what is reachable and what is wrong."),
    "migrate": Entry("migrate", "migrate_command", "Upgrade the database to the newest schema.", hidden=True),
    "pause-consumer": Entry("pause_consumer", "pause_consumer_command", "Pause or resume a consumer, or list all."),
    "rebuild": Entry("rebuild", "rebuild_command", "Rebuild the read model from the actors' state."),
    "restore": Entry("backup", "restore_command", "Restore the backup in FILE and prove it complete."),
    "simulate": Entry("simulate", "simulate_command", "Simulate the time ahead on a copy of the data."),
    "topics": Entry("topics", "topics_command", "Create missing Kafka topics and report those that differ."),
    "up": Entry("up", "up_command", "Start Duely on this machine and run it until Ctrl-C."),
    "user": Entry("user", "user_group", "Manage the accounts."),
    "verify": Entry("verify", "verify_command", "Check every invariant of the data; repair it on request."),
    "version": Entry("version", "version_command", "Print the version."),
}


class LazyGroup(click.Group):
    """A group whose help comes from `COMMANDS`, without an import of the commands."""

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        entry = COMMANDS.get(cmd_name)
        return entry.load() if entry else None

    @override
    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name].short_help) for name in _visible(self.list_commands(ctx))])


def _visible(names: list[str]) -> list[str]:
    return [name for name in names if not COMMANDS[name].hidden]


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--data-dir", type=click.Path(path_type=Path), help="The data folder (DUELY_DATA_DIR, else ./data).")
@click.pass_context
def main(context: click.Context, data_dir: Path | None) -> None:
    """Duely: self-hosted tasks and reminders.

    Settings come from the environment (DUELY_…); the README lists them.
    """
    context.obj = data_dir


if __name__ == "__main__":
    main()
