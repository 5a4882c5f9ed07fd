// The template of a series: what each of its tasks begins with.
import { isOffset, isSameOffset, type Offset, offsetLabel, offsetPart } from "../offsets.ts"
import { usualOffset } from "../store/session.ts"
import type { Template } from "../types.ts"
import { Field } from "./FormField.tsx"
import { Icon } from "./Icon.tsx"
import { Popover } from "./Popover.tsx"
import { PriorityPicker } from "./priority.tsx"
import { DaysButton, ReminderPicker } from "./ReminderPicker.tsx"
import { TagInput } from "./TagInput.tsx"

interface Props {
  template: Template
  /** Whether its tasks are due on a day, without a time. */
  isAllDay: boolean
  /** The error of the title. */
  fault: string | undefined
  onChange: (template: Template) => void
}

export function TemplateFields({ template, isAllDay, fault, onChange }: Props) {
  const set = (to: Partial<Template>) => onChange({ ...template, ...to })
  return (
    <div class="repeat-fields">
      <Field label="Title" fault={fault}>
        {(id, described) => (
          <input
            id={id}
            aria-describedby={described}
            type="text"
            required
            maxLength={1000}
            value={template.title}
            onInput={(event) => set({ title: event.currentTarget.value })}
          />
        )}
      </Field>
      <Field label="Notes">
        {(id) => (
          <textarea
            id={id}
            rows={2}
            maxLength={40_000}
            value={template.description}
            onInput={(event) => set({ description: event.currentTarget.value })}
          />
        )}
      </Field>
      <PriorityPicker value={template.priority} onPick={(priority) => set({ priority })} />
      <div class="form-field">
        <span>Tags</span>
        <TagInput tags={template.tags} onChange={(tags) => set({ tags })} />
      </div>
      <Reminders template={template} isAllDay={isAllDay} set={set} />
      <Field label="Checklist, one step a line">
        {(id) => (
          <textarea
            id={id}
            rows={2}
            defaultValue={template.checklist.map((it) => it.text).join("\n")}
            onInput={(event) => set({ checklist: stepsOf(event.currentTarget.value) })}
          />
        )}
      </Field>
    </div>
  )
}

interface RemindersProps {
  template: Template
  isAllDay: boolean
  set: (to: Partial<Template>) => void
}

function Reminders({ template: { reminders }, isAllDay, set }: RemindersProps) {
  const usual = usualOffset.value
  const others = (than: Offset) => (reminders ?? []).filter((it) => !isSameOffset(it, than))
  return (
    <div class="form-field">
      <span>Reminders</span>
      <ul class="chips" aria-label="Reminders">
        {reminders === null && (
          <li class="hint">As usual: {usual ? offsetLabel(usual, isAllDay).toLowerCase() : "none"}</li>
        )}
        {reminders?.length === 0 && <li class="hint">None</li>}
        {reminders?.map((reminder) => (
          <li class="chip" key={JSON.stringify(reminder)}>
            <span class="chip-text">{offsetLabel(reminder, isAllDay)}</span>
            <DaysButton offset={reminder} onPick={(days) => set({ reminders: [...others(reminder), days] })} />
            <button
              type="button"
              class="chip-remove"
              aria-label={`Remove reminder ${offsetLabel(reminder, isAllDay)}`}
              onClick={() => set({ reminders: others(reminder) })}
            >
              <Icon name="close" size={12} />
            </button>
          </li>
        ))}
        <li>
          <Popover label="Add reminder" class="button quiet small" button="Add">
            {(close) => (
              <ReminderPicker
                counts={isAllDay ? "days" : "time"}
                offsetsOnly
                onPick={(it) => {
                  close()
                  if (isOffset(it)) set({ reminders: [...others(it), offsetPart(it)] })
                }}
              />
            )}
          </Popover>
        </li>
        {reminders !== null && (
          <li>
            <button type="button" class="button quiet small" onClick={() => set({ reminders: null })}>
              As usual
            </button>
          </li>
        )}
      </ul>
    </div>
  )
}

function stepsOf(text: string): Template["checklist"] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .map((line) => ({ text: line, done: false }))
}
