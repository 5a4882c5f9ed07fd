// "Are you sure?", for the few things that cannot be undone.
import { signal } from "@preact/signals"
import { useEffect, useRef } from "preact/hooks"

interface Question {
  title: string
  text: string
  yes: string
}

const asked = signal<(Question & { answer: (yes: boolean) => void }) | null>(null)

export function ask(question: Question): Promise<boolean> {
  return new Promise((resolve) => {
    asked.value = {
      ...question,
      answer: (yes) => {
        asked.value = null
        resolve(yes)
      },
    }
  })
}

export function AskDialog() {
  const dialog = useRef<HTMLDialogElement>(null)
  const question = asked.value
  // biome-ignore lint/correctness/useExhaustiveDependencies: the signal's value is what it hangs on
  useEffect(() => {
    if (question) dialog.current?.showModal()
  }, [question])
  if (!question) return null
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby="ask-title" onClose={() => asked.peek()?.answer(false)}>
      <h2 id="ask-title">{question.title}</h2>
      <p>{question.text}</p>
      <div class="dialog-buttons">
        <button type="button" class="button" onClick={() => question.answer(false)}>
          Cancel
        </button>
        <button type="button" class="button danger-fill" onClick={() => question.answer(true)}>
          {question.yes}
        </button>
      </div>
    </dialog>
  )
}
