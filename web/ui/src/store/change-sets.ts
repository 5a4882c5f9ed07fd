// Change sets: what was done as one whole, looked at in a dialog and taken back there.
import { signal } from "@preact/signals"
import { call, failureText, get } from "../api.ts"
import { newId } from "../ids.ts"
import { quoted } from "../quoted.ts"
import type { Activity, ChangeSet, ChangeSetEntries, Outcome, Reverted } from "../types.ts"

/** The set in the dialog; `key` makes taking it back happen once, however often it is sent. */
export interface OpenSet {
  id: string
  key: string
  set: ChangeSet | null
  entries: Activity[]
  takesBack: Record<string, string>
  before: string | null
  result: Reverted | null
  problem: string
  busy: boolean
}

export const openSet = signal<OpenSet | null>(null)

export async function showChangeSet(id: string): Promise<void> {
  openSet.value = {
    ...{ id, key: newId(), set: null, entries: [], takesBack: {}, before: null },
    ...{ result: null, problem: "", busy: false },
  }
  await moreEntries()
}

export function closeChangeSet(): void {
  openSet.value = null
}

/** Reads the entries that come before those that are shown. */
export async function moreEntries(): Promise<void> {
  const shown = openSet.peek()
  if (!shown) return
  await during(shown.id, async () => {
    const query = { before: shown.before, limit: 50 }
    const { items, takes_back, next_cursor, ...set } = await get<ChangeSetEntries>(`/change-sets/${shown.id}`, query)
    return {
      set,
      entries: [...shown.entries, ...items],
      takesBack: { ...shown.takesBack, ...takes_back },
      before: next_cursor,
    }
  })
}

export async function takeBack(): Promise<void> {
  const shown = openSet.peek()
  if (!shown) return
  await during(shown.id, async () => {
    const { value } = await call<Reverted>("POST", `/change-sets/${shown.id}/revert`, { key: shown.key })
    return { result: value }
  })
}

/** Does something for the open set, and puts what it gives or why it failed into the dialog if that still shows the set. */
async function during(id: string, work: () => Promise<Partial<OpenSet>>): Promise<void> {
  put(id, { busy: true, problem: "" })
  try {
    put(id, { ...(await work()), busy: false })
  } catch (error) {
    if (!(error instanceof Error)) throw error
    put(id, { busy: false, problem: failureText(error) })
  }
}

function put(id: string, fields: Partial<OpenSet>): void {
  const shown = openSet.peek()
  if (shown?.id === id) openSet.value = { ...shown, ...fields }
}

/** Returns whether a line of the log is the first of its set in a run of lines; that one names the set. */
export function leadsSet(lines: readonly Activity[], at: number): boolean {
  const set = lines[at]?.cause.change_set
  return Boolean(set) && lines[at - 1]?.cause.change_set !== set
}

export function changesText(number: number): string {
  return number === 1 ? "1 change" : `${number} changes`
}

/** Returns what became of a set that was taken back, in one sentence. */
export function resultText({ counts, results }: Reverted): string {
  const back = (counts.reverted ?? 0) + (counts.kept ?? 0)
  if (back === results.length) return `All ${changesText(back)} taken back`
  return `${back} of ${changesText(results.length)} taken back`
}

/** Returns the entries that are not as before the set: those that had changed since, and those that nothing takes back. */
export function leftOver({ results }: Reverted): Outcome[] {
  return results.filter((it) => it.status !== "reverted")
}

/** Returns why an entry is not as before, without the values. */
export function whyText({ status, detail, kept }: Outcome): string {
  if (status === "changed_since") return "was changed since, and stays"
  if (status === "kept") return `is deleted; stays: ${kept.map((it) => it.slot ?? quoted(it.title)).join(", ")}`
  return detail || "has nothing to take back"
}
