"""What the chat answers, by what is said and by language. `{task}` is a title in quotes, `{n}` a number."""

from collections.abc import Mapping
from typing import Final

ANSWERS: Final[Mapping[str, Mapping[str, str]]] = {
    # Something was changed: one task, and several
    "added": {"en": "Added {task}{more}.", "de": "Hinzugefügt: {task}{more}.", "fr": "Ajouté : {task}{more}.", "es": "Añadido: {task}{more}."},
    "complete": {"en": "Completed {task}.", "de": "Erledigt: {task}.", "fr": "Terminé : {task}.", "es": "Completado: {task}."},
    "complete_all": {"en": "Completed {n} tasks:", "de": "{n} Aufgaben erledigt:", "fr": "{n} tâches terminées :", "es": "{n} tareas completadas:"},
    "reopen": {"en": "Reopened {task}.", "de": "Wieder offen: {task}.", "fr": "Rouvert : {task}.", "es": "Reabierto: {task}."},
    "reopen_all": {"en": "Reopened {n} tasks:", "de": "{n} Aufgaben wieder offen:", "fr": "{n} tâches rouvertes :", "es": "{n} tareas reabiertas:"},
    "restore": {"en": "Restored {task}.", "de": "Wiederhergestellt: {task}.", "fr": "Restauré : {task}.", "es": "Restaurado: {task}."},
    "restore_all": {"en": "Restored {n} tasks:", "de": "{n} Aufgaben wiederhergestellt:", "fr": "{n} tâches restaurées :", "es": "{n} tareas restauradas:"},
    "move": {"en": "Moved {task} to {due}.", "de": "Verschoben: {task} auf {due}.", "fr": "Déplacé : {task}, maintenant {due}.", "es": "Movido: {task}, ahora {due}."},
    "move_all": {"en": "Moved {n} tasks:", "de": "{n} Aufgaben verschoben:", "fr": "{n} tâches déplacées :", "es": "{n} tareas movidas:"},
    "undate": {"en": "{task} has no due date any more.", "de": "{task} hat kein Datum mehr.", "fr": "{task} n'a plus de date.", "es": "{task} ya no tiene fecha."},
    "undate_all": {"en": "{n} tasks have no due date any more:", "de": "{n} Aufgaben haben kein Datum mehr:", "fr": "{n} tâches n'ont plus de date :", "es": "{n} tareas ya no tienen fecha:"},
    "snooze": {"en": "Snoozed {task}: I remind you again {when}.", "de": "{task}: Ich erinnere dich {when} wieder.", "fr": "{task} : rappel à nouveau {when}.", "es": "{task}: te lo recordaré otra vez {when}."},
    "snooze_all": {"en": "Snoozed {n} tasks, until {when}:", "de": "{n} Erinnerungen verschoben, {when}:", "fr": "{n} rappels reportés, {when} :", "es": "{n} recordatorios aplazados, {when}:"},
    "prioritise": {"en": "{task} is of {level} priority now.", "de": "{task} hat jetzt die Priorität {level}.", "fr": "{task} est maintenant de priorité {level}.", "es": "{task} tiene ahora prioridad {level}."},
    "prioritise_all": {"en": "{n} tasks are of {level} priority now:", "de": "{n} Aufgaben haben jetzt die Priorität {level}:", "fr": "{n} tâches sont maintenant de priorité {level} :", "es": "{n} tareas tienen ahora prioridad {level}:"},
    "tag": {"en": "Tagged {task}: {tags}.", "de": "{task} hat jetzt {tags}.", "fr": "{task} a maintenant {tags}.", "es": "{task} tiene ahora {tags}."},
    "tag_all": {"en": "Tagged {n} tasks with {tags}:", "de": "{n} Aufgaben haben jetzt {tags}:", "fr": "{n} tâches ont maintenant {tags} :", "es": "{n} tareas tienen ahora {tags}:"},
    "untag": {"en": "Took {tags} off {task}.", "de": "{task} hat {tags} nicht mehr.", "fr": "{task} n'a plus {tags}.", "es": "{task} ya no tiene {tags}."},
    "untag_all": {"en": "Took {tags} off {n} tasks:", "de": "{n} Aufgaben haben {tags} nicht mehr:", "fr": "{n} tâches n'ont plus {tags} :", "es": "{n} tareas ya no tienen {tags}:"},
    "repeats": {"en": "repeats", "de": "wiederholt sich", "fr": "se répète", "es": "se repite"},
    "repeat": {"en": "{task} repeats now.", "de": "{task} wiederholt sich jetzt.", "fr": "{task} se répète maintenant.", "es": "{task} se repite ahora."},
    "skip": {"en": "Skipped the next {task}{more}.", "de": "Übersprungen: {task}{more}.", "fr": "Sauté : {task}{more}.", "es": "Omitido: {task}{more}."},
    "next": {"en": "; the next one is {due}", "de": ", als Nächstes {due}", "fr": ", la prochaine fois {due}", "es": ", la próxima vez {due}"},
    "pause": {"en": "Paused {task}.", "de": "Pausiert: {task}.", "fr": "En pause : {task}.", "es": "En pausa: {task}."},
    "resume": {"en": "{task} goes on.", "de": "{task} geht weiter.", "fr": "{task} reprend.", "es": "{task} continúa."},
    "stop": {"en": "Stopped {task}.", "de": "Beendet: {task}.", "fr": "Arrêté : {task}.", "es": "Detenido: {task}."},
    "delete": {"en": "Deleted {task}; it is in the trash.", "de": "Gelöscht: {task}, im Papierkorb.", "fr": "Supprimé : {task}, dans la corbeille.", "es": "Borrado: {task}, en la papelera."},
    "delete_all": {"en": "Deleted {n} tasks; they are in the trash:", "de": "{n} Aufgaben gelöscht, im Papierkorb:", "fr": "{n} tâches supprimées, dans la corbeille :", "es": "{n} tareas borradas, en la papelera:"},
    "many": {"en": "Done for {n}:", "de": "Gemacht für {n}:", "fr": "Fait pour {n} :", "es": "Hecho para {n}:"},
    "undone": {"en": "Taken back: {task}.", "de": "Rückgängig gemacht: {task}.", "fr": "Annulé : {task}.", "es": "Deshecho: {task}."},
    "stays": {"en": "That stays as it is: {detail}", "de": "Das bleibt, wie es ist: {detail}", "fr": "Cela reste tel quel : {detail}", "es": "Esto queda como está: {detail}"},
    "failed": {"en": "That did not work for {task}: {detail}", "de": "Das ging nicht bei {task}: {detail}", "fr": "Cela n'a pas marché pour {task} : {detail}", "es": "No funcionó con {task}: {detail}"},
    "refused": {"en": "That did not work: {detail}", "de": "Das ging nicht: {detail}", "fr": "Cela n'a pas marché : {detail}", "es": "No funcionó: {detail}"},
    # Questions
    "which": {"en": "Which one do you mean by {task}? Answer with a number or a word of the name.", "de": "Welche meinst du mit {task}? Antworte mit einer Nummer oder einem Wort des Namens.", "fr": "Laquelle veux-tu dire par {task} ? Réponds par un numéro ou un mot du nom.", "es": "¿Cuál quieres decir con {task}? Responde con un número o una palabra del nombre."},
    "which_task": {"en": "Which task do you mean?", "de": "Welche Aufgabe meinst du?", "fr": "Quelle tâche veux-tu dire ?", "es": "¿Qué tarea quieres decir?"},
    "no_number": {"en": "There is no {number}; the numbers go from 1 to {n}.", "de": "Eine Nummer {number} gibt es nicht; die Nummern gehen von 1 bis {n}.", "fr": "Il n'y a pas de {number} ; les numéros vont de 1 à {n}.", "es": "No hay ningún {number}; los números van del 1 al {n}."},
    "no_list": {"en": "There is no list yet that numbers belong to. Say the name of the task, or ask for a list first.", "de": "Es gibt noch keine Liste, zu der Nummern gehören. Nenne die Aufgabe, oder frag erst nach einer Liste.", "fr": "Il n'y a pas encore de liste avec des numéros. Donne le nom de la tâche, ou demande d'abord une liste.", "es": "Todavía no hay ninguna lista con números. Di el nombre de la tarea o pide antes una lista."},
    "to_when": {"en": "To when shall I move {task}?", "de": "Auf wann soll ich {task} verschieben?", "fr": "À quand dois-je déplacer {task} ?", "es": "¿Para cuándo muevo {task}?"},
    "how_often": {"en": "How often shall {task} repeat? Say for example: every Monday.", "de": "Wie oft soll sich {task} wiederholen? Sag zum Beispiel: jeden Montag.", "fr": "À quelle fréquence {task} doit-il se répéter ? Dis par exemple : tous les lundis.", "es": "¿Cada cuánto se repite {task}? Di por ejemplo: cada lunes."},
    "sure_delete": {"en": "Really delete {task}? Say yes or no.", "de": "{task} wirklich löschen? Sag ja oder nein.", "fr": "Vraiment supprimer {task} ? Réponds oui ou non.", "es": "¿De verdad borro {task}? Di sí o no."},
    "sure_delete_all": {"en": "Really delete {n} tasks? Say yes or no.", "de": "Wirklich {n} Aufgaben löschen? Sag ja oder nein.", "fr": "Vraiment supprimer {n} tâches ? Réponds oui ou non.", "es": "¿De verdad borro {n} tareas? Di sí o no."},
    "sure": {"en": "Shall I do that with {task}? Say yes or no.", "de": "Soll ich das mit {task} machen? Sag ja oder nein.", "fr": "Dois-je le faire avec {task} ? Réponds oui ou non.", "es": "¿Lo hago con {task}? Di sí o no."},
    "sure_all": {"en": "This changes {n} tasks. Shall I? Say yes or no.", "de": "Das ändert {n} Aufgaben. Soll ich? Sag ja oder nein.", "fr": "Cela change {n} tâches. Je le fais ? Réponds oui ou non.", "es": "Esto cambia {n} tareas. ¿Lo hago? Di sí o no."},
    "too_many": {"en": "Those are {n} tasks, and I change at most {most} at once. Narrow it down.", "de": "Das sind {n} Aufgaben, und ich ändere höchstens {most} auf einmal. Grenze es ein.", "fr": "Cela fait {n} tâches, et j'en change {most} au plus à la fois. Précise.", "es": "Son {n} tareas, y cambio como mucho {most} a la vez. Acótalo."},
    # Lists
    "none_open": {"en": "There is no task that fits.", "de": "Es gibt keine passende Aufgabe.", "fr": "Aucune tâche ne correspond.", "es": "No hay ninguna tarea que encaje."},
    "one": {"en": "One task:", "de": "Eine Aufgabe:", "fr": "Une tâche :", "es": "Una tarea:"},
    "several": {"en": "{n} tasks:", "de": "{n} Aufgaben:", "fr": "{n} tâches :", "es": "{n} tareas:"},
    "count": {"en": "{n}", "de": "{n}", "fr": "{n}", "es": "{n}"},
    "more": {"en": "… and {n} more", "de": "… und {n} weitere", "fr": "… et {n} de plus", "es": "… y {n} más"},
    "plan": {"en": "Your plan for {day}:", "de": "Dein Plan für {day}:", "fr": "Ton plan pour {day} :", "es": "Tu plan para {day}:"},
    "plan_empty": {"en": "Nothing is due {day}, and nothing urgent is open.", "de": "{day} ist nichts fällig und nichts Dringendes offen.", "fr": "Rien n'est prévu {day}, et rien d'urgent n'est ouvert.", "es": "No hay nada para {day}, ni nada urgente abierto."},
    "overdue": {"en": "overdue", "de": "überfällig", "fr": "en retard", "es": "atrasada"},
    # Explanations
    "explained": {"en": "{task} is due {due}, and its reminder is set to {before}.", "de": "{task} ist {due} fällig, und die Erinnerung steht auf {before}.", "fr": "{task} est prévu {due}, et son rappel est réglé sur {before}.", "es": "{task} vence {due}, y su recordatorio está puesto {before}."},
    "explained_at": {"en": "The reminder of {task} is set to {due}.", "de": "Die Erinnerung an {task} steht auf {due}.", "fr": "Le rappel de {task} est réglé sur {due}.", "es": "El recordatorio de {task} está puesto para {due}."},
    "snoozed": {"en": "It was snoozed until {due}.", "de": "Sie wurde auf {due} verschoben.", "fr": "Il a été reporté à {due}.", "es": "Se aplazó hasta {due}."},
    "no_reminder": {"en": "{task} has no reminder.", "de": "{task} hat keine Erinnerung.", "fr": "{task} n'a pas de rappel.", "es": "{task} no tiene recordatorio."},
    "never_told": {"en": "No reminder has come yet.", "de": "Es kam noch keine Erinnerung.", "fr": "Aucun rappel n'est encore venu.", "es": "Todavía no ha llegado ningún recordatorio."},
    "before": {"en": "{n} before", "de": "{n} vorher", "fr": "{n} avant", "es": "{n} antes"},
    "after": {"en": "{n} after", "de": "{n} danach", "fr": "{n} après", "es": "{n} después"},
    "on_time": {"en": "that time itself", "de": "genau diese Zeit", "fr": "cette heure même", "es": "a esa misma hora"},
    "days": {"en": "{n} days", "de": "{n} Tage", "fr": "{n} jours", "es": "{n} días"},
    # A word back
    "not_found": {"en": "I find no task that fits {task}.", "de": "Ich finde keine Aufgabe, zu der {task} passt.", "fr": "Je ne trouve aucune tâche qui corresponde à {task}.", "es": "No encuentro ninguna tarea que encaje con {task}."},
    "no_series": {"en": "{task} does not repeat.", "de": "{task} wiederholt sich nicht.", "fr": "{task} ne se répète pas.", "es": "{task} no se repite."},
    "no_due": {"en": "{task} has no due date to count from. Say a day.", "de": "{task} hat kein Datum, von dem aus zu zählen wäre. Nenne einen Tag.", "fr": "{task} n'a pas de date à partir de laquelle compter. Dis un jour.", "es": "{task} no tiene fecha desde la que contar. Di un día."},
    "nothing_changed": {"en": "All right, nothing was changed.", "de": "Gut, es wurde nichts geändert.", "fr": "D'accord, rien n'a été changé.", "es": "De acuerdo, no se ha cambiado nada."},
    "question": {"en": "That is for you to decide; I changed nothing. Tell me what to do, for example: complete buy milk.", "de": "Das entscheidest du; ich habe nichts geändert. Sag mir, was ich tun soll, zum Beispiel: erledige Milch kaufen.", "fr": "C'est à toi de décider ; je n'ai rien changé. Dis-moi quoi faire, par exemple : termine acheter du lait.", "es": "Eso lo decides tú; no he cambiado nada. Dime qué hago, por ejemplo: completa comprar leche."},
    "nothing_to_undo": {"en": "There is nothing in this conversation to take back.", "de": "In dieser Unterhaltung gibt es nichts rückgängig zu machen.", "fr": "Il n'y a rien à annuler dans cette conversation.", "es": "No hay nada que deshacer en esta conversación."},
    "welcome": {"en": "At your service.", "de": "Gern.", "fr": "Avec plaisir.", "es": "A tu servicio."},
    "help": {
        "en": (
            "I did not change anything. I know what to do with:\n- add buy milk tomorrow at 9 #home\n- what is due this week? · how many are overdue?\n- done with the report · reopen the report\n"
            "- move the dentist to Friday · snooze the dentist for an hour\n- make the report urgent · add #home to the fence\n- repeat water plants every 3 days · skip, pause or resume it\n- delete buy milk · undo\n- plan my day · why was I reminded of the dentist?"
        ),
        "de": (
            "Ich habe nichts geändert. Ich verstehe:\n- füge Milch kaufen morgen um 9 #haus hinzu\n- was ist diese Woche fällig? · wie viele sind überfällig?\n- der Bericht ist erledigt · öffne den Bericht wieder\n"
            "- verschiebe den Zahnarzt auf Freitag · erinnere mich in einer Stunde wieder an den Zahnarzt\n- mach den Bericht dringend · füge #haus zum Zaun hinzu\n- wiederhole Blumen gießen alle 3 Tage · überspringe, pausiere oder setze es fort\n- lösche Milch kaufen · rückgängig\n- plane meinen Tag · warum wurde ich an den Zahnarzt erinnert?"
        ),
        "fr": (
            "Je n'ai rien changé. Je comprends :\n- ajoute acheter du lait demain à 9h #maison\n- qu'est-ce qui est prévu cette semaine ? · combien sont en retard ?\n- j'ai fini le rapport · rouvre le rapport\n"
            "- déplace le dentiste à vendredi · rappelle-moi encore le dentiste dans une heure\n- mets le rapport en urgent · ajoute #maison à la clôture\n- répète arroser les plantes tous les 3 jours · saute, mets en pause ou reprends\n- supprime acheter du lait · annule\n- planifie ma journée · pourquoi m'as-tu rappelé le dentiste ?"
        ),
        "es": (
            "No he cambiado nada. Entiendo:\n- añade comprar leche mañana a las 9 #casa\n- ¿qué tengo esta semana? · ¿cuántas están atrasadas?\n- he terminado el informe · reabre el informe\n"
            "- mueve el dentista al viernes · recuérdame otra vez el dentista en una hora\n- pon el informe como urgente · añade #casa a la valla\n- repite regar las plantas cada 3 días · salta, pausa o reanuda\n- borra comprar leche · deshacer\n- planifica mi día · ¿por qué me recordaste el dentista?"
        ),
    },
    # Days
    "today": {"en": "today", "de": "heute", "fr": "aujourd'hui", "es": "hoy"},
    "tomorrow": {"en": "tomorrow", "de": "morgen", "fr": "demain", "es": "mañana"},
    "yesterday": {"en": "yesterday", "de": "gestern", "fr": "hier", "es": "ayer"},
    "at": {"en": "{day} at {time}", "de": "{day} um {time}", "fr": "{day} à {time}", "es": "{day} a las {time}"},
    "date": {"en": "{weekday} {day} {month}", "de": "{weekday}, {day}. {month}", "fr": "{weekday} {day} {month}", "es": "{weekday} {day} de {month}"},
    "date_of": {"en": "{weekday} {day} {month} {year}", "de": "{weekday}, {day}. {month} {year}", "fr": "{weekday} {day} {month} {year}", "es": "{weekday} {day} de {month} de {year}"},
    # Priorities
    "urgent": {"en": "urgent", "de": "dringend", "fr": "urgente", "es": "urgente"},
    "high": {"en": "high", "de": "hoch", "fr": "haute", "es": "alta"},
    "medium": {"en": "medium", "de": "mittel", "fr": "moyenne", "es": "media"},
    "low": {"en": "low", "de": "niedrig", "fr": "basse", "es": "baja"},
}  # fmt: skip

QUOTES: Final[Mapping[str, tuple[str, str]]] = {
    "en": ("“", "”"),
    "de": ("„", "“"),
    "fr": ("« ", " »"),
    "es": ("«", "»"),
}
MONTHS: Final[Mapping[str, tuple[str, ...]]] = {
    "en": ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"),
    "de": ("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"),
    "fr": ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"),
    "es": ("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"),
}  # fmt: skip
WEEKDAYS: Final[Mapping[str, tuple[str, ...]]] = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "de": ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    "es": ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
}
