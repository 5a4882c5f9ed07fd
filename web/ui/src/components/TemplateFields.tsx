// The template of a series: what each of its tasks begins with.
import { offsetLabel } from "../format.ts"
import { me } from "../store/session.ts"
import type { Template } from "../types.ts"
import { Field } from "./FormField.tsx"
import { Icon } from "./Icon.tsx"
import { Popover } from "./Popover.tsx"
import { PriorityPicker } from "./priority.tsx"
import { ReminderPicker } from "./ReminderPicker.tsx"
import { TagInput } from "./TagInput.tsx"

interface Props {
  template: Template
  /** The error of the title. */
  fault: string | undefined
  onChange: (template: Template) => void
}

export function TemplateFields({ template, fault, onChange }: Props) {
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
      <Reminders template={template} set={set} />
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

function Reminders({ template: { reminders }, set }: { template: Template; set: (to: Partial<Template>) => void }) {
  const usual = me.value?.defaults.reminder_offset_minutes
  return (
    <div class="form-field">
      <span>Reminders</span>
      <ul class="chips" aria-label="Reminders">
        {reminders === null && (
          <li class="hint">
            As usual: {usual === null || usual === undefined ? "none" : offsetLabel(usual).toLowerCase()}
          </li>
        )}
        {reminders?.length === 0 && <li class="hint">None</li>}
        {reminders?.map(({ offset_minutes }) => (
          <li class="chip" key={offset_minutes}>
            <span class="chip-text">{offsetLabel(offset_minutes)}</span>
            <button
              type="button"
              class="chip-remove"
              aria-label={`Remove reminder ${offsetLabel(offset_minutes)}`}
              onClick={() => set({ reminders: reminders.filter((it) => it.offset_minutes !== offset_minutes) })}
            >
              <Icon name="close" size={12} />
            </button>
          </li>
        ))}
        <li>
          <Popover label="Add reminder" class="button quiet small" button="Add">
            {(close) => (
              <ReminderPicker
                hasDue
                offsetsOnly
                onPick={(it) => {
                  close()
                  if (!("offset_minutes" in it)) return
                  const others = (reminders ?? []).filter((known) => known.offset_minutes !== it.offset_minutes)
                  set({ reminders: [...others, { offset_minutes: it.offset_minutes }] })
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
