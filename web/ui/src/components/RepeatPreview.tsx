// The preview of a rule while it is being edited: its sentence and its next dates.
import { slotLabel } from "../format.ts"
import type { RepeatForm } from "../repeat-form.ts"
import type { PreviewState } from "../store/preview.ts"

interface Props {
  state: PreviewState
  form: RepeatForm
  fault: string | undefined
}

export function RepeatPreview({ state: { kind, preview }, form, fault }: Props) {
  return (
    <section class={`preview is-${kind}`} aria-label="Preview" aria-live="polite" data-testid="preview">
      {fault ? (
        <p class="field-fault">{fault}</p>
      ) : kind === "refused" ? (
        <p class="hint">The dates show here once the fields are right.</p>
      ) : kind === "unreachable" ? (
        <p class="hint">The server cannot be reached: no preview for now.</p>
      ) : preview ? (
        <>
          <p class="preview-sentence">{preview.sentence}</p>
          <ol class="preview-dates">
            {preview.occurrences.map((it) => (
              <li key={it.at}>
                {slotLabel(it)}
                {it.shifted && <span class="hint"> · the clocks skip that time, so a little later</span>}
              </li>
            ))}
          </ol>
          {form.mode === "completion" && <p class="hint">If each is completed on its day.</p>}
        </>
      ) : (
        <p class="hint">One moment…</p>
      )}
    </section>
  )
}
