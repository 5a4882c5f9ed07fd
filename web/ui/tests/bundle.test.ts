// The bundle: small enough, and loadable where only our own files may run.
import { gzipSync } from "node:zlib"
import { build, type Rolldown } from "vite"
import { beforeAll, expect, it, vi } from "vitest"

const MOST_JS_BYTES = 60 * 1024
const MOST_CSS_BYTES = 12 * 1024
/** Of all that is loaded later, when it is first shown. */
const MOST_LATER_BYTES = 30 * 1024

let files: Map<string, string>
let later: ReadonlySet<string>

beforeAll(async () => {
  // As delivered: under "test" the development parts of the libraries would be counted, too.
  vi.stubEnv("NODE_ENV", "production")
  const made = (await build({ logLevel: "silent", build: { write: false } })) as Rolldown.RolldownOutput
  vi.unstubAllEnvs()
  const chunks = made.output.filter((it) => it.type === "chunk")
  const first = new Set(chunks.filter((it) => it.isEntry).flatMap((it) => [it.fileName, ...it.imports]))
  later = new Set(chunks.filter((it) => !first.has(it.fileName)).map((it) => it.fileName))
  files = new Map(made.output.map((it) => [it.fileName, it.type === "chunk" ? it.code : String(it.source)]))
}, 60_000)

it("stays within its budget", () => {
  expect(packed(".js")).toBeLessThan(MOST_JS_BYTES)
  expect(packed(".css")).toBeLessThan(MOST_CSS_BYTES)
})

it("loads the chat and the settings when they are first shown", () => {
  for (const name of ["Chat", "SettingsView"]) expect([...later].some((it) => it.includes(`/${name}-`))).toBe(true)
  const bytes = [...later].reduce((sum, name) => sum + gzipSync(files.get(name) ?? "").length, 0)
  expect(bytes).toBeLessThan(MOST_LATER_BYTES)
})

it("has nothing inline: no script, no style, no data: address", () => {
  const page = files.get("index.html") ?? ""
  expect(page).not.toMatch(/<script(?![^>]*\ssrc=)/)
  expect(page).not.toMatch(/<style|\sstyle=|\son\w+=/)
  for (const [name, text] of files)
    if (/\.(css|html)$/.test(name)) expect(text).not.toMatch(/url\(["']?data:|=["']data:/)
})

it("asks no other host for anything", () => {
  for (const [name, text] of files)
    expect(`${name}: ${text.match(/https?:\/\/(?!www\.w3\.org)[\w.-]+/)?.[0] ?? "none"}`).toBe(`${name}: none`)
})

function packed(ending: string): number {
  const first = [...files].filter(([name]) => name.endsWith(ending) && !later.has(name))
  return first.reduce((sum, [, text]) => sum + gzipSync(text).length, 0)
}
