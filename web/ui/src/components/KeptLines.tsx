// The lines of quick add that the server has not taken yet, or not at all.
import { quote } from "../store/changes.ts"
import { dropLine, type KeptLine, keptLines } from "../store/kept-lines.ts"

const MOST_SHOWN = 5

export function KeptLines({ edit }: { edit: (line: KeptLine) => void }) {
  const lines = keptLines.value
  if (lines.length === 0) return null
  const more = lines.length - MOST_SHOWN
  return (
    <ul class="quick-kept" aria-label="Not added yet" data-testid="kept-lines">
      {lines.slice(0, MOST_SHOWN).map((line) => (
        <li key={line.key}>{line.fault ? <Refused line={line} edit={edit} /> : <Waiting line={line} />}</li>
      ))}
      {more > 0 && <li>and {more} more</li>}
    </ul>
  )
}

function Waiting({ line: { body } }: { line: KeptLine }) {
  return <span>{quote({ title: body.text })} is kept here, and added when the server can be reached.</span>
}

function Refused({ line, edit }: { line: KeptLine; edit: (line: KeptLine) => void }) {
  const { key, body, fault } = line
  return (
    <>
      <span class="quick-fault">
        {quote({ title: body.text })} was not added: {fault}
      </span>
      <button
        type="button"
        class="button quiet small"
        onClick={() => {
          dropLine(key)
          edit(line)
        }}
      >
        Edit
      </button>
      <button type="button" class="button quiet small" onClick={() => dropLine(key)}>
        Discard
      </button>
    </>
  )
}
