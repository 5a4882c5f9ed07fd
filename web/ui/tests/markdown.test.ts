// Markdown from a model or a title: what becomes an element, and that nothing else can.
import { h, type VNode } from "preact"
import { expect, it } from "vitest"
import { Markdown } from "../src/chat/Markdown.tsx"

const WIDE_OPEN = [
  "<script>alert(1)</script>",
  '<img src=x onerror="alert(1)">',
  "![x](https://evil.example/steal?q=1)",
  "[x](javascript:alert(1))",
  "[x](JaVaScRiPt&colon;alert(1))",
  "[x](data:text/html,<script>alert(1)</script>)",
  "[x](//evil.example)",
  "<iframe src='https://evil.example'></iframe>",
  "<style>*{display:none}</style>",
  "[x]: javascript:alert(1)\n\n[x]",
]

it.each(WIDE_OPEN)("makes neither script, image nor a link that runs: %s", (text) => {
  for (const { type, props } of elements(text)) {
    expect(["div", "p", "a", "ul", "li", "pre"]).toContain(type)
    expect(Object.keys(props)).not.toContain("dangerouslySetInnerHTML")
    if (type === "a") expect(props.href).toMatch(/^https:\/\//)
  }
})

it("shows HTML as it was typed", () => {
  expect(textOf("a <b>bold</b> claim")).toBe("a <b>bold</b> claim")
})

it("draws what answers are made of", () => {
  const text =
    "# Head\n\n**bold** *it* `code` ~~no~~\n\n- a\n- b\n\n3. c\n\n> q\n\n```\npre\n```\n\n|h|\n|-|\n|c|\n\n---"
  const types = elements(text).map((it) => it.type)
  for (const type of ["strong", "em", "code", "del", "ul", "ol", "li", "blockquote", "pre", "table", "th", "td", "hr"])
    expect(types).toContain(type)
  expect(elements("one\ntwo").map((it) => it.type)).toContain("br")
})

it("opens links elsewhere, without a way back to the page", () => {
  const [link] = elements("[site](https://example.org)").filter((it) => it.type === "a")
  expect(link?.props).toMatchObject({
    href: "https://example.org",
    target: "_blank",
    rel: "noopener noreferrer nofollow",
  })
})

it.each(["*_", "[", "`", "> ", "- ", "![", "\n- "])("shows text that is made to be slow or deep: %s", (piece) => {
  const began = performance.now()
  expect(elements(piece.repeat(5_000)).length).toBeGreaterThan(0)
  expect(performance.now() - began).toBeLessThan(5_000)
})

it.each([10, 25, 200])("stays shallow whatever the depth of the text: %i", (levels) => {
  const quotes = elements(`${"> ".repeat(levels)}deep`).filter((it) => it.type === "blockquote")
  expect(quotes).toHaveLength(levels === 200 ? 0 : levels)
})

/** Returns every element that is drawn, components replaced by what they draw. */
function elements(text: string): { type: string; props: Record<string, unknown> }[] {
  return flat(h(Markdown, { text })).filter((it) => typeof it !== "string")
}

function textOf(text: string): string {
  return flat(h(Markdown, { text }))
    .filter((it) => typeof it === "string")
    .join("")
}

type Drawn = { type: string; props: Record<string, unknown> } | string

function flat(node: unknown): Drawn[] {
  if (Array.isArray(node)) return node.flatMap(flat)
  if (node === null || node === undefined || typeof node === "boolean") return []
  if (typeof node !== "object") return [String(node)]
  const { type, props } = node as VNode<Record<string, unknown>>
  if (typeof type === "function") {
    // Fragments are functions, too: they return what they enclose.
    return flat((type as (props: unknown) => unknown)(props))
  }
  return [{ type: String(type), props }, ...flat(props.children)]
}
