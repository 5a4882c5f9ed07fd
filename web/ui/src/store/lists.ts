// The list on screen: loaded page by page, kept up to date by what this window knows.
import { computed, signal } from "@preact/signals"
import { call, Unreachable } from "../api.ts"
import type { Task, TaskPage } from "../types.ts"
import { now } from "./clock.ts"
import { leaving } from "./leaving.ts"
import { isFiltered, type Route, route } from "./route.ts"
import { zone } from "./session.ts"
import { confirm, replaceAll, tasks } from "./tasks.ts"
import { type ListView, passesFilters, type Query, searchView, views } from "./views.ts"

const PER_PAGE = 200

interface Loaded {
  state: "loading" | "ready" | "failed"
  next: string | null
}

const loaded = signal<ReadonlyMap<string, Loaded>>(new Map())
/** Whether all open tasks are loaded, so that views of open tasks need no further request. */
export const allOpenHere = computed(() => {
  const base = loaded.value.get(keyOf(baseQuery()))
  return base?.state === "ready" && base.next === null
})
const foundNone = signal(false)
/** Whether the reader has never added a task, so that the page shows a welcome. */
export const isFirstRun = computed(() => foundNone.value && tasks.value.size === 0)

export const currentView = computed<ListView | undefined>(() =>
  route.value.search ? searchView : views[route.value.view],
)

export const currentState = computed<Loaded>(() => {
  const view = currentView.value
  if (!view || (view.open && allOpenHere.value)) return { state: "ready", next: null }
  return loaded.value.get(keyOf(queryOf(view, route.value))) ?? { state: "loading", next: null }
})

interface Section {
  heading: string
  namesDay: boolean
  tasks: Task[]
}

export const currentList = computed<Task[]>(() => {
  const view = currentView.value
  return view ? listOf(view, (task) => passesFilters(task, route.value)) : []
})

export const currentSections = computed<Section[]>(() => {
  const view = currentView.value
  const sections: Section[] = []
  if (!view) return sections
  const around = { now: now.value, zone: zone.value }
  for (const task of currentList.value) {
    const shown = view.open ? asBefore(task) : task
    const heading = view.heading(shown, around)
    const last = sections.at(-1)
    if (last?.heading === heading) last.tasks.push(task)
    else sections.push({ heading, namesDay: view.namesDay?.(shown, around) ?? false, tasks: [task] })
  }
  return sections
})

export const todayCount = computed(() => countOf(views.today))
export const overdueCount = computed(() => countOf(views.overdue))

/** Loads the first list of a window; returns the position at which the live stream begins. */
export async function loadFirst(): Promise<number> {
  const { position, value } = await fetchPage(baseQuery(), undefined, confirm)
  if (value.items.length === 0) void lookForAny()
  return position ?? 0
}

/** Loads the open tasks and the list on screen again after a gap; returns the position. */
export async function reloadAll(): Promise<number> {
  loaded.value = new Map()
  const { position } = await fetchPage(baseQuery(), undefined, replaceAll)
  await loadCurrent()
  return position ?? 0
}

/** Loads the list on screen unless it is known already. */
export async function loadCurrent(): Promise<void> {
  const view = currentView.peek()
  if (!view || (view.open && allOpenHere.peek())) return
  const query = queryOf(view, route.peek())
  const known = loaded.peek().get(keyOf(query))
  if (known && known.state !== "failed") return
  await fetchPage(query, undefined, confirm).catch(ignoreOutage)
}

export async function loadMore(): Promise<void> {
  const view = currentView.peek()
  const { next } = currentState.peek()
  if (view && next) await fetchPage(queryOf(view, route.peek()), next, confirm).catch(ignoreOutage)
}

export function clearLists(): void {
  loaded.value = new Map()
  foundNone.value = false
}

async function lookForAny(): Promise<void> {
  const answer = await call<TaskPage>("GET", "/tasks", { query: { per_page: 1 } }).catch(() => undefined)
  foundNone.value = answer?.value.items.length === 0
}

async function fetchPage(query: Query, cursor: string | undefined, take: (list: Task[]) => void) {
  const key = keyOf(query)
  mark(key, { state: "loading", next: cursor ?? null })
  try {
    const answer = await call<TaskPage>("GET", "/tasks", { query: { ...query, cursor, per_page: PER_PAGE } })
    take(answer.value.items)
    mark(key, { state: "ready", next: answer.value.next_cursor })
    return answer
  } catch (error) {
    mark(key, { state: "failed", next: cursor ?? null })
    throw error
  }
}

function mark(key: string, state: Loaded): void {
  loaded.value = new Map(loaded.peek()).set(key, state)
}

function listOf(view: ListView, passes: (task: Task) => boolean): Task[] {
  const around = { now: now.value, zone: zone.value }
  const kept = route.value.view === "trash" ? undefined : leaving.value
  const list = [...tasks.value.values()].filter(
    (task) => (view.holds(task, around) || holdsLeaving(view, task, kept)) && passes(task),
  )
  return list.sort((a, b) => view.compare(a, b, around.zone))
}

/** Tells whether the view still draws a task that was just completed or deleted here. */
function holdsLeaving(view: ListView, task: Task, kept: typeof leaving.value | undefined): boolean {
  if (!view.open || !kept?.has(task.id)) return false
  return view.holds(asBefore(task), { now: now.peek(), zone: zone.peek() })
}

function asBefore(task: Task): Task {
  return leaving.peek().has(task.id) ? { ...task, status: "open", deleted_at: null } : task
}

function countOf(view: ListView | undefined): number {
  const around = { now: now.value, zone: zone.value }
  let number = 0
  if (view) for (const task of tasks.value.values()) if (view.holds(task, around)) number += 1
  return number
}

function baseQuery(): Query {
  return { status: "open", sort: "due" }
}

function queryOf(view: ListView, { tags, priorities, search }: Route): Query {
  const filters = isFiltered.peek() ? { tag: tags, priority: priorities, search } : {}
  return { ...view.query({ now: now.peek(), zone: zone.peek() }), ...filters }
}

function keyOf(query: Query): string {
  return JSON.stringify(query)
}

function ignoreOutage(error: unknown): void {
  if (!(error instanceof Unreachable)) throw error
}
