"""English."""

from web.tools.chat.rules.tables.table import Table

ENGLISH = Table(
    code="en",
    openers=(
        "please pls hey hi hello ok okay so and then now just oh well also duely kindly i_want_to i_want_you_to i_need_you_to "
        "i'd_like_to i'd_like_you_to i_would_like_to let's lets go_ahead_and yes yeah great thanks thank_you alright right"
    ),
    closers="please pls thanks thank_you now for_me will_you would_you can_you ok okay asap right_now cheers again?",
    polite="could_you can_you would_you will_you could_u can_u could_we can_we can_you_please would_you_mind would_you_be_able_to",
    never=(
        "don't dont do_not never please_don't you_shouldn't you_should_not you_mustn't you_must_not shouldn't mustn't "
        "no_need_to not i_don't_want i_dont_want i_do_not_want i_didn't i_didnt i_did_not i_haven't i_havent i_have_not i've_not "
        "i'm_not i_am_not i_won't i_can't i_cannot we_didn't we_haven't stop_trying_to without nobody_should no_one_should "
        "i_wouldn't i_never i_don't i_dont i_still_need_to i_still_have_to i_have_yet_to"
    ),
    nots="not not_yet never",
    nots_anywhere="isn't isnt aren't haven't hasn't didn't",
    unsure=(
        "should_i should_we shall_i shall_we must_i do_i_need_to do_i_have_to do_i_really need_i did_i did_we have_i have_we did_you "
        "have_you what_happens what_would_happen what_will_happen what_if what_would what_does can_i could_i may_i might_i "
        "would_it will_it am_i was_i is_it how_do how_can how_could how_would how_to how_should when_should where_should why "
        "do_you is_there_a_way what_do_you_think ought_i would_i will_i does_it if_i if_you suppose wouldn't_it "
        "can_it was_the were_the has_the is_the are_the is_my has_my was_my is_buy had_i"
    ),
    yes=(
        "yes yeah yep yup sure y ok okay do_it go_ahead please_do yes_please of_course absolutely confirm confirmed definitely "
        "certainly right correct that's_right go_on i'm_sure i_am_sure really all_of_them delete_it delete_them fine agreed affirmative proceed"
    ),
    no=(
        "no nope nah n never_mind nevermind no_thanks no_thank_you cancel cancel_that cancel_it forget_it forget_that stop don't dont do_not "
        "don't_do_it don't_do_that do_not_do_that better_not rather_not leave_it leave_them keep_it keep_them keep_that not_now no_way wait abort "
        "not_that don't_delete_it don't_delete_them no_don't no_keep_it no_leave_it i_changed_my_mind changed_my_mind on_second_thought none none_of_them neither"
    ),
    thanks=(
        "thanks thank_you thx ty cheers cool great nice perfect good awesome wonderful lovely super hello hi hey good_morning "
        "good_evening good_afternoon good_night bye goodbye see_you how_are_you well_done thanks_a_lot many_thanks thank_you_very_much "
        "thank_you_so_much great_thanks ok_thanks got_it never_mind all_right alright brilliant excellent good_job nice_one morning hiya howdy there so_much a_lot very_much"
    ),
    forms={
        "help": (
            "help", "help me", "i need help", "what can|do you do", "what can i do|say|ask", "what else can you do", "how does|do this|it|you work",
            "what are you able to do", "commands", "show help", "what do you know|understand", "who|what are you", "help please",
        ),
        "plan": (
            "plan my|the|a|this? day *?", "plan today|tomorrow|it", "plan for? *", "make a plan *?", "make me a plan *?", "organise|organize my day *?", "help me plan *?",
            "what's my plan *?", "what is my plan *?", "show my plan *?", "schedule my day", "give me a plan *?", "prioritise|prioritize my day",
        ),
        "todo": (
            "what should|shall i do|tackle|start|begin with|on? *?", "what should|shall i work on *?", "what|which task should|shall i do *", "what's next", "what next", "what is next", "what do i do *", "what to do *",
            "where|what should|shall|do i start|begin *?",
        ),
        "explain": (
            "why did|do|have|are|were you remind|reminded|reminding|notify|notified|alert|alerted|ping|pinged me about|of|for|to? *?",
            "why did|have i get|got|receive|received a|the? reminder|notification|alert|reminded about|of|for? *?",
            "why was|am|were i being? reminded|notified|alerted about|of|for|to? *?", "why|what|explain is|was|this|that|the? reminder *?",
            "why did|does * remind me", "why the? reminder *?", "explain the|that|this|my? reminder about|of|for? *", "why did|does the? reminder about|of|for? * come|fire|go|ring|appear *?",
            "why did you remind me",
        ),
        "undo": (
            "undo", "undo it|that|this|them|everything|all|please", "undo the|my|that|your? last *?", "undo what you *", "undo the|that|my change|changes|move|deletion|completion|edit *?",
            "take it|that|this|them back", "take back that|it|the|last *?", "revert", "revert it|that|this|the|my|last *?", "roll back *?", "roll it|that back", "put it|that|them back", "change it|that back", "go back", "reverse that|it", "oops *?", "i take that|it back", "undo again",
        ),
        "forget": ("don't|dont|do_not let me forget to|about|that? *", "don't|dont|do_not forget to|about|that? *", "never forget to *"),
        "undate": (
            "remove|clear|delete|drop|unset|take|erase|cancel|strip the|its|any|his? due_date|due_dates|date|deadline|due|due_time|dates from|of|for|on|off *", "remove|clear|delete|drop|unset|take * due_date|date|deadline|due",
            "unschedule *", "give * no due? date|deadline", "make * undated", "set * to|without? no due? date|deadline", "set the? due|due_date|date of|for * to none|nothing|never|empty",
        ),
        "snooze": (
            "snooze *", "remind me again about|of|to|for? *", "remind me about|of|to * again *", "remind me later about|of|to? *", "snooze the? reminder of|for|about *",
            "remind me again *", "remind me * later|again",
        ),
        "skip": ("skip *", "leave out *", "omit *"),
        "pause": ("pause *", "suspend *", "put * on hold", "freeze *", "put on hold *"),
        "resume": ("resume *", "unpause *", "continue *", "restart *", "unfreeze *", "take * off hold", "start * again", "reactivate *"),
        "stop": ("stop repeating *", "stop the series *", "end the series *", "stop *", "end *", "make * stop repeating"),
        "reopen": (
            "reopen *", "re-open *", "uncomplete *", "uncheck *", "untick *", "mark|set * as? not_done|undone|open|incomplete|uncompleted|unfinished|not_completed|not_finished|active",
            "un-complete *", "open * again", "set|put * back to? open|active", "i need to do * again", "make * open again?", "undo the? completion of *", "undo completing *",
        ),
        "restore": ("restore *", "undelete *", "bring back *", "bring * back", "recover *", "get * back", "put * back", "take|get * out of the? trash|bin"),
        "complete": (
            "mark|set|check|tick|flag * as? done|complete|completed|finished|off", "tick|check|cross|mark off *", "mark as|off? done|complete|completed|finished *", "i|we|i've|we've have? just|already|now|finally? finished|completed|done|did|complete with? *", "i'm|i_am|we're|we_are all? done|finished with|on? *",
            "complete *", "finish *", "done|finished with? *", "completed *", "did *", "just finished|did|completed|done *", "close *", "resolve *", "check *",
        ),
        "tag": ("tag|label * with|as #", "add the|a? tag|label|tags|labels # to *", "put the|a? tag|label|tags|labels # on *", "tag|label *"),
        "untag": ("untag *", "remove|delete|drop|take the? tag|label|tags|labels # from|off|of *", "remove|take the? tag *"),
        "repeat": ("repeat *", "make|let|set * repeat|recur|recurring|repeating *", "make * a? recurring|repeating *", "set * to repeat *"),
        "prioritise": ("prioritise|prioritize *", "bump *", "escalate *"),
        "deprioritise": ("deprioritise|deprioritize *",),
        "earlier": ("bring|pull|move forward *", "bring|pull|move * forward by|to? *?", "advance *"),
        "remind": ("remind me to|about|of|that? *", "set|add|create|make a? reminder to|for|about? *"),
        "add": (
            "add|create|make|new|put a|an|the|another? new? task|todo|to-do|item|reminder called|named|titled|to|for|saying? *", "new *", "note down? that|to? *", "remember to|that? *", "todo *", "to-do *", "task *",
            "i have a new task *", "add * to|on my|the? list|todos|tasks|to-dos|todo_list|task_list|to-do_list|inbox", "put|write * on|onto|in my|the? list|todos|tasks|todo_list|task_list|to-do_list|inbox", "add to my|the? list|tasks *", "add *", "create *", "jot down *", "write down *", "put down *", "make a note to|of|that *", "i need a new? task to|for *",
        ),
        "move": (
            "reschedule *", "postpone *", "shift *", "push back *", "push *", "delay *", "defer *", "put off *", "change the? due|due_date|date|deadline of|for *", "change *", "move *",
            "set the? due|due_date|date|deadline of|for|on *", "set back *", "switch *",
        ),
        "delete": ("delete *", "remove *", "trash *", "erase *", "get rid of *", "throw away *", "throw out *", "discard *", "cancel *", "drop *", "bin *", "move|put * to|in|into the? trash|bin", "destroy *", "wipe *", "scrap *"),
        "levelled": ("* is|are|should_be|has|have now? very|really|a|an|of? #", "priority|prio of|for * to|is|should_be? #"),
        "set": ("set *", "mark *", "make *", "put *", "flag *", "raise *", "lower *", "give *", "turn *", "schedule *", "plan *"),
        "news": ("* is|are|was|were|has_been|have_been now|already|all? done|finished|completed|complete|bought|paid|sorted", "* done|finished|completed"),
    },
    asking=(
        "show list display see view give_me tell_me find search look_for look_up which what's whats what how_many how_much count anything any "
        "something do_i_have have_i_got is_there are_there when where who can_i_see could_i_see let_me_see i_want_to_see got search_for "
        "number_of overview agenda is_anything are_any do_we_have have_i_anything did_i_have my_tasks my_agenda wats wat all_my_tasks"
    ),
    counting="how_many how_much count number_of",
    it="it that this that_one this_one the_task that_task this_task the_same",
    them="them those these they all all_of_them all_of_those all_of_these them_all those_tasks these_tasks those_ones these_ones all_those all_these every_one_of_them each_of_them the_list the_whole_list",
    everything="everything all every each all_of any all_my all_the anything every_single entire whole",
    both="both both_of_them both_of_those the_two_of_them",
    nouns="numbers task tasks todo todos to-do to-dos item items one ones number no nr entry entries thing things reminder reminders",
    small="the series a an my our your to for about of on with as from in at by called named is be is_due due task tasks todo item until till that this one and please but",
    joiners="and , plus &",
    until="by until till before no_later_than up_to through",
    to="to on onto for from of off",
    nexts="next coming upcoming following today's tomorrow's this_week's occurrence_of instance_of",
    overdue="overdue late past_due behind_schedule missed past_their_due_date behind",
    completed="completed done finished complete finish closed ticked_off did accomplished achieved",
    reopened="not_done undone open incomplete",
    trashed="deleted trash bin trashed removed",
    undated="undated no_due_date without_a_due_date without_due_date no_date without_a_date without_date unscheduled no_deadline without_deadline without_a_deadline",
    repeating="repeating recurring series repeat paused",
    tagged="tagged tag tags label labelled labeled",
    priority="priority prio priorities importance",
    levels={
        "urgent": "urgent urgently critical highest top most_important most_urgent", "high": "high important higher", "medium": "medium normal moderate middle",
        "low": "low unimportant lowest lower minor",
    },
    important="important",
    periods={
        "this_week": "this_week the_week week rest_of_the_week rest_of_this_week the_next_seven_days", "next_week": "next_week the_next_week the_coming_week the_week_after",
        "this_month": "this_month the_month month", "next_month": "next_month", "weekend": "the_weekend this_weekend weekend at_the_weekend",
        "today": "tonight now", "tomorrow": "tomorrows",
    },
    stop=(
        "what what's whats which is are was were do does did i i've have has had my me mine the a an any anything something all "
        "of for on in to at by with about due task tasks todo todos to-do to-dos item items thing things there show list display see view "
        "give tell find search look up and that need needs should must be left still open pending remaining coming scheduled planned got "
        "how many much count number please can could you we our everything every get happening going looks like look plate agenda calendar "
        "schedule list's related concerning containing contain contains mention mentions mentioning regarding say says who where when as "
        "currently currently now just only also or until till before from so far s it's it them those these am been it will up as_well on exist exists total in_total "
        "names named called title titles titled word include includes including where's when's marked labelled labeled tagged tag tags label this next let days day "
        "wats wat us want know coming set plans appointments appointments outstanding"
    ),
    leads=("on", "at", "on the", "in"),
    later="later back",
    earlier="earlier sooner forward",
    wondering="what what's whats who where tell_me how wat",
    list_tails="from_my_list from_the_list off_my_list off_the_list from_my_tasks to_my_list to_the_list on_my_list on_the_list to_my_tasks to_my_todos to_my_todo_list to_my_to-do_list to_my_task_list to_the_todo_list",
)  # fmt: skip
