// One line of the activity log: who did what to which task, when, and what changed; with undo where that is possible.
import { useEffect, useState } from "preact/hooks"
import { type Difference, difference, typeWords } from "../fields.ts"
import { lateLabel, timeLabel } from "../format.ts"
import { undoActivity } from "../store/activity.ts"
import { changesText, showChangeSet } from "../store/change-sets.ts"
import { now } from "../store/clock.ts"
import { openTask } from "../store/opening.ts"
import { viewLink } from "../store/route.ts"
import { fetchSeries, seriesOf } from "../store/series.ts"
import { zone } from "../store/session.ts"
import { tasks } from "../store/tasks.ts"
import type { Activity, EntrySet, Who } from "../types.ts"
import { Icon, type IconName } from "./Icon.tsx"

interface Wording {
  icon: IconName
  /** Follows the name of the actor; absent where nobody acted. */
  verb?: string
  /** Follows the title of the task, where the task itself is the subject. */
  did?: string
}

const WORDINGS: Record<string, Wording> = {
  "task.created": { icon: "plus", verb: "added" },
  "task.updated": { icon: "note", verb: "changed" },
  "task.completed": { icon: "completed", verb: "completed" },
  "task.reopened": { icon: "undo", verb: "reopened" },
  "task.deleted": { icon: "trash", verb: "deleted" },
  "task.restored": { icon: "restore", verb: "restored" },
  "task.purged": { icon: "trash", verb: "deleted for good" },
  "task.overdue": { icon: "overdue", did: "became overdue" },
  "reminder.scheduled": { icon: "notifications", did: "· got a reminder" },
  "reminder.fired": { icon: "notifications", did: "· reminder fired" },
  "reminder.delivered": { icon: "notifications", did: "· reminder delivered" },
  "reminder.failed": { icon: "notifications", did: "· reminder could not be delivered" },
  "reminder.snoozed": { icon: "snooze", verb: "snoozed" },
  "reminder.acknowledged": { icon: "check", verb: "acknowledged" },
  "reminder.cancelled": { icon: "notifications", did: "· reminder cancelled" },
  "series.created": { icon: "repeat", verb: "set up the series" },
  "series.updated": { icon: "repeat", verb: "changed the series" },
  "series.paused": { icon: "pause", verb: "paused" },
  "series.resumed": { icon: "repeat", verb: "resumed" },
  "series.stopped": { icon: "repeat", verb: "stopped" },
  "series.ended": { icon: "repeat", did: "has come to its end" },
  "series.deleted": { icon: "trash", verb: "deleted the series" },
  "series.split": { icon: "repeat", verb: "divided the series" },
  "recurrence.triggered": { icon: "repeat", did: "· the next one was called for" },
  "recurrence.instance-created": { icon: "repeat", did: "· the next one was made" },
  "recurrence.skipped": { icon: "skip", verb: "skipped one of" },
  "recurrence.unskipped": { icon: "restore", verb: "took back a skip of" },
  "recurrence.moved": { icon: "repeat", verb: "moved one of" },
  "recurrence.written": { icon: "note", did: "· one was written into" },
  "recurrence.taken-up": { icon: "repeat", did: "· one goes on under the new rule" },
  "recurrence.withdrawn": { icon: "repeat", did: "· one was taken away" },
  "recurrence.retemplated": { icon: "repeat", did: "· one was brought up to date" },
  "notice.delivered": { icon: "notifications", did: "· notice delivered" },
  "digest.due": { icon: "today", did: "The digest of the day was due" },
  "user.registered": { icon: "completed", verb: "joined Duely" },
  "user.updated": { icon: "settings", verb: "changed the settings" },
}

const ACTORS: Record<Who["kind"], string> = {
  user: "You",
  token: "A script",
  agent: "The assistant",
  reminder: "Duely",
  system: "Duely",
}

/** Returns who did something: a script or an agent by the name of its token. */
export function whoText({ kind, name }: Pick<Who, "kind"> & { name?: string | null }): string {
  return name || ACTORS[kind]
}

/** Fields that only Duely itself needs. */
const SILENT_FIELDS = new Set(["overdue_noted", "zone", "completed_at", "status", "occurrence", "series_id", "moved"])
/** What a line says of which changed: fields with an old and a new value. */
const CHANGES = new Set(["task.updated", "series.updated"])

interface LineProps {
  line: Activity
  brief?: boolean
  /** The change set that the line names, if it is the first of it in the log. */
  set?: EntrySet | undefined
  note?: string | undefined
}

export function ActivityLine({ line, brief = false, set, note }: LineProps) {
  const [busy, setBusy] = useState(false)
  const { icon, verb, did }: Wording = WORDINGS[line.type] ?? { icon: "activity", did: `· ${typeWords(line.type)}` }
  const changes = CHANGES.has(line.type) ? Object.entries(line.changed).filter(([it]) => !SILENT_FIELDS.has(it)) : []
  const isAboutNothing = !line.task_id && !line.series_id
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
          {verb && `${whoText(line.cause)} ${verb} `}
          {!brief && <Subject line={line} />} {brief || isAboutNothing ? did && sentence(did) : did}
          <Late line={line} />
        </p>
        {changes.length > 0 && (
          <ul class="log-changes">
            {changes.map(([field, { old, new: fresh }]) => (
              <Change
                key={field}
                field={field}
                {...difference(field, old, fresh, { zone: zone.value, now: now.value, isAllDay: isAllDay(line) })}
              />
            ))}
          </ul>
        )}
        {note && <p class="log-note">{note}</p>}
        {set && line.cause.change_set && <SetLine id={line.cause.change_set} set={set} />}
      </div>
      {line.undoable && (
        <button type="button" class="button quiet small" disabled={busy} onClick={() => void undo()}>
          Undo<span class="unseen">: {verb}</span>
        </button>
      )}
      <time class="log-time" dateTime={line.at}>
        {timeLabel(at, zone.value)}
      </time>
    </li>
  )
}

function SetLine({ id, set }: { id: string; set: EntrySet }) {
  return (
    <p class="log-note">
      Part of {changesText(set.changes)} together ·{" "}
      <button type="button" class="link" onClick={() => void showChangeSet(id)}>
        {set.reverted_by ? "Taken back: see what" : "Take it all back"}
      </button>
    </p>
  )
}

function isAllDay({ task, series_id }: Activity): boolean {
  const due = series_id ? seriesOf(series_id)?.start : task?.due
  return due != null && "date" in due
}

function Change({ field, old, new: fresh }: Difference & { field: string }) {
  return (
    <li>
      <span class="log-field">{field}</span> {old.length > 0 && <del>{old.join(", ")}</del>}{" "}
      {old.length > 0 && fresh.length > 0 && <span aria-hidden="true">→ </span>}
      {fresh.length > 0 && <ins>{fresh.join(", ")}</ins>}
    </li>
  )
}

function Subject({ line }: { line: Activity }) {
  const { task, task_id, series_id } = line
  if (series_id) return <SeriesSubject id={series_id} />
  if (!task_id) return null
  const title = (task ?? tasks.value.get(task_id))?.title || "a task"
  return (
    <button type="button" class="log-subject" onClick={() => openTask(task_id)}>
      {title}
    </button>
  )
}

function SeriesSubject({ id }: { id: string }) {
  useEffect(() => void fetchSeries(id), [id])
  return (
    <a class="log-subject" href={viewLink("series", { seriesId: id })}>
      {seriesOf(id)?.title ?? "a series"}
    </a>
  )
}

/** Shows how late the reminder that fired last was. */
function Late({ line }: { line: Activity }) {
  if (line.type !== "reminder.fired" && line.type !== "reminder.delivered") return null
  const fired = line.task?.reminders.filter((it) => it.fired_at) ?? []
  const seconds = fired.sort((a, b) => ((a.fired_at ?? "") < (b.fired_at ?? "") ? 1 : -1))[0]?.late_seconds
  return seconds ? <span class="late-mark">{lateLabel(seconds)}</span> : null
}

function sentence(text: string): string {
  const bare = text.replace(/^· /, "")
  return bare.slice(0, 1).toUpperCase() + bare.slice(1)
}
