"""`duely up` that looks sooner whether its parts work: `python -m tests.support.hasty up`.

It looks as often as ever before it gives one up, and waits as long for each answer; only the pauses between are short.
"""

from functools import partial

from host.operator.cli import main
from host.runner import supervisor

if __name__ == "__main__":
    supervisor.Patience = partial(supervisor.Patience, look_seconds=0.1)  # type: ignore[assignment,misc]
    main()
