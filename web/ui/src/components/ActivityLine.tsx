// One line of the log: who did what to which task, when, and what it changed; undo where that is possible.
import { useState } from "preact/hooks"
import { lateLabel, timeLabel } from "../format.ts"
import { undoActivity } from "../store/activity.ts"
import { now } from "../store/clock.ts"
import { openTask } from "../store/opening.ts"
import { zone } from "../store/session.ts"
import type { Activity, Cause } from "../types.ts"
import { fieldText } from "./ConflictPanel.tsx"
import { Icon, type IconName } from "./Icon.tsx"

/** Event type → what it is called after its actor, and its picture. */
const VERBS: Record<string, [verb: string, icon: IconName]> = {
  "task.created": ["added", "plus"],
  "task.updated": ["changed", "note"],
  "task.completed": ["completed", "completed"],
  "task.reopened": ["reopened", "undo"],
  "task.deleted": ["deleted", "trash"],
  "task.restored": ["restored", "restore"],
  "task.purged": ["deleted for good", "trash"],
  "task.overdue": ["became overdue:", "overdue"],
  "reminder.scheduled": ["set a reminder for", "notifications"],
  "reminder.fired": ["reminded of", "notifications"],
  "reminder.delivered": ["delivered a reminder of", "notifications"],
  "reminder.failed": ["could not deliver a reminder of", "notifications"],
  "reminder.snoozed": ["snoozed", "snooze"],
  "reminder.acknowledged": ["acknowledged", "check"],
  "reminder.cancelled": ["cancelled a reminder of", "notifications"],
  "user.registered": ["joined Duely", "completed"],
  "user.updated": ["changed the settings", "settings"],
}

const ACTORS: Record<Cause["kind"], string> = {
  user: "You",
  token: "A script",
  agent: "The assistant",
  reminder: "Duely",
  system: "Duely",
}

/** Bookkeeping that says nothing to a reader. */
const SILENT_FIELDS = new Set(["overdue_noted", "zone", "completed_at", "status"])

export function ActivityLine({ line, brief = false }: { line: Activity; brief?: boolean }) {
  const [busy, setBusy] = useState(false)
  const [verb, icon] = VERBS[line.type] ?? [line.type, "activity" as const]
  const changes =
    line.type === "task.updated" ? Object.entries(line.changed).filter(([it]) => !SILENT_FIELDS.has(it)) : []
  const at = Date.parse(line.at)
  const undo = async () => {
    setBusy(true)
    await undoActivity(line)
    setBusy(false)
  }
  return (
    <li class="log-line">
      <span class={`log-icon kind-${line.type.replace(".", "-")}`}>
        <Icon name={icon} size={15} />
      </span>
      <div class="log-text">
        <p>
          {ACTORS[line.cause.kind]} {verb} {!brief && <Subject line={line} />}
          <Late line={line} />
        </p>
        {changes.length > 0 && (
          <ul class="log-changes">
            {changes.map(([field, { old, new: fresh }]) => (
              <li key={field}>
                <span class="log-field">{field}</span> <del>{fieldText(field, old, zone.value, now.value)}</del>{" "}
                <span aria-hidden="true">→</span> <ins>{fieldText(field, fresh, zone.value, now.value)}</ins>
              </li>
            ))}
          </ul>
        )}
      </div>
      {line.undoable && (
        <button type="button" class="button quiet small" disabled={busy} onClick={() => void undo()}>
          Undo<span class="unseen"> {verb}</span>
        </button>
      )}
      <time class="log-time" dateTime={line.at}>
        {timeLabel(at, zone.value)}
      </time>
    </li>
  )
}

function Subject({ line }: { line: Activity }) {
  const { task, task_id } = line
  if (!task_id) return null
  const title = task?.title || "a task"
  return (
    <button type="button" class="log-subject" onClick={() => openTask(task_id)}>
      {title}
    </button>
  )
}

/** How late the reminder that fired last was. */
function Late({ line }: { line: Activity }) {
  if (line.type !== "reminder.fired" && line.type !== "reminder.delivered") return null
  const fired = line.task?.reminders.filter((it) => it.fired_at) ?? []
  const seconds = fired.sort((a, b) => ((a.fired_at ?? "") < (b.fired_at ?? "") ? 1 : -1))[0]?.late_seconds
  return seconds ? <span class="late-mark">{lateLabel(seconds)}</span> : null
}
