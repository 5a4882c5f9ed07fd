// The checklist of a task: tick, edit, add and remove items.
import { useRef, useState } from "preact/hooks"
import { newId } from "../ids.ts"
import { patchTask } from "../store/changes.ts"
import { askScope, type Scope, saveTask } from "../store/scope.ts"
import { isRepeating } from "../store/series.ts"
import type { ChecklistItem, Task } from "../types.ts"
import { Icon } from "./Icon.tsx"

const MOST = 100
const AS_LONG_AS_OPEN = "The answer counts for its other steps too, until you close it."

export function ChecklistField({ task, disabled }: { task: Task; disabled: boolean }) {
  const [text, setText] = useState("")
  const items = task.checklist
  // For an occurrence we ask only once, not for every item, which occurrences the edit is for.
  const scope = useRef<Scope | undefined>(undefined)
  const save = async (checklist: ChecklistItem[]) => {
    if (isRepeating(task)) scope.current ??= (await askScope("checklist", AS_LONG_AS_OPEN)) ?? "one"
    await saveTask(task, { checklist }, undefined, scope.current)
  }
  const changed = (id: string, to: Partial<ChecklistItem>) => items.map((it) => (it.id === id ? { ...it, ...to } : it))
  const tick = (item: ChecklistItem) => void patchTask(task.id, { checklist: changed(item.id, { done: !item.done }) })
  const add = () => {
    const clean = text.trim()
    setText("")
    if (clean) void save([...items, { id: newId(), text: clean, done: false }])
  }
  const ticked = items.filter((it) => it.done).length

  return (
    <section class="checklist" aria-label="Checklist">
      <h3 class="field-heading">
        Checklist {items.length > 0 && <span class="section-count">{`${ticked}/${items.length}`}</span>}
      </h3>
      {items.length > 0 && (
        <progress class="checklist-bar" aria-label="Checklist progress" max={items.length} value={ticked} />
      )}
      <ul>
        {items.map((item) => (
          <li key={item.id} class={`step ${item.done ? "is-done" : ""}`}>
            <input
              type="checkbox"
              aria-label={item.text}
              checked={item.done}
              disabled={disabled}
              onChange={() => tick(item)}
            />
            <StepText item={item} disabled={disabled} onSave={(to) => void save(changed(item.id, { text: to }))} />
            {!disabled && (
              <button
                type="button"
                class="icon-button small"
                aria-label={`Remove ${item.text}`}
                onClick={() => void save(items.filter((it) => it.id !== item.id))}
              >
                <Icon name="close" size={14} />
              </button>
            )}
          </li>
        ))}
      </ul>
      {!disabled && items.length < MOST && (
        <form
          class="step-add"
          onSubmit={(event) => {
            event.preventDefault()
            add()
          }}
        >
          <Icon name="plus" size={15} />
          <input
            type="text"
            aria-label="Add checklist item"
            placeholder="Add a step"
            maxLength={500}
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
            onBlur={add}
          />
        </form>
      )}
    </section>
  )
}

function StepText({
  item,
  disabled,
  onSave,
}: {
  item: ChecklistItem
  disabled: boolean
  onSave: (text: string) => void
}) {
  return (
    <input
      type="text"
      class="step-text"
      aria-label={`Text of ${item.text}`}
      defaultValue={item.text}
      key={item.text}
      maxLength={500}
      disabled={disabled}
      onBlur={(event) => {
        const text = event.currentTarget.value.trim()
        if (text && text !== item.text) onSave(text)
        else event.currentTarget.value = item.text
      }}
      onKeyDown={(event) => event.key === "Enter" && event.currentTarget.blur()}
    />
  )
}
