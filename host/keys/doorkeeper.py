"""The doorkeeper of the actors: refuses commands that our gateway did not sign, counts them and says so now and then."""

import logging
from typing import Any

from host import metrics
from host.keys.signatures import FAULTS, Signatures
from host.seldom import Seldom

log = logging.getLogger(__name__)


class Doorkeeper:
    """Logs each kind of refusal at most once in a minute: a flood of such commands costs no disk."""

    def __init__(self, signatures: Signatures) -> None:
        self._signatures = signatures
        self._seldom = Seldom()
        for fault in FAULTS:
            metrics.commands_refused.labels(fault)  # shown as 0 from the start, so that the first one is an increase

    def fault_of(self, actor_type: str, actor_id: str, command: Any) -> str:
        """Returns which of FAULTS the command has, "" when our gateway signed it for this actor."""
        fault = self._signatures.fault_of(actor_type, actor_id, command)
        if fault:
            metrics.commands_refused.labels(fault).inc()
            if self._seldom.is_due(fault):
                log.warning(
                    "a command was refused: our gateway did not sign it; if a process of ours sent it, see `what_to_do`",
                    extra={"fault": fault, "actor_type": actor_type, "what_to_do": FAULTS[fault]},
                )
        return fault
