"""Spanish."""

from web.tools.chat.rules.tables.table import Table

SPANISH = Table(
    code="es",
    openers=(
        "por_favor porfa hola ok okay oye y entonces ahora bueno pues quiero quisiera me_gustaría quiero_que necesito_que duely vale gracias sí venga a_ver"
    ),
    closers="por_favor porfa gracias ahora para_mí ok vale ya ahora_mismo",
    polite=(
        "puedes podrías me_puedes me_podrías puede_usted podría podría_usted puedes_por_favor podrías_por_favor quieres querrías podemos podríamos te_importaría te_importa "
        "se_puede serías_tan_amable_de sería_posible es_posible"
    ),
    never="no nunca jamás no_quiero no_he no_debes sin tampoco no_hay_que ni todavía_no aún_no no_hemos no_me no_lo no_la",
    nots="no nunca todavía_no aún_no",
    nots_anywhere="",
    unsure=(
        "debo debería deberíamos debemos tengo_que he_de hace_falta es_necesario qué_pasa qué_pasaría qué_ocurre qué_ocurriría qué_sucede qué_sucedería y_si si_borro si_elimino "
        "has hemos cómo por_qué porqué puedo podría_yo pude cuándo_debo cuándo_debería dónde_debo crees_que crees piensas te_parece acaso será está_el está_la está_mi está_hecho "
        "necesito_hacer qué_tal_si qué_me_pasa debes me_conviene conviene es_mejor es_buena vale_la_pena"
    ),
    yes=(
        "sí si claro vale ok okay adelante hazlo por_supuesto por_favor sí_por_favor desde_luego de_acuerdo confirmo confirma confirmado seguro segura exacto correcto perfecto bórralo "
        "bórrala bórralos bórralas elimínalo elimínala elimínalos s yes dale venga naturalmente afirmativo todos todas eso_es cierto así_es estoy_seguro estoy_segura procede continúa bueno"
    ),
    no=(
        "no nada cancela cancelar cancélalo olvídalo déjalo déjala déjalos deja mejor_no ni_hablar para no_gracias no_lo_hagas no_lo_borres no_la_borres no_los_borres no_hagas_nada da_igual "
        "no_importa ahora_no detente espera consérvalo consérvala mantenlo mantenla de_ninguna_manera en_absoluto ninguno ninguna ninguno_de_los_dos nunca olvida olvídate no_borres stop alto no_borres_nada he_cambiado_de_idea me_arrepiento"
    ),
    thanks=(
        "gracias muchas_gracias mil_gracias genial perfecto bien muy_bien hola buenos_días buenas_tardes buenas_noches buenas adiós hasta_luego hasta_mañana hasta_pronto qué_tal cómo_estás "
        "estupendo excelente guay vale_gracias ok_gracias fantástico bueno muy_amable súper de_nada te_lo_agradezco chao chau hey hello buen_trabajo a_ti muchísimas"
    ),
    forms={
        "help": (
            "ayuda", "ayúdame", "qué puedes|sabes hacer *?", "qué puedo hacer|decir|pedir|preguntar|pedirte|decirte", "cómo funciona esto?", "cómo funcionas", "comandos", "necesito ayuda", "quién|qué eres", "socorro", "en qué puedes|podrías ayudarme", "qué haces|entiendes", "muestra la ayuda", "me ayudas", "puedes ayudarme",
        ),
        "plan": (
            "planifica|planificar|planea|planear|organiza|organizar|organízame|planifícame|prepara|prográmame mi|el|la|un|mi_próximo? día|jornada|plan *?", "planifica|planea|organiza hoy|mañana|mi_mañana|lo_de_hoy", "planifica|planea|organiza *", "haz|hazme un|el plan|planning|programa *?", "mi|el plan|programa|planificación *?", "ayúdame a planificar|organizar|planear mi|el día *?", "cuál es mi|el plan|programa *?",
            "muéstrame mi|el plan *?", "dame un|el plan *?",
        ),
        "todo": (
            "qué debo|debería hacer *?", "qué hago *?", "por dónde|cuál empiezo|debo_empezar|debería_empezar|empezar", "qué sigue", "qué toca *?", "qué es lo siguiente", "cuál es la siguiente|próxima tarea",
        ),
        "explain": (
            "por_qué|porqué me recordaste|has_recordado|avisaste|has_avisado|recuerdas|avisas|recordabas|recordó|ha_recordado|notificaste|has_notificado|han_recordado|alertaste lo|de|del|sobre|el|la|a? *?", "por_qué|porqué he|fui|me recibido|tenido|llegó|ha_llegado|recordado|avisado|saltó|ha_saltado un|el|una|la|este? recordatorio|aviso|notificación|alerta de|del|sobre|para|por? *?", "por_qué|porqué recibí|tengo|hubo|sonó|saltó|llegó|apareció un|el|una|la|este? recordatorio|aviso|notificación|alerta de|del|sobre|para|por? *?",
            "por_qué|porqué el|este|ese|un recordatorio|aviso de|del|sobre|para|por? *?", "explica|explícame el|este|ese|mi recordatorio|aviso de|del|sobre|para? *?", "a qué se_debe|viene|vino el|este recordatorio|aviso de|del|sobre|para? *?",
        ),
        "undo": (
            "deshacer", "deshaz", "deshazlo", "deshaz|deshacer eso|esto|todo|lo|el|la|los|las|ese|mi último|última|últimos|cambio|acción? *?", "deshacerlo", "revierte|revertir eso|esto|todo|lo|el|la|mi? último|última|cambio|acción? *?", "reviértelo", "anula|anular eso|esto|todo|lo|el|la|mi? último|última|cambio|acción? *?", "anúlalo", "vuelve|volver atrás", "atrás", "undo", "undo eso", "cancela eso|el_último_cambio|lo_último|la_última_acción|el_cambio", "ponlo como estaba|antes", "deja todo|lo como estaba", "déjalo como estaba|antes", "me equivoqué", "me he equivocado", "retrocede", "devuélvelo como estaba", "marcha atrás", "da marcha atrás", "deshace *?",
        ),
        "forget": ("no olvides|olvidar|te_olvides|olvide|me_olvide|nos_olvidemos de|que|el|la? *", "no te olvides de|que? *", "que no se_me olvide *", "que no olvide *", "acuérdate|acordarme|acordarse de|que *", "recuerda|recordar que? *"),
        "undate": (
            "quita|elimina|borra|quítale|suprime|quitar|eliminar|borrar la|el|su|le? fecha|vencimiento|plazo|fecha_de_vencimiento|fecha_límite|fecha_de_entrega de|del|a|al|para|de_la *", "quita|quítale|quitar la|el fecha|vencimiento a|al|de|del *", "quítale|quita a|al|de|del * la|el|su fecha|vencimiento|plazo *?", "deja|pon * sin fecha|vencimiento|plazo", "* sin fecha|vencimiento",
        ),
        "snooze": (
            "recuérdame|recordarme|avísame otra_vez|de_nuevo|nuevamente|más_tarde|luego de|del|sobre|lo_de|lo_del|el|la|que? *", "recuérdame|recordarme|avísame * otra_vez|de_nuevo|nuevamente|más_tarde *?", "vuelve|vuélveme a recordarme|recordar|avisarme|avisar de|del|sobre|lo_de|el|la|que? *", "pospón|posponer|aplaza|aplazar|retrasa el|la recordatorio|aviso|alarma de|del|sobre|para *", "snooze *", "silencia *", "aplázame el recordatorio de|del *", "pospón la alarma de|del *",
        ),
        "skip": ("salta|sáltate|saltar|omite|omitir|saltarte|sáltame *",),
        "pause": ("pausa|pausar|pon_en_pausa|poner_en_pausa *", "pon|poner|deja * en pausa", "suspende|suspender *", "detén|detener temporalmente *", "interrumpe *"),
        "resume": ("reanuda|reanudar *", "continúa|continuar con? *", "reactiva|reactivar *", "retoma|retomar *", "reinicia|reiniciar *", "sigue con *", "activa * de_nuevo|otra_vez?", "quita la pausa de|del|a|al *"),
        "stop": ("para|detén|detener|deja_de|termina de? repetir|la_serie? *", "finaliza la serie *", "no repitas más *", "deja de repetir *"),
        "reopen": (
            "reabre|reabrir *", "vuelve a abrir *", "abre|abrir * otra_vez|de_nuevo|nuevamente?", "marca|pon|marcar|poner * como? no_hecho|no_hecha|no_completada|no_completado|pendiente|sin_hacer|abierto|abierta|incompleta|incompleto|no_terminado|no_terminada|sin_terminar", "desmarca|desmarcar *",
        ),
        "restore": ("restaura|restaurar *", "recupera|recuperar *", "saca * de la papelera", "devuelve *"),
        "complete": (
            "marca|marcar|pon|poner|da|dar|señala * como|por? hecho|hecha|hechos|hechas|completado|completada|completados|completadas|terminado|terminada|terminadas|terminados|finalizado|finalizada|completo|completa|acabado|acabada|lista|listo", "marca|marcar|da|dar como|por hecho|hecha|completado|completada|terminado|terminada|finalizado *", "he|hemos|ya_he|acabo_de ya? terminado|completado|hecho|acabado|finalizado|terminar|completar|hacer con|de? *", "ya? terminé|completé|acabé|hice|finalicé con|de? *", "completa|completar *", "termina|terminar *", "acaba|acabar *", "finaliza|finalizar *", "hecho|terminado|hecha|acabado con? *", "tacha|tachar *", "cierra|cerrar *", "concluye *", "ya está hecho|hecha|listo|lista *", "ya hice|he_hecho *",
        ),
        "tag": ("etiqueta|etiquetar * con|como #", "añade|agrega|pon|ponle|añadir|agregar|poner la_etiqueta|el_tag|las_etiquetas|etiqueta|etiquetas|los_tags|tag|una_etiqueta # a|al|en|para *", "añade|agrega|ponle|pon a|al * la_etiqueta|el_tag|las_etiquetas|etiqueta|tag #", "etiqueta|etiquetar *"),
        "untag": ("quita|elimina|borra|quitar|quítale la_etiqueta|el_tag|las_etiquetas|etiqueta|tag|los_tags # de|del|a|al *",),
        "repeat": ("repite|repetir *", "haz|hacer que? * se? repita|recurrente|repetitivo|repetitiva *?", "quiero repetir *"),
        "prioritise": ("prioriza|priorizar *",),
        "deprioritise": (),
        "earlier": ("adelanta|adelantar *",),
        "remind": ("recuérdame|recordarme|avísame|recuerdame que|de|lo_de|sobre|el|la|hacer? *", "pon|ponme|crea|añade un recordatorio para|de *"),
        "add": (
            "añade|añadir|agrega|agregar|crea|crear|añádeme|créame|pon|haz|anota|apunta una|la|un|otra|esta|como|mi? nueva|otra? tarea|pendiente|elemento|todo llamada|llamado|titulada|para|de|que_diga? *", "añade|agrega|pon|mete|apunta|anota * a|en|en_mi|a_mi|a_la mi|la|mis? lista|tareas|lista_de_tareas|pendientes", "nueva|nuevo tarea|pendiente|todo *", "tarea *", "pendiente *", "todo *", "añade|añadir|agrega|agregar|añádeme *", "crea|crear *", "apunta|apuntar|apúntame|anota|anotar que? *", "nueva|nuevo *", "por hacer *", "escribe *", "registra *", "add *", "una nueva? tarea *", "incluye *",
        ),
        "move": (
            "mueve|mover|muévela|muévelo *", "cambia|cambiar la_fecha|el_vencimiento|la_hora|fecha de|del|para *", "cambia|cambiar *", "pospón|posponer *", "aplaza|aplazar *", "retrasa|retrasar *", "reprograma|reprogramar *", "pasa|pasar *", "atrasa|atrasar *", "traslada|trasladar *", "desplaza *", "corre|correr *", "mueveme *",
        ),
        "delete": ("borra|borrar *", "elimina|eliminar *", "quita|quitar *", "suprime|suprimir *", "tira|tirar *", "manda|envía|pon|mueve * a la papelera|basura", "cancela|cancelar *", "descarta|descartar *", "destruye *", "deshazte de *", "delete *"),
        "levelled": ("* es|está|son|tiene|tienen ahora|muy|de|una? #", "prioridad del|de|de_la * a|es? #"),
        "set": ("pon|poner|ponle|ponme *", "marca|marcar *", "haz|hacer *", "establece|establecer *", "da|dar|dale *", "fija|fijar *", "deja *", "sube *", "baja *", "asigna|asignar *", "programa|programar *", "convierte *", "coloca *"),
        "news": ("* está|están|ha_sido|fue|ya_está|queda ya? hecho|hecha|hechos|hechas|terminado|terminada|terminados|terminadas|completado|completada|listo|lista|acabado|acabada|pagado|comprado|finalizado", "* hecho|terminado|listo|hecha|terminada|lista|acabado|completado|completada"),
    },
    asking=(
        "mostrarme decirme decir enseñarme enseñar muestra muéstrame mostrar lista listar enseña enséñame ver dame dime qué cuáles cuál cuántas cuántos cuenta busca buscar encuentra cuándo dónde quién hay tengo_algo tengo_alguna tengo_algún algo alguna algún qué_tengo "
        "mis_tareas tareas todas_mis_tareas todas_las_tareas agenda número_de cuántas_tareas búscame tenemos_algo hay_algo qué_hay quiero_ver lístame cuanto cuantas cuantos que cuales tengo_tareas qué_me_queda tengo_hoy tengo_mañana todo_lo existe"
    ),
    counting="cuántas cuántos cuenta número_de cuántas_tareas cuanto",
    it="lo la eso esto ese esta este esa esa_tarea esta_tarea la_tarea el aquello ello",
    them="los_todos las_todas los las esos estos esas estas todos todas todos_ellos todas_ellas ellos ellas esas_tareas estas_tareas la_lista toda_la_lista todos_esos todas_esas aquellos todas_estas",
    everything="todo todos todas todos_los todas_las todos_mis todas_mis cada todo_lo cualquier toda entera",
    both="ambos ambas los_dos las_dos",
    nouns="tarea tareas número núm nº n.º elemento elementos pendiente pendientes todo todos recordatorio recordatorios cosa cosas",
    small=(
        "serie el la los las un una unos unas de del al a mi mis tu tus su sus tarea tareas para con sobre en que lo este esta ese esa como llamada llamado "
        "titulada es y está por hasta desde le pero lo_de lo_del"
    ),
    joiners="y e , así_como &",
    until="antes_de antes_del hasta para_antes_del",
    to="a al en de del para la",
    nexts="próximo próxima siguiente siguientes próximos próximas ocurrencia_de sesión_de",
    overdue="atrasado atrasada atrasadas atrasados vencido vencida vencidas vencidos retrasado retrasada retrasadas retrasados con_retraso tarde en_retraso",
    completed="completado completada completadas completados terminado terminada terminadas terminados hecho hecha hechas hechos acabado acabada acabadas finalizado finalizadas finalizada listas",
    reopened="no_hecho no_hecha pendiente sin_hacer abierto abierta",
    trashed="borrado borrada borradas borrados eliminado eliminadas eliminada eliminados papelera",
    undated="sin_fecha sin_vencimiento sin_plazo sin_fecha_límite sin_fecha_de_vencimiento",
    repeating="recurrente recurrentes serie series repetitivas periódicas",
    tagged="etiquetado etiquetada etiquetadas etiquetados tag tags etiqueta etiquetas",
    priority="prioridad prio prioridades importancia prioritarias",
    levels={
        "urgent": "urgente urgentes crítica crítico máxima", "high": "alta alto importante importantes elevada prioritaria prioritarias altas", "medium": "media medio normal",
        "low": "baja bajo bajas",
    },
    important="importante importantes prioritaria prioritarias",
    periods={
        "this_week": "esta_semana la_semana semana", "next_week": "próxima_semana la_próxima_semana semana_que_viene la_semana_que_viene la_semana_próxima", "this_month": "este_mes", "next_month": "próximo_mes el_próximo_mes mes_que_viene el_mes_que_viene", "weekend": "fin_de_semana finde este_fin_de_semana",
    },
    stop=(
        "qué que cuáles cuál cuántas cuántos es son está están tengo tiene tienes hay había me mi mis te el la los las un una unos unas de del al a para en por con sobre acerca lo todo todos toda todas algo alguna alguno algún "
        "tarea tareas pendiente pendientes lista listar muestra muéstrame enseña enséñame dame dime busca buscar encuentra ver vence vencen vencer hacer debo debería y o que se cuándo dónde quién ya ahora contenga contienen contiene palabra mencionan mencione "
        "quedan queda falta faltan abiertas abierta abiertos programado programada programadas previsto prevista antes hasta cuenta número agenda calendario prioridad prioridades etiqueta etiquetadas nuestra nuestras nos tenemos relacionado relacionadas aún todavía más existen existe nombre título este esta estos estas eso haber plan planes citas cita "
        "próximos próximas días día he hemos actualmente total cosas cosa llamada llamadas elementos sin_falta prioritarias"
    ),
    leads=("el", "a las", "a la", "en"),
    later="más_tarde",
    earlier="antes",
    enclitics="los las lo la",
    wondering="qué quién dime cuál dónde por_qué cómo que cual cuéntame",
    list_tails="de_la_lista de_mi_lista a_mi_lista a_la_lista en_mi_lista en_la_lista a_mis_tareas a_las_tareas",
)  # fmt: skip
