// A line of quick add: places as the server and as JavaScript count them, and stretches that follow an edit.
import { describe, expect, it } from "vitest"
import { literalOf, marksOf, moved, unmoved } from "../src/line.ts"
import type { Reading } from "../src/types.ts"

const text = "🎂👨‍👩‍👧 cake tomorrow é #ñ"

/** Returns a reading with spans as the server counts: in code points. */
function reading(...parts: [kind: Reading["spans"][number]["kind"], text: string][]): Reading {
  const spans = parts.map(([kind, part]) => {
    const start = [...text.slice(0, text.indexOf(part))].length
    return { kind, start, end: start + [...part].length, text: part }
  })
  return { spans } as unknown as Reading
}

describe("what is understood", () => {
  it("is marked where it stands, behind emoji, too", () => {
    const marks = marksOf(text, reading(["date", "tomorrow"], ["tag", "#ñ"]))
    expect(marks.map((it) => [it.kind, text.slice(it.start, it.end)])).toEqual([
      ["date", "tomorrow"],
      ["tag", "#ñ"],
    ])
  })

  it("is not marked where nothing comes of it", () => {
    expect(marksOf(text, reading(["list", "cake"]))).toEqual([])
  })

  it("stays marked while more is typed behind it, and no longer once it is changed", () => {
    const marks = marksOf(text, reading(["date", "tomorrow"], ["tag", "#ñ"]))
    expect(unmoved(marks, text, `${text} !high`)).toHaveLength(2)
    expect(unmoved(marks, text, text.replace("#ñ", "#n"))).toHaveLength(1)
    expect(unmoved(marks, text, text.replace("cake", "cakes"))).toEqual([])
  })
})

describe("a stretch that is not to be read", () => {
  const line = "Read tomorrow never dies"
  const stretch = { start: 5, end: 13 }
  const after = (now: string) => moved([stretch], line, now).map((it) => now.slice(it.start, it.end))

  it.each([
    ["Read tomorrow never dies #film", ["tomorrow"]],
    ["Please read tomorrow never dies", ["tomorrow"]],
    ["Reread tomorrow never dies", ["tomorrow"]],
    ["Read tomorrow", ["tomorrow"]],
    ["tomorrow never dies", ["tomorrow"]],
    ["Read tomorow never dies", []],
    ["Read friday never dies", []],
    ["", []],
  ])("follows the edit to %j", (now, texts) => {
    expect(after(now)).toEqual(texts)
  })

  it("is sent as the server counts", () => {
    const start = text.indexOf("tomorrow")
    expect(literalOf(text, [{ start, end: start + 8 }])).toEqual([[12, 20]])
  })
})
