"""What a run says when it ends before its back end has answered, in the language of the person."""

from collections.abc import Mapping, Sequence
from typing import Final, Literal

from actors.replies import Json

Ending = Literal[
    "stopped", "failed", "interrupted", "revoked", "changed", "answers", "calls", "tokens", "seconds", "size"
]
MOST_NAMED: Final = 30

_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "stopped": "Stopped.",
        "failed": "Something went wrong on my side; this could not be finished.",
        "interrupted": "I was interrupted for too long to go on with this.",
        "revoked": "The access in whose name this ran has ended, so I stopped.",
        "changed": "Duely was updated in between, so I stopped; say it again for what is left.",
        "seconds": "This took too long; send what is left as a message of its own.",
        "much": "This became too much for one message; send what is left as a message of its own.",
        "done": "Done until then:",
        "nothing": "Nothing was changed.",
        "more": "and {count} more",
    },
    "de": {
        "stopped": "Angehalten.",
        "failed": "Bei mir ist etwas schiefgegangen; das konnte ich nicht zu Ende bringen.",
        "interrupted": "Ich wurde zu lange unterbrochen, um damit weiterzumachen.",
        "revoked": "Der Zugang, in dessen Namen das lief, ist beendet; darum habe ich aufgehört.",
        "changed": "Duely wurde inzwischen erneuert; darum habe ich aufgehört. Sag noch einmal, was fehlt.",
        "seconds": "Das dauerte zu lange; schicke, was noch fehlt, als eigene Nachricht.",
        "much": "Das wurde zu viel für eine Nachricht; schicke, was noch fehlt, als eigene Nachricht.",
        "done": "Bis dahin erledigt:",
        "nothing": "Geändert wurde nichts.",
        "more": "und {count} weitere",
    },
    "fr": {
        "stopped": "Arrêté.",
        "failed": "Quelque chose s’est mal passé de mon côté ; je n’ai pas pu terminer.",
        "interrupted": "J’ai été interrompu trop longtemps pour continuer.",
        "revoked": "L’accès au nom duquel cela tournait a pris fin ; je me suis donc arrêté.",
        "changed": "Duely a été mis à jour entre-temps ; je me suis donc arrêté. Redis ce qui reste à faire.",
        "seconds": "C’était trop long ; envoie ce qui reste dans un autre message.",
        "much": "C’était trop pour un seul message ; envoie ce qui reste dans un autre message.",
        "done": "Fait jusque-là :",
        "nothing": "Rien n’a été changé.",
        "more": "et {count} de plus",
    },
    "es": {
        "stopped": "Detenido.",
        "failed": "Algo salió mal por mi parte; no pude terminarlo.",
        "interrupted": "Me interrumpieron demasiado tiempo para seguir con esto.",
        "revoked": "El acceso en cuyo nombre esto corría ha terminado; por eso paré.",
        "changed": "Duely se actualizó entretanto; por eso paré. Di otra vez lo que falta.",
        "seconds": "Tardó demasiado; envía lo que falta en otro mensaje.",
        "much": "Era demasiado para un solo mensaje; envía lo que falta en otro mensaje.",
        "done": "Hecho hasta entonces:",
        "nothing": "No se cambió nada.",
        "more": "y {count} más",
    },
}


def ending(language: str, why: Ending, outputs: Sequence[Json]) -> str:
    """Returns why the run ends, and what was done until then."""
    words = _WORDS.get(language, _WORDS["en"])
    done = done_of(outputs)
    said = words.get(why, words["much"])
    if not done:
        return f"{said} {words['nothing']}"
    lines = [f"- {result.get('title') or result.get('id', '')}" for result in done[:MOST_NAMED]]
    if len(done) > MOST_NAMED:
        lines.append(f"- {words['more'].format(count=len(done) - MOST_NAMED)}")
    return "\n".join([f"{said} {words['done']}", *lines])


def done_of(outputs: Sequence[Json]) -> list[Json]:
    """Returns the results of the calls that changed something."""
    results = (result for given in outputs for result in (given.get("output") or {}).get("results", ()))
    return [result for result in results if result.get("status") == "done"]
