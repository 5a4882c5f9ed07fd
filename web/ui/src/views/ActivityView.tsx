// The activity view: every entry, newest first, by day; filtered by kind and by actor.
import { useEffect, useMemo, useState } from "preact/hooks"
import { ActivityLine } from "../components/ActivityLine.tsx"
import { dayHeading } from "../format.ts"
import { ActivityLog, openLogs } from "../store/activity.ts"
import { leadsSet } from "../store/change-sets.ts"
import { now } from "../store/clock.ts"
import { zone } from "../store/session.ts"
import { dateAt } from "../time.ts"
import type { Activity, EntrySet } from "../types.ts"

const TASKS = ["created", "updated", "completed", "reopened", "deleted", "restored", "purged", "overdue"].map(
  (it) => `task.${it}`,
)
const ANSWERS = ["reminder.fired", "reminder.failed", "reminder.snoozed", "reminder.acknowledged"]

const SERIES = ["created", "updated", "paused", "resumed", "stopped", "ended", "deleted", "split"].map(
  (it) => `series.${it}`,
)
const ONE_OF_SERIES = ["recurrence.skipped", "recurrence.unskipped", "recurrence.moved"]

/** The choices of the filter, the first being the default. No types means all, the bookkeeping of reminders included. */
const KINDS: Record<string, readonly string[]> = {
  "What matters": [...TASKS, ...ANSWERS, "user.updated", ...SERIES, ...ONE_OF_SERIES],
  Everything: [],
  Added: ["task.created"],
  Changed: ["task.updated"],
  Completed: ["task.completed", "task.reopened"],
  Deleted: ["task.deleted", "task.restored", "task.purged"],
  Reminders: ANSWERS,
  Overdue: ["task.overdue"],
  Repeating: [...SERIES, ...ONE_OF_SERIES, "recurrence.withdrawn"],
}

const ACTORS: [value: string, label: string][] = [
  ["", "Anyone"],
  ["user", "You"],
  ["token", "Scripts"],
  ["agent", "Agents"],
  ["reminder", "Reminders"],
  ["system", "Duely"],
]

export function ActivityView() {
  const [kind, setKind] = useState("What matters")
  const [actor, setActor] = useState("")
  const log = useMemo(() => new ActivityLog({ types: KINDS[kind] ?? [], actor: actor || undefined }), [kind, actor])
  useEffect(() => {
    openLogs.add(log)
    void log.load()
    return () => {
      openLogs.delete(log)
    }
  }, [log])

  return (
    <div class="activity-view">
      <div class="log-filters">
        <Select label="What" value={kind} options={Object.keys(KINDS).map((it) => [it, it])} onChange={setKind} />
        <Select label="Who" value={actor} options={ACTORS} onChange={setActor} />
      </div>
      {daysOf(log.items.value).map(([date, lines]) => (
        <section key={date} aria-label={dayHeading(date, dateAt(now.value, zone.value))}>
          <h2 class="section-heading">{dayHeading(date, dateAt(now.value, zone.value))}</h2>
          <ol class="log">
            {lines.map((line, at) => (
              <ActivityLine key={line.position} line={line} set={leadsSet(lines, at) ? setOf(log, line) : undefined} />
            ))}
          </ol>
        </section>
      ))}
      <LogFoot log={log} />
    </div>
  )
}

/** Returns the set of a line if it has more than one change; of one that came live only the first is known. */
function setOf(log: ActivityLog, { cause }: Activity): EntrySet | undefined {
  const set = log.sets.value[cause.change_set ?? ""]
  return set && set.changes > 1 ? set : undefined
}

function LogFoot({ log }: { log: ActivityLog }) {
  const state = log.state.value
  if (state === "failed")
    return (
      <div class="foot" role="alert">
        <p>The activity could not be read from the server.</p>
        <button type="button" class="button" onClick={() => void log.load()}>
          Try again
        </button>
      </div>
    )
  if (state === "ready" && log.items.value.length === 0)
    return (
      <div class="empty">
        <h2>Nothing here yet</h2>
        <p>Whatever happens to your tasks is written down here, and most of it can be undone.</p>
      </div>
    )
  if (!log.next.value) return null
  return (
    <div class="foot">
      <button type="button" class="button" disabled={state === "loading"} onClick={() => void log.more()}>
        Show earlier
      </button>
    </div>
  )
}

interface SelectProps {
  label: string
  value: string
  options: [value: string, label: string][]
  onChange: (value: string) => void
}

function Select({ label, value, options, onChange }: SelectProps) {
  return (
    <label class="log-filter">
      <span class="unseen">{label}</span>
      <select value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        {options.map(([it, text]) => (
          <option key={it} value={it}>
            {text}
          </option>
        ))}
      </select>
    </label>
  )
}

function daysOf(lines: readonly Activity[]): [string, Activity[]][] {
  const days: [string, Activity[]][] = []
  for (const line of lines) {
    const date = dateAt(Date.parse(line.at), zone.value)
    const last = days.at(-1)
    if (last?.[0] === date) last[1].push(line)
    else days.push([date, [line]])
  }
  return days
}
