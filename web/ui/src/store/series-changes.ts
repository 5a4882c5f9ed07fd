// Everything a person can do to a series: the server's answer shows at once, and a refusal becomes a message.
import { type Answer, call, get, Refused } from "../api.ts"
import { dueLabel } from "../format.ts"
import { newId } from "../ids.ts"
import { quoted } from "../quoted.ts"
import type { ActivityPage, Due, Series, SeriesPatch, Task } from "../types.ts"
import { serverNow } from "./clock.ts"
import { confirmSeries, isRefusalOrOutage } from "./series.ts"
import { zone } from "./session.ts"
import { confirm, tasks } from "./tasks.ts"
import { show } from "./toasts.ts"
import { remember } from "./undo.ts"

type Method = "POST" | "PATCH" | "DELETE"

/** How many entries of the activity are looked through for the one to undo. */
const ENTRIES = 200
const NOT_FOUND = {
  ...{ type: "about:blank", status: 404, code: "not_found", title: "Not found" },
  detail: "It is too long ago, or it cannot be undone. Activity has everything that can.",
}

export function pauseSeries(it: Series): Promise<Series | undefined> {
  return change("POST", it, "/pause", undefined, { done: "Paused", failure: "was not paused" })
}

export function resumeSeries(it: Series): Promise<Series | undefined> {
  return change("POST", it, "/resume", undefined, { done: "Resumed", failure: "was not resumed" })
}

/** Stops a series; `keep` leaves the task of the next occurrence as a task of its own. */
export function stopSeries(it: Series, keep: boolean): Promise<Series | undefined> {
  return change("POST", it, "/stop", { keep }, { done: "Stopped", failure: "was not stopped" })
}

export function deleteSeries(it: Series, occurrences: "keep" | "delete"): Promise<Series | undefined> {
  const words = { done: "Deleted", failure: "was not deleted" }
  return change("DELETE", it, `?occurrences=${occurrences}`, undefined, words)
}

export function skipSlot(it: Series, slot: string): Promise<Series | undefined> {
  return change("POST", it, "/skip", { slot }, { done: "Skipped one of", failure: "could not skip this one" })
}

/** Takes the skip of a slot back: it comes again, with what its task had. */
export function unskipSlot(it: Series, slot: string): Promise<Series | undefined> {
  return change(
    "POST",
    it,
    "/unskip",
    { slot },
    { done: "Took back a skip of", failure: "could not take the skip back" },
  )
}

export function moveSlot(it: Series, slot: string, to: Due): Promise<Series | undefined> {
  return change("POST", it, "/move", { slot, to }, { done: "Moved one of", failure: "could not move this one" })
}

/** Changes the series from `slot` on, or all of it. With a slot it returns the series that begins there once that exists. */
export function patchSeries(it: Series, patch: SeriesPatch, slot?: string): Promise<Series | undefined> {
  const body = slot ? { ...patch, from_slot: slot } : patch
  return change("PATCH", it, "", body, { done: "Changed", failure: "was not changed" })
}

const MOST_NAMED = 3

/** Returns a sentence that names the tasks that a change has left as single ones, as somebody wrote into them; "" for none. */
export async function keptWords(before: Series, after: Series): Promise<string> {
  const fresh = after.kept.filter((id) => !before.kept.includes(id))
  if (fresh.length === 0) return ""
  const named = fresh.slice(0, MOST_NAMED)
  await loadTasks(named)
  const names = named.flatMap((id) => tasks.peek().get(id) ?? []).map(keptName)
  if (fresh.length > names.length) names.push(`${fresh.length - names.length} more`)
  const [was, stays] = fresh.length === 1 ? ["was", "stays as a single task"] : ["were", "stay as single tasks"]
  return `${names.join(", ")} ${was} written into and ${stays}.`
}

/** Returns the title of a task with its due, because the tasks of a series share the title. */
export function keptName({ title, due }: Task): string {
  return due ? `${quoted(title)} (${dueLabel(due, zone.peek(), serverNow())})` : quoted(title)
}

/** Loads those of the tasks that this window does not know; one that cannot be read stays unknown. */
export async function loadTasks(ids: readonly string[]): Promise<void> {
  const unknown = ids.filter((id) => !tasks.peek().has(id))
  const read = await Promise.allSettled(unknown.map((id) => get<Task>(`/tasks/${id}`)))
  confirm(read.flatMap((it) => (it.status === "fulfilled" ? it.value : [])))
}

/**
 * Returns a function that saves for a form that began with `it`. The form shows refusals, including that somebody else
 * changed the same in the meantime; saving again after that overwrites the other change. `done` is what is said then.
 */
export function seriesSaver(it: Series, done: string): (patch: SeriesPatch, slot?: string) => Promise<Series> {
  let seen = it.version
  return async (patch, slot) => {
    const body = slot ? { ...patch, from_slot: slot } : patch
    try {
      const answer = await call<Series>("PATCH", `/series/${it.id}`, { body, ifMatch: seen })
      void tell(it, answer, done)
      return answer.value
    } catch (error) {
      if (error instanceof Refused && error.problem.conflicts) seen = (await readTheirs(it.id)) ?? seen
      throw error
    }
  }
}

async function readTheirs(id: string): Promise<number | undefined> {
  const theirs = await get<Series>(`/series/${id}`).catch(() => undefined)
  if (theirs) confirmSeries([theirs])
  return theirs?.version
}

async function change(
  method: Method,
  before: Series,
  path: string,
  body: unknown,
  words: { done: string; failure: string },
  key = newId(),
): Promise<Series | undefined> {
  const { id, title } = before
  try {
    const answer = await call<Series>(method, `/series/${id}${path}`, {
      key,
      ...(body === undefined ? {} : { body }),
    })
    void tell(before, answer, words.done)
    return answer.value
  } catch (error) {
    if (!isRefusalOrOutage(error)) throw error
    const again = () => void change(method, before, path, body, words, key)
    const gone = error instanceof Refused
    show({
      kind: "problem",
      text: `${quoted(title)} ${words.failure}`,
      detail: error.message,
      ...(gone ? {} : { action: { label: "Try again", run: again } }),
    })
    return undefined
  }
}

/** Shows the series and says what was done to it; what can be undone is remembered. */
async function tell(before: Series, { value, requestId }: Answer<Series>, done: string): Promise<void> {
  confirmSeries([value])
  const label = `${done} ${quoted(before.title)}`
  if (value.id !== before.id)
    return void show({ kind: "done", text: label, detail: "From there on it is a series of its own." })
  const detail = await keptWords(before, value)
  if (value.status === "deleted") return void show({ kind: "done", text: label, detail })
  remember({ label, detail, run: () => takeBack(value, requestId) }, true)
}

/** Undoes what the request changed in the series, by the entry that the activity has of it. */
async function takeBack({ id, title }: Series, requestId: string): Promise<boolean> {
  try {
    const { items } = await get<ActivityPage>("/activity", { limit: ENTRIES })
    const isIt = (it: ActivityPage["items"][number]) => it.series_id === id && it.cause.correlation_id === requestId
    const entry = items.find((it) => it.undoable && isIt(it))
    if (!entry) throw new Refused(NOT_FOUND)
    const { value } = await call<Series>("POST", `/activity/${entry.position}/undo`)
    confirmSeries([value])
    return true
  } catch (error) {
    if (!isRefusalOrOutage(error)) throw error
    show({ kind: "problem", text: `The change of ${quoted(title)} could not be undone`, detail: error.message })
    return false
  }
}
