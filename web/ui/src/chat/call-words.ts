// Calls of tools in words: "add-tasks" with its arguments and results, as a person reads them.
import { quoted } from "../quoted.ts"
import type { ToolCall } from "../types.ts"

const LONGEST = 160
const MOST_LINES = 20

/** "add-tasks" → "Add tasks". */
export function nameText(name: string): string {
  const words = name.replaceAll("-", " ")
  return words.charAt(0).toUpperCase() + words.slice(1)
}

export function argumentLines(given: ToolCall["arguments"]): string[] {
  const lines = Object.entries(given).map(([name, value]) => `${fieldText(name)}: ${valueText(value)}`)
  return lines.slice(0, MOST_LINES)
}

export function outcomeText({ results, total, problem }: ToolCall): string {
  if (problem) return String(problem.detail ?? problem.title ?? "refused")
  const done = results.filter((it) => it.status === "done").length
  const failed = results.filter((it) => it.status === "failed").length
  if (done + failed === 0) return total > 0 ? `${total} found` : ""
  return [done > 0 && `${total > results.length ? total - failed : done} done`, failed > 0 && `${failed} failed`]
    .filter(Boolean)
    .join(", ")
}

export function resultLines({ results, total }: ToolCall): string[] {
  const lines = results.flatMap((it) => {
    const title = typeof it.title === "string" && it.title ? quoted(it.title) : ""
    const words = [it.status === "done" ? "✓" : it.status, title, it.detail].filter((word) => typeof word === "string")
    return title || it.detail ? [cut(words.filter(Boolean).join(" "))] : []
  })
  if (total > results.length && lines.length > 0) lines.push(`and ${total - results.length} more`)
  return lines
}

function fieldText(name: string): string {
  return name.replaceAll("_", " ")
}

function valueText(value: unknown): string {
  return cut(plain(value))
}

function plain(value: unknown): string {
  if (Array.isArray(value)) return value.map(plain).join("; ")
  if (typeof value === "string") return value
  if (value === null || typeof value !== "object")
    return value === true ? "yes" : value === false ? "no" : String(value)
  const parts = Object.entries(value).filter(([, it]) => it !== null && it !== undefined)
  if (parts.length === 1) return plain(parts[0]?.[1])
  return parts.map(([name, it]) => `${fieldText(name)} ${plain(it)}`).join(", ")
}

function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text
}
