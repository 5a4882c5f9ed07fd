// The dialog of a change set: its entries, taking them back, and what became of each.
import { useEffect, useRef } from "preact/hooks"
import { fieldText } from "../fields.ts"
import { momentLabel } from "../format.ts"
import { quoted } from "../quoted.ts"
import {
  changesText,
  closeChangeSet,
  leftOver,
  moreEntries,
  type OpenSet,
  openSet,
  resultText,
  showChangeSet,
  takeBack,
  whyText,
} from "../store/change-sets.ts"
import { now } from "../store/clock.ts"
import { zone } from "../store/session.ts"
import type { Outcome, Reverted } from "../types.ts"
import { ActivityLine, whoText } from "./ActivityLine.tsx"
import { Icon } from "./Icon.tsx"

export function ChangeSetDialog() {
  const dialog = useRef<HTMLDialogElement>(null)
  const shown = openSet.value
  const id = shown?.id
  useEffect(() => {
    if (id && !dialog.current?.open) dialog.current?.showModal()
  }, [id])
  if (!shown) return null
  return (
    <dialog
      ref={dialog}
      class="dialog change-set"
      aria-labelledby="change-set-title"
      onClose={closeChangeSet}
      onKeyDown={(event) => event.key === "Escape" && event.stopPropagation()}
    >
      <header>
        <h2 id="change-set-title">{shown.set?.title ?? "Change set"}</h2>
        <button type="button" class="icon-button" aria-label="Close" onClick={closeChangeSet}>
          <Icon name="close" />
        </button>
      </header>
      {shown.set && (
        <p>
          {whoText(shown.set.who)} · {changesText(shown.set.changes)} ·{" "}
          {momentLabel(Date.parse(shown.set.last_at), zone.value, now.value)}
          {shown.set.reverted_by && !shown.result && " · taken back"}
        </p>
      )}
      {shown.problem && <p role="alert">{shown.problem}</p>}
      {shown.result ? <Result result={shown.result} /> : <Entries shown={shown} />}
      <Buttons shown={shown} />
    </dialog>
  )
}

function Entries({ shown }: { shown: OpenSet }) {
  const lines = shown.entries.filter((it) => String(it.position) in shown.takesBack)
  return (
    <div class="change-set-lines">
      <ol class="log">
        {lines.map((line) => (
          <ActivityLine key={line.position} line={{ ...line, undoable: false }} note={note(shown, line.position)} />
        ))}
      </ol>
      {shown.before && (
        <button type="button" class="button quiet small" disabled={shown.busy} onClick={() => void moreEntries()}>
          Show earlier
        </button>
      )}
    </div>
  )
}

const NOTES: Record<string, string> = {
  changed_since: "Changed since: that stays",
  gone: "Nothing to take back",
  not_undoable: "Cannot be taken back",
}

function note(shown: OpenSet, position: number): string | undefined {
  return NOTES[shown.takesBack[String(position)] ?? ""]
}

function Result({ result }: { result: Reverted }) {
  const left = leftOver(result)
  return (
    <div class="change-set-lines" role="status">
      <p class="change-set-result">{resultText(result)}</p>
      {left.length > 0 && (
        <ul class="log">
          {left.map((it) => (
            <LeftOver key={it.position} entry={it} />
          ))}
        </ul>
      )}
    </div>
  )
}

function LeftOver({ entry }: { entry: Outcome }) {
  const around = { zone: zone.value, now: now.value }
  return (
    <li class="log-line">
      <div class="log-text">
        <p>
          <span class="log-subject">{quoted(entry.title ?? "A change")}</span> {whyText(entry)}
        </p>
        {entry.conflicts.length > 0 && (
          <ul class="log-changes">
            {entry.conflicts.map(({ field, set, now: there }) => (
              <li key={field}>
                <span class="log-field">{field}</span> <del>{fieldText(field, set, around)}</del>{" "}
                <span aria-hidden="true">→ </span>
                <ins>{fieldText(field, there, around)}</ins>
              </li>
            ))}
          </ul>
        )}
      </div>
    </li>
  )
}

function Buttons({ shown }: { shown: OpenSet }) {
  const { result } = shown
  if (result)
    return (
      <div class="dialog-buttons">
        <button type="button" class="button" onClick={() => void showChangeSet(result.change_set)}>
          What this did
        </button>
        <button type="button" class="button primary" onClick={closeChangeSet}>
          Done
        </button>
      </div>
    )
  const can = Object.values(shown.takesBack).some((it) => it === "can") || shown.before !== null
  return (
    <div class="dialog-buttons">
      <button type="button" class="button" onClick={closeChangeSet}>
        Cancel
      </button>
      <button type="button" class="button danger-fill" disabled={shown.busy || !can} onClick={() => void takeBack()}>
        Take it all back
      </button>
    </div>
  )
}
