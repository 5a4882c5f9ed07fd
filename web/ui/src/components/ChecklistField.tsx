// The steps of a task: tick, reword, add, remove.
import { useState } from "preact/hooks"
import { newId } from "../ids.ts"
import { patchTask } from "../store/changes.ts"
import type { ChecklistItem, Task } from "../types.ts"
import { Icon } from "./Icon.tsx"

const MOST = 100

export function ChecklistField({ task, disabled }: { task: Task; disabled: boolean }) {
  const [text, setText] = useState("")
  const items = task.checklist
  const save = (checklist: ChecklistItem[]) => void patchTask(task.id, { checklist })
  const change = (id: string, to: Partial<ChecklistItem>) =>
    save(items.map((it) => (it.id === id ? { ...it, ...to } : it)))
  const add = () => {
    const clean = text.trim()
    setText("")
    if (clean) save([...items, { id: newId(), text: clean, done: false }])
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
              onChange={() => change(item.id, { done: !item.done })}
            />
            <StepText item={item} disabled={disabled} onSave={(to) => change(item.id, { text: to })} />
            {!disabled && (
              <button
                type="button"
                class="icon-button small"
                aria-label={`Remove ${item.text}`}
                onClick={() => save(items.filter((it) => it.id !== item.id))}
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
