// The notification centre: what was said to the reader, what is unread, and the toasts for what is said now.
import { signal } from "@preact/signals"
import { call, get } from "../api.ts"
import type { Notification, NotificationPage } from "../types.ts"
import { dismissWhere, show } from "./toasts.ts"

export const notifications = signal<readonly Notification[]>([])
export const unread = signal(0)
/** How many there are in all; the list holds the newest. */
export const notificationTotal = signal(0)

const PER_PAGE = 50

export async function loadNotifications(): Promise<void> {
  const page = await get<NotificationPage>("/notifications", { per_page: PER_PAGE })
  notifications.value = page.items
  unread.value = page.unread
  notificationTotal.value = page.total
}

export async function loadMoreNotifications(): Promise<void> {
  const known = notifications.peek()
  const page = Math.floor(known.length / PER_PAGE) + 1
  const { items, total } = await get<NotificationPage>("/notifications", { per_page: PER_PAGE, page })
  const ids = new Set(known.map((it) => it.id))
  notifications.value = [...known, ...items.filter((it) => !ids.has(it.id))]
  notificationTotal.value = total
}

/** Something was delivered just now: badge, list and toast. */
export function receive(notification: Notification): void {
  const known = notifications.peek().some((it) => it.id === notification.id)
  if (!known) {
    notifications.value = [notification, ...notifications.peek()]
    notificationTotal.value += 1
    if (!notification.read_at) unread.value += 1
  }
  show({ id: notification.id, kind: "reminder", text: notification.title, notification })
}

export async function markRead(id: string): Promise<void> {
  if (!setRead((it) => it.id === id)) return
  await call("POST", `/notifications/${id}/read`).catch(loadNotifications)
}

export async function markAllRead(): Promise<void> {
  setRead(() => true)
  unread.value = 0
  await call("POST", "/notifications/read-all").catch(loadNotifications)
}

/** Answered here or in another window: nothing to ask any more. `still` names reminders that nobody answered yet. */
export function answered(taskId: string, still: readonly string[] = []): void {
  const about = (it: Notification | undefined) =>
    it?.task_id === taskId && !(it.reminder_id && still.includes(it.reminder_id))
  dismissWhere((toast) => about(toast.notification))
  for (const it of notifications.peek()) if (about(it)) void markRead(it.id)
}

function setRead(test: (notification: Notification) => boolean): boolean {
  const at = new Date().toISOString()
  const hits = notifications.peek().filter((it) => !it.read_at && test(it))
  if (hits.length === 0) return false
  const ids = new Set(hits.map((it) => it.id))
  notifications.value = notifications.peek().map((it) => (ids.has(it.id) ? { ...it, read_at: at } : it))
  unread.value = Math.max(0, unread.peek() - hits.length)
  return true
}
