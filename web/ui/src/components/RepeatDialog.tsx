// The repeat dialog: how a task repeats and, for a series, what each of its tasks begins with.
import { signal } from "@preact/signals"
import { useEffect, useMemo, useRef, useState } from "preact/hooks"
import { Refused } from "../api.ts"
import type { Recurrence } from "../recurrence.ts"
import { type Faults, faultsOf, formOf, type RepeatForm, recurrenceOf, startOf } from "../repeat-form.ts"
import { PreviewAsker } from "../store/preview.ts"
import { zone } from "../store/session.ts"
import type { Conflict, Due, Template } from "../types.ts"
import { BothValues } from "./ConflictPanel.tsx"
import { Icon } from "./Icon.tsx"
import { RepeatFields } from "./RepeatFields.tsx"
import { RepeatPreview } from "./RepeatPreview.tsx"
import { TemplateFields } from "./TemplateFields.tsx"

export interface RepeatAnswer {
  recurrence: Recurrence
  start: Due
  template: Template | null
}

interface Question {
  title: string
  recurrence: Recurrence | null
  start: Due
  template?: Template
  /** The buttons that save; the first is the main one, and Enter presses it. */
  saves: [label: string, save: (answer: RepeatAnswer) => unknown][]
}

const asked = signal<Question | null>(null)

export function openRepeat(question: Question): void {
  asked.value = question
}

export function closeRepeat(): void {
  asked.value = null
}

export function RepeatDialog() {
  const question = asked.value
  return question ? <Dialog question={question} /> : null
}

function Dialog({ question }: { question: Question }) {
  const { title, recurrence, start, saves } = question
  const dialog = useRef<HTMLDialogElement>(null)
  const asker = useMemo(() => new PreviewAsker(), [])
  const [form, setForm] = useState<RepeatForm>(() => formOf(recurrence, start, zone.peek()))
  const [template, setTemplate] = useState<Template | null>(question.template ?? null)
  const [refusal, setRefusal] = useState<{ faults: Faults; of: string } | null>(null)
  const [clash, setClash] = useState<readonly Conflict[]>([])
  const [busy, setBusy] = useState(false)
  const answer = { recurrence: recurrenceOf(form), start: startOf(form), template }
  const { rule, mode, month_end } = answer.recurrence
  const wanted = JSON.stringify({ rule, mode, month_end, start: answer.start })

  useEffect(() => {
    dialog.current?.showModal()
    return () => asker.stop()
  }, [asker])
  useEffect(() => asker.ask(JSON.parse(wanted)), [asker, wanted])

  const { kind, problem } = asker.state.value
  const answerText = JSON.stringify(answer)
  const faults = {
    ...(problem && kind !== "unreachable" ? faultsOf(problem, form) : {}),
    ...(refusal?.of === answerText ? refusal.faults : {}),
  }
  const run = async (save: Question["saves"][number][1]) => {
    setBusy(true)
    try {
      await save(answer)
      closeRepeat()
    } catch (error) {
      if (!(error instanceof Error)) throw error
      const conflicts = (error instanceof Refused && error.problem.conflicts) || []
      const faults = error instanceof Refused ? faultsOf(error.problem, form) : { rule: error.message }
      setClash(conflicts)
      setRefusal(conflicts.length > 0 ? null : { faults, of: answerText })
      setBusy(false)
    }
  }
  const [main, ...others] = saves
  return (
    <dialog
      ref={dialog}
      class="dialog repeat-dialog"
      aria-labelledby="repeat-title"
      data-testid="repeat-dialog"
      onClose={closeRepeat}
      onKeyDown={(event) => event.key === "Escape" && event.stopPropagation()}
    >
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          if (main && !busy) void run(main[1])
        }}
      >
        <header>
          <h2 id="repeat-title">{title}</h2>
          <button type="button" class="icon-button" aria-label="Close" onClick={closeRepeat}>
            <Icon name="close" />
          </button>
        </header>
        <div class="repeat-body">
          {clash.length > 0 && (
            <section class="conflict" role="alert" aria-label="Edit conflict">
              <p class="conflict-lead">
                This was changed elsewhere while you were editing. Save again to put yours in its place, or cancel to
                keep theirs.
              </p>
              <BothValues conflicts={clash} />
            </section>
          )}
          {template && (
            <TemplateFields
              template={template}
              isAllDay={form.time === ""}
              fault={faults.title}
              onChange={setTemplate}
            />
          )}
          <RepeatFields form={form} faults={faults} onChange={setForm} preview={asker.state.value.preview} />
          <RepeatPreview state={asker.state.value} form={form} fault={faults.rule} />
        </div>
        <div class="dialog-buttons">
          <button type="button" class="button" onClick={closeRepeat}>
            Cancel
          </button>
          {others.map(([label, save]) => (
            <button type="button" key={label} class="button" disabled={busy} onClick={() => void run(save)}>
              {label}
            </button>
          ))}
          {main && (
            <button type="submit" class="button primary" disabled={busy}>
              {main[0]}
            </button>
          )}
        </div>
      </form>
    </dialog>
  )
}
