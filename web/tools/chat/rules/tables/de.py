"""German."""

from web.tools.chat.rules.tables.table import Table

GERMAN = Table(
    code="de",
    openers=(
        "bitte hey hi hallo ok okay so und dann jetzt also ach gut ja ich_möchte ich_will ich_würde_gern ich_würde_gerne ich_hätte_gern "
        "mal danke duely nun gerne lass_uns prima super alles_klar kurz"
    ),
    closers="bitte danke mal jetzt gleich für_mich ok okay sofort nun gern gerne vielen_dank kurz doch",
    polite=(
        "kannst_du könntest_du würdest_du magst_du möchtest_du kannst_du_mir könntest_du_mir würdest_du_mir können_sie könnten_sie würden_sie "
        "kann_man wärst_du_so_nett_und könntest_du_bitte könnten_wir können_wir willst_du wirst_du"
    ),
    never=(
        "nicht niemals nie auf_keinen_fall keinesfalls bitte_nicht du_sollst_nicht du_sollst_nichts ich_will_nicht ich_möchte_nicht ich_habe_nicht "
        "ich_bin_nicht wir_haben_nicht kein keine keinen ohne bloß_nicht ja_nicht ich_muss_noch ich_sollte_noch du_darfst_nicht"
    ),
    nots="nicht noch_nicht nie niemals bitte_nicht",
    nots_anywhere="nicht niemals keinesfalls",
    unsure=(
        "soll_ich sollte_ich sollten_wir sollen_wir muss_ich müsste_ich müssen_wir darf_ich habe_ich hab_ich haben_wir bin_ich hast_du hattest_du bist_du was_passiert "
        "was_geschieht was_wäre was_ist_wenn was_würde was_wird wie_kann wie_könnte wie_lösche wie_mache wie_geht wie_soll wann_soll wann_sollte wo_soll "
        "warum wieso weshalb wozu kann_ich könnte_ich werde_ich würde_ich ist_es ob_ich ob wenn_ich falls_ich was_wenn was_denkst was_meinst meinst_du "
        "findest_du hältst_du wurde_der wurde_die wurde_das ist_der ist_die ist_das ist_mein wird_der glaubst_du brauche_ich hätte_ich war_ich habe_ich_schon"
    ),
    yes=(
        "ja jo jep jawohl jap j klar sicher gern gerne ok okay mach_das mach_es mach_mal tu_das tu_es bitte ja_bitte na_klar natürlich auf_jeden_fall "
        "unbedingt genau richtig stimmt bestätigt bestätige los mach alle lösch_es lösche_es lösch_sie lösche_sie lösch_ihn lösche_ihn lösch_das einverstanden "
        "passt in_ordnung gut ich_bin_sicher ganz_sicher wirklich yes definitiv absolut doch"
    ),
    no=(
        "nein nee nö ne nicht lieber_nicht besser_nicht bloß_nicht abbrechen abbruch stopp stop halt vergiss_es vergiss_das lass_es lass_das lass_mal lass_sie lass_ihn "
        "nein_danke doch_nicht auf_keinen_fall egal schon_gut ist_egal nichts keine keins keinen behalten behalte_es behalte_sie behalte_ihn behalt_es behalt_ihn warte "
        "nicht_löschen lösch_es_nicht lösch_ihn_nicht lösche_es_nicht tu_es_nicht mach_es_nicht mach_das_nicht no brich_ab nichts_davon lass_gut_sein keinen_davon nicht_jetzt"
    ),
    thanks=(
        "danke danke_dir danke_schön dankeschön vielen_dank dank super toll prima klasse perfekt gut sehr_gut hallo hi hey guten_morgen guten_tag guten_abend "
        "gute_nacht tschüss moin servus grüß_dich wie_geht_es_dir wie_geht's ok_danke alles_klar besten_dank herzlichen_dank schön wunderbar ausgezeichnet "
        "danke_sehr tausend_dank tschau ciao bis_bald bis_später na grüezi grüß_gott so schön cool top spitze"
    ),
    forms={
        "help": (
            "hilfe", "hilf mir", "hilf mir bitte", "was kannst du *?", "wobei|womit kannst du mir? helfen", "was kann ich sagen|tun|machen|fragen|schreiben", "wie funktioniert das|dies|es", "wie funktionierst du", "befehle",
            "was geht|gibt's hier?", "ich brauche hilfe", "wer|was bist du", "was verstehst|weißt du",
        ),
        "plan": (
            "plane|plan meinen|den|mir den? tag *?", "plan|plane mir? heute|morgen", "plan|plane den? *", "tag planen", "meinen tag planen", "den tag planen", "mach mir? einen|den tagesplan|plan *?", "tagesplan *?", "mein tagesplan *?", "organisiere meinen|den tag *?", "hilf mir meinen|den tag zu planen", "zeig|zeige mir? meinen|den tagesplan|plan *?",
        ),
        "todo": (
            "was soll|sollte ich *? tun|machen|erledigen|anfangen|angehen", "was soll|sollte ich *", "was mache ich *", "was ist als_nächstes dran?", "was kommt als_nächstes", "was steht als_nächstes an", "womit soll|sollte ich *? anfangen|beginnen",
        ),
        "explain": (
            "warum|wieso|weshalb hast|hattest du mich an|wegen|für|zu? * erinnert|benachrichtigt", "warum|wieso|weshalb wurde|werde|wurd ich an|wegen|für|über? * erinnert|benachrichtigt", "warum|wieso|weshalb erinnerst|erinnertest du mich an? *",
            "warum|wieso|weshalb hast|wurde|werde du|ich mich? erinnert|benachrichtigt", "warum|wieso|weshalb kam|kommt|kriegte|bekam|bekomme|klingelte die|der|eine|ich? eine? erinnerung an|für|zu|wegen? *", "warum|wieso|weshalb die|diese? erinnerung an|für|zu|wegen? *?", "erklär|erkläre mir? die|diese erinnerung an|für|zu|wegen? *", "warum|wieso|weshalb habe|hab ich eine? erinnerung an|für|zu|wegen? * bekommen|erhalten|gekriegt",
            "warum|wieso|weshalb gab es eine? erinnerung an|für|zu|wegen? *",
        ),
        "undo": (
            "rückgängig", "rückgängig machen", "mach|mache das|es|dies|alles|sie|ihn bitte? wieder? rückgängig", "mach's rückgängig", "mach|mache die|das|meine letzte|letzten|letztes änderung|aktion|schritt|befehl|verschiebung|löschung|änderungen rückgängig", "mach|mache die|das|den * rückgängig", "das|es|dies|alles bitte? wieder? rückgängig machen", "letzte|die_letzte änderung|aktion rückgängig machen?", "nimm das|es|dies|alles|die|ihn|sie wieder? zurück", "nimm die|meine letzte änderung zurück",
            "zurück", "zurücknehmen", "das zurücknehmen", "widerrufe das|es?", "widerrufen", "stell|stelle das|es wieder her", "annullieren", "undo", "undo das|es", "das war falsch *?", "das war ein fehler|versehen *?", "doch nicht zurück", "änderung zurücknehmen",
        ),
        "forget": ("vergiss nicht zu|dass|daran|an? *", "nicht vergessen *", "vergiss bitte nicht *", "ich darf nicht vergessen *", "vergiss * nicht", "* nicht vergessen"),
        "undate": (
            "entferne|lösche|lösch|streiche|streich|nimm das|den|die|dem? fälligkeitsdatum|datum|frist|termin|fälligkeit|fälligkeitsdatums|deadline von|vom|für|bei|der|des|aus * raus|weg?", "entferne|lösche|lösch|streiche|nimm * fälligkeitsdatum|fälligkeit|frist|deadline raus|weg?", "das|den|die? fälligkeitsdatum|datum|frist|fälligkeit von|vom|für|bei|der|des * entfernen|löschen|streichen",
            "mach|mache|setze * ohne datum|frist|fälligkeit", "* ohne datum|frist|fälligkeit", "nimm|entferne|lösche|lösch von|bei * das|den|die fälligkeitsdatum|datum|frist|fälligkeit weg|raus?",
        ),
        "snooze": (
            "erinnere|erinner mich nochmal|noch_einmal|nochmals|wieder|später|erneut an? *", "erinnere|erinner mich * nochmal|noch_einmal|nochmals|wieder|später|erneut an? *", "erinnere|erinner mich * nochmal|noch_einmal|nochmals|wieder|später|erneut", "schlummer|schlummere *", "snooze *", "lass * schlummern", "* schlummern lassen", "stell|stelle die|der erinnerung an|für|von|zu * zurück",
            "erinnerung an|für|von|zu * verschieben|zurückstellen", "verschiebe|verschieb die erinnerung an|für|von|zu *", "die? erinnerung an|für|von|zu * verschieben|zurückstellen", "* snoozen",
        ),
        "skip": ("überspringe|überspring *", "lass|lasse * aus|ausfallen|weg", "* überspringen|auslassen|ausfallen_lassen", "skip|skippe *", "* fällt|fallen aus"),
        "pause": ("pausiere|pausier *", "unterbrich *", "setz|setze * aus", "* pausieren|unterbrechen|aussetzen", "pause *", "halte|halt * an", "leg|lege * auf eis"),
        "resume": ("setze|setz * fort", "führe|führ * fort|weiter", "nimm * wieder auf", "mach|mache mit? * weiter", "starte|start * wieder|neu", "* fortsetzen|fortführen|weiterführen|wieder_aufnehmen|wiederaufnehmen|weitermachen|reaktivieren|wieder_starten", "reaktiviere *", "lass * weiterlaufen", "* soll weitergehen", "aktiviere * wieder", "* wieder aktivieren"),
        "stop": ("beende|beend die serie *", "stoppe|stopp *", "beende *", "* stoppen|beenden", "* nicht_mehr wiederholen", "wiederhole * nicht_mehr"),
        "reopen": (
            "öffne|öffnen * wieder|erneut|nochmal?", "mach|mache * wieder auf|offen", "* wieder öffnen|aufmachen", "markiere|setze|setz * als|auf offen|unerledigt|nicht_erledigt|nicht_fertig", "eröffne * wieder|neu?", "wiedereröffne *",
            "setze|setz * wieder auf offen", "* wieder auf offen setzen", "* als offen|unerledigt|nicht_erledigt markieren", "reaktiviere die? aufgabe *",
        ),
        "restore": ("stell|stelle * wieder her", "hol|hole * aus dem papierkorb zurück?", "hol|hole * zurück|wieder", "* wiederherstellen", "* aus dem papierkorb holen|zurückholen"),
        "complete": (
            "hak|hake * ab", "erledige|erledig *", "schließe|schließ|schliess * ab", "schließe|schließ|schliess *", "markiere|setze|kennzeichne * als|auf erledigt|fertig|abgeschlossen|gemacht|abgehakt", "markiere|setze als|auf erledigt|fertig|abgeschlossen *", "ich habe|hab|hätte schon|jetzt|gerade|eben|bereits? * erledigt|fertig|abgeschlossen|gemacht|geschafft|fertiggestellt|beendet|abgehakt|fertig_gemacht", "habe|hab * erledigt|fertig|abgeschlossen|gemacht|geschafft|beendet",
            "wir haben * erledigt|fertig|abgeschlossen|gemacht|geschafft", "ich bin|bin mit|fertig_mit? * fertig|durch?", "ich bin fertig mit *", "fertig mit *", "erledigt *", "fertig *", "abgehakt *", "stell|stelle * fertig", "beende die? aufgabe *", "* erledigen|abhaken|abschließen|fertigstellen", "* als erledigt|fertig|abgeschlossen markieren|kennzeichnen|setzen|abhaken", "mach|mache * fertig", "vollende *", "haken an *", "mach|setz|setze einen? haken an|bei|hinter *",
        ),
        "tag": (
            "tagge|tagg|verschlagworte|etikettiere|labele * mit|als #", "markiere * mit #", "füge|füg das|den|die? tag|schlagwort|label|etikett|tags # zu|zum|zur|bei|an * hinzu", "füge|füg zu|zum|zur|bei|dem|der|den * das|den|die? tag|schlagwort|label|etikett|tags # hinzu", "gib * das|den|die? tag|schlagwort|label|etikett|tags #", "tagge|tagg *", "* mit # taggen|verschlagworten",
        ),
        "untag": ("entferne|lösche|lösch|nimm das|den|die? tag|schlagwort|label|etikett|tags # von|vom|aus|bei * weg?", "enttagge *", "das|den|die? tag|schlagwort|label # von|vom|aus|bei * entfernen|löschen"),
        "repeat": ("wiederhole|wiederhol *", "lass * wiederholen|wiederkehren", "* wiederholen", "mach|mache * wiederkehrend|wiederholend *?"),
        "prioritise": ("priorisiere *", "* priorisieren"),
        "deprioritise": (),
        "earlier": ("zieh|ziehe * vor", "* vorziehen|vorverlegen", "verlege|verleg * vor"),
        "remind": ("erinnere|erinner mich bitte|mal? daran|an|dass? *", "mich an|daran * erinnern", "setze|setz|erstelle eine erinnerung für|an *"),
        "add": (
            "füge|füg bitte? eine|die|als|den|das? neue|weitere? aufgabe|todo|eintrag|punkt|task namens? * hinzu|an", "füge|füg bitte? eine|die|als|den|das? neue|weitere? aufgabe|todo|eintrag|punkt|task hinzu|an *", "füge|füg * hinzu|an", "füge|füg * zu|zur|zu_meiner|meiner|der liste|aufgabenliste|aufgaben|to-do-liste|todo-liste hinzu?", "neue|neuer|neues|eine_neue|noch_eine|weitere aufgabe|todo|to-do|eintrag|task|punkt namens|mit_dem_titel|mit_dem_namen|für|zu? *",
            "erstell|erstelle|leg|lege|mach|mache|schaffe eine|einen|ein|mir_eine|die? neue|neuen|neues|weitere? aufgabe|todo|to-do|eintrag|task namens|mit_dem_titel|mit_dem_namen|für|zum|zu? * an|daraus?", "erstell|erstelle *", "leg|lege * an", "notier|notiere mir|dir? *", "schreib|schreibe * auf", "schreib|schreibe mir? auf|dass *", "schreib|schreibe|setz|setze|pack|tu|nimm * auf die|meine liste|aufgabenliste|to-do-liste|todo-liste", "trag|trage * ein", "aufgabe *", "todo *", "to-do *", "merk|merke dir|mir *", "merk|merke *", "neu *", "denk|denke daran|dran *", "nimm * auf", "ergänze *", "hinzufügen *", "add *", "* hinzufügen|anlegen|eintragen|notieren|aufschreiben|erstellen", "eine? aufgabe namens? * anlegen|erstellen|hinzufügen", "ich brauche eine neue? aufgabe für|namens *", "anlegen *",
        ),
        "move": (
            "verschiebe|verschieb|verschieben *", "verlege|verleg *", "schieb|schiebe * auf|zurück|raus|hinaus", "schieb|schiebe *", "vertage|vertag *", "ändere|änder die|das|den? fälligkeit|fälligkeitsdatum|datum|termin|frist von|vom|für|des|der *", "ändere|änder *", "* verschieben|verlegen|vertagen|aufschieben|umplanen", "plane|plan * um|ein", "lege|leg *", "* auf * legen|setzen", "setz|setze die|das|den? fälligkeit|fälligkeitsdatum|datum|frist von|vom|für|des|der *",
        ),
        "delete": ("lösche|lösch|löschen *", "entferne|entfern *", "streiche|streich *", "wirf|werfe * weg|raus", "* löschen|entfernen|streichen|wegwerfen", "storniere *", "verwirf *", "schmeiß|schmeiße * weg|raus", "* in den papierkorb legen|verschieben|werfen|tun", "leg|wirf|verschiebe|tu|pack * in den papierkorb", "sag|sage * ab", "* absagen", "nimm * von der liste", "vernichte *", "delete *", "remove *"),
        "levelled": ("* ist|sind|hat|haben jetzt? sehr|eine|die|den? #", "priorität|prio von|vom|für|des|der * auf|ist? #"),
        "set": ("setze|setz *", "mach|mache *", "markiere *", "stufe|stuf * ein", "stell|stelle * ein", "stell|stelle *", "gib *", "kennzeichne *", "stufe|stuf *", "erhöhe|erhöh|senke *", "* setzen|machen|markieren|einstufen|kennzeichnen|stellen|planen"),
        "news": ("* ist|sind|wäre|wurde|wurden jetzt|schon|bereits? erledigt|fertig|abgeschlossen|gemacht|geschafft|durch|abgehakt|bezahlt|gekauft", "* erledigt|fertig|abgehakt|abgeschlossen|geschafft|gemacht"),
    },
    asking=(
        "zeigen sagen auflisten nennen anzeigen zeig zeige zeig_mir zeige_mir liste liste_mir such suche finde find welche welcher welches welchen was wann wie_viele wieviele wie_viel zähle zähl gib_mir nenne nenn "
        "habe_ich_etwas hab_ich_etwas habe_ich_was hab_ich_was hab_ich_heute habe_ich_heute habe_ich_morgen hab_ich_morgen habe_ich_noch hab_ich_noch gibt_es gibt's irgendetwas irgendwas etwas ist_etwas ist_heute ist_morgen sind steht wo wer anzahl übersicht agenda alles_über alles_zu meine_aufgaben "
        "habe_ich_aufgaben habe_ich_überfällige habe_ich_diese habe_ich_nächste habe_ich_am hab_ich_am hab_ich_diese steht_heute steht_etwas such_nach suche_nach stehen was_alles aufgaben"
    ),
    counting="wie_viele wieviele wie_viel zähle zähl anzahl",
    it="es ihn das dies diese diesen dieses dies_hier die_aufgabe diese_aufgabe den die",
    them="sie diese alle alle_davon die_alle die_alles sie_alle alle_diese all_diese diese_alle die_liste die_ganze_liste diese_aufgaben jene alles_davon jede_davon denen",
    everything="alle alles alle_meine jede jeden sämtliche all allen alle_aufgaben aller ganze",
    both="beide beides die_beiden alle_beide",
    nouns="aufgabe aufgaben nummer nr todo todos to-do to-dos eintrag einträge punkt punkte sache sachen erinnerung termin_nummer task tasks",
    small=(
        "serie der die das den dem des ein eine einen einem einer mein meine meinen meinem meiner zu zum zur an am auf für von vom mit bei über im in um aufgabe "
        "aufgaben todo namens als wieder bitte bis ist mal doch die_aufgabe der_aufgabe dass ans ins nach und jener jene jenen"
    ),
    joiners="und , sowie &",
    until="bis bis_zum vor spätestens bis_spätestens",
    to="zu zum zur an bei von vom aus dem der",
    nexts="nächste nächsten nächster nächstes kommende kommenden folgende folgenden heutige heutigen morgige morgigen",
    overdue="überfällig überfällige überfälligen überfälliges überfälliger überfällige verspätet verspätete verspäteten zu_spät verpasst verpasste verpassten liegengeblieben",
    completed="erledigt erledigte erledigten erledigtes fertig fertige fertigen abgeschlossen abgeschlossene abgeschlossenen gemacht geschafft abgehakt abgehakte abgehakten",
    reopened="offen unerledigt nicht_erledigt nicht_fertig",
    trashed="gelöscht gelöschte gelöschten papierkorb",
    undated="ohne_datum ohne_fälligkeit ohne_fälligkeitsdatum ohne_termin ohne_frist undatiert undatierte undatierten kein_datum",
    repeating="wiederkehrend wiederkehrende wiederkehrenden serien serie wiederholende",
    tagged="getaggt tag tags schlagwort schlagworten label etikett markiert",
    priority="priorität prio wichtigkeit prioritäten dringlichkeit",
    levels={
        "urgent": "dringend dringende dringenden dringendes dringender dringendste dringendsten höchste höchster", "high": "hoch hohe hoher hohen hohes wichtig wichtige wichtigen wichtiges", "medium": "mittel mittlere mittlerer mittleren normal normale normaler",
        "low": "niedrig niedrige niedriger niedrigen niedriges unwichtig unwichtige unwichtigen gering geringe geringer",
    },
    important="wichtig wichtige wichtigen wichtiges",
    periods={
        "this_week": "diese_woche dieser_woche die_woche woche in_dieser_woche den_rest_der_woche", "next_week": "nächste_woche nächster_woche kommende_woche in_der_nächsten_woche nächsten_woche kommenden_woche", "this_month": "diesen_monat diesem_monat", "next_month": "nächsten_monat nächster_monat nächstem_monat",
        "today": "heutige heutigen heutiger heutiges", "tomorrow": "morgige morgigen morgiger morgiges",
        "weekend": "wochenende am_wochenende dieses_wochenende",
    },
    stop=(
        "was ist sind war welche welcher welches welchen habe hab hast ich du mir mein meine meinen meiner der die das den dem des ein eine einen etwas irgendetwas irgendwas "
        "alle alles zu zum zur für am an auf in im bis von vom mit bei über um wegen fällig fälligen fällige fälliges aufgabe aufgaben todo todos to-do to-dos eintrag einträge punkte liste zeig zeige such suche "
        "finde find nenne nenn gib wie viele wieviele viel zähle anzahl steht stehen gibt es gibt's ansteht anstehende anstehen noch offen offene offenen zu_tun tun machen muss müssen soll sollte mal bitte wann dran heißt heißen "
        "mit_dem wort enthalten enthält mir_alle dass wo wer und oder nur auch jetzt aktuell gerade so termine termin los geplant plan kalender haben hat da denn dazu nach uns unsere wir insgesamt s na steht_an agenda übersicht sich alles_über sache sachen priorität prio anstehend bevor diesen diese dieser erledigen sein "
        "werden wird würde ist_was was_alles nächste nächsten tage tag tagen lauten lautet namens titel"
    ),
    leads=("am", "um", "bis", "in"),
    later="später zurück nach_hinten",
    earlier="früher vor nach_vorne",
    wondering="was wer wo wie welche welcher welches",
    list_tails="von_der_liste von_meiner_liste von_der_aufgabenliste zu_meiner_liste zur_liste auf_die_liste auf_meine_liste zu_meinen_aufgaben zu_den_aufgaben zur_aufgabenliste",
)  # fmt: skip
