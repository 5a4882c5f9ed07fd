// Answers to a reminder or an overdue notice.
import { get } from "../api.ts"
import { isUnanswered } from "../firings.ts"
import type { Notification, Task } from "../types.ts"
import { acknowledge, patchTask, reminderInputs, snooze } from "./changes.ts"
import { serverNow } from "./clock.ts"
import { markRead } from "./notifications.ts"
import { confirm, tasks } from "./tasks.ts"

export type SnoozeFor = { minutes: number } | { until: string }

export async function acknowledgeNotification({ id, kind, task_id, reminder_id }: Notification): Promise<boolean> {
  if (kind === "reminder" && task_id && !(await acknowledge(task_id, reminder_id))) return false
  await markRead(id)
  return true
}

/** Snoozes a notification. An overdue task may have no reminder that fired; it then gets one at that time. */
export async function snoozeNotification(notification: Notification, how: SnoozeFor): Promise<boolean> {
  const { id, kind, task_id, reminder_id } = notification
  const task = task_id ? await known(task_id) : undefined
  if (!task) return false
  const fired = kind === "reminder" || task.reminders.some((it) => it.status === "fired" || isUnanswered(it))
  const done = fired ? await snooze(task.id, how, reminder_id) : await remindAgain(task, how)
  if (done) await markRead(id)
  return done
}

/** Snoozes from the row of a task: the reminder that fired last rings again, or the task gets one at that time. */
export function snoozeTask(task: Task, how: SnoozeFor): Promise<boolean> {
  const fired = task.reminders.some(isUnanswered)
  return fired ? snooze(task.id, how, null) : remindAgain(task, how)
}

async function known(taskId: string): Promise<Task | undefined> {
  const task = tasks.peek().get(taskId) ?? (await get<Task>(`/tasks/${taskId}`).catch(() => undefined))
  if (task) confirm([task])
  return task
}

function remindAgain({ id, reminders }: Task, how: SnoozeFor): Promise<boolean> {
  const at = "until" in how ? how.until : new Date(serverNow() + how.minutes * 60_000).toISOString()
  return patchTask(id, { reminders: [...reminderInputs(reminders), { at }] })
}
