// The notification centre: the notifications, the number of unread ones, and toasts for what arrives now.
import { signal } from "@preact/signals"
import { call, get } from "../api.ts"
import type { Notification, NotificationPage } from "../types.ts"
import { dismissWhere, show } from "./toasts.ts"

export const notifications = signal<readonly Notification[]>([])
export const unread = signal(0)
/** The number of all notifications; the list holds the newest. */
export const notificationTotal = signal(0)

const PER_PAGE = 50
/** How many notifications the list keeps when more arrive, in whole pages; "Show earlier" keeps what it loaded. */
export const MOST_KEPT = 4 * PER_PAGE
let room = MOST_KEPT
const FRESH_MS = 30_000
let loadedAt = 0
let arrived: Notification[] = []
let announceRead: (ids: readonly string[] | null) => void = () => {}

export async function loadNotifications(): Promise<void> {
  arrived = []
  room = MOST_KEPT
  const page = await get<NotificationPage>("/notifications", { per_page: PER_PAGE })
  // A notification that arrived during the request may be missing in the list.
  const late = arrived.filter((it) => !page.items.some((known) => known.id === it.id))
  notifications.value = [...late, ...page.items]
  unread.value = page.unread + late.length
  notificationTotal.value = page.total + late.length
  loadedAt = Date.now()
}

export async function loadMoreNotifications(): Promise<void> {
  const page = Math.floor(notifications.peek().length / PER_PAGE) + 1
  // A notification that is dropped during the request would be missing between two pages.
  room = Number.POSITIVE_INFINITY
  try {
    const { items, total } = await get<NotificationPage>("/notifications", { per_page: PER_PAGE, page })
    const known = notifications.peek()
    const ids = new Set(known.map((it) => it.id))
    notifications.value = [...known, ...items.filter((it) => !ids.has(it.id))]
    notificationTotal.value = total
  } finally {
    room = Math.max(MOST_KEPT, Math.ceil(notifications.peek().length / PER_PAGE) * PER_PAGE)
  }
}

/** Takes a notification that was delivered just now: badge, list and toast. */
export function receive(notification: Notification): void {
  const known = notifications.peek().some((it) => it.id === notification.id)
  arrived = [notification, ...arrived].slice(0, PER_PAGE)
  if (!known) {
    notifications.value = [notification, ...notifications.peek()].slice(0, room)
    notificationTotal.value += 1
    if (!notification.read_at) unread.value += 1
  }
  show({ id: notification.id, kind: "reminder", text: notification.title, notification })
}

export async function markRead(id: string): Promise<void> {
  if (!setRead((it) => it.id === id)) return
  announceRead([id])
  await call("POST", `/notifications/${id}/read`).catch(readAgain)
}

export async function markAllRead(): Promise<void> {
  seeRead(null)
  announceRead(null)
  await call("POST", "/notifications/read-all").catch(readAgain)
}

/** Marks notifications as answered, here or elsewhere, so that nothing is asked any more. */
export function answered(taskId: string, which: (notification: Notification) => boolean): void {
  const about = (it: Notification) => it.task_id === taskId && which(it)
  dismissWhere(({ notification }) => notification !== undefined && about(notification))
  for (const it of notifications.peek()) if (about(it)) void markRead(it.id)
}

/** Marks notifications as read that were read in another window of this browser; null means all. */
export function seeRead(ids: readonly string[] | null): void {
  const hit = (it: Notification) => ids === null || ids.includes(it.id)
  setRead(hit)
  if (ids === null) unread.value = 0
  else dismissWhere(({ notification }) => notification !== undefined && hit(notification))
}

export function whenRead(announce: (ids: readonly string[] | null) => void): void {
  announceRead = announce
}

/** Loads the notifications again when the reader returns: reading on another device is no event of the stream. */
export async function refreshNotifications(): Promise<void> {
  if (Date.now() - loadedAt < FRESH_MS) return
  await loadNotifications().catch(() => {})
  const read = new Set(notifications.peek().flatMap((it) => (it.read_at ? [it.id] : [])))
  dismissWhere(({ id }) => read.has(id))
}

/** Shows what the server has when a mark as read did not arrive. */
async function readAgain(): Promise<void> {
  await loadNotifications().catch(() => {})
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
