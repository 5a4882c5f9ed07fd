// The chat: an answer as it streams in, what happens when the stream is cut or refused, and what stays in the field.
import { afterEach, beforeEach, expect, it, vi } from "vitest"
import { argumentLines, nameText, outcomeText, resultLines } from "../src/chat/call-words.ts"
import {
  announced,
  conversationId,
  live,
  messages,
  newConversation,
  problem,
  send,
  takeBack,
  takenBack,
} from "../src/chat/conversation.ts"
import { draft, keepDraft } from "../src/chat/draft.ts"
import { repliesTo } from "../src/chat/replies.ts"
import type { ChatAnswer, ConversationMessage } from "../src/types.ts"

const ANSWER: ChatAnswer = {
  response: "Added “Call Ana”.",
  conversation_id: "c1",
  run_id: "r1",
  state: "done",
  kind: "done",
  change_set: "r1",
  tool_calls: [],
  tasks: [],
  usage: {},
}
const START = 'event: start\ndata: {"conversation_id":"c1","run_id":"r1"}\n\n'
const END = `event: end\ndata: ${JSON.stringify(ANSWER)}\n\n`

interface Sent {
  method: string
  url: string
  key: string | undefined
  accept: string | undefined
  body: Record<string, unknown>
}
let sent: Sent[]
let answers: (() => Response | Promise<Response>)[]

beforeEach(() => {
  sent = []
  vi.stubGlobal("fetch", async (url: string, { method = "GET", headers, body }: RequestInit) => {
    const given = headers as Record<string, string>
    const read = body ? JSON.parse(String(body)) : {}
    sent.push({ method, url, key: given["Idempotency-Key"], accept: given.Accept, body: read })
    const answer = answers.shift()
    if (!answer) throw new TypeError("no network")
    return answer()
  })
  newConversation()
  keepDraft("")
})
afterEach(() => vi.unstubAllGlobals())

it("shows an answer as it streams in, cut anywhere, and begins a conversation", async () => {
  const call = 'event: call\ndata: {"name":"add-tasks","arguments":{"tasks":[]}}\n\n'
  const result = 'event: result\ndata: {"name":"add-tasks","output":{"results":[{"status":"done","title":"A"}]}}\n\n'
  const text = 'event: text\ndata: {"text":"Added "}\n\n: ping\n\nevent: text\ndata: {"text":"“Call Ana”."}\n\n'
  const seen: unknown[] = []
  const stop = live.subscribe((now) => seen.push(now && [now.runId, now.text, now.calls.map(outcomeText)]))
  answers = [() => streamOf((START + call + result + text + END).match(/[\s\S]{1,7}/g) ?? [])]
  keepDraft("call Ana")
  await send("call Ana")
  stop()
  expect(seen).toContainEqual(["r1", "", [""]])
  expect(seen).toContainEqual(["r1", "Added “Call Ana”.", ["1 done"]])
  expect(seen.at(-1)).toBeNull()
  expect(sent[0]?.accept).toContain("text/event-stream")
  expect(conversationId.value).toBe("c1")
  expect(messages.value.map((it) => [it.role, it.text])).toEqual([
    ["person", "call Ana"],
    ["assistant", "Added “Call Ana”."],
  ])
  expect([draft.value, announced.value, problem.value]).toEqual(["", "Added “Call Ana”.", ""])
})

it("takes the answer as JSON where nothing is streamed", async () => {
  answers = [() => Response.json(ANSWER)]
  await send("call Ana")
  expect(sent).toHaveLength(1)
  expect(messages.value.map((it) => it.role)).toEqual(["person", "assistant"])
})

it("asks for JSON under the same key where the stream ends before it began", async () => {
  answers = [() => streamOf([]), () => Response.json(ANSWER)]
  await send("call Ana")
  expect(sent.map((it) => it.accept)).toEqual(["text/event-stream, application/json", "application/json"])
  expect(new Set(sent.map((it) => it.key)).size).toBe(1)
  expect(messages.value).toHaveLength(2)
})

it("reads the conversation when the stream is cut, and says nothing twice", async () => {
  answers = [() => streamOf([START], true), () => Response.json(conversation())]
  await send("call Ana")
  expect(sent.map((it) => [it.method, it.url])).toEqual([
    ["POST", "/api/v1/chat"],
    ["GET", "/api/v1/conversations/c1"],
  ])
  expect(messages.value.map((it) => it.text)).toEqual(["call Ana", "Added “Call Ana”."])
  expect(live.value).toBeNull()
})

it("keeps the text and the reason when the conversation is busy", async () => {
  const busy = { code: "run_active", title: "Busy", detail: "Another message is being answered." }
  answers = [() => Response.json(busy, { status: 409 }), () => streamOf([START, END])]
  keepDraft("call Ana")
  await send("call Ana")
  expect([draft.value, problem.value, live.value]).toEqual(["call Ana", "Another message is being answered.", null])
  await send("call Ana")
  expect(problem.value).toBe("")
  expect(sent[0]?.key).not.toBe(sent[1]?.key)
})

it("sends a message again under the same key when nobody knows whether it arrived", async () => {
  answers = []
  keepDraft("call Ana")
  await send("call Ana")
  expect([draft.value, problem.value]).toEqual(["call Ana", "The server cannot be reached."])
  answers = [() => streamOf([START, END])]
  await send("call Ana")
  expect(new Set(sent.map((it) => it.key)).size).toBe(1)
  expect(messages.value).toHaveLength(2)
})

it("does not put an answer into another conversation", async () => {
  let go = () => {}
  const held = new Promise<void>((resolve) => (go = resolve))
  answers = [() => held.then(() => streamOf([START, END]))]
  const sending = send("call Ana")
  newConversation()
  go()
  await sending
  expect([conversationId.value, messages.value, live.value]).toEqual([null, [], null])
})

it("sends nothing empty, and says yes only where it was asked", async () => {
  answers = [() => streamOf([START, END])]
  await send("   ")
  await send("yes", true)
  expect(sent.map((it) => it.body)).toEqual([{ message: "yes", confirm: true }])
})

it("takes back what an answer changed, and says what became of it", async () => {
  const results = [{ status: "reverted" }, { status: "changed_since" }]
  answers = [() => Response.json({ change_set: "r2", counts: { reverted: 1 }, results })]
  await takeBack("r1")
  expect(sent.map((it) => it.url)).toEqual(["/api/v1/change-sets/r1/revert"])
  expect(takenBack.value.get("r1")).toBe("1 of 2 changes taken back")
})

it.each([
  ["Really delete 3 tasks? Say yes or no.\n1. A", ["yes", "no"]],
  ["Soll ich das mit „Yes or no?“ machen? Sag ja oder nein.", ["ja", "nein"]],
  ["Cela change 3 tâches. Je le fais ? Réponds oui ou non.", ["oui", "non"]],
  ["¿Lo hago con “A”? Di sí o no.", ["sí", "no"]],
  ["Which “call” do you mean?\n1. Call A\n2. Say yes or no", null],
])("offers yes and no where that is the question: %s", (text, yesNo) => {
  const message = { ...conversation().messages[1], kind: "ask", text } as ConversationMessage
  expect(repliesTo(message)).toEqual({ numbers: yesNo === null, yesNo })
  expect(repliesTo({ ...message, kind: "list" })).toEqual({ numbers: false, yesNo: null })
})

it("tells a call in words", () => {
  const call = {
    name: "add-tasks",
    arguments: { tasks: [{ line: "call Ana friday" }, { title: "B", priority: "high" }], dry_run: false },
    results: [
      { status: "done", title: "Call Ana" },
      { status: "failed", title: "B", detail: "Too long." },
    ],
    total: 2,
  }
  expect(nameText(call.name)).toBe("Add tasks")
  expect(argumentLines(call.arguments)).toEqual(["tasks: call Ana friday; title B, priority high", "dry run: no"])
  expect(outcomeText(call)).toBe("1 done, 1 failed")
  expect(resultLines(call)).toEqual(["✓ “Call Ana”", "failed “B” Too long."])
  expect(outcomeText({ ...call, problem: { detail: "Not yours." } })).toBe("Not yours.")
})

function streamOf(pieces: readonly string[], cut = false): Response {
  const bytes = pieces.map((it) => new TextEncoder().encode(it))
  const body = new ReadableStream({
    pull(controller) {
      const next = bytes.shift()
      if (next) controller.enqueue(next)
      else if (cut) controller.error(new TypeError("network error"))
      else controller.close()
    },
  })
  return new Response(body, { headers: { "Content-Type": "text/event-stream; charset=utf-8" } })
}

function conversation() {
  const about = { at: "2026-11-22T09:00:00.000Z", run_id: "r1" }
  return {
    id: "c1",
    title: "call Ana",
    run: null,
    messages: [
      { id: "m1", role: "person", text: "call Ana", ...about },
      { id: "m2", role: "assistant", text: "Added “Call Ana”.", kind: "done", state: "done", ...about },
    ],
  }
}
