// Answers to a reminder or an overdue notice.
import { get } from "../api.ts"
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

/** An overdue task may have no reminder to snooze: it then gets one at that time. */
export async function snoozeNotification(
  { id, kind, task_id, reminder_id }: Notification,
  how: SnoozeFor,
): Promise<boolean> {
  if (!task_id) return false
  const done = kind === "reminder" ? await snooze(task_id, how, reminder_id) : await remindAgain(task_id, how)
  if (done) await markRead(id)
  return done
}

async function remindAgain(taskId: string, how: SnoozeFor): Promise<boolean> {
  const task = tasks.peek().get(taskId) ?? (await get<Task>(`/tasks/${taskId}`).catch(() => undefined))
  if (!task) return false
  confirm([task])
  const at = "until" in how ? how.until : new Date(serverNow() + how.minutes * 60_000).toISOString()
  return patchTask(taskId, { reminders: [...reminderInputs(task.reminders), { at }] })
}
