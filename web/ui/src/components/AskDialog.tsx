// A dialog that asks a question, with one button for each answer.
import { useEffect, useRef } from "preact/hooks"
import { asked } from "../store/asking.ts"

export function AskDialog() {
  const dialog = useRef<HTMLDialogElement>(null)
  const question = asked.value
  // biome-ignore lint/correctness/useExhaustiveDependencies: the effect depends on the signal's value
  useEffect(() => {
    if (!question || !dialog.current) return
    dialog.current.showModal()
    dialog.current.querySelector<HTMLElement>(".primary")?.focus()
  }, [question])
  if (!question) return null
  return (
    <dialog
      ref={dialog}
      class="dialog"
      aria-labelledby="ask-title"
      onClose={() => asked.peek()?.answer(null)}
      onKeyDown={(event) => event.key === "Escape" && event.stopPropagation()}
    >
      <h2 id="ask-title">{question.title}</h2>
      <p>{question.text}</p>
      <div class="dialog-buttons">
        <button type="button" class="button" onClick={() => question.answer(null)}>
          Cancel
        </button>
        {question.choices.map(({ value, label, look = "" }) => (
          <button type="button" key={value} class={`button ${look}`} onClick={() => question.answer(value)}>
            {label}
          </button>
        ))}
      </div>
    </dialog>
  )
}
