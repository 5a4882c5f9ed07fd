// The place of the reader, kept in the address after the "#": view, filters, search and the open task.
import { computed, signal } from "@preact/signals"
import type { Priority } from "../types.ts"

const VIEW_NAMES = [
  "today",
  "upcoming",
  "overdue",
  "all",
  "completed",
  "trash",
  "series",
  "activity",
  "notifications",
  "settings",
  "chat",
] as const
export type ViewName = (typeof VIEW_NAMES)[number]

export interface Route {
  view: ViewName
  tags: string[]
  priorities: Priority[]
  search: string
  taskId: string | null
  /** The series whose page the view "series" shows. */
  seriesId: string | null
  /** The conversation that the view "chat" shows; null: a new one. */
  chatId: string | null
}

const NOWHERE = { tags: [], priorities: [], search: "", taskId: null, seriesId: null, chatId: null }
const HOME: Route = { view: "today", ...NOWHERE }

export const route = signal<Route>(HOME)
export const openTaskId = computed(() => route.value.taskId)
export const isFiltered = computed(
  () => route.value.tags.length + route.value.priorities.length > 0 || route.value.search !== "",
)

export function parseRoute(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?")
  const [name, chatId = null] = path.split("/")
  const given = new URLSearchParams(query)
  const view = VIEW_NAMES.find((it) => it === name) ?? HOME.view
  return {
    view,
    tags: given.getAll("tag"),
    priorities: given.getAll("priority") as Priority[],
    search: given.get("q") ?? "",
    taskId: given.get("task"),
    seriesId: given.get("series"),
    chatId,
  }
}

export function routeText(to: Route): string {
  const query = new URLSearchParams()
  for (const tag of to.tags) query.append("tag", tag)
  for (const priority of to.priorities) query.append("priority", priority)
  if (to.search) query.set("q", to.search)
  if (to.view === "series" && to.seriesId) query.set("series", to.seriesId)
  if (to.taskId) query.set("task", to.taskId)
  const chat = to.view === "chat" && to.chatId ? `/${to.chatId}` : ""
  return `#/${to.view}${chat}${query.size > 0 ? `?${query}` : ""}`
}

/** Returns the address of a view alone, for links. */
export function viewLink(view: ViewName, more: Partial<Route> = {}): string {
  return routeText({ ...HOME, view, ...more })
}

/** Goes to a place; `replace` leaves no step for the back button and is used while typing. */
export function go(change: Partial<Route>, replace = false): void {
  const to = { ...route.peek(), ...change }
  const text = routeText(to)
  if (text === location.hash) return
  history[replace ? "replaceState" : "pushState"](null, "", text)
  route.value = to
}

export function followAddress(): () => void {
  const read = () => {
    route.value = parseRoute(location.hash)
  }
  read()
  addEventListener("hashchange", read)
  addEventListener("popstate", read)
  return () => {
    removeEventListener("hashchange", read)
    removeEventListener("popstate", read)
  }
}
