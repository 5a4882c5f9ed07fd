// Titles within the page's own sentences.

// The signs that embed, override or isolate a direction. Left open in a title, they would turn the rest of the sentence.
const TURNS = /[\u202a-\u202e\u2066-\u2069]/g

/** Returns a title in quotation marks, without signs that would turn the words around it. */
export function quoted(title: string): string {
  return `“${title.replace(TURNS, "")}”`
}
