"""What a run says when it ends before its back end has answered, in the language of the person."""

from collections.abc import Mapping, Sequence
from typing import Final, Literal

from actors.replies import Json

Ending = Literal[
    "stopped", "failed", "interrupted", "revoked", "changed", "answers", "calls", "tokens", "seconds", "size"
]
MOST_NAMED: Final = 30
UNKNOWN: Final = "unknown"  # the status of a step that was to be done, and of which nobody knows whether it was

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
        "unknown": "Perhaps done, so have a look:",
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
        "unknown": "Vielleicht erledigt, sieh bitte nach:",
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
        "unknown": "Peut-être fait, à vérifier :",
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
        "unknown": "Quizá hecho, compruébalo:",
        "nothing": "No se cambió nada.",
        "more": "y {count} más",
    },
}


def ending(language: str, why: Ending, outputs: Sequence[Json]) -> str:
    """Returns why the run ends, what was done until then, and what perhaps was."""
    words = _WORDS.get(language, _WORDS["en"])
    done, unknown = done_of(outputs), _results(outputs, UNKNOWN)
    said = words.get(why, words["much"])
    lines = [f"{said} {words['done']}", *_named(words, done)] if done else [f"{said} {words['nothing']}"]
    if unknown:
        lines = [*(lines if done else [said]), words["unknown"], *_named(words, unknown)]
    return "\n".join(lines)


def _named(words: Mapping[str, str], results: Sequence[Json]) -> list[str]:
    lines = [f"- {result.get('title') or result.get('id', '')}" for result in results[:MOST_NAMED]]
    more = len(results) - MOST_NAMED
    return [*lines, f"- {words['more'].format(count=more)}"] if more > 0 else lines


def done_of(outputs: Sequence[Json]) -> list[Json]:
    """Returns the results of the calls that changed something."""
    return _results(outputs, "done")


def _results(outputs: Sequence[Json], status: str) -> list[Json]:
    results = (result for given in outputs for result in (given.get("output") or {}).get("results", ()))
    return [result for result in results if result.get("status") == status]
