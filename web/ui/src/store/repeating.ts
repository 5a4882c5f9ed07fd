// A task that repeats, from the start or later, when its first occurrence takes its place.
import { call, isFull, Refused, Unreachable } from "../api.ts"
import { newId } from "../ids.ts"
import { quoted } from "../quoted.ts"
import type { Recurrence } from "../recurrence.ts"
import { instantAt, MINUTE } from "../time.ts"
import type { Due, ReminderInput, Series, Task } from "../types.ts"
import { deleteTask, type NewTask, quote, reminderInputs } from "./changes.ts"
import { openTask } from "./opening.ts"
import { openTaskId } from "./route.ts"
import { confirmSeries } from "./series.ts"
import { zone } from "./session.ts"
import { confirm } from "./tasks.ts"
import { show } from "./toasts.ts"
import { remember } from "./undo.ts"

export type NewRepeating = NewTask & { due: Due; recurrence: Partial<Recurrence> & { rule: string } }

/** Creates a repeating task. It is not shown before the answer, because the server makes the id of the first occurrence. */
export async function createRepeating(input: NewRepeating, key = newId()): Promise<Task | undefined> {
  try {
    const task = await postRepeating(input, key)
    if (task) {
      confirm([task])
      remember({ label: `Added ${quote(task)}`, run: () => takeBack(task) }, false)
    }
    return task
  } catch (error) {
    if (!(error instanceof Refused) && !(error instanceof Unreachable)) throw error
    const again = { label: "Try again", run: () => void createRepeating(input, key) }
    const action = isFull(error) ? {} : { action: again } // then it is back in the field where it was typed
    show({ kind: "problem", text: `${quoted(input.title)} was not added`, detail: faultText(error), ...action })
    return undefined
  }
}

/** Makes a task repeat; it stays when the first occurrence is another task. The caller shows Refused and Unreachable. */
export async function makeRepeating(task: Task, due: Due, recurrence: Recurrence): Promise<void> {
  const { title, description, priority, tags, checklist } = task
  const reminders = reminderInputs(task.reminders).filter((it): it is OffsetInput => "offset_minutes" in it)
  const input = {
    title,
    description,
    priority,
    tags,
    due,
    recurrence,
    reminders: reminders.map(({ offset_minutes }) => ({ offset_minutes })),
    checklist: checklist.map(({ text, done }) => ({ id: newId(), text, done })),
  }
  const first = await postRepeating(input, newId())
  if (!first) return void show({ kind: "done", text: `${quote(task)} repeats from now on` })
  confirm([first])
  if (!isSameDue(first.due, task.due) && task.due) {
    show({
      kind: "done",
      text: `${quote(task)} repeats`,
      detail: "This one stays as it is; the next comes by the rule.",
    })
    return
  }
  if (openTaskId.peek() === task.id) openTask(first.id)
  deleteTask(task.id)
}

type OffsetInput = Extract<ReminderInput, { offset_minutes: number }>

/** Returns the first occurrence, or undefined when the series exists but its first task is still being made. */
async function postRepeating(input: NewRepeating, key: string): Promise<Task | undefined> {
  const reminders = input.reminders && asOffsets(input.reminders, input.due)
  const body = { ...input, ...(reminders ? { reminders } : {}) }
  const { value } = await call<Task | Series>("POST", "/tasks", { key, body })
  if (!("rule" in value)) return value
  confirmSeries([value])
  return undefined
}

/** Returns reminders at an instant as offsets from the due where possible, so that they fit every occurrence. */
function asOffsets(reminders: ReminderInput[], due: Due): ReminderInput[] {
  const from = instantAt("local" in due ? due.local : `${due.date}T09:00`, ("zone" in due && due.zone) || zone.peek())
  return reminders.map((it) => {
    if (!("at" in it)) return it
    const before = Math.round((from - Date.parse(it.at)) / MINUTE)
    return before >= 0 && before <= 43_200 ? { offset_minutes: before } : it
  })
}

async function takeBack({ series_id }: Task): Promise<boolean> {
  try {
    const { value } = await call<Series>("DELETE", `/series/${series_id}?occurrences=delete`)
    confirmSeries([value])
    return true
  } catch (error) {
    if (!(error instanceof Refused) && !(error instanceof Unreachable)) throw error
    show({ kind: "problem", text: "This could not be undone", detail: error.message })
    return false
  }
}

function isSameDue(one: Due | null, other: Due | null): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

function faultText(error: Error): string {
  const faults = error instanceof Refused ? (error.problem.errors ?? []) : []
  return faults.length > 0 ? faults.map((it) => it.detail).join(" ") : error.message
}
