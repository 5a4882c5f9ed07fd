// Everything a person can do to a task: what shows at once, what is sent, and how it is undone.
import { newId } from "../ids.ts"
import { offsetPart } from "../offsets.ts"
import { quoted } from "../quoted.ts"
import type { Reminder, ReminderInput, Task, TaskPatch } from "../types.ts"
import { serverNow } from "./clock.ts"
import { type Edit, send } from "./edits.ts"
import { leave } from "./leaving.ts"
import { confirmedVersion, forget, tasks } from "./tasks.ts"
import { remember } from "./undo.ts"

export interface NewTask extends TaskPatch {
  title: string
}

/** Returns the task that is shown until the server has answered. */
export function draftOf(id: string, input: NewTask): Task {
  const at = stamp()
  return {
    id,
    description: "",
    priority: "none",
    status: "open",
    tags: [],
    due: null,
    checklist: [],
    series_id: null,
    occurrence: null,
    version: 0,
    created_at: at,
    updated_at: at,
    completed_at: null,
    deleted_at: null,
    overdue: false,
    ...input,
    reminders: (input.reminders ?? []).map(draftReminder),
  }
}

/** Changes fields of a task; `base` is the version that the reader saw when the edit began. */
export async function patchTask(id: string, patch: TaskPatch, base = confirmedVersion(id)): Promise<boolean> {
  const before = tasks.peek().get(id)
  if (!before) return false
  const task = await send(patchEdit(id, patch, base))
  if (task) {
    const back = inverse(before, patch)
    const run = async () => (await send(patchEdit(id, back, task.version))) !== undefined
    remember({ label: `Changed ${quote(task)}`, run }, false)
  }
  return task !== undefined
}

export function completeTask(id: string): void {
  leave(id, "completed")
  void finish(step(id, "complete", { status: "completed", completed_at: stamp() }), "Completed", () => reopen(id))
}

export function reopenTask(id: string): void {
  void finish(step(id, "reopen", { status: "open", completed_at: null }), "Reopened", () => completeAgain(id))
}

export function toggleTask(task: Task): void {
  if (task.status === "open") completeTask(task.id)
  else reopenTask(task.id)
}

export function deleteTask(id: string): void {
  leave(id, "deleted")
  void finish(trashEdit(id), "Moved to trash", () => restore(id))
}

export function restoreTask(id: string): void {
  leave(id, "deleted")
  void finish(step(id, "restore", { deleted_at: null }), "Restored", () => trashTask(id))
}

export async function purgeTask(id: string): Promise<void> {
  const title = tasks.peek().get(id)?.title ?? "The task"
  const edit = step(id, "purge", {})
  const gone = await send({ ...edit, apply: () => undefined, failure: `${quoted(title)} was not purged` })
  if (gone) forget(id)
}

export function snooze(
  id: string,
  how: { minutes: number } | { until: string },
  reminderId: string | null,
): Promise<boolean> {
  return answer(
    id,
    "snooze",
    { ...how, ...(reminderId ? { reminder_id: reminderId } : {}) },
    "The reminder was not snoozed",
  )
}

export function acknowledge(id: string, reminderId: string | null): Promise<boolean> {
  return answer(id, "acknowledge", reminderId ? { reminder_id: reminderId } : {}, "The reminder was not acknowledged")
}

/** Returns reminders in the form in which they are sent, without what only the server sets. */
export function reminderInputs(reminders: readonly Reminder[]): ReminderInput[] {
  return reminders.map((it) => ({ id: it.id, ...(it.at ? { at: it.at } : offsetPart(it)) }))
}

async function answer(id: string, verb: string, body: unknown, failure: string): Promise<boolean> {
  const edit = step(id, verb, {})
  return (await send({ ...edit, apply: (task) => task, body, failure })) !== undefined
}

function step(id: string, verb: string, shown: Partial<Task>): Edit {
  const title = tasks.peek().get(id)?.title ?? "task"
  return {
    taskId: id,
    failure: `Could not ${verb} ${quoted(title)}`,
    apply: (task) => task && { ...task, ...shown },
    method: "POST",
    path: `/tasks/${id}/${verb}`,
  }
}

function trashEdit(id: string): Edit {
  return { ...step(id, "delete", { deleted_at: stamp() }), method: "DELETE", path: `/tasks/${id}` }
}

async function finish(edit: Edit, done: string, back: () => Promise<boolean>): Promise<void> {
  const task = await send(edit)
  if (task) remember({ label: `${done} ${quote(task)}`, run: back }, true)
}

async function reopen(id: string): Promise<boolean> {
  return (await send(step(id, "reopen", { status: "open", completed_at: null }))) !== undefined
}

async function completeAgain(id: string): Promise<boolean> {
  return (await send(step(id, "complete", { status: "completed", completed_at: stamp() }))) !== undefined
}

export async function trashTask(id: string): Promise<boolean> {
  return (await send(trashEdit(id))) !== undefined
}

async function restore(id: string): Promise<boolean> {
  return (await send(step(id, "restore", { deleted_at: null }))) !== undefined
}

function patchEdit(id: string, patch: TaskPatch, base: number | undefined): Edit {
  return {
    taskId: id,
    failure: `The ${Object.keys(patch).join(" and ")} was not saved`,
    apply: (task) => task && { ...task, ...patch, reminders: shownReminders(task, patch) },
    method: "PATCH",
    path: `/tasks/${id}`,
    body: patch,
    base,
  }
}

function shownReminders(task: Task, patch: TaskPatch): Reminder[] {
  if (!patch.reminders) return task.reminders
  return patch.reminders.map((it) => task.reminders.find((known) => known.id === it.id) ?? draftReminder(it))
}

function draftReminder(input: ReminderInput): Reminder {
  const life = { status: "pending", firing: 1, fire_at: null, fired_at: null, late_seconds: null } as const
  return { ...life, acknowledged_at: null, snoozed_until: null, ...input, id: input.id ?? newId() }
}

function inverse(before: Task, patch: TaskPatch): TaskPatch {
  const back: Record<string, unknown> = {}
  for (const field of Object.keys(patch) as (keyof TaskPatch)[])
    back[field] = field === "reminders" ? reminderInputs(before.reminders) : before[field]
  return back as TaskPatch
}

export function quote({ title }: { title: string }): string {
  return quoted(title.length > 40 ? `${title.slice(0, 39)}…` : title)
}

function stamp(): string {
  return new Date(serverNow()).toISOString()
}
