// The series that this window knows: loaded when needed, loaded again when an event says that one has changed.
import { computed, signal } from "@preact/signals"
import { call, get, Refused, Unreachable } from "../api.ts"
import type { Series, SeriesPage, StreamEvent, Task } from "../types.ts"
import { openOccurrences } from "./occurrences.ts"

const known = signal<ReadonlyMap<string, Series>>(new Map())
/** Ids that were asked for and do not exist. */
const gone = signal<ReadonlySet<string>>(new Set())
export const seriesState = signal<"unread" | "loading" | "ready" | "failed">("unread")
export const seriesNext = signal<string | null>(null)

const PER_PAGE = 100
const SETTLE_MS = 120

/** All series: first those that go on, by their next slot, then those at rest, then those that are over. */
export const seriesList = computed(() => {
  const rank = { active: 0, paused: 1, ended: 2, stopped: 2, deleted: 3 }
  return [...known.value.values()]
    .filter((it) => it.status !== "deleted")
    .sort(
      (a, b) =>
        rank[a.status] - rank[b.status] ||
        (a.next?.at ?? "9").localeCompare(b.next?.at ?? "9") ||
        a.title.localeCompare(b.title),
    )
})

export function seriesOf(id: string | null | undefined): Series | undefined {
  return id ? known.value.get(id) : undefined
}

export function isSeriesGone(id: string): boolean {
  return gone.value.has(id) || known.value.get(id)?.status === "deleted"
}

/** Tells whether the task belongs to a series that goes on, as far as this window knows. */
export function isRepeating({ series_id }: Task): boolean {
  const series = series_id ? known.peek().get(series_id) : undefined
  return series?.status === "active" || series?.status === "paused"
}

export function confirmSeries(list: readonly Series[]): void {
  const next = new Map(known.peek())
  for (const it of list) if ((next.get(it.id)?.version ?? 0) <= it.version) next.set(it.id, it)
  known.value = next
}

/** Loads one page; returns its ids. */
export async function loadSeries(cursor?: string): Promise<string[]> {
  seriesState.value = "loading"
  try {
    const query = { per_page: PER_PAGE, cursor }
    const { value } = await call<SeriesPage>("GET", "/series", { query })
    confirmSeries(value.items)
    seriesNext.value = value.next_cursor
    seriesState.value = "ready"
    return value.items.map((it) => it.id)
  } catch (error) {
    if (!isRefusalOrOutage(error)) throw error
    seriesState.value = "failed"
    return []
  }
}

const asking = new Map<string, Promise<void>>()

/** Loads a series that is not known yet, once for all callers. An absent one is remembered, an outage is not. */
export function fetchSeries(id: string): Promise<void> {
  if (known.peek().has(id) || gone.peek().has(id)) return Promise.resolve()
  const under = asking.get(id) ?? readAgain(id).finally(() => asking.delete(id))
  asking.set(id, under)
  return under
}

const stale = new Set<string>()
let timer: ReturnType<typeof setTimeout> | undefined

/** Handles an event of a series or of its task: what is on screen is loaded again, once things are quiet. */
export function noteSeriesEvent(event: StreamEvent): void {
  const id = event.series_id ?? event.task?.series_id
  if (!id) return
  if (!event.type.startsWith("reminder.")) for (const list of openOccurrences) list.noteChange(id)
  if (event.type.startsWith("task.")) return
  if (!known.peek().has(id) && seriesState.peek() === "unread") return
  stale.add(id)
  clearTimeout(timer)
  timer = setTimeout(readStale, SETTLE_MS)
}

/** More series than this are loaded again as a list. */
const FEW = 5

/** Loads the series on screen again after a gap. */
export function reloadSeries(): void {
  for (const list of openOccurrences) list.noteChange(list.seriesId)
  if (known.peek().size > FEW) return void reloadList()
  for (const id of known.peek().keys()) stale.add(id)
  readStale()
}

/** Loads the list again; a series that it no longer names is deleted. */
async function reloadList(): Promise<void> {
  const named = new Set<string>()
  let cursor: string | undefined
  do {
    for (const id of await loadSeries(cursor)) named.add(id)
    if (seriesState.peek() === "failed") return
    cursor = seriesNext.peek() ?? undefined
  } while (cursor)
  known.value = new Map([...known.peek()].filter(([id]) => named.has(id)))
}

export function clearSeries(): void {
  clearTimeout(timer)
  stale.clear()
  asking.clear()
  known.value = new Map()
  gone.value = new Set()
  seriesState.value = "unread"
  seriesNext.value = null
}

function readStale(): void {
  for (const id of stale) void readAgain(id)
  stale.clear()
}

async function readAgain(id: string): Promise<void> {
  try {
    confirmSeries([await get<Series>(`/series/${id}`)])
  } catch (error) {
    if (!isRefusalOrOutage(error)) throw error
    if (error instanceof Refused && error.problem.status === 404) gone.value = new Set(gone.peek()).add(id)
  }
}

export function isRefusalOrOutage(error: unknown): error is Refused | Unreachable {
  return error instanceof Refused || error instanceof Unreachable
}
