// The page finds what the server finds: both read the same examples.
import { describe, expect, it } from "vitest"
import { plain } from "../src/plain.ts"
import { parseRoute } from "../src/store/route.ts"
import { suggest, tags } from "../src/store/tags.ts"
import { passesFilters } from "../src/store/views.ts"
import examples from "./support/plain.json"
import { task } from "./support/samples.ts"

const pairs = (name: "found" | "missed") => examples[name] as [string, string][]

describe("a search", () => {
  it.each(pairs("found"))("for %s finds %s", (typed, text) => {
    expect(passesFilters(task({ title: text }), { ...parseRoute("#/all"), search: typed })).toBe(true)
    tags.value = [{ name: text, count: 1 }]
    expect(suggest(typed, [])).toHaveLength(1)
  })

  it.each(pairs("missed"))("for %s does not find %s", (typed, text) => {
    expect(passesFilters(task({ title: text }), { ...parseRoute("#/all"), search: typed })).toBe(false)
  })
})

it("a tag is still another with an accent", () => {
  tags.value = [{ name: "Élan", count: 1 }]
  expect(suggest("elan", ["elan"])).toHaveLength(1)
})

it("no form, composed or not, makes a difference", () => {
  for (const [, text] of [...pairs("found"), ...pairs("missed")])
    for (const form of ["NFC", "NFD"]) expect(plain(text.normalize(form))).toBe(plain(text))
})
