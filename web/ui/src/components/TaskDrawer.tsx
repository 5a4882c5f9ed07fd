// The drawer of the open task: every field in one place, each saved when it is left.
import { useEffect, useRef } from "preact/hooks"
import { agoLabel } from "../format.ts"
import { quoted } from "../quoted.ts"
import { ask } from "../store/asking.ts"
import { deleteTask, purgeTask, restoreTask } from "../store/changes.ts"
import { now } from "../store/clock.ts"
import { closeTask, fetchOpenTask } from "../store/opening.ts"
import { openTaskId } from "../store/route.ts"
import { saveTask } from "../store/scope.ts"
import { tasks, unsaved } from "../store/tasks.ts"
import type { Task } from "../types.ts"
import { ChecklistField } from "./ChecklistField.tsx"
import { ConflictPanel } from "./ConflictPanel.tsx"
import { DueField, RemindersField } from "./DueField.tsx"
import { Icon } from "./Icon.tsx"
import { PriorityPicker } from "./priority.tsx"
import { RepeatProperty } from "./RepeatProperty.tsx"
import { TagInput } from "./TagInput.tsx"
import { TaskActivity } from "./TaskActivity.tsx"
import { CompleteBox } from "./TaskRow.tsx"
import { TextField } from "./TextField.tsx"

export function TaskDrawer() {
  const id = openTaskId.value
  const task = id ? tasks.value.get(id) : undefined
  // biome-ignore lint/correctness/useExhaustiveDependencies: the effect depends on the signal's value
  useEffect(() => {
    if (id && !task) void fetchOpenTask(id)
  }, [id, !task])
  if (!id) return null
  return task ? <Drawer key={id} task={task} /> : <aside class="drawer" aria-busy="true" aria-label="Task" />
}

function Drawer({ task }: { task: Task }) {
  const panel = useRef<HTMLDivElement>(null)
  const locked = task.deleted_at !== null
  useEffect(() => panel.current?.focus({ preventScroll: true }), [])
  return (
    <div ref={panel} class="drawer" role="dialog" aria-label={`Task ${task.title}`} tabIndex={-1} data-testid="drawer">
      <header class="drawer-head">
        <SaveState task={task} />
        {!locked && (
          <button
            type="button"
            class="icon-button"
            aria-label="Delete task"
            onClick={() => {
              closeTask()
              deleteTask(task.id)
            }}
          >
            <Icon name="trash" />
          </button>
        )}
        <button type="button" class="icon-button" aria-label="Close" onClick={closeTask}>
          <Icon name="close" />
        </button>
      </header>
      <div class="drawer-body">
        {locked && <InTrash task={task} />}
        <ConflictPanel task={task} />
        <div class="drawer-title">
          {!locked && <CompleteBox task={task} large />}
          <TextField
            label="Title"
            class="title-field"
            value={task.title}
            maxLength={1000}
            singleLine
            required
            disabled={locked}
            version={task.version}
            onSave={(title, base) => saveTask(task, { title }, base)}
          />
        </div>
        <TextField
          label="Description"
          class="description-field"
          placeholder="Notes"
          value={task.description}
          maxLength={40_000}
          disabled={locked}
          version={task.version}
          onSave={(description, base) => saveTask(task, { description }, base)}
        />
        <div class="properties">
          <Property name="Due">
            <DueField task={task} disabled={locked} />
          </Property>
          <Property name="Repeat">
            <RepeatProperty task={task} disabled={locked} />
          </Property>
          <Property name="Reminders">
            <RemindersField task={task} disabled={locked} />
          </Property>
          <Property name="Priority">
            <PriorityPicker
              value={task.priority}
              disabled={locked}
              onPick={(priority) => void saveTask(task, { priority })}
            />
          </Property>
          <Property name="Tags">
            <TagInput tags={task.tags} disabled={locked} onChange={(tags) => void saveTask(task, { tags })} />
          </Property>
        </div>
        <ChecklistField task={task} disabled={locked} />
        <TaskActivity taskId={task.id} />
      </div>
    </div>
  )
}

function Property({ name, children }: { name: string; children: preact.ComponentChildren }) {
  return (
    <div class="property">
      <span class="property-name">{name}</span>
      <div class="property-value">{children}</div>
    </div>
  )
}

function SaveState({ task }: { task: Task }) {
  const saving = unsaved.value.has(task.id)
  return (
    <p class="save-state" role="status">
      {saving
        ? "Saving…"
        : task.version > 0
          ? `Saved · changed ${agoLabel(Date.parse(task.updated_at), now.value)}`
          : ""}
    </p>
  )
}

function InTrash({ task }: { task: Task }) {
  const purge = async () => {
    const sure = await ask({
      title: "Delete for good?",
      text: `${quoted(task.title)} cannot be brought back.`,
      yes: "Delete for good",
    })
    if (!sure) return
    closeTask()
    await purgeTask(task.id)
  }
  return (
    <div class="notice">
      <p>This task is in the trash.</p>
      <button type="button" class="button" onClick={() => restoreTask(task.id)}>
        Restore
      </button>
      <button type="button" class="button danger" onClick={() => void purge()}>
        Delete for good
      </button>
    </div>
  )
}
