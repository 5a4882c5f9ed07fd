// A line of quick add on its way to the server, which makes a task or a series of it. What cannot be sent is kept.
import { computed, effect } from "@preact/signals"
import { call, failureText, Refused, Unreachable } from "../api.ts"
import { newId } from "../ids.ts"
import type { QuickAddLine, Series, Task } from "../types.ts"
import { draftOf, type NewTask, quote, trashTask } from "./changes.ts"
import { dropLine, keepLine, keptLines, type Line, rereadLines } from "./kept-lines.ts"
import { connection } from "./live.ts"
import { takeBack } from "./repeating.ts"
import { confirmSeries } from "./series.ts"
import { me } from "./session.ts"
import { lay, lift } from "./tasks.ts"
import { show } from "./toasts.ts"
import { remember } from "./undo.ts"

const AGAIN_MS = 5_000
const LONGEST_AGAIN_MS = 60_000
/** No session, and too many requests: another time the same line is taken. */
const NOT_NOW = [401, 429]

const waiting = computed(() => keptLines.value.filter((it) => !it.fault))

/** What became of a line: the task if it is there already; why it was refused; neither while it is kept or a series. */
export interface Added {
  task?: Task | undefined
  refused?: string
}

export function newLine(body: QuickAddLine): Line {
  return { key: newId(), user: me.peek()?.id ?? "", body: { id: newId(), ...body } }
}

/** Sends a line; `draft` is shown as its task until the answer is there. */
export async function addLine(line: Line, draft?: NewTask): Promise<Added> {
  const id = line.body.id ?? ""
  if (draft) lay({ key: line.key, taskId: id, apply: (known) => known ?? draftOf(id, draft) })
  try {
    return { task: await post(line) }
  } catch (error) {
    if (isForLater(error) && keepLine(line)) return {}
    return { refused: tell(error, line) }
  } finally {
    lift(line.key)
  }
}

/** Sends the kept lines when the server can be reached again, and now and then while it only seems so. */
export function sendKeptLines(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let pause = AGAIN_MS
  const isDue = computed(
    () => waiting.value.length > 0 && (connection.value === "live" || connection.value === "polling"),
  )
  const send = async () => {
    clearTimeout(timer)
    pause = (await sendAll()) ? AGAIN_MS : Math.min(2 * pause, LONGEST_AGAIN_MS)
    clearTimeout(timer)
    if (isDue.peek()) timer = setTimeout(() => void send(), pause)
  }
  const stop = effect(() => {
    if (isDue.value) void send()
  })
  return () => {
    stop()
    clearTimeout(timer)
  }
}

let sending = false

/** Sends the lines in the order in which they were written; returns whether nothing waits any more. */
async function sendAll(): Promise<boolean> {
  if (sending) return true
  sending = true
  try {
    rereadLines()
    for (const line of waiting.peek()) if (!(await sendKept(line))) return false
    return true
  } finally {
    sending = false
  }
}

/** Returns false where the line has to go on waiting. */
async function sendKept(line: Line): Promise<boolean> {
  try {
    await post(line)
    dropLine(line.key)
  } catch (error) {
    if (isForLater(error)) return false
    if (!(error instanceof Refused)) throw error
    keepLine({ ...line, fault: failureText(error) })
  }
  return true
}

function isForLater(error: unknown): boolean {
  return error instanceof Unreachable || (error instanceof Refused && NOT_NOW.includes(error.problem.status))
}

/** Returns the task, or undefined when a series exists but its first task is still being made. */
async function post({ key, body }: Line): Promise<Task | undefined> {
  const { value } = await call<Task | Series>("POST", "/quick-add", { key, body })
  if ("rule" in value) {
    confirmSeries([value])
    return undefined
  }
  lift(key, value)
  const run = () => (value.series_id ? takeBack(value) : trashTask(value.id))
  remember({ label: `Added ${quote(value)}`, run }, false)
  return value
}

/** Shows and returns why a line was not added. */
function tell(error: unknown, { body }: Line): string {
  if (!(error instanceof Refused) && !(error instanceof Unreachable)) throw error
  const detail = failureText(error)
  show({ kind: "problem", text: `${quote({ title: body.text })} was not added`, detail })
  return detail
}
