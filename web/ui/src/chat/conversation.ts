// The conversation on screen: what was said, the answer under way, and what can be done with both.
import { batch, computed, effect, signal } from "@preact/signals"
import { call, failureText, get, Refused, Unreachable } from "../api.ts"
import { newId } from "../ids.ts"
import { resultText } from "../store/change-sets.ts"
import { go, route } from "../store/route.ts"
import { me } from "../store/session.ts"
import { confirm } from "../store/tasks.ts"
import type { ChatAnswer, Conversation, ConversationMessage, Reverted, ToolCall } from "../types.ts"
import { say, settled } from "./answering.ts"
import { draft, keepDraft, keepUnsure, readDraft, unsureOf } from "./draft.ts"

/** The answer under way; `runId` is empty until the server has taken the message. */
export interface Live {
  runId: string
  text: string
  calls: ToolCall[]
  stopping: boolean
}

export const conversationId = signal<string | null>(null)
export const messages = signal<readonly ConversationMessage[]>([])
export const live = signal<Live | null>(null)
/** Why something failed, in words. */
export const problem = signal("")
/** What screen readers are told: an answer when it is whole. */
export const announced = signal("")
export const loading = signal(false)
/** What became of change sets that were taken back here, by their ids. */
export const takenBack = signal<ReadonlyMap<string, string>>(new Map())
export const isEmpty = computed(() => messages.value.length === 0 && !live.value && !loading.value && !problem.value)

/** Ends the wait for what belongs to a conversation that is on screen no more. */
let shown = new AbortController()

// Nobody sees what belongs to somebody else.
const myId = computed(() => me.value?.id)
effect(() => {
  void myId.value
  clear(null)
  readDraft()
})

export function newConversation(): void {
  clear(null)
  if (route.peek().view === "chat") go({ chatId: null })
}

/** Shows a conversation, and waits for the answer that is under way in it. */
export async function openConversation(id: string): Promise<void> {
  if (id === conversationId.peek()) return
  clear(id)
  loading.value = true
  await show(id, shown.signal)
}

/** Sends what is typed; it stays in the field until the server has taken it. */
export async function send(text: string, confirmed = false): Promise<void> {
  const message = text.trim()
  if (!message || live.peek()) return
  const [place, mine] = [conversationId.peek(), shown.signal]
  const key = unsureOf(message, place)?.key ?? newId()
  keepUnsure({ text: message, place, key })
  batch(() => {
    problem.value = ""
    announced.value = ""
    live.value = { runId: "", text: "", calls: [], stopping: false }
  })
  const said = { message, ...(place ? { conversation_id: place } : {}), ...(confirmed ? { confirm: true } : {}) }
  const here =
    <T>(then: (data: T) => void) =>
    (data: T) =>
      void (mine.aborted || then(data))
  try {
    const answer = await say(said, key, {
      start: here((it) => begin(it.conversation_id, it.run_id, message, key)),
      text: here((it) => grow((now) => ({ text: now.text + it.text }))),
      call: here((it) => grow((now) => ({ calls: [...now.calls, { ...it, results: [], total: 0 }] }))),
      result: here((it) => grow((now) => ({ calls: withResult(now.calls, it) }))),
    })
    if (mine.aborted) return
    if (answer) finish(answer)
    else await show(conversationId.peek() ?? "", mine)
  } catch (error) {
    if (error instanceof Refused) keepUnsure(null)
    if (!mine.aborted) fail(error)
  }
}

export async function stop(): Promise<void> {
  const id = conversationId.peek()
  if (!id || !live.peek()?.runId) return
  grow(() => ({ stopping: true }))
  await attempt(() => call("POST", `/conversations/${id}/stop`))
}

/** Takes back all that an answer changed; what had changed since stays, and is counted. */
export async function takeBack(changeSet: string): Promise<void> {
  await attempt(async () => {
    const { value } = await call<Reverted>("POST", `/change-sets/${changeSet}/revert`)
    announced.value = resultText(value)
    takenBack.value = new Map(takenBack.peek()).set(changeSet, resultText(value))
  })
}

/** Returns the last message of the person, for the one who wants to say it differently. */
export function lastSaid(): string {
  return messages.peek().findLast((it) => it.role === "person")?.text ?? ""
}

function begin(id: string, runId: string, text: string, key: string): void {
  keepUnsure(null)
  batch(() => {
    conversationId.value = id
    const at = new Date().toISOString()
    messages.value = [...messages.peek(), { id: key, role: "person", text, at, run_id: runId }]
    grow(() => ({ runId }))
    if (draft.peek().trim() === text) keepDraft("")
    if (route.peek().view === "chat") go({ chatId: id }, true)
  })
}

function grow(more: (now: Live) => Partial<Live>): void {
  const now = live.peek()
  if (now) live.value = { ...now, ...more(now) }
}

function withResult(
  calls: ToolCall[],
  { name, output, problem }: { name: string; output?: unknown; problem?: unknown },
) {
  const at = calls.findLastIndex((it) => it.name === name)
  const results = (output as { results?: ToolCall["results"] } | null)?.results ?? []
  const given = { results, total: results.length, problem: (problem ?? null) as Record<string, unknown> | null }
  return calls.map((it, index) => (index === at ? { ...it, ...given } : it))
}

function finish(answer: ChatAnswer): void {
  confirm(answer.tasks)
  batch(() => {
    live.value = null
    announced.value = answer.response
    messages.value = [...messages.peek(), messageOf(answer)]
  })
}

function messageOf({ run_id, response, state, tasks, ...answer }: ChatAnswer): ConversationMessage {
  const at = new Date().toISOString()
  const { kind, change_set, tool_calls } = answer
  const told = state === "running" ? null : state
  const task_ids = tasks.map((it) => it.id)
  return {
    id: `${run_id}-answer`,
    role: "assistant",
    text: response,
    at,
    run_id,
    state: told,
    kind,
    change_set,
    tool_calls,
    task_ids,
  }
}

/** Shows what the server has of a conversation, again when the answer under way has ended. */
async function show(id: string, signal: AbortSignal): Promise<void> {
  try {
    const now = await get<Conversation>(`/conversations/${id}`)
    if (signal.aborted) return
    put(now)
    if (!now.run) return announce()
    const after = await settled(id, signal)
    if (signal.aborted) return
    if (after) put(after)
    else live.value = null
    announce()
  } catch (error) {
    if (!signal.aborted) fail(error)
  }
}

function put({ messages: said, run }: Conversation): void {
  const before = live.peek()
  batch(() => {
    loading.value = false
    messages.value = said
    if (!run) live.value = null
    else live.value = { text: "", calls: [], ...before, runId: run.id, stopping: run.state === "stopping" }
  })
}

function announce(): void {
  const last = messages.peek().at(-1)
  if (last?.role === "assistant") announced.value = last.text
}

async function attempt(work: () => Promise<unknown>): Promise<void> {
  const mine = shown.signal
  try {
    problem.value = ""
    await work()
  } catch (error) {
    if (!mine.aborted) tell(error)
  }
}

function fail(error: unknown): void {
  batch(() => {
    loading.value = false
    live.value = null
    tell(error)
  })
}

function tell(error: unknown): void {
  if (!(error instanceof Refused || error instanceof Unreachable)) throw error
  problem.value = failureText(error)
}

function clear(id: string | null): void {
  shown.abort()
  shown = new AbortController()
  batch(() => {
    conversationId.value = id
    messages.value = []
    live.value = null
    problem.value = ""
    announced.value = ""
    loading.value = false
  })
}
