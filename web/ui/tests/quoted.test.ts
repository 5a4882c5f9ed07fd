// A title cannot turn around the sentence that it stands in.
import { readdirSync, readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { quoted } from "../src/quoted.ts"

describe("quoted titles", () => {
  it.each([
    ["Pay rent", "“Pay rent”"],
    ["\u202egnp.exe", "“gnp.exe”"],
    ["\u2069\u202eout of its isolation", "“out of its isolation”"],
    ["שלום \u200fעולם", "“שלום \u200fעולם”"],
  ])("%j", (title, text) => expect(quoted(title)).toBe(text))

  it("are quoted nowhere else", () => {
    const files = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((it) => /\.tsx?$/.test(it))
    const others = files.filter((it) => it !== "quoted.ts" && /“\$\{|“\{/.test(readFileSync(`src/${it}`, "utf8")))
    expect(others).toEqual([])
  })
})
