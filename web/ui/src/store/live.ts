// What live events do to this window: a table from event type to change, and the life of the stream.
import { batch, signal } from "@preact/signals"
import { hold, type Step, type StreamState } from "../stream.ts"
import { type Share, share } from "../tabs.ts"
import type { StreamEvent } from "../types.ts"
import { openLogs } from "./activity.ts"
import { noteServerTime, touchClock } from "./clock.ts"
import { leave } from "./leaving.ts"
import { loadFirst, reloadAll } from "./lists.ts"
import { answered, loadNotifications, receive, refreshNotifications, seeRead, whenRead } from "./notifications.ts"
import { usageMayHaveChanged } from "./quota.ts"
import { noteSeriesEvent, reloadSeries } from "./series.ts"
import { loadTags, tagsMayHaveChanged } from "./tags.ts"
import { confirm, confirmedTask, forget } from "./tasks.ts"

export const connection = signal<StreamState>("connecting")

let position = 0
let shared: Share | undefined
let catchingUp = false
/** The steps that arrived while everything was being loaded again. */
const waiting: Step[] = []
const RETRY_MS = 3000

const effects: Record<string, (event: StreamEvent) => void> = {
  "task.completed": showLeaving,
  "task.deleted": showLeaving,
  "task.purged": (event) => event.task_id && forget(event.task_id),
  "notice.delivered": announce,
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
    gap: (step?: Step) => void catchUp(step),
    signedOut: onSignedOut,
    read: seeRead,
  }
  whenRead((ids) => shared?.announceRead(ids))
  shared = share(`duely:${userId}`, listener, browserPorts(`duely:${userId}`))
}

export function nudgeLive(): void {
  touchClock()
  shared?.nudge()
  if (shared && !document.hidden) void refreshNotifications()
}

/** Ends the stream; with `isSignOut` the other windows learn that the reader signed out. */
export function stopLive(isSignOut: boolean): void {
  if (isSignOut) shared?.announceSignOut()
  shared?.stop()
  shared = undefined
  waiting.length = 0
  position = 0
  connection.value = "connecting"
}

export function applyEvents(events: readonly StreamEvent[]): void {
  batch(() => {
    for (const event of events) {
      effects[event.type]?.(event)
      if (event.task && event.type !== "task.purged") confirm([event.task])
      for (const log of openLogs) log.add(event)
      noteSeriesEvent(event)
    }
  })
  if (events.some((it) => it.type.startsWith("task."))) tagsMayHaveChanged()
  if (events.length > 0) usageMayHaveChanged()
}

function applyStep(step: Step): void {
  if (step.serverTime) noteServerTime(step.serverTime, Date.now())
  if (step.resync || catchingUp) void catchUp(step)
  else take(step)
}

function take(step: Step): void {
  const events = step.events.filter((it) => it.position > position)
  position = Math.max(position, step.position)
  applyEvents(events)
}

/** Loads everything again, then applies what arrived in the meantime. */
async function catchUp(step?: Step): Promise<void> {
  if (step && !step.resync) waiting.push(step)
  if (catchingUp) return
  catchingUp = true
  while (shared) {
    try {
      position = await reloadAll()
      await Promise.all([loadNotifications(), loadTags()])
      break
    } catch {
      await new Promise((done) => setTimeout(done, RETRY_MS))
    }
  }
  catchingUp = false
  for (const log of openLogs) void log.load()
  reloadSeries()
  for (const late of waiting.splice(0)) take(late)
}

function setState(state: StreamState): void {
  connection.value = state
}

function announce(event: StreamEvent): void {
  if (event.notification) receive(event.notification)
}

/** Removes toasts that were answered, here or elsewhere; a snooze answers an overdue notice, too. */
function settleReminder({ task, type }: StreamEvent): void {
  if (!task) return
  const still = task.reminders.filter((it) => it.status === "fired" && !it.acknowledged_at).map((it) => it.id)
  answered(task.id, (it) => (it.reminder_id ? !still.includes(it.reminder_id) : type === "reminder.snoozed"))
}

/** Lets a task that was completed in another window leave the list here as visibly as there. */
function showLeaving(event: StreamEvent): void {
  if (!event.task_id) return
  answered(event.task_id, () => true)
  const known = confirmedTask(event.task_id)
  if (known && known.version < event.version) leave(known.id, event.type === "task.deleted" ? "deleted" : "completed")
}

function browserPorts(name: string) {
  return {
    locks: navigator.locks as LockManager | undefined,
    channel: typeof BroadcastChannel === "undefined" ? undefined : new BroadcastChannel(name),
    hold,
    isHidden: () => document.hidden,
  }
}
