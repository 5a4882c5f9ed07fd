"""The commands of a conversation: what is said, the run that answers, its records and its end, and forgetting."""

from uuid import uuid4

import orjson
import pytest
from pydantic import ValidationError

from actors.conversation.state import MOST_BYTES, MOST_MESSAGES, title_of
from actors.replies import Accepted, Decision, Refused, Unchanged
from tests.fakes.person import FakePerson
from tests.unit.actors.talk import Talk

pytestmark = pytest.mark.unit


@pytest.fixture
def talk() -> Talk:
    talk = Talk()
    assert isinstance(talk.say(), Accepted)
    return talk


def code(decision: Decision) -> str:
    assert isinstance(decision, Refused), decision
    return decision.code


def test_a_message_begins_the_conversation_and_a_run(talk: Talk) -> None:
    assert (talk.doc["title"], talk.doc["user_id"]) == ("call Ana", talk.person.id)
    assert [message["role"] for message in talk.doc["messages"]] == ["person"]
    run = talk.doc["run"]
    assert run is not None
    assert (run["state"], run["zone"], run["language"]) == ("running", "Europe/Berlin", "en")
    assert run["caller"] == {"kind": "user", "id": talk.person.id, "scopes": ["read", "write"]}
    assert run["leased_until"] == "2026-11-22T12:00:30.000Z"


def test_a_conversation_begins_only_where_that_was_asked() -> None:
    assert code(Talk().say(new=False)) == "conversation_not_found"
    assert code(Talk().do("StopRun")) == "conversation_not_found"


def test_a_repeated_message_begins_nothing(talk: Talk) -> None:
    said = talk.doc["messages"][0]
    assert isinstance(talk.say(message_id=said["id"], run_id=said["run_id"]), Unchanged)
    talk.finish()
    assert isinstance(talk.say(message_id=said["id"], run_id=said["run_id"]), Unchanged)
    assert talk.doc["run"] is None


def test_a_second_message_waits_for_the_answer(talk: Talk) -> None:
    refused = talk.say("and Bob")
    assert code(refused) == "run_in_progress"
    assert isinstance(refused, Refused)
    assert refused.extra == {"run_id": talk.state["run"]["id"]}
    talk.finish()
    assert isinstance(talk.say("and Bob"), Accepted)


def test_nobody_else_reaches_it(talk: Talk) -> None:
    for name, body in [("StopRun", None), ("ForgetConversation", None), ("RenameConversation", {"title": "mine"})]:
        assert code(talk.do(name, body, by=FakePerson())) == "conversation_not_found"


def test_the_first_record_of_a_place_stays(talk: Talk) -> None:
    assert isinstance(talk.record(0, "answer", value={"text": "first"}), Accepted)
    second = talk.record(0, "answer", value={"text": "second"})
    assert second == Unchanged({"record": {"kind": "answer", "value": {"text": "first"}}})
    assert code(talk.record(2)) == "record_gap"


def test_a_plan_is_kept_until_its_result_is_there(talk: Talk) -> None:
    talk.record(0, "plan", value={"name": "add-tasks", "plan": {"steps": [1]}})
    assert talk.state["run"]["records"][0]["value"]["plan"] == {"steps": [1]}
    talk.record(1, value={"results": []})
    assert [record["value"] for record in talk.state["run"]["records"]] == [{"name": "add-tasks"}, {"results": []}]


def test_only_the_holder_writes_until_the_lease_is_over(talk: Talk) -> None:
    other = str(uuid4())
    assert code(talk.record(0, holder=other)) == "run_taken"
    talk.clock.move(seconds=29)
    assert code(talk.run("ClaimRun", holder=other)) == "run_taken"
    talk.record(0)
    talk.clock.move(seconds=29)
    assert code(talk.run("ClaimRun", holder=other)) == "run_taken"
    talk.clock.move(seconds=1)
    assert isinstance(talk.run("ClaimRun", holder=other), Accepted)
    assert code(talk.record(1)) == "run_taken"
    assert code(talk.finish()) == "run_taken"
    assert isinstance(talk.record(1, holder=other), Accepted)


def test_a_run_that_nobody_holds_is_claimed_at_once() -> None:
    talk = Talk()
    talk.say()
    talk.state["run"]["holder"] = ""
    other = str(uuid4())
    assert code(talk.record(0)) == "run_taken"
    assert isinstance(talk.run("ClaimRun", holder=other), Accepted)
    assert code(talk.run("ClaimRun")) == "run_taken"


def test_a_holder_holds_on(talk: Talk) -> None:
    talk.clock.move(seconds=20)
    assert isinstance(talk.run("ClaimRun"), Accepted)
    talk.clock.move(seconds=20)
    assert code(talk.run("ClaimRun", holder=str(uuid4()))) == "run_taken"


def test_a_stopped_run_takes_only_the_result_of_what_is_under_way(talk: Talk) -> None:
    talk.record(0, "plan")
    assert isinstance(talk.do("StopRun"), Accepted)
    assert isinstance(talk.do("StopRun"), Unchanged)
    assert isinstance(talk.record(1), Accepted)
    assert code(talk.record(2, "plan")) == "run_stopping"
    assert code(talk.record(2, "answer")) == "run_stopping"
    assert isinstance(talk.finish(state="stopped"), Accepted)
    assert isinstance(talk.do("StopRun"), Unchanged)


def test_a_run_ends_with_its_answer_and_takes_no_more(talk: Talk) -> None:
    run_id = talk.state["run"]["id"]
    talk.finish("Three tasks.", kind="list", tasks=[str(uuid4())], memory={"listed": ["a"]}, changed=True)
    answer = talk.state["messages"][-1]
    assert (answer["role"], answer["text"], answer["kind"], answer["state"]) == (
        "assistant",
        "Three tasks.",
        "list",
        "done",
    )
    assert (answer["run_id"], answer["changed"], talk.state["memory"]) == (run_id, True, {"listed": ["a"]})
    for name in ("ClaimRun", "FinishRun", "RecordStep"):
        late = {
            "FinishRun": {"state": "done", "text": "", "kind": "done"},
            "RecordStep": {"index": 0, "kind": "result", "value": {}},
        }
        assert code(talk.run(name, run_id=run_id, **late.get(name, {}))) == "run_ended"


def test_the_oldest_messages_go_first() -> None:
    talk = Talk()
    for number in range(MOST_MESSAGES // 2 + 5):
        talk.say(f"message {number}")
        talk.finish(f"answer {number}")
    assert len(talk.doc["messages"]) == MOST_MESSAGES
    assert (talk.doc["messages"][0]["text"], talk.doc["title"]) == ("message 5", "message 0")


def test_a_conversation_stays_below_its_size() -> None:
    talk = Talk()
    for number in range(30):
        talk.say(f"{number} {'x' * 19_990}")
        talk.finish("y" * 10_000)
    assert len(orjson.dumps(talk.state)) <= MOST_BYTES
    assert len(talk.doc["messages"]) > 20
    assert talk.doc["messages"][-2]["text"].startswith("29 ")


def test_records_push_old_messages_out_but_never_the_one_that_is_answered(talk: Talk) -> None:
    talk.finish("z" * 40_000)
    talk.say("x" * 20_000)
    talk.finish("z" * 40_000)
    talk.say("go on")
    taken = [talk.record(index, value={"text": "r" * 60_000}) for index in range(8)]
    assert [isinstance(decision, Accepted) for decision in taken] == [True] * 6 + [False] * 2
    assert code(taken[6]) == "conversation_full"
    assert [message["text"][0] for message in talk.doc["messages"]] == ["z", "g"]
    assert isinstance(talk.record(6, value={"text": "r" * 40_000}), Accepted)
    assert [message["text"] for message in talk.doc["messages"]] == ["go on"]
    assert isinstance(talk.finish("Too much."), Accepted)


def test_forgetting_leaves_nothing_that_was_said(talk: Talk) -> None:
    talk.record(0, value={"text": "the secret of Ana"})
    assert isinstance(talk.do("ForgetConversation"), Accepted)
    assert "Ana" not in orjson.dumps(talk.state).decode()
    assert (talk.doc["messages"], talk.doc["run"], talk.doc["title"]) == ([], None, "")
    assert code(talk.say("again")) == "conversation_not_found"
    assert code(talk.do("ForgetConversation")) == "conversation_not_found"


def test_events_and_replies_have_no_text(talk: Talk) -> None:
    replies = [
        talk.record(0, "answer", value={"text": "call Ana"}),
        talk.do("RenameConversation", {"title": "About Ana"}),
        talk.finish("I called Ana.", calls=[{"name": "add-tasks", "arguments": {"title": "Ana"}}]),
        talk.say("call Ana again"),
        talk.do("StopRun"),
        talk.do("ForgetConversation"),
    ]
    for decision in replies:
        assert isinstance(decision, Accepted)
        assert "Ana" not in orjson.dumps([decision.events, decision.reply]).decode()
    assert [event["type"].removeprefix("conversation.") for event in talk.events] == [
        *("said", "progressed", "progressed", "renamed", "answered", "said", "progressed", "progressed", "deleted"),
    ]


def test_a_title_is_the_first_words() -> None:
    assert title_of("  call\n Ana ") == "call Ana"
    assert title_of("word " * 20) == f"{'word ' * 11}word…"
    assert title_of("x" * 100) == f"{'x' * 59}…"
    assert max(len(title_of(f"{'a' * size} b c")) for size in range(100)) <= 61


@pytest.mark.parametrize("text", ["", "   ", "a\0b", "x" * 20_001, "\ud800"])
def test_what_cannot_be_said(text: str) -> None:
    with pytest.raises(ValidationError):
        Talk().say(text)


@pytest.mark.parametrize("text", ["🎉", "שלום עולם", "x" * 20_000, "two\nlines"])
def test_what_can_be_said(text: str) -> None:
    assert isinstance(Talk().say(text), Accepted)


def test_a_memory_has_a_limit(talk: Talk) -> None:
    with pytest.raises(ValidationError):
        talk.finish(memory={"listed": ["x" * 17_000]})
