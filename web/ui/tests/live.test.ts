// A window that was too far behind: it loads everything again, loses no event that came meanwhile, and repeats none.
import { afterEach, beforeEach, expect, it, vi } from "vitest"
import { connection, startLive, stopLive } from "../src/store/live.ts"
import { notifications, unread } from "../src/store/notifications.ts"
import { clearTasks, tasks } from "../src/store/tasks.ts"
import { toasts } from "../src/store/toasts.ts"
import type { Task } from "../src/types.ts"
import { news, task } from "./support/samples.ts"

let server: ReturnType<typeof fakeServer>

beforeEach(() => {
  vi.stubGlobal("document", { hidden: false })
  vi.stubGlobal("navigator", {})
  server = fakeServer()
})
afterEach(() => {
  stopLive(false)
  clearTasks()
  vi.unstubAllGlobals()
})

it("starts where its first list ended, and hears from there", async () => {
  server.list = [task({ id: "a", version: 1 })]
  server.position = 7
  await startLive("u", () => {})
  await vi.waitFor(() => expect(server.streams).toEqual(["/api/v1/stream?after=7"]))
  server.say("task.created", news("task.created", task({ id: "b", version: 1 }), { position: 8 }))
  await vi.waitFor(() => expect([...tasks.value.keys()]).toEqual(["a", "b"]))
  expect(connection.value).toBe("live")
})

it("goes on after an event that it does not know", async () => {
  server.position = 7
  await startLive("u", () => {})
  await vi.waitFor(() => expect(server.streams).toHaveLength(1))
  server.say("list.archived", news("list.archived", null, { position: 8 }))
  server.say("task.created", news("task.created", task({ id: "b", version: 1 }), { position: 9 }))
  await vi.waitFor(() => expect([...tasks.value.keys()]).toEqual(["b"]))
})

it("reads again after a resync, and keeps what was said while it read", async () => {
  server.list = [task({ id: "a", version: 1 }), task({ id: "gone", version: 1 })]
  server.position = 7
  await startLive("u", () => {})
  await vi.waitFor(() => expect(server.streams).toHaveLength(1))
  server.list = [task({ id: "a", version: 5 }), task({ id: "c", version: 1 })]
  server.position = 900
  const answer = server.holdNextList()
  server.say("resync", { position: 900 })
  server.say("task.created", news("task.created", task({ id: "d", version: 1 }), { position: 901 }))
  server.say("task.updated", news("task.updated", task({ id: "a", version: 4 }), { position: 900 }))
  await vi.waitFor(() => expect(server.lists).toBe(2))
  answer()
  await vi.waitFor(() => expect([...tasks.value.keys()]).toEqual(["a", "c", "d"]))
  expect(tasks.value.get("a")?.version).toBe(5)
})

it("shows a delivered reminder once, as a toast, in the list and in the badge", async () => {
  server.list = [task({ id: "a", version: 1 })]
  await startLive("u", () => {})
  await vi.waitFor(() => expect(server.streams).toHaveLength(1))
  const notification = {
    id: "n1",
    kind: "reminder",
    task_id: "a",
    reminder_id: "r1",
    title: "Task a",
    body: "",
    late_seconds: 200,
    created_at: "2026-11-22T09:00:00.000Z",
    read_at: null,
    acknowledged_at: null,
  }
  const said = { ...news("reminder.delivered", task({ id: "a", version: 2 }), { position: 1 }), notification }
  server.say("reminder.delivered", said)
  server.say("reminder.delivered", said)
  await vi.waitFor(() => expect(toasts.value).toHaveLength(1))
  expect([unread.value, notifications.value.length, toasts.value[0]?.notification?.late_seconds]).toEqual([1, 1, 200])
  const acknowledged = { id: "r1", status: "fired", acknowledged_at: "2026-11-22T09:01:00.000Z" }
  const after = { ...task({ id: "a", version: 3 }), reminders: [acknowledged] } as unknown as Task
  server.say("reminder.acknowledged", news("reminder.acknowledged", after, { position: 2 }))
  await vi.waitFor(() => expect(toasts.value).toEqual([]))
  expect(unread.value).toBe(0)
})

function fakeServer() {
  let stream: ReadableStreamDefaultController<Uint8Array> | undefined
  let gate: Promise<void> = Promise.resolve()
  const made = {
    list: [] as Task[],
    position: 0,
    lists: 0,
    streams: [] as string[],
    say: (event: string, data: object) =>
      stream?.enqueue(new TextEncoder().encode(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)),
    holdNextList: () => {
      let open = () => {}
      gate = new Promise((resolve) => {
        open = resolve
      })
      return open
    },
  }
  vi.stubGlobal("fetch", async (url: string) => {
    if (url.startsWith("/api/v1/stream")) {
      made.streams.push(url)
      const start = (controller: ReadableStreamDefaultController<Uint8Array>) => {
        stream = controller
      }
      return new Response(new ReadableStream({ start }))
    }
    if (url.startsWith("/api/v1/tasks")) {
      made.lists += 1
      await gate
      const headers = { "Duely-Position": String(made.position) }
      return Response.json({ items: made.list, total: made.list.length, next_cursor: null }, { headers })
    }
    return Response.json({ items: [], total: 0, unread: 0 })
  })
  return made
}
