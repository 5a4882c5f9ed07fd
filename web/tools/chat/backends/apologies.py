"""Why no model answers, in the language of the person."""

from collections.abc import Mapping
from typing import Final

from web.tools.chat.backends.backend import Failure

# Of the failures that are not here (off), nothing is said.
_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "busy": "The model has too much to do right now.",
        "down": "The model cannot be reached.",
        "slow": "The model took too long.",
        "cut": "The model broke off in the middle of its answer.",
        "refused": "The model declined to answer.",
        "confused": "The model did not manage to use Duely rightly.",
        "setup": "The model refuses Duely: its key, name or address is not right. Tell the person who runs this Duely.",
        "spent": "Your {limit} messages to the model within 24 hours are used up.",
        "rules": "I answer by my own rules.",
        "partly": "What was done until then:",
    },
    "de": {
        "busy": "Das Modell hat gerade zu viel zu tun.",
        "down": "Das Modell ist nicht erreichbar.",
        "slow": "Das Modell hat zu lange gebraucht.",
        "cut": "Das Modell hat mitten in der Antwort abgebrochen.",
        "refused": "Das Modell wollte nicht antworten.",
        "confused": "Das Modell kam mit Duely nicht zurecht.",
        "setup": "Das Modell weist Duely ab: Schlüssel, Name oder Adresse stimmt nicht. Sag es der Person, die dieses Duely betreibt.",
        "spent": "Deine {limit} Nachrichten an das Modell innerhalb von 24 Stunden sind aufgebraucht.",
        "rules": "Ich antworte nach eigenen Regeln.",
        "partly": "Bis dahin wurde getan:",
    },
    "fr": {
        "busy": "Le modèle a trop à faire en ce moment.",
        "down": "Le modèle est injoignable.",
        "slow": "Le modèle a mis trop de temps.",
        "cut": "Le modèle s’est interrompu au milieu de sa réponse.",
        "refused": "Le modèle n’a pas voulu répondre.",
        "confused": "Le modèle n’a pas su se servir de Duely.",
        "setup": "Le modèle refuse Duely : sa clé, son nom ou son adresse est faux. Dis-le à la personne qui gère ce Duely.",
        "spent": "Tes {limit} messages au modèle en 24 heures sont épuisés.",
        "rules": "Je réponds par mes propres règles.",
        "partly": "Fait jusque-là :",
    },
    "es": {
        "busy": "El modelo tiene demasiado que hacer ahora.",
        "down": "No se puede alcanzar el modelo.",
        "slow": "El modelo tardó demasiado.",
        "cut": "El modelo se interrumpió en medio de su respuesta.",
        "refused": "El modelo no quiso responder.",
        "confused": "El modelo no supo usar Duely.",
        "setup": "El modelo rechaza a Duely: su clave, nombre o dirección no es correcta. Dilo a quien lleva este Duely.",
        "spent": "Tus {limit} mensajes al modelo en 24 horas se han agotado.",
        "rules": "Respondo con mis propias reglas.",
        "partly": "Hecho hasta entonces:",
    },
}


def apology(language: str, failed: Failure, limit: int) -> str:
    """Returns why there is no answer of a model; "" where the person wanted none."""
    return said(language, failed).format(limit=limit)


def said(language: str, name: str) -> str:
    """Returns the words of that name."""
    return _WORDS.get(language, _WORDS["en"]).get(name, "")
