// The question in a dialog: a confirmation of what cannot be undone, or a choice between several meanings.
import { signal } from "@preact/signals"

interface Choice<T extends string> {
  value: T
  label: string
  look?: "primary" | "danger-fill" | "danger"
}

interface Question<T extends string> {
  title: string
  text: string
  choices: Choice<T>[]
}

export const asked = signal<(Question<string> & { answer: (value: string | null) => void }) | null>(null)

/** Returns the value of the button that was pressed, or null. */
export function choose<T extends string>(question: Question<T>): Promise<T | null> {
  asked.peek()?.answer(null)
  return new Promise((resolve) => {
    asked.value = {
      ...question,
      answer: (value) => {
        asked.value = null
        resolve(value as T | null)
      },
    }
  })
}

export async function ask({ title, text, yes }: { title: string; text: string; yes: string }): Promise<boolean> {
  return (await choose({ title, text, choices: [{ value: "yes", label: yes, look: "danger-fill" }] })) === "yes"
}
