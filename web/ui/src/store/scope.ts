// The scope of an edit of an occurrence: this one, this and the following, or all; asked where the template has the field.
import { effect } from "@preact/signals"
import { newId } from "../ids.ts"
import { isOffset, offsetPart } from "../offsets.ts"
import type { Series, SeriesPatch, Task, TaskPatch } from "../types.ts"
import { choose } from "./asking.ts"
import { patchTask } from "./changes.ts"
import { openTask } from "./opening.ts"
import { openTaskId } from "./route.ts"
import { fetchSeries, seriesOf } from "./series.ts"
import { patchSeries } from "./series-changes.ts"
import { lay, lift, tasks } from "./tasks.ts"

export type Scope = "one" | "following" | "all"

/** Tells whether the slot has come, so that the series can no longer move it. A task of an older rule has its generation. */
export function isStarted({ occurrence }: Task, { next }: Series): boolean {
  return !occurrence || !next || occurrence.slot < next.slot
}

export function isOver({ status }: Series): boolean {
  return status !== "active" && status !== "paused"
}

/** Saves fields of a task; `scope` answers the question beforehand. Returns false when the change was reverted. */
export async function saveTask(task: Task, patch: TaskPatch, base?: number, scope?: Scope): Promise<boolean> {
  const part = templatePart(patch)
  if (task.series_id && part) await fetchSeries(task.series_id)
  const series = seriesOf(task.series_id)
  if (!series || !part || isOver(series)) return patchTask(task.id, patch, base)
  const answer = scope ?? (await askScope(Object.keys(patch).join(" and ")))
  if (!answer) return false
  if (answer === "one") return patchTask(task.id, patch, base)
  return answer === "all" ? saveAll(task, series, patch, part) : saveFollowing(task, series, patch, part)
}

export function askScope(what: string, more = ""): Promise<Scope | null> {
  return choose<Scope>({
    title: `Change the ${what} of which ones?`,
    text: `This task repeats.${more && ` ${more}`}`,
    choices: [
      { value: "one", label: "Only this one", look: "primary" },
      { value: "following", label: "This and following" },
      { value: "all", label: "All" },
    ],
  })
}

/** Saves the fields in the series, which changes its open tasks; this task gets them even where it was edited by hand. */
async function saveAll(task: Task, series: Series, patch: TaskPatch, part: SeriesPatch): Promise<boolean> {
  const key = newId()
  lay({ key, taskId: task.id, apply: (it) => it && { ...it, ...patch, reminders: it.reminders } })
  const saved = await patchSeries(series, part)
  if (saved) await untilShown(task, patch)
  lift(key)
  const shown = tasks.peek().get(task.id)
  return saved !== undefined && (!shown || says(shown, patch) || patchTask(task.id, patch))
}

async function saveFollowing(task: Task, series: Series, patch: TaskPatch, part: SeriesPatch): Promise<boolean> {
  if (isStarted(task, series)) {
    const own = await patchTask(task.id, patch)
    return own && (await patchSeries(series, part, series.next?.slot)) !== undefined
  }
  const successor = await patchSeries(series, part, task.occurrence?.slot)
  const first = successor && successor.id !== series.id ? successor.next?.task_id : undefined
  if (first && openTaskId.peek() === task.id) {
    await untilKnown(first)
    openTask(first)
  }
  return successor !== undefined
}

/** Returns the fields that the template has, too; undefined when there is none, or a reminder is at an instant. */
export function templatePart(patch: TaskPatch): SeriesPatch | undefined {
  const { title, description, priority, tags, checklist, reminders } = patch
  const part: SeriesPatch = {}
  if (title !== undefined) part.title = title
  if (description !== undefined) part.description = description
  if (priority !== undefined) part.priority = priority
  if (tags !== undefined) part.tags = tags
  if (checklist !== undefined) part.checklist = checklist.map(({ text }) => ({ text, done: false }))
  if (reminders !== undefined) {
    if (!reminders.every(isOffset)) return undefined
    part.reminders = reminders.map(offsetPart)
  }
  return Object.keys(part).length > 0 ? part : undefined
}

const HEARD_MS = 2500

function untilShown({ id }: Task, patch: TaskPatch): Promise<void> {
  const version = tasks.peek().get(id)?.version ?? 0
  return until(() => {
    const task = tasks.value.get(id)
    return !task || (task.version > version && says(task, patch))
  })
}

function untilKnown(id: string): Promise<void> {
  return until(() => tasks.value.has(id))
}

/** Waits for what the live stream will bring, but only for a limited time. */
function until(isSo: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    let stop = () => {}
    const done = () => {
      clearTimeout(timer)
      stop()
      resolve()
    }
    const timer = setTimeout(done, HEARD_MS)
    stop = effect(() => {
      if (isSo()) queueMicrotask(done)
    })
  })
}

function says(task: Task, patch: TaskPatch): boolean {
  const own = templatePart({ ...task, reminders: [] }) as Record<string, unknown>
  const wanted = { ...templatePart({ ...patch, reminders: [] }) } as Record<string, unknown>
  delete wanted.reminders
  return Object.entries(wanted).every(([field, value]) => JSON.stringify(own[field]) === JSON.stringify(value))
}
