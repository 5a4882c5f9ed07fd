// What live news does to this window: a table from event type to what changes, and the stream's own life.
import { batch, signal } from "@preact/signals"
import { hold, type Step, type StreamState } from "../stream.ts"
import { type Share, share } from "../tabs.ts"
import type { StreamEvent } from "../types.ts"
import { openLogs } from "./activity.ts"
import { learnServerTime, touchClock } from "./clock.ts"
import { leave } from "./leaving.ts"
import { loadFirst, reloadAll } from "./lists.ts"
import { answered, loadNotifications, receive } from "./notifications.ts"
import { loadTags, tagsMayHaveChanged } from "./tags.ts"
import { confirm, confirmedTask, forget } from "./tasks.ts"

export const connection = signal<StreamState>("connecting")

let position = 0
let shared: Share | undefined
let catchingUp = false

const effects: Record<string, (event: StreamEvent) => void> = {
  "task.completed": showLeaving,
  "task.deleted": showLeaving,
  "task.purged": (event) => event.task_id && forget(event.task_id),
  "task.overdue": announce,
  "reminder.delivered": announce,
  "reminder.snoozed": settleReminder,
  "reminder.acknowledged": settleReminder,
  "reminder.cancelled": settleReminder,
}

export async function startLive(userId: string, onSignedOut: () => void): Promise<void> {
  position = await loadFirst()
  void loadTags().catch(() => {})
  void loadNotifications().catch(() => {})
  const listener = {
    position: () => position,
    step: applyStep,
    state: setState,
    gap: () => void catchUp(),
    signedOut: onSignedOut,
  }
  shared = share(`duely:${userId}`, listener, browserPorts(`duely:${userId}`))
}

export function wakeLive(): void {
  touchClock()
  shared?.wake()
}

/** Ends the stream; `tell` says to the other windows that the reader signed out. */
export function stopLive(tell: boolean): void {
  if (tell) shared?.tellSignedOut()
  shared?.stop()
  shared = undefined
  position = 0
  connection.value = "connecting"
}

export function applyEvents(events: readonly StreamEvent[]): void {
  batch(() => {
    for (const event of events) {
      effects[event.type]?.(event)
      if (event.task && event.type !== "task.purged") confirm([event.task])
      for (const log of openLogs) log.add(event)
    }
  })
  if (events.some((it) => it.type.startsWith("task."))) tagsMayHaveChanged()
}

function applyStep(step: Step): void {
  if (step.serverTime) learnServerTime(step.serverTime, Date.now(), Date.now())
  if (step.resync) {
    void catchUp()
    return
  }
  position = step.position
  applyEvents(step.events)
}

/** Reads everything again; what was said meanwhile stands in the notification centre. */
async function catchUp(): Promise<void> {
  if (catchingUp) return
  catchingUp = true
  try {
    position = await reloadAll()
    await Promise.all([loadNotifications(), loadTags()])
    for (const log of openLogs) void log.load()
  } catch {
    // The next news shows the same gap and tries again.
  } finally {
    catchingUp = false
  }
}

function setState(state: StreamState): void {
  connection.value = state
}

function announce(event: StreamEvent): void {
  if (event.notification) receive(event.notification)
}

/** Snoozed, acknowledged or cancelled, here or elsewhere: what is still unanswered keeps its toast. */
function settleReminder({ task }: StreamEvent): void {
  if (!task) return
  const still = task.reminders.filter((it) => it.status === "fired" && !it.acknowledged_at).map((it) => it.id)
  answered(task.id, still)
}

/** Done in another window: let it leave here as visibly as there. */
function showLeaving(event: StreamEvent): void {
  const known = event.task_id ? confirmedTask(event.task_id) : undefined
  if (!known || known.version >= event.version) return
  leave(known.id, event.type === "task.deleted" ? "deleted" : "completed")
  answered(known.id)
}

function browserPorts(name: string) {
  return {
    locks: navigator.locks as LockManager | undefined,
    channel: typeof BroadcastChannel === "undefined" ? undefined : new BroadcastChannel(name),
    hold,
    isHidden: () => document.hidden,
  }
}
