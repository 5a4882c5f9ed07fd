// The reader's tags with their counts, for the side bar and for completion.
import { signal } from "@preact/signals"
import { get } from "../api.ts"
import { fold, plain } from "../plain.ts"
import type { Tag, TagList } from "../types.ts"

export const tags = signal<readonly Tag[]>([])

const SETTLE_MS = 400
let timer: ReturnType<typeof setTimeout> | undefined

export async function loadTags(): Promise<void> {
  tags.value = (await get<TagList>("/tags")).items
}

/** Loads the counts again once things are quiet: every change of a task may change them. */
export function tagsMayHaveChanged(): void {
  clearTimeout(timer)
  timer = setTimeout(() => void loadTags().catch(() => {}), SETTLE_MS)
}

/** Returns tags that complete the typed text: those that begin with it, then those that contain it; the most used first. */
export function suggest(typed: string, taken: readonly string[], most = 6): Tag[] {
  const wanted = plain(typed)
  const used = new Set(taken.map(fold))
  const rank = (tag: Tag) => Number(!plain(tag.name).startsWith(wanted))
  return tags.value
    .filter((it) => !used.has(fold(it.name)) && plain(it.name).includes(wanted))
    .sort((a, b) => rank(a) - rank(b) || b.count - a.count)
    .slice(0, most)
}
