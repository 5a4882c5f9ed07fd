// The due date and the reminders of the open task.
import { dueLabel, lateLabel, momentLabel, offsetLabel } from "../format.ts"
import { patchTask, reminderInputs, snooze } from "../store/changes.ts"
import { now } from "../store/clock.ts"
import { saveTask } from "../store/scope.ts"
import { zone } from "../store/session.ts"
import type { Reminder, ReminderInput, Task } from "../types.ts"
import { DuePicker } from "./DuePicker.tsx"
import { Icon } from "./Icon.tsx"
import { Popover } from "./Popover.tsx"
import { ReminderPicker } from "./ReminderPicker.tsx"
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
  return (
    <ul class="reminders" aria-label="Reminders">
      {task.reminders.map((reminder) => (
        <li key={reminder.id} class={`reminder is-${reminder.status}`}>
          <Icon name="notifications" size={15} />
          <span>{reminderName(reminder)}</span>
          <span class="reminder-state">{reminderState(reminder)}</span>
          {!disabled && task.status === "open" && isUnanswered(reminder) && (
            <Popover
              label={`Snooze ${reminderName(reminder)}`}
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
              aria-label={`Remove reminder ${reminderName(reminder)}`}
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
                hasDue={task.due !== null}
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

function isUnanswered({ status, acknowledged_at }: Reminder): boolean {
  return status === "fired" && !acknowledged_at
}

function reminderName({ at, offset_minutes }: Reminder): string {
  return at ? momentLabel(Date.parse(at), zone.value, now.value) : offsetLabel(offset_minutes ?? 0)
}

function reminderState({ status, fire_at, fired_at, late_seconds, snoozed_until, at }: Reminder): string {
  const moment = (instant: string) => momentLabel(Date.parse(instant), zone.value, now.value)
  if (status === "cancelled") return "cancelled"
  if (status === "fired")
    return late_seconds ? `fired, ${lateLabel(late_seconds)}` : fired_at ? `fired ${moment(fired_at)}` : "fired"
  if (snoozed_until) return `snoozed to ${moment(snoozed_until)}`
  return fire_at && !at ? moment(fire_at) : ""
}
