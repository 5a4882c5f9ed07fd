// A tab that stays open for weeks: its lists are bounded, and what they dropped can be loaded again.
import { afterEach, expect, it, vi } from "vitest"
import { ActivityLog, MOST_LINES } from "../src/store/activity.ts"
import {
  loadMoreNotifications,
  loadNotifications,
  MOST_KEPT,
  notifications,
  notificationTotal,
  receive,
} from "../src/store/notifications.ts"
import type { Notification, StreamEvent } from "../src/types.ts"

afterEach(() => vi.unstubAllGlobals())

it("keeps the newest lines of an open activity log, and reads the others again", async () => {
  const asked = answer(() => ({ items: [], next_cursor: null }))
  const log = new ActivityLog({})
  for (let position = 1; position <= MOST_LINES + 50; position++) log.add(event(position))
  expect(log.items.value).toHaveLength(MOST_LINES)
  expect([log.items.value[0]?.position, log.items.value.at(-1)?.position]).toEqual([MOST_LINES + 50, 51])
  await log.more()
  expect(asked.at(-1)).toContain("before=51")
})

it("leaves out what happens in conversations, as the log does", () => {
  const log = new ActivityLog({})
  log.add({ ...event(1), type: "conversation.said" })
  log.add(event(2))
  expect(log.items.value.map((it) => it.position)).toEqual([2])
})

it("keeps what the reader asked for when new lines come", async () => {
  answer((url) => {
    const before = Number(new URL(url, "http://duely.test").searchParams.get("before") ?? 1000)
    const items = Array.from({ length: 50 }, (_, index) => event(before - 1 - index))
    return { items, next_cursor: String(before - 50) }
  })
  const log = new ActivityLog({})
  await log.load()
  for (let page = 0; page < 6; page++) await log.more()
  expect(log.items.value).toHaveLength(350)
  for (let position = 1000; position < 1010; position++) log.add(event(position))
  expect(log.items.value).toHaveLength(350)
  expect(log.next.value).toBe("660")
})

it("loses no line when something happens while earlier ones are asked for", async () => {
  const log = new ActivityLog({})
  for (let position = 51; position <= MOST_LINES + 50; position++) log.add(event(position))
  log.next.value = "51"
  answer(() => {
    log.add(event(MOST_LINES + 51))
    return { items: Array.from({ length: 50 }, (_, index) => event(50 - index)), next_cursor: null }
  })
  await log.more()
  expect(log.items.value.map((it) => it.position)).toEqual(Array.from({ length: 251 }, (_, index) => 251 - index))
})

it("keeps a notification that comes while earlier ones are asked for", async () => {
  answer(() => ({ items: [], total: 0, unread: 0 }))
  await loadNotifications()
  for (let number = 0; number < MOST_KEPT; number++) receive(notification(number))
  answer(() => {
    receive(notification(MOST_KEPT))
    return { items: [notification(-1)], total: MOST_KEPT + 2 }
  })
  await loadMoreNotifications()
  expect(notifications.value).toHaveLength(MOST_KEPT + 2)
  expect([notifications.value[0]?.id, notifications.value.at(-1)?.id]).toEqual([`n${MOST_KEPT}`, "n-1"])
})

it("keeps the newest notifications in whole pages, so that the next page follows", async () => {
  const asked = answer(() => ({ items: [], total: 1000, unread: 0 }))
  await loadNotifications()
  for (let number = 0; number < MOST_KEPT + 30; number++) receive(notification(number))
  expect(notifications.value).toHaveLength(MOST_KEPT)
  expect(notifications.value[0]?.id).toBe(`n${MOST_KEPT + 29}`)
  expect(notificationTotal.value).toBe(1000 + MOST_KEPT + 30)
  await loadMoreNotifications()
  expect(asked.at(-1)).toContain("page=5")
})

function answer(make: (url: string) => unknown): string[] {
  const asked: string[] = []
  vi.stubGlobal("fetch", async (url: string) => {
    asked.push(url)
    return new Response(JSON.stringify(make(url)), { headers: { "content-type": "application/json" } })
  })
  return asked
}

function event(position: number): StreamEvent & { id: number; at: string; undoable: boolean; hash: string } {
  return {
    id: position,
    at: "2026-11-22T09:00:00.000Z",
    undoable: false,
    hash: "",
    position,
    type: "task.updated",
    changed: {},
    cause: { kind: "user" },
  } as unknown as StreamEvent & { id: number; at: string; undoable: boolean; hash: string }
}

function notification(number: number): Notification {
  return { id: `n${number}`, kind: "digest", title: `${number}`, read_at: null } as unknown as Notification
}
