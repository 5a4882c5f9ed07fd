// The repetition of the open task: the sentence of its series and its actions, or the button that makes the task repeat.
import { useEffect } from "preact/hooks"
import { slotLabel } from "../format.ts"
import { quoted } from "../quoted.ts"
import { ask } from "../store/asking.ts"
import { deleteTask } from "../store/changes.ts"
import { serverNow } from "../store/clock.ts"
import { closeTask } from "../store/opening.ts"
import { makeRepeating } from "../store/repeating.ts"
import { go } from "../store/route.ts"
import { isOver, isStarted } from "../store/scope.ts"
import { fetchSeries, isSeriesGone, seriesOf } from "../store/series.ts"
import { seriesSaver, skipSlot, stopSeries } from "../store/series-changes.ts"
import { zone } from "../store/session.ts"
import { dateAt } from "../time.ts"
import type { Series, SeriesPatch, Task } from "../types.ts"
import { openRepeat, type RepeatAnswer } from "./RepeatDialog.tsx"
import { changesOf, slotStart } from "./series-dialogs.ts"

interface Props {
  task: Task
  disabled: boolean
}

export function RepeatProperty({ task, disabled }: Props) {
  const { series_id } = task
  useEffect(() => {
    if (series_id) void fetchSeries(series_id)
  }, [series_id])
  const series = seriesOf(series_id)
  if (!series_id) return <NotYet task={task} disabled={disabled} />
  if (isSeriesGone(series_id)) return <p class="property-text placeholder">Of a series that was deleted</p>
  if (!series) return <p class="property-text placeholder">Repeats</p>
  return <Repeating task={task} series={series} disabled={disabled} />
}

function NotYet({ task, disabled }: Props) {
  const open = () =>
    openRepeat({
      title: `Repeat ${quoted(task.title)}`,
      recurrence: null,
      start: task.due ?? { date: dateAt(serverNow(), zone.peek()) },
      saves: [["Save", ({ start, recurrence }) => makeRepeating(task, start, recurrence)]],
    })
  return (
    <button type="button" class="value-button" disabled={disabled || task.status === "completed"} onClick={open}>
      <span class="placeholder">Does not repeat</span>
    </button>
  )
}

function Repeating({ task, series, disabled }: Props & { series: Series }) {
  const over = isOver(series)
  const started = isStarted(task, series)
  return (
    <div class="repeat-property">
      <button
        type="button"
        class="value-button"
        aria-label={`Series: ${series.sentence}`}
        onClick={() => go({ view: "series", seriesId: series.id, taskId: null, tags: [], priorities: [], search: "" })}
      >
        {series.sentence}
      </button>
      <p class="hint">{nextText(task, series)}</p>
      {!over && !disabled && (
        <p class="repeat-buttons">
          <button type="button" class="button quiet small" onClick={() => changeRepeat(task, series)}>
            Change…
          </button>
          {task.status === "open" && (
            <button type="button" class="button quiet small" onClick={() => void skip(task, series, started)}>
              Skip this one
            </button>
          )}
          <button type="button" class="button quiet small" onClick={() => void stop(series)}>
            Stop repeating
          </button>
        </p>
      )}
    </div>
  )
}

function nextText(task: Task, { status, next }: Series): string {
  if (status === "paused") return "Paused: no more of it until it is resumed."
  if (status !== "active") return "No more of it will come."
  if (!next) return ""
  return next.task_id === task.id ? "The next one comes after this." : `Next: ${slotLabel(next)}`
}

function changeRepeat(task: Task, series: Series): void {
  const started = isStarted(task, series)
  const slot = started ? series.next?.slot : task.occurrence?.slot
  const from = slot ? slotStart(series, slot) : series.start
  const saver = seriesSaver(series, "Changed the repetition of")
  const save = (at?: string) => (answer: RepeatAnswer) => saveRepeat(saver, changesOf(series, answer, from), at)
  openRepeat({
    title: `Change how ${quoted(series.title)} repeats`,
    recurrence: series,
    start: from,
    saves: slot
      ? [
          [started ? "Save from the next one on" : "Save for this and following", save(slot)],
          ["Save for all", save()],
        ]
      : [["Save for all", save()]],
  })
}

type Saver = ReturnType<typeof seriesSaver>

async function saveRepeat(saver: Saver, patch: SeriesPatch, slot?: string): Promise<void> {
  if (Object.keys(patch).length === 0) return
  await saver(patch, slot)
  closeTask()
}

/** Skips the slot. An occurrence whose time has come is no longer ahead; it is deleted instead, which can be undone. */
async function skip(task: Task, series: Series, started: boolean): Promise<void> {
  const { occurrence } = task
  if (started || !occurrence) {
    closeTask()
    return deleteTask(task.id)
  }
  if (await skipSlot(series, occurrence.slot)) closeTask()
}

async function stop(series: Series): Promise<void> {
  const sure = await ask({
    title: "Stop repeating?",
    text: `No more of ${quoted(series.title)} will come. This one stays.`,
    yes: "Stop repeating",
  })
  if (sure) await stopSeries(series, true)
}
