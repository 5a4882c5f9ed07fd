// The dialogs of a series: what to change and from which slot on, and what happens to its tasks when it is deleted.
import { quoted } from "../quoted.ts"
import type { Recurrence } from "../recurrence.ts"
import { ask, choose } from "../store/asking.ts"
import { go } from "../store/route.ts"
import { deleteSeries, seriesSaver, skipSlot, stopSeries } from "../store/series-changes.ts"
import type { Due, Series, SeriesPatch, Template } from "../types.ts"
import { openRepeat, type RepeatAnswer } from "./RepeatDialog.tsx"

/** Returns the start of a slot by the rule, wherever its task was moved to. */
export function slotStart({ start }: Series, slot: string): Due {
  return "zone" in start && slot.includes("T") ? { local: slot, zone: start.zone } : { date: slot.slice(0, 10) }
}

/** Returns only what the answer changes; `from` is the start that the dialog showed. */
export function changesOf(series: Series, { recurrence, start, template }: RepeatAnswer, from: Due): SeriesPatch {
  const patch: Record<string, unknown> = {}
  const put = (field: string, value: unknown, old: unknown) => {
    if (JSON.stringify(value) !== JSON.stringify(old)) patch[field] = value
  }
  for (const field of Object.keys(recurrence) as (keyof Recurrence)[]) put(field, recurrence[field], series[field])
  for (const field of Object.keys(template ?? {}) as (keyof Template)[]) put(field, template?.[field], series[field])
  put("start", start, from)
  return patch as SeriesPatch
}

export function editSeries(series: Series): void {
  const saver = seriesSaver(series, "Changed")
  openRepeat({
    title: `Edit all of ${quoted(series.title)}`,
    recurrence: recurrenceOf(series),
    start: series.start,
    template: templateOf(series),
    saves: [["Save for all", (answer) => save(saver, series, answer, series.start)]],
  })
}

export function editFrom(series: Series, slot: string, label: string): void {
  const from = slotStart(series, slot)
  const saver = seriesSaver(series, "Changed")
  openRepeat({
    title: `Edit from ${label} on`,
    recurrence: recurrenceOf(series),
    start: from,
    template: templateOf(series),
    saves: [["Save for this and following", (answer) => save(saver, series, answer, from, slot)]],
  })
}

type Saver = ReturnType<typeof seriesSaver>

/** Saves the series; after a split the page follows the edited part. */
async function save(saver: Saver, series: Series, answer: RepeatAnswer, from: Due, slot?: string): Promise<void> {
  const patch = changesOf(series, answer, from)
  if (Object.keys(patch).length === 0) return
  const changed = await saver(patch, slot)
  if (changed.id !== series.id) go({ view: "series", seriesId: changed.id })
}

export async function askSkip(series: Series, slot: string, label: string): Promise<void> {
  const text = `${quoted(series.title)} of ${label} will not come. It still counts where the series ends after so many.`
  if (await ask({ title: "Skip this one?", text, yes: "Skip it" })) await skipSlot(series, slot)
}

export async function askStop(series: Series): Promise<void> {
  const answer = await choose<"keep" | "drop">({
    title: `Stop ${quoted(series.title)}?`,
    text: "It will not go on again. Tasks that are open already stay.",
    choices: [
      ...(series.next ? [{ value: "keep", label: "Stop, keep the next one", look: "danger" } as const] : []),
      { value: "drop", label: "Stop now", look: "danger-fill" },
    ],
  })
  if (answer) await stopSeries(series, answer === "keep")
}

export async function askDelete(series: Series): Promise<void> {
  const answer = await choose<"keep" | "delete">({
    title: `Delete ${quoted(series.title)}?`,
    text: "Its open tasks can stay as plain tasks, or go to the trash with it. What is completed stays in any case.",
    choices: [
      { value: "keep", label: "Keep open tasks", look: "danger" },
      { value: "delete", label: "Delete with open tasks", look: "danger-fill" },
    ],
  })
  if (answer && (await deleteSeries(series, answer))) go({ view: "series", seriesId: null })
}

function recurrenceOf({ rule, mode, month_end, pile_up, look_ahead_days }: Series): Recurrence {
  return { rule, mode, month_end, pile_up, look_ahead_days }
}

function templateOf({ title, description, priority, tags, checklist, reminders }: Series): Template {
  return { title, description, priority, tags, checklist, reminders }
}
