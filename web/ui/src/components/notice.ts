// The second line of a notification: the due in the reader's own words where the task is known.
import { dueLabel } from "../format.ts"
import { now } from "../store/clock.ts"
import { zone } from "../store/session.ts"
import { tasks } from "../store/tasks.ts"
import type { Notification } from "../types.ts"

export function noticeText({ task_id, body }: Notification): string {
  const due = task_id ? tasks.value.get(task_id)?.due : undefined
  return due ? `Due ${dueLabel(due, zone.value, now.value)}` : body
}
