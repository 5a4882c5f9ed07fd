"""French."""

from web.tools.chat.rules.tables.table import Table

FRENCH = Table(
    code="fr",
    openers=(
        "s'il_te_plaît s'il_vous_plaît stp svp bonjour salut ok okay et puis alors maintenant bon eh_bien je_veux je_voudrais j'aimerais je_souhaite "
        "je_veux_que_tu duely donc oui merci peux-tu_s'il_te_plaît d'accord voilà hé"
    ),
    closers="s'il_te_plaît s'il_vous_plaît stp svp merci maintenant pour_moi ok tout_de_suite d'accord",
    polite=(
        "peux-tu pourrais-tu tu_peux tu_pourrais pouvez-vous pourriez-vous vous_pouvez vous_pourriez veux-tu voudrais-tu veux-tu_bien est-ce_que_tu_peux "
        "est-ce_que_tu_pourrais est-ce_que_vous_pouvez est-ce_que_vous_pourriez est-ce_qu'on_peut peut-on pourrait-on merci_de veuillez peux_tu pourrais_tu tu_veux_bien"
    ),
    never="ne n' ne_pas ne_jamais surtout_pas il_ne_faut_pas je_ne je_n'ai je_n' je_veux_pas pas jamais j'ai_pas sans il_faut_pas tu_ne_dois_pas on_ne nous_n'avons faut_pas j'ai_toujours_pas j'ai_pas_encore je_dois_encore",
    nots="pas pas_encore jamais",
    nots_anywhere="n'est ne n'ont",
    unsure=(
        "dois-je devrais-je devrait-on doit-on est-ce_que_je_dois est-ce_que_je_devrais est-ce_que_j'ai est-ce_que_je_peux est-ce_que_nous est-ce_qu'il_faut faut-il ai-je avons-nous as-tu avez-vous "
        "que_se_passe-t-il que_se_passerait-il qu'arrive-t-il qu'arriverait-il qu'est-ce_qui_se_passe qu'est-ce_qui_se_passerait qu'est-ce_qui_arrive que_se_passe_t_il que_passe comment pourquoi puis-je pourrais-je peut-être "
        "et_si si_je si_tu quand_dois-je quand_devrais-je où_dois-je est-il est-elle penses-tu crois-tu tu_crois tu_penses est-ce_que_le est-ce_que_la est-ce_que_mon est-ce_que_tu_as est-ce_que_c'est vais-je il_faut_que j'ai-je est-ce_bien est-ce_une est-ce_utile "
        "que_se_passe qu'est-ce_que_ça je_devrais_peut-être tu_as_supprimé"
    ),
    yes=(
        "oui ouais ouaip o d'accord ok okay bien_sûr vas-y vas_y allez-y fais-le faites-le confirme je_confirme certainement absolument exactement c'est_ça "
        "s'il_te_plaît oui_merci sûr certain tout_à_fait supprime-le supprime-la supprime-les supprime bien_entendu évidemment volontiers parfait go yes tous toutes je_suis_sûr je_suis_sûre vraiment allez continue entendu"
    ),
    no=(
        "non nan laisse_tomber laisse laisse-le laisse-la laisse-les annule annuler annulez oublie oublie_ça oublie-le stop arrête arrêtez pas_maintenant surtout_pas non_merci pas_du_tout "
        "mieux_vaut_pas plutôt_pas garde-le garde-la garde-les garde_le garde_la jamais ne_fais_pas_ça ne_le_fais_pas ne_fais_rien rien peu_importe tant_pis ne_le_supprime_pas ne_la_supprime_pas ne_supprime_pas attends aucun aucune aucun_des_deux no finalement_non j'ai_changé_d'avis ça_va"
    ),
    thanks=(
        "merci merci_beaucoup merci_bien mille_mercis super génial parfait bien très_bien bonjour salut coucou bonsoir bonne_nuit bonne_journée au_revoir à_bientôt à_plus "
        "ça_va comment_ça_va comment_vas-tu cool top excellent d'accord_merci ok_merci formidable magnifique chouette nickel beaucoup à_toi hello impeccable bravo bonne_soirée"
    ),
    forms={
        "help": (
            "aide", "aide-moi", "aidez-moi", "à l'aide", "que peux-tu|sais-tu|pouvez-vous faire *?", "qu'est-ce_que tu peux|sais faire *?", "que puis-je|peut-on faire|dire|demander", "qu'est-ce_que je peux faire|dire|demander", "comment ça marche", "comment tu marches|fonctionnes", "commandes", "les commandes", "j'ai besoin d'aide", "qui es-tu", "tu sais faire quoi", "tu peux faire quoi", "au secours",
            "comment fonctionnes-tu", "montre l'aide", "comprends-tu quoi", "que comprends-tu",
        ),
        "plan": (
            "planifie|planifier|organise|organiser|prépare|préparer ma|la journée|semaine? *?", "planifie|organise|planifier|prépare ma|la? journée|demain|aujourd'hui *?", "planifie|planifier|organise *", "fais|fais-moi un? plan|planning|programme *?", "mon|le planning|programme|plan *?", "aide-moi à planifier|organiser ma? journée *?", "montre-moi le|mon plan|planning|programme *?", "c'est quoi la suite|le_programme *?", "quel est mon|le programme|plan|planning *?",
        ),
        "todo": (
            "que dois-je|devrais-je faire *?", "qu'est-ce_que je dois|devrais|fais faire? *?", "par quoi|où dois-je|devrais-je|je_commence|commencer commencer?", "que faire *?", "quoi faire *?", "quelle est la prochaine tâche|étape",
        ),
        "explain": (
            "pourquoi m'as-tu|m'avez-vous|m'a-t-on|tu_m'as|vous_m'avez|est-ce_que_tu_m'as|m'as_tu|est-ce_qu'on_m'a rappelé|prévenu|averti|notifié|alerté|rappelée de|du|des|d'|le|la|les|pour|à_propos_de|au_sujet_de? *?", "pourquoi ai-je|j'ai|est-ce_que_j'ai reçu|eu|été un|ce|le|une|cette|la|prévenu|averti|notifié|alerté rappel|notification|alerte|de|du|pour pour|de|du|des|sur|à_propos_de|concernant? *?",
            "pourquoi ce|le|cette|la|un|une rappel|notification|alerte pour|de|du|des|sur|à_propos_de|concernant? *?", "pourquoi me rappelles-tu|rappelles_tu|rappelais-tu|préviens-tu de|du? *?", "explique|explique-moi le|ce|la|cette|mon rappel|notification pour|de|du|des|sur|concernant? *?", "pourquoi tu me rappelles *?", "pourquoi est-ce_que tu me|m'as rappelles|rappelé *?",
        ),
        "undo": (
            "annule", "annuler", "annulez", "annule ça|cela|tout|le|la|les|ceci", "annule-le|annule-la|annule-les|annulez-le", "annule|annuler la|ma|le|mon|ta|les|mes dernière|dernier|dernières|derniers *?", "annule|annuler ce|la|le|mon|ma|ta|les que|modification|changement|suppression|action|opération|déplacement|changements|modifications *?", "défais|défaire ça|cela|tout|la|le? dernière|dernier? *?", "reviens|revenir|retour en? arrière", "reviens sur ça|ce *?", "rétablis ça|tout?", "undo", "undo ça", "je reviens en arrière", "remets comme avant|c'était", "remets tout? comme avant|c'était", "retour", "rétablir", "fais marche arrière", "c'était une erreur", "remets ça comme avant?",
        ),
        "forget": ("n'oublie|n'oubliez|ne_pas_oublier|n'oublions|oublie|oublions pas? de|d'|que|la|le? *", "ne pas oublier de|d'? *", "n'oublie pas *", "pense|pensez|penser à *", "souviens-toi|souviens_toi de|d'? *"),
        "undate": (
            "enlève|supprime|retire|efface|ôte|enlever|supprimer|retirer la|l'|le|sa? date|échéance|l'échéance|date_d'échéance|date_limite|délai de|du|des|d'|pour|à|de_la|de_l' *", "enlève|retire|supprime|enlever|retirer à|au|de|du * sa|la|l'échéance|son date|échéance|d'échéance?", "* sans date|échéance", "mets|laisse * sans date|échéance",
        ),
        "snooze": (
            "rappelle-moi|rappelle_moi|rappelez-moi encore|de_nouveau|à_nouveau|plus_tard|une_autre_fois de|du|d'|le|la|les|pour? *", "rappelle-moi|rappelle_moi|rappelez-moi * encore|de_nouveau|à_nouveau|plus_tard *?", "repousse|reporte|décale|repousser|reporter le|l'|la rappel|notification|alarme de|du|des|d'|pour|sur *", "snooze *", "mets * en veille", "répète le rappel de|du|des|d'|pour *", "fais sonner * plus_tard|encore", "reporte l'alarme de *", "mets en veille *",
        ),
        "skip": ("saute|sauter|ignore|ignorer le|la|l'|cette|ce prochain|prochaine|occurrence *", "saute|sauter|sautez *", "ignore|ignorer *"),
        "pause": ("mets|mettre|met|mettez * en pause|suspens", "mets|mettre|met en pause *", "pause *", "suspends|suspendre *", "interromps|interrompre *", "fais une pause *"),
        "resume": ("reprends|reprendre|reprenez *", "relance|relancer *", "réactive|réactiver *", "continue|continuer *", "redémarre|redémarrer *", "remets * en marche|route"),
        "stop": ("arrête|arrêter|stoppe|stopper de? la? série? répéter? *", "arrête *", "mets fin à|au *", "ne répète plus *", "ne répète pas *"),
        "reopen": (
            "rouvre|rouvrir|réouvre|réouvrir|ré-ouvre *", "remets|marque|mets|marquer|remettre * comme? non_terminé|non_terminée|non_fait|pas_fait|non_faite|pas_faite|ouvert|ouverte|à_faire|en_cours|pas_terminé|pas_terminée|inachevé|inachevée|non_fini", "décoche|décocher *", "remets * à faire",
        ),
        "restore": ("restaure|restaurer *", "récupère|récupérer *", "sors * de la corbeille", "rétablis *"),
        "complete": (
            "marque|marquer|mets|mettre|note|passe * comme|en|à? terminé|terminée|terminés|terminées|fait|faite|faits|faites|fini|finie|finis|complété|complétée|complet|accompli|achevé|achevée", "marque|marquer comme|en terminé|terminée|fait|faite|fini|finie *", "j'ai|on_a|nous_avons|j'ai_déjà|j'ai_enfin déjà|enfin|bien|juste? terminé|fini|fait|achevé|complété|accompli|terminée|bouclé avec|de? *", "je viens de finir|terminer|faire|d'achever *", "termine|terminer|terminez *", "finis|finir *", "complète|compléter *", "coche|cocher *", "fini|terminé|fait avec|pour *", "c'est fait|fini|terminé pour|avec *", "achève|achever *", "clos|clôture|clore|clôturer *", "j'ai fini|terminé *", "terminé|fini|fait *", "accomplis *", "boucle *",
        ),
        "tag": ("étiquette|tague|étiqueter|taguer|tagge * avec|en|comme #", "ajoute|mets|ajouter|mettre l'étiquette|le_tag|l'étiquette|une_étiquette|un_tag|les_tags|les_étiquettes|tag|étiquette # à|au|sur|aux|pour *", "ajoute|mets à|au|sur * l'étiquette|le_tag|les_tags|tag|étiquette #", "étiquette|tague *"),
        "untag": ("enlève|supprime|retire|enlever|supprimer|retirer l'étiquette|le_tag|l'étiquette|les_tags|les_étiquettes|tag|étiquette # de|du|des|à|au|d' *",),
        "repeat": ("répète|répéter|répétez *", "fais|fais-le|rends répéter|récurrent|récurrente *", "rends * récurrent|récurrente|répétitif *?", "fais * se? répéter *?"),
        "prioritise": ("priorise|prioriser *",),
        "deprioritise": (),
        "earlier": ("avance|avancer|avancez *",),
        "remind": ("rappelle-moi|rappelle_moi|rappelez-moi|rappelles-moi|me_rappeler de|d'|que|le|la|les? *", "mets|crée|ajoute un rappel pour|de *"),
        "add": (
            "ajoute|ajouter|crée|créer|ajoutez|créez|cree|ajoute-moi|fais|note|prévois une|la|un|cette|des|comme? nouvelle|autre? tâche|élément|todo nommée|appelée|intitulée|pour|de? *", "ajoute|ajouter|mets|mettre|inscris|note * à|dans|sur|aux ma|la|mes liste|tâches|liste_de_tâches|todo", "nouvelle|nouveau tâche|todo|rappel *", "tâche *", "todo *", "ajoute|ajouter|ajoutez|ajoute-moi *", "crée|créer *", "note|noter|notez que|de? *", "inscris|inscrire *", "nouveau|nouvelle *", "à faire *", "enregistre *", "écris *", "add *", "une nouvelle? tâche *",
        ),
        "move": (
            "déplace|déplacer|déplacez *", "reporte|reporter *", "décale|décaler *", "repousse|repousser *", "remets|remettre *", "change|changer|modifie|modifier l'échéance|la_date|l'heure|l'horaire|la_date_limite|date|échéance de|du|des|d'|pour *", "change|changer|modifie *", "replanifie|reprogramme|replanifier|reprogrammer *", "recule|reculer *", "bouge|bouger *", "transfère *", "diffère *", "repasse *",
        ),
        "delete": ("supprime|supprimer|supprimez *", "efface|effacer *", "enlève|enlever *", "retire|retirer *", "jette|jeter *", "mets|mettre * à_la|dans_la corbeille|poubelle", "élimine *", "annule|annuler *", "détruis *", "vire *", "delete *", "débarrasse-moi de *"),
        "levelled": ("* est|sont|a|ont très|de|une|maintenant|d'une? #", "priorité du|de|des|de_la * à|est? #"),
        "set": ("mets|mettre|mettez *", "marque|marquer *", "passe|passer *", "rends|rendre *", "fais *", "définis|définir *", "donne|donner *", "fixe|fixer *", "place *", "augmente *", "baisse *", "planifie|programme *", "classe|classer *", "règle|régler *"),
        "news": ("* est|sont|a_été|ont_été|c'est déjà|maintenant|enfin? terminé|terminée|terminés|terminées|fait|faite|faits|faites|fini|finie|finis|finies|bouclé|bouclée|payé|réglé|acheté|complété|complétée", "* terminé|fini|fait|terminée|finie|faite"),
    },
    asking=(
        "montrer me_montrer dire me_dire afficher me_donner montre montre-moi montrez affiche affiche-moi liste lister donne donne-moi quelles quels quelle quel qu'est-ce_que qu'est-ce_qui qu'est-ce_qu'il_y_a qu'est-ce_qu'il que combien compte cherche recherche trouve trouve-moi "
        "ai-je_quelque_chose ai-je_des ai-je_une j'ai_quoi j'ai_quelque_chose est-ce_que_j'ai_quelque_chose est-ce_que_j'ai_des est-ce_qu'il_y_a y_a-t-il il_y_a quelque_chose quand où qui quoi mes_tâches liste-moi qu'ai-je qu'y_a-t-il rappelle-moi_ce_que dis-moi tâches toutes_les_tâches toutes_mes_tâches c'est_quoi agenda nombre quelque_chose_sur tout_ce voir rien_sur as-tu_quelque_chose y_a_t_il qu'est_ce_que qu'est_ce_qui "
        "ai-je_aujourd'hui ai-je_demain ai-je_rendez-vous on_a_quoi"
    ),
    counting="combien compte nombre",
    it="le la l' ça cela ce ceci celui-ci celle-ci cette_tâche la_tâche celui-là celle-là lui -le -la",
    them="les les_toutes tous toutes les_tous tous_les_deux tout_ça ceux-ci celles-ci ceux-là celles-là toutes_celles-ci tous_ceux-ci ces_tâches la_liste toute_la_liste eux elles -les ceux celles toutes_ces_tâches tous_ceux-là",
    everything="tout tous toutes toutes_les tous_les toutes_mes tous_mes tout_ce_qui_est tout_ce chaque tout_le toute l'ensemble_de",
    both="les_deux tous_les_deux toutes_les_deux",
    nouns="tâche tâches numéro n° no nº élément éléments todo todos numéros rappel rappels chose choses",
    small=(
        "série le la les l' un une des du de d' au aux à mon ma mes ton ta tes son sa ses ce cette cet ces tâche tâches pour avec sur dans en que qui celui celle "
        "appelée nommée intitulée comme est et est-ce s'il par vers jusqu'à jusqu'au dès"
    ),
    joiners="et , ainsi_que &",
    until="avant d'ici jusqu'à jusqu'au jusque_à",
    to="à au aux sur de du des pour d' la",
    nexts="prochain prochaine suivant suivante prochaines prochains occurrence_de",
    overdue="retard en_retard retards dépassé dépassée dépassées dépassés échu échue échues échus manquées manquée périmées",
    completed="terminé terminée terminées terminés fini finie finies finis fait faite faites faits complété complétée complétées complétés accompli accomplies achevées",
    reopened="non_terminé non_terminée non_fait pas_fait ouvert ouverte à_faire en_cours",
    trashed="supprimé supprimée supprimées supprimés corbeille",
    undated="sans_date sans_échéance sans_date_limite non_datées non_daté sans_dates",
    repeating="récurrente récurrentes récurrent récurrents série séries répétitives",
    tagged="étiqueté étiquetée étiquetées étiquetés tag tags étiquette étiquettes taguées",
    priority="priorité prio priorités prioritaire prioritaires importance",
    levels={
        "urgent": "urgent urgente urgents urgentes critique maximale", "high": "haute haut élevée élevé important importante importantes importants prioritaire prioritaires hautes forte", "medium": "moyenne moyen normale normal moyennes",
        "low": "basse bas faible basses faibles",
    },
    important="important importante importantes importants prioritaire prioritaires",
    periods={
        "this_week": "cette_semaine la_semaine de_la_semaine semaine", "next_week": "semaine_prochaine la_semaine_prochaine la_semaine_qui_vient", "this_month": "ce_mois ce_mois-ci", "next_month": "mois_prochain le_mois_prochain", "weekend": "week-end weekend ce_week-end ce_weekend",
    },
    stop=(
        "qu'est-ce que qui est sont quelles quels quelle quel combien ai-je j'ai ai je tu me moi ma mes mon le la les l' un une des du de d' au aux à pour en ce cet cette ces "
        "tâche tâches todo todos liste lister montre montre-moi affiche affiche-moi donne donne-moi cherche recherche trouve trouve-moi quelque chose tout toutes tous toute y a-t-il a il il_y_a avec sur concernant propos "
        "dû due dues dus prévu prévue prévues prévus échéance échéances faire fais dois doit doivent ouvertes ouverte ouvert ouverts restantes restent reste encore et ou quand où quoi s'il te plaît contenant contient mot dont parle parlent dans par qu' qu'il qu'ai-je ai_je se moment maintenant actuellement ont chaque "
        "c'est ça déjà agenda programme planning nombre compte dis-moi voir rendez-vous priorité prioritaires étiquette tag ayant été nom titre s' avant jusqu'à d'ici jusqu'au on nous nos notre prochains prochaines jours jour est-ce qu y-a-t-il t-il y élément éléments choses rapport lien au_sujet as-tu "
        "avons total suis"
    ),
    leads=("le", "à", "à la", "dans"),
    later="plus_tard",
    earlier="plus_tôt",
    hyphened="le la les",
    wondering="quoi qui qu'est-ce_que qu'est-ce_qui dis-moi quel quelle c'est_quoi où pourquoi comment",
    list_tails="de_la_liste de_ma_liste à_ma_liste à_la_liste sur_ma_liste sur_la_liste à_mes_tâches dans_ma_liste dans_la_liste aux_tâches",
)  # fmt: skip
