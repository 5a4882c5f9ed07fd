// One task in a list: a box that completes it, a title that opens it, and its details in one quiet line.
import { isUnanswered } from "../firings.ts"
import { dueLabel, timeLabel } from "../format.ts"
import { quoted } from "../quoted.ts"
import { ask } from "../store/asking.ts"
import { deleteTask, purgeTask, restoreTask, toggleTask } from "../store/changes.ts"
import { now } from "../store/clock.ts"
import { fallsOf, isOverdue } from "../store/due.ts"
import { leaving } from "../store/leaving.ts"
import { openTask } from "../store/opening.ts"
import { snoozeTask } from "../store/reminding.ts"
import { openTaskId, viewLink } from "../store/route.ts"
import { zone } from "../store/session.ts"
import { dateAt } from "../time.ts"
import type { Task } from "../types.ts"
import { Icon } from "./Icon.tsx"
import { Popover } from "./Popover.tsx"
import { Flag } from "./priority.tsx"
import { SnoozeMenu } from "./SnoozeMenu.tsx"

export function TaskRow({ task, underDay = false }: { task: Task; underDay?: boolean }) {
  const going = leaving.value.get(task.id)
  const look = [
    "task",
    task.status === "completed" ? "is-completed" : "",
    task.deleted_at && !going ? "in-trash" : "",
    going ? `leaving-${going}` : "",
    openTaskId.value === task.id ? "is-open" : "",
  ]
  return (
    <li class={look.filter(Boolean).join(" ")} data-task={task.id}>
      <div class="task-inner">
        {task.deleted_at ? <TrashMark /> : <CompleteBox task={task} />}
        <div class="task-body">
          <button type="button" class="task-title" onClick={() => openTask(task.id)}>
            <span class="task-lines">
              <span class="task-text">{task.title}</span>
            </span>
          </button>
          <Meta task={task} underDay={underDay} />
        </div>
        <div class="task-actions">
          {!task.deleted_at && <SnoozeButton task={task} />}
          {task.deleted_at ? <TrashActions task={task} /> : <DeleteButton task={task} />}
        </div>
      </div>
    </li>
  )
}

export function CompleteBox({ task, large = false }: { task: Task; large?: boolean }) {
  const done = task.status === "completed"
  return (
    // biome-ignore lint/a11y/useSemanticElements: a round box that animates; a button carries the role as well
    <button
      type="button"
      role="checkbox"
      aria-checked={done}
      aria-label={`${done ? "Reopen" : "Complete"} ${task.title}`}
      class={`check p-${task.priority} ${large ? "large" : ""}`}
      onClick={() => toggleTask(task)}
    >
      <span class="check-ring">
        <Icon name="check" size={large ? 16 : 14} />
      </span>
    </button>
  )
}

function Meta({ task, underDay }: { task: Task; underDay: boolean }) {
  const ahead = task.reminders.filter((it) => it.status === "pending").length
  const ticked = task.checklist.filter((it) => it.done).length
  const hasDue = task.due && !(underDay && "date" in task.due)
  const isBare = !hasDue && !task.series_id && ahead === 0 && task.checklist.length === 0 && task.tags.length === 0
  if (isBare && task.priority === "none" && !task.description) return null
  return (
    <div class="task-meta">
      {hasDue && <DueMark task={task} underDay={underDay} />}
      {task.series_id && (
        <span class="meta">
          <Icon name="repeat" size={14} />
          <span class="unseen">Repeats</span>
        </span>
      )}
      {(task.priority === "urgent" || task.priority === "high") && <Flag priority={task.priority} />}
      {ahead > 0 && (
        <span class="meta">
          <Icon name="notifications" size={14} />
          <span class="unseen">{ahead === 1 ? "1 reminder ahead" : `${ahead} reminders ahead`}</span>
          {ahead > 1 && <span aria-hidden="true">{ahead}</span>}
        </span>
      )}
      {task.checklist.length > 0 && (
        <span class="meta">
          <Icon name="checklist" size={14} />
          <span class="unseen">Checklist </span>
          {ticked}/{task.checklist.length}
        </span>
      )}
      {task.description && (
        <span class="meta">
          <Icon name="note" size={14} />
          <span class="unseen">Has a description</span>
        </span>
      )}
      {task.tags.map((tag) => (
        <a key={tag} class="meta tag-link" href={viewLink("all", { tags: [tag] })}>
          #{tag}
        </a>
      ))}
    </div>
  )
}

/** Shows the due; below the heading of its day, only the hour. */
export function DueMark({ task, underDay = false }: { task: Task; underDay?: boolean }) {
  if (!task.due) return null
  const late = isOverdue(task, zone.value, now.value)
  const label = underDay
    ? timeLabel(fallsOf(task.due, zone.value).order, zone.value)
    : dueLabel(task.due, zone.value, now.value)
  const isToday = fallsOf(task.due, zone.value).date === dateAt(now.value, zone.value)
  return (
    <span class={`meta due ${late ? "overdue" : isToday ? "due-today" : ""}`}>
      <Icon name={late ? "overdue" : "today"} size={14} />
      {late && <span class="unseen">Overdue: </span>}
      {label}
    </span>
  )
}

/** Shows the snooze button for a task whose reminder or overdue notice is not answered yet. */
function SnoozeButton({ task }: { task: Task }) {
  if (task.status !== "open") return null
  const fired = task.reminders.some(isUnanswered)
  if (!fired && !isOverdue(task, zone.value, now.value)) return null
  return (
    <Popover label={`Snooze ${task.title}`} class="icon-button" button={<Icon name="snooze" size={16} />}>
      {(close) => (
        <SnoozeMenu
          onPick={(how) => {
            close()
            void snoozeTask(task, how)
          }}
        />
      )}
    </Popover>
  )
}

function DeleteButton({ task }: { task: Task }) {
  return (
    <button type="button" class="icon-button" aria-label={`Delete ${task.title}`} onClick={() => deleteTask(task.id)}>
      <Icon name="trash" size={16} />
    </button>
  )
}

function TrashMark() {
  return (
    <span class="check">
      <Icon name="trash" size={16} />
    </span>
  )
}

function TrashActions({ task }: { task: Task }) {
  return (
    <>
      <button
        type="button"
        class="button quiet"
        aria-label={`Restore ${task.title}`}
        onClick={() => restoreTask(task.id)}
      >
        Restore
      </button>
      <button
        type="button"
        class="button quiet danger"
        aria-label={`Delete ${task.title} for good`}
        onClick={() => void askPurge(task)}
      >
        Delete for good
      </button>
    </>
  )
}

async function askPurge(task: Task): Promise<void> {
  if (
    await ask({
      title: "Delete for good?",
      text: `${quoted(task.title)} cannot be brought back.`,
      yes: "Delete for good",
    })
  )
    await purgeTask(task.id)
}
