// The conflict panel: shows both values of a field that two people changed, and lets the reader choose.
import { fieldText } from "../fields.ts"
import { now } from "../store/clock.ts"
import { type Clash, clashes, insist, settle } from "../store/edits.ts"
import { zone } from "../store/session.ts"
import type { Conflict, Task } from "../types.ts"

export function ConflictPanel({ task }: { task: Task }) {
  const own = clashes.value.filter((it) => it.edit.taskId === task.id)
  return (
    <>
      {own.map((clash) => (
        <Panel key={clash.edit.path + clash.conflicts.map((it) => it.field).join()} clash={clash} />
      ))}
    </>
  )
}

function Panel({ clash }: { clash: Clash }) {
  return (
    <section class="conflict" role="alert" aria-label="Edit conflict">
      <p class="conflict-lead">
        This was changed elsewhere while you were editing. Nothing is lost: choose what stays.
      </p>
      <BothValues conflicts={clash.conflicts} />
      <div class="conflict-buttons">
        <button type="button" class="button primary" onClick={() => void insist(clash)}>
          Keep mine
        </button>
        <button type="button" class="button" onClick={() => settle(clash)}>
          Keep theirs
        </button>
      </div>
    </section>
  )
}

export function BothValues({ conflicts }: { conflicts: readonly Conflict[] }) {
  return (
    <>
      {conflicts.map((conflict) => (
        <dl key={conflict.field}>
          <dt>Your {wordsOf(conflict)}</dt>
          <dd class="yours">{valueText(conflict, conflict.yours)}</dd>
          <dt>Their {wordsOf(conflict)}</dt>
          <dd class="theirs">{valueText(conflict, conflict.theirs)}</dd>
        </dl>
      ))}
    </>
  )
}

function wordsOf({ field }: Conflict): string {
  return field.replaceAll("_", " ")
}

function valueText({ field }: Conflict, value: unknown): string {
  return fieldText(field, value, { zone: zone.value, now: now.value })
}
