// A server in memory, to look at the page without the real one. It forgets everything when it stops.
import { randomUUID } from "node:crypto"
import type { IncomingMessage, ServerResponse } from "node:http"
import type { Plugin } from "vite"
import type { Activity, Notification, Reading, Task, TaskPatch } from "../src/types.ts"
import { sampleTasks } from "./sample.ts"

type Reply = { status?: number; body?: unknown; headers?: Record<string, string> }
type Handler = (
  parts: string[],
  body: Record<string, unknown>,
  request: IncomingMessage,
  query: URLSearchParams,
) => Reply

const tasks = new Map<string, Task>()
const log: Activity[] = []
const notifications: Notification[] = []
const streams = new Set<ServerResponse>()
const me = {
  id: randomUUID(),
  email: "ada@example.org",
  name: "",
  timezone: "Europe/Paris",
  defaults: {
    reminder_offset: null,
    reminder_offset_minutes: 30,
    digest_at: null,
    quiet_hours: null,
    language: "en",
    chat_model: true,
  },
  created_at: stamp(),
  usage: { tasks: { used: 8, limit: 100 }, series: { used: 0, limit: 10 }, bytes: { used: 9000, limit: 99_000 } },
}
let signedIn = false

export function fakeServer(): Plugin {
  return {
    name: "fake-server",
    configureServer(server) {
      server.middlewares.use("/api/v1", (request, response) => void serve(request, response))
    },
  }
}

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? "/", "http://fake")
  if (url.pathname === "/stream") return openStream(response, Number(url.searchParams.get("after")))
  let text = ""
  for await (const piece of request) text += piece
  const parts = url.pathname.split("/").slice(1)
  const handler = handlers[`${request.method} ${parts[0]}`]
  const open = parts[0] === "auth" || parts[0] === "fake"
  const {
    status = 200,
    body,
    headers = {},
  }: Reply = !signedIn && !open
    ? problem(401, "unauthenticated", "Sign in first.")
    : (handler?.(parts, text ? JSON.parse(text) : {}, request, url.searchParams) ?? problem(404, "not_found", "No."))
  response.writeHead(status, { "Content-Type": "application/json", "Duely-Position": String(log.length), ...headers })
  response.end(body === undefined ? undefined : JSON.stringify(body))
}

const handlers: Record<string, Handler> = {
  "POST auth": ([, what], body) => {
    signedIn = what !== "logout"
    if (what === "register") tasks.clear()
    if (what === "login" && tasks.size === 0) for (const task of sampleTasks()) commit(task, "task.created", {})
    if (typeof body.timezone === "string") me.timezone = body.timezone
    return what === "logout" ? { status: 204 } : { body: { user: me } }
  },
  "GET me": () => ({ body: { ...me, server_time: stamp() } }),
  "PATCH me": (_, body) => ({ body: { ...Object.assign(me, body), server_time: stamp() } }),
  "GET tasks": ([, id, what], _, __, query) => {
    if (what) return { body: { items: log.filter((it) => it.task_id === id).reverse(), next_cursor: null } }
    if (id) return tasks.has(id) ? { body: tasks.get(id) } : problem(404, "task_not_found", "There is no such task.")
    const items = [...tasks.values()].filter(
      (it) =>
        (query.get("trash") === "true") === (it.deleted_at !== null) &&
        (!query.get("status") || it.status === query.get("status")) &&
        JSON.stringify(it)
          .toLowerCase()
          .includes((query.get("search") ?? "").toLowerCase()),
    )
    return { body: { items, total: items.length, page: 1, per_page: 200, next_cursor: null } }
  },
  "POST tasks": ([, id = "", verb = ""], body) => (id ? act(id, verb, body) : { status: 201, body: create(body) }),
  // It understands the last word alone, as a tag, to look at marks and chips.
  "POST quick-add": ([, verb], { text, id, fields = {} }) => {
    const { title, ...reading } = readingOf(String(text))
    if (verb === "parse") return { body: { title, ...reading } }
    return { status: 201, body: create({ id, title, tags: reading.tags, ...(fields as object) }) }
  },
  "PATCH tasks": ([, id = ""], body, request) =>
    patch(id, body, Number(request.headers["if-match"]?.replaceAll('"', ""))),
  "DELETE tasks": ([, id = ""]) => act(id, "delete", {}),
  "GET series": () => ({ body: { items: [], total: 0, page: 1, per_page: 100, next_cursor: null } }),
  "GET tokens": () => ({ body: { items: [{}, {}] } }),
  "GET tags": () => ({ body: { items: tagCounts() } }),
  "GET notifications": () => ({
    body: {
      items: notifications,
      total: notifications.length,
      page: 1,
      per_page: 50,
      next_cursor: null,
      unread: notifications.filter((it) => !it.read_at).length,
    },
  }),
  "POST notifications": ([, id]) => {
    for (const it of notifications) if (id === "read-all" || it.id === id) it.read_at = stamp()
    return { body: {} }
  },
  "GET activity": (_, __, ___, query) => {
    const types = query.getAll("type")
    const items = log.filter((it) => types.length === 0 || types.includes(it.type)).reverse()
    return { body: { items, next_cursor: null } }
  },
  "POST activity": ([, position]) => {
    const line = log[Number(position) - 1]
    const old = Object.fromEntries(Object.entries(line?.changed ?? {}).map(([field, it]) => [field, it.old]))
    return line?.task_id ? patch(line.task_id, old, Number.NaN) : problem(404, "activity_not_found", "No.")
  },
  // For pictures: POST /api/v1/fake/remind/<task id>?late=200, /fake/overdue/<id>, /fake/drop
  "POST fake": ([, what, id = ""], _, __, query) => {
    if (what === "drop") for (const stream of streams) stream.end()
    else deliver(what === "overdue" ? "overdue" : "reminder", id, Number(query.get("late")) || null)
    return { status: 204 }
  },
}

function readingOf(text: string): Reading {
  const [start = -1] = [...text.matchAll(/#\p{L}+$/gu)].map((it) => it.index)
  const tag = start < 0 ? "" : text.slice(start)
  const nothing = { due: null, priority: null, list: null, reminders: null, recurrence: null, sentence: null }
  const from = [...text.slice(0, Math.max(start, 0))].length
  const spans = tag ? [{ start: from, end: from + [...tag].length, kind: "tag" as const, text: tag }] : []
  return { title: text.replace(tag, "").trim(), ...nothing, tags: tag ? [tag.slice(1)] : [], spans }
}

function create(body: Record<string, unknown>): Task {
  const { id = randomUUID(), title } = body as { id?: string; title: string }
  const [base] = sampleTasks() as [Task]
  const clean: TaskPatch = { description: "", priority: "none", tags: [], due: null, checklist: [] }
  const fresh = {
    ...base,
    ...clean,
    ...body,
    id,
    title,
    version: 1,
    created_at: stamp(),
    reminders: [] as Task["reminders"],
  }
  fresh.reminders = remindersOf(body, fresh.due ? [{ offset_minutes: 30 }] : [])
  return commit(fresh, "task.created", {})
}

function patch(id: string, body: Record<string, unknown>, base: number): Reply {
  const task = tasks.get(id)
  if (!task) return problem(404, "task_not_found", "There is no such task.")
  if (body.title === "refuse") return problem(422, "invalid", "This title is refused, to look at the message.")
  const clashing = log.filter((it) => it.task_id === id && it.version > base).flatMap((it) => Object.keys(it.changed))
  const conflicts = Object.keys(body)
    .filter((field) => clashing.includes(field))
    .map((field) => ({ field, yours: body[field], theirs: task[field as keyof Task] }))
  if (conflicts.length > 0) return problem(409, "edit_conflict", "Changed elsewhere.", { conflicts })
  const values = "reminders" in body ? { ...body, reminders: remindersOf(body, []) } : body
  return { body: change(task, values, "task.updated") }
}

function act(id: string, verb: string, body: Record<string, unknown>): Reply {
  const task = tasks.get(id)
  if (!task) return problem(404, "task_not_found", "There is no such task.")
  const acts: Record<string, [type: string, to: Partial<Task>]> = {
    complete: ["task.completed", { status: "completed", completed_at: stamp() }],
    reopen: ["task.reopened", { status: "open", completed_at: null }],
    delete: ["task.deleted", { deleted_at: stamp() }],
    restore: ["task.restored", { deleted_at: null }],
    purge: ["task.purged", {}],
    snooze: ["reminder.snoozed", { reminders: task.reminders.map((it) => ({ ...it, status: "pending" })) }],
    acknowledge: [
      "reminder.acknowledged",
      { reminders: task.reminders.map((it) => ({ ...it, acknowledged_at: stamp() })) },
    ],
  }
  const [type, to] = acts[verb] ?? ["task.updated", body as Partial<Task>]
  const changed = change(task, to, type)
  if (verb === "purge") tasks.delete(id)
  return { body: changed }
}

function change(task: Task, to: Record<string, unknown>, type: string): Task {
  const changed: Activity["changed"] = {}
  for (const [field, value] of Object.entries(to)) changed[field] = { old: task[field as keyof Task], new: value }
  return commit({ ...task, ...to, version: task.version + 1, updated_at: stamp() }, type, changed)
}

function commit(task: Task, type: string, changed: Activity["changed"], more: object = {}): Task {
  tasks.set(task.id, task)
  const position = log.length + 1
  const cause = {
    kind: type.startsWith("reminder.d") ? "reminder" : "user",
    id: me.id,
    correlation_id: "",
    command_id: "",
    via: "request",
    change_set: null,
  } as const
  const undoable = Object.keys(changed).length > 0 && type.startsWith("task.")
  const line = {
    id: position,
    position,
    type,
    task_id: task.id,
    version: task.version,
    at: stamp(),
    task,
    changed,
    cause,
  }
  log.push({ ...line, undoable, hash: "" })
  for (const stream of streams) send(stream, { ...line, ...more })
  return task
}

function deliver(kind: "reminder" | "overdue", id: string, late: number | null): void {
  const task = tasks.get(id)
  if (!task) return
  const reminders = task.reminders.map((it) => ({
    ...it,
    status: "fired" as const,
    fired_at: stamp(),
    late_seconds: late,
  }))
  const notification: Notification = {
    id: randomUUID(),
    kind,
    task_id: id,
    reminder_id: kind === "reminder" ? (task.reminders[0]?.id ?? null) : null,
    title: task.title,
    body: "",
    late_seconds: late,
    created_at: stamp(),
    read_at: null,
    acknowledged_at: null,
  }
  notifications.unshift(notification)
  const type = kind === "reminder" ? "reminder.delivered" : "notice.delivered"
  commit({ ...task, reminders, version: task.version + 1 }, type, {}, { notification })
}

function remindersOf(body: Record<string, unknown>, usual: { offset_minutes: number }[]): Task["reminders"] {
  const [like] = sampleTasks().flatMap((it) => it.reminders)
  const specs = (body.reminders ?? usual) as { offset?: string; offset_minutes?: number; at?: string }[]
  const blank = { offset: null, offset_minutes: null, at: null, fire_at: null }
  return like ? specs.map((spec) => ({ ...like, id: randomUUID(), ...blank, ...spec })) : []
}

function openStream(response: ServerResponse, after: number): void {
  response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" })
  response.write(`event: hello\ndata: {"position":${log.length},"server_time":"${stamp()}"}\n\n`)
  for (const line of log.slice(after)) send(response, line)
  streams.add(response)
  const beat = setInterval(() => response.write(":\n\n"), 20_000)
  response.on("close", () => {
    clearInterval(beat)
    streams.delete(response)
  })
}

function send(stream: ServerResponse, line: { position: number; type: string }): void {
  stream.write(`id: ${line.position}\nevent: ${line.type}\ndata: ${JSON.stringify(line)}\n\n`)
}

function tagCounts(): { name: string; count: number }[] {
  const counts = new Map<string, number>()
  for (const task of tasks.values())
    if (!task.deleted_at) for (const tag of task.tags) counts.set(tag, (counts.get(tag) ?? 0) + 1)
  return [...counts].map(([name, count]) => ({ name, count })).sort((a, b) => b.count - a.count)
}

function problem(status: number, code: string, detail: string, more: object = {}): Reply {
  return { status, body: { type: "about:blank", title: code, status, code, detail, ...more } }
}

function stamp(): string {
  return new Date().toISOString()
}
