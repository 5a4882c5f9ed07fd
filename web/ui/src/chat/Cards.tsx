// The tasks of an answer as cards that are live: they show what the page knows of a task now, and check it off.
import { signal } from "@preact/signals"
import { useEffect, useState } from "preact/hooks"
import { get, Refused, Unreachable } from "../api.ts"
import { Icon } from "../components/Icon.tsx"
import { CompleteBox, DueMark } from "../components/TaskRow.tsx"
import { openTask } from "../store/opening.ts"
import { confirm, tasks } from "../store/tasks.ts"
import type { Task } from "../types.ts"

const FIRST = 8

/** Ids of tasks that the server has no more. */
const gone = signal<ReadonlySet<string>>(new Set())

interface Shown {
  ids: readonly string[]
  /** The cards have the numbers by which the conversation means them. */
  numbered: boolean
  /** Given where a number can be chosen as the answer to a question. */
  onNumber?: ((number: number) => void) | undefined
}

export function Cards({ ids, numbered, onNumber }: Shown) {
  const [whole, setWhole] = useState(false)
  const shown = whole ? ids : ids.slice(0, FIRST)
  return (
    <>
      <ol class="cards">
        {shown.map((id, index) => (
          <li class="card" key={id}>
            {numbered && <NumberOf number={index + 1} onNumber={onNumber} />}
            <Card id={id} />
          </li>
        ))}
      </ol>
      {shown.length < ids.length && (
        <button type="button" class="button quiet small" onClick={() => setWhole(true)}>
          Show all {ids.length}
        </button>
      )}
    </>
  )
}

export function NumberOf({ number, onNumber }: { number: number; onNumber?: ((number: number) => void) | undefined }) {
  if (!onNumber) return <span class="card-number">{number}</span>
  return (
    <button type="button" class="card-number pick" aria-label={`Answer ${number}`} onClick={() => onNumber(number)}>
      {number}
    </button>
  )
}

function Card({ id }: { id: string }) {
  const task = tasks.value.get(id)
  useEffect(() => {
    if (!tasks.peek().has(id)) void fetchTask(id)
  }, [id])
  if (!task) return <span class="card-gone">{gone.value.has(id) ? "A task that is gone for good" : "…"}</span>
  return (
    <>
      {task.deleted_at ? <InTrash /> : <CompleteBox task={task} />}
      <button type="button" class={`card-title is-${task.status}`} onClick={() => openTask(id)}>
        {task.title}
      </button>
      <span class="task-meta">
        {task.deleted_at ? "In the trash" : <DueMark task={task} />}
        {task.tags.length > 0 && <span class="card-tags">{task.tags.map((tag) => `#${tag}`).join(" ")}</span>}
      </span>
    </>
  )
}

function InTrash() {
  return (
    <span class="check">
      <Icon name="trash" size={16} />
    </span>
  )
}

async function fetchTask(id: string): Promise<void> {
  try {
    confirm([await get<Task>(`/tasks/${id}`)])
  } catch (error) {
    if (error instanceof Refused) gone.value = new Set(gone.peek()).add(id)
    else if (!(error instanceof Unreachable)) throw error
  }
}
