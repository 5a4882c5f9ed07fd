// Everything a person can do to a series: the server's answer shows at once, and a refusal becomes a message.
import { call, get, Refused } from "../api.ts"
import { newId } from "../ids.ts"
import { quoted } from "../quoted.ts"
import type { Due, Series, SeriesPatch } from "../types.ts"
import { confirmSeries, isRefusalOrOutage } from "./series.ts"
import { show } from "./toasts.ts"

type Method = "POST" | "PATCH" | "DELETE"

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

/** Returns a sentence about tasks that a change has left as single ones, because somebody wrote into them; "" for none. */
export function keptWords(before: Series, after: Series): string {
  const known = new Set(before.kept)
  const fresh = after.kept.filter((id) => !known.has(id)).length
  if (fresh === 0) return ""
  return fresh === 1
    ? "One task that was written into stays as a single task."
    : `${fresh} tasks that were written into stay as single tasks.`
}

/**
 * Returns a function that saves for a form that began with `it`. The form shows refusals, including that somebody else
 * changed the same in the meantime; saving again after that overwrites the other change.
 */
export function seriesSaver(it: Series): (patch: SeriesPatch, slot?: string) => Promise<Series> {
  let seen = it.version
  return async (patch, slot) => {
    const body = slot ? { ...patch, from_slot: slot } : patch
    try {
      const { value } = await call<Series>("PATCH", `/series/${it.id}`, { body, ifMatch: seen })
      confirmSeries([value])
      return value
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
    const { value } = await call<Series>(method, `/series/${id}${path}`, {
      key,
      ...(body === undefined ? {} : { body }),
    })
    confirmSeries([value])
    const detail = keptWords(before, value)
    show({ kind: "done", text: `${words.done} ${quoted(title)}`, ...(detail ? { detail } : {}) })
    return value
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
