// Contrast: every pair of text and background, light and dark, reaches WCAG AA; edges of controls reach 3 : 1.
import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"

const css = readFileSync(new URL("../src/styles/tokens.css", import.meta.url), "utf8")
const colours = new Map(
  [...css.matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)].map(([, name, light, dark]) => [
    name,
    { light: light ?? "", dark: dark ?? "" },
  ]),
)

const grounds = ["bg", "surface", "sunken", "hover"]
const texts = ["text", "text-soft", "text-faint"]
const pairs: [text: string, ground: string, least: number][] = [
  ...texts.flatMap((text) => grounds.map((ground): [string, string, number] => [text, ground, 4.5])),
  ...["accent", "danger", "warn"].flatMap((text) =>
    ["bg", "surface", "hover", `${text}-soft`].map((ground): [string, string, number] => [text, ground, 4.5]),
  ),
  ["accent-strong", "accent-soft", 4.5],
  ["text-faint", "accent-soft", 4.5],
  ["text", "warn-soft", 4.5],
  ["text-soft", "warn-soft", 4.5],
  ["on-accent", "accent", 4.5],
  ["on-accent", "accent-strong", 4.5],
  ["edge", "surface", 3],
  ["edge", "bg", 3],
  ["accent", "sunken", 3],
]

describe.each(["light", "dark"] as const)("%s", (scheme) => {
  it.each(pairs)("%s on %s reaches %d : 1", (text, ground, least) => {
    const [front, back] = [colours.get(text)?.[scheme], colours.get(ground)?.[scheme]]
    expect(contrast(front ?? "", back ?? "")).toBeGreaterThanOrEqual(least)
  })
})

function contrast(front: string, back: string): number {
  const [high, low] = [luminance(front), luminance(back)].sort((a, b) => b - a) as [number, number]
  return (high + 0.05) / (low + 0.05)
}

function luminance(hex: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return part <= 0.040_45 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
