// The due date and the reminders of the open task.
import { firingsOf, isUnanswered, timesAhead } from "../firings.ts"
import { dueLabel, lateLabel, momentLabel } from "../format.ts"
import { offsetLabel } from "../offsets.ts"
import { patchTask, reminderInputs, snooze } from "../store/changes.ts"
import { now } from "../store/clock.ts"
import { saveTask } from "../store/scope.ts"
import { zone } from "../store/session.ts"
import type { Reminder, ReminderInput, Task } from "../types.ts"
import { DuePicker } from "./DuePicker.tsx"
import { Icon } from "./Icon.tsx"
import { Popover } from "./Popover.tsx"
import { countsOf, DaysButton, ReminderPicker } from "./ReminderPicker.tsx"
import { SnoozeMenu } from "./SnoozeMenu.tsx"
import { DueMark } from "./TaskRow.tsx"

interface Props {
  task: Task
  disabled: boolean
}

export function DueField({ task, disabled }: Props) {
  const { due } = task
  const elsewhere = due && "zone" in due && due.zone && due.zone !== zone.value ? due.zone : null
  return (
    <div class="due-field">
      <Popover
        label={due ? `Due date: ${dueLabel(due, zone.value, now.value)}` : "Set due date"}
        class="value-button"
        disabled={disabled}
        button={due ? <DueMark task={task} /> : <span class="placeholder">No due date</span>}
      >
        {(close) => (
          <DuePicker
            due={due}
            onPick={(chosen) => {
              close()
              void patchTask(task.id, { due: chosen })
            }}
          />
        )}
      </Popover>
      {due && !disabled && (
        <button
          type="button"
          class="icon-button small"
          aria-label="Remove due date"
          onClick={() => void patchTask(task.id, { due: null })}
        >
          <Icon name="close" size={14} />
        </button>
      )}
      {elsewhere && due && "local" in due && (
        <p class="hint">
          {due.local.slice(11, 16)} in {elsewhere.replaceAll("_", " ")}
        </p>
      )}
      {due && "local" in due && due.zone === null && <p class="hint">{due.local.slice(11, 16)} wherever you are</p>}
    </div>
  )
}

export function RemindersField({ task, disabled }: Props) {
  const save = (reminders: ReminderInput[]) => void saveTask(task, { reminders })
  const isAllDay = task.due !== null && "date" in task.due
  const nameOf = (reminder: Reminder) => reminderName(reminder, isAllDay)
  return (
    <ul class="reminders" aria-label="Reminders">
      {task.reminders.map((reminder) => (
        <li key={reminder.id} class={`reminder is-${reminder.status}`}>
          <Icon name="notifications" size={15} />
          <div class="reminder-text">
            <span>{nameOf(reminder)}</span>
            <span class="reminder-state">{reminderState(reminder)}</span>
            {!disabled && (
              <DaysButton
                offset={reminder}
                onPick={(days) =>
                  save(
                    reminderInputs(task.reminders).map((it) =>
                      it.id === reminder.id ? { id: reminder.id, ...days } : it,
                    ),
                  )
                }
              />
            )}
          </div>
          {!disabled && task.status === "open" && isUnanswered(reminder) && (
            <Popover
              label={`Snooze ${nameOf(reminder)}`}
              class="icon-button small"
              button={<Icon name="snooze" size={15} />}
            >
              {(close) => (
                <SnoozeMenu
                  onPick={(how) => {
                    close()
                    void snooze(task.id, how, reminder.id)
                  }}
                />
              )}
            </Popover>
          )}
          {!disabled && (
            <button
              type="button"
              class="icon-button small"
              aria-label={`Remove reminder ${nameOf(reminder)}`}
              onClick={() => save(reminderInputs(task.reminders.filter((it) => it !== reminder)))}
            >
              <Icon name="close" size={14} />
            </button>
          )}
        </li>
      ))}
      {!disabled && task.reminders.length < 20 && (
        <li>
          <Popover label="Add reminder" class="value-button" button={<span class="placeholder">Add reminder</span>}>
            {(close) => (
              <ReminderPicker
                counts={countsOf(task.due)}
                onPick={(reminder) => {
                  close()
                  save([...reminderInputs(task.reminders), reminder])
                }}
              />
            )}
          </Popover>
        </li>
      )}
    </ul>
  )
}

function reminderName(reminder: Reminder, isAllDay: boolean): string {
  const { at } = reminder
  return at ? momentLabel(Date.parse(at), zone.value, now.value) : offsetLabel(reminder, isAllDay)
}

function reminderState(reminder: Reminder): string {
  const moment = (instant: string | null) => (instant ? momentLabel(Date.parse(instant), zone.value, now.value) : "")
  const ahead = timesAhead(reminder).filter((it) => it.snoozed || !reminder.at)
  if (ahead.length > 0)
    return ahead.map((it) => (it.snoozed ? `snoozed to ${moment(it.fire_at)}` : moment(it.fire_at))).join(", ")
  const { status, fired_at, late_seconds } = reminder
  if (status === "cancelled") return "cancelled"
  if (status !== "fired") return ""
  if (late_seconds) return `fired, ${lateLabel(late_seconds)}`
  const asked = firingsOf(reminder).some((it) => it.asked_at && it.fired_at === fired_at)
  return `fired ${moment(fired_at)}${asked ? ", when it was set" : ""}`.trim()
}
