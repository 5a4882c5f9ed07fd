// One occurrence of a series: its date, its state, and what can be done with it before its time has come.
import { slotLabel } from "../format.ts"
import { serverNow } from "../store/clock.ts"
import { openTask } from "../store/opening.ts"
import { isOver } from "../store/scope.ts"
import { moveSlot, unskipSlot } from "../store/series-changes.ts"
import type { Due, Occurrence, Series } from "../types.ts"
import { DuePicker } from "./DuePicker.tsx"
import { Icon, type IconName } from "./Icon.tsx"
import { Popover } from "./Popover.tsx"
import { askSkip, editFrom } from "./series-dialogs.ts"

const STATES: Record<Occurrence["state"], [words: string, icon: IconName]> = {
  computed: ["not made yet", "upcoming"],
  open: ["open", "today"],
  completed: ["completed", "check"],
  deleted: ["deleted", "trash"],
  skipped: ["skipped", "skip"],
}

interface Props {
  series: Series
  occurrence: Occurrence
}

export function OccurrenceRow({ series, occurrence }: Props) {
  const { state, moved, task_id, slot } = occurrence
  const [words, icon] = STATES[state]
  const label = slotLabel(occurrence)
  return (
    <li class={`occurrence is-${state}`} data-slot={slot} data-state={state}>
      <Icon name={icon} size={16} />
      <div class="occurrence-text">
        {task_id && state !== "skipped" ? (
          <button type="button" class="occurrence-when" onClick={() => openTask(task_id)}>
            {label}
          </button>
        ) : (
          <span class="occurrence-when">{label}</span>
        )}
        <span class="occurrence-state">
          {words}
          {moved && " · moved"}
          {task_id && series.kept.includes(task_id) && " · a single task"}
          {series.next?.slot === slot && isCurrent(series, occurrence) && " · next"}
        </span>
      </div>
      {canTakeBack(series, occurrence) && (
        <div class="occurrence-tools is-shown">
          <button type="button" class="button quiet small" onClick={() => void unskipSlot(series, slot)}>
            Take back<span class="unseen"> the skip of {label}</span>
          </button>
        </div>
      )}
      {canChange(series, occurrence) && <Tools series={series} occurrence={occurrence} label={label} />}
    </li>
  )
}

function Tools({ series, occurrence, label }: Props & { label: string }) {
  const { slot } = occurrence
  return (
    <div class="occurrence-tools">
      <button type="button" class="button quiet small" onClick={() => void askSkip(series, slot, label)}>
        Skip<span class="unseen"> {label}</span>
      </button>
      <Popover label={`Move ${label}`} class="button quiet small" button="Move">
        {(close) => (
          <DuePicker
            due={dueOf(occurrence)}
            required
            onPick={(due) => {
              close()
              if (due) void moveSlot(series, slot, due)
            }}
          />
        )}
      </Popover>
      <button type="button" class="button quiet small" onClick={() => editFrom(series, slot, label)}>
        Edit from here…<span class="unseen"> {label}</span>
      </button>
    </div>
  )
}

/** Tells whether the occurrence is current; one that outlived a change of the rule is numbered or is the next one. */
function isCurrent(series: Series, { generation, number, task_id }: Occurrence): boolean {
  return generation === series.generation || number !== null || (task_id !== null && task_id === series.next?.task_id)
}

/** Tells whether the occurrence can still be changed, because its time is ahead. */
function canChange(series: Series, occurrence: Occurrence): boolean {
  if (isOver(series) || !isCurrent(series, occurrence) || !series.next) return false
  return (
    (occurrence.state === "open" || occurrence.state === "computed") &&
    Date.parse(occurrence.at) >= Date.parse(series.next.at)
  )
}

/** Tells whether the skip of the occurrence can be taken back: its time is ahead, or it had a task. */
function canTakeBack(series: Series, { state, slot, at, task_id }: Occurrence): boolean {
  if (isOver(series) || state !== "skipped" || !series.skipped.includes(slot)) return false
  return task_id !== null || Date.parse(at) > serverNow()
}

function dueOf({ local, date, zone }: Occurrence): Due {
  return local ? { local, zone } : { date: date ?? "" }
}
