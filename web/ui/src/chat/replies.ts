// What can be answered to a question without typing: one of its numbers, or yes and no in the question's own language.
import type { ConversationMessage } from "../types.ts"

const YES_OR_NO = [
  ["yes", "no"],
  ["ja", "nein"],
  ["oui", "non"],
  ["sí", "no"],
] as const

export interface Replies {
  numbers: boolean
  yesNo: readonly [yes: string, no: string] | null
}

export function repliesTo({ kind, text, tool_calls }: ConversationMessage): Replies {
  if (kind !== "ask") return { numbers: false, yesNo: null }
  // A question of yes and no names both words after its question mark: "Shall I? Say yes or no."
  const words = new Set(
    text
      .split("\n", 1)[0]
      ?.split("?")
      .at(-1)
      ?.toLowerCase()
      .match(/\p{L}+/gu),
  )
  const named = YES_OR_NO.find((pair) => pair.every((word) => words.has(word)))
  const isPlanned = tool_calls?.some((it) => it.results.some((result) => result.status === "planned"))
  const yesNo = named ?? (isPlanned ? YES_OR_NO[0] : null)
  return { numbers: !yesNo, yesNo }
}
