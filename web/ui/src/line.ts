// A line of quick add: what the server makes of it, and the stretches of it that are not to be read.
import type { Reading } from "./types.ts"

export type SpanKind = Reading["spans"][number]["kind"]

/** From a place to another, as JavaScript counts: in UTF-16. */
export interface Stretch {
  start: number
  end: number
}

export interface Mark extends Stretch {
  kind: SpanKind
}

/** Returns the spans as JavaScript counts; what is not acted on yet, a list, is left out. */
export function marksOf(text: string, { spans }: Reading): Mark[] {
  return spans
    .filter((it) => it.kind !== "list")
    .map(({ kind, start, end }) => ({ kind, start: unitsOf(text, start), end: unitsOf(text, end) }))
}

/** Returns those marks that still stand where they were after the text was changed to `now` behind them. */
export function unmoved<T extends Stretch>(marks: readonly T[], before: string, now: string): T[] {
  const same = sameStart(before, now)
  return marks.filter((it) => it.end <= same)
}

/** Returns the stretches where they are after an edit; one that was itself changed is gone. */
export function moved(stretches: readonly Stretch[], before: string, now: string): Stretch[] {
  const start = sameStart(before, now)
  const end = Math.min(sameEnd(before, now), Math.min(before.length, now.length) - start)
  const by = now.length - before.length
  return stretches.flatMap((it) => {
    if (it.end <= start) return [it]
    return it.start >= before.length - end ? [{ start: it.start + by, end: it.end + by }] : []
  })
}

/** Returns the stretches as the server counts. */
export function literalOf(text: string, stretches: readonly Stretch[]): [number, number][] {
  return stretches.map(({ start, end }) => [pointsOf(text, start), pointsOf(text, end)])
}

function unitsOf(text: string, points: number): number {
  let units = 0
  let left = points
  for (const sign of text) {
    if (left === 0) break
    units += sign.length
    left -= 1
  }
  return units
}

function pointsOf(text: string, units: number): number {
  return [...text.slice(0, units)].length
}

function sameStart(one: string, other: string): number {
  let place = 0
  while (place < one.length && one[place] === other[place]) place += 1
  return place
}

function sameEnd(one: string, other: string): number {
  let length = 0
  while (length < one.length && length < other.length && one.at(-1 - length) === other.at(-1 - length)) length += 1
  return length
}
