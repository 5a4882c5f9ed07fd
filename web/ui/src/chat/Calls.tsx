// The calls of tools behind an answer, folded: what was asked for, in words, and what came of it.
import { Icon } from "../components/Icon.tsx"
import type { ToolCall } from "../types.ts"
import { argumentLines, nameText, outcomeText, resultLines } from "./call-words.ts"

export function Calls({ calls, open = false }: { calls: readonly ToolCall[]; open?: boolean }) {
  if (calls.length === 0) return null
  const label = calls.length === 1 ? nameText(calls[0]?.name ?? "") : `${calls.length} steps`
  return (
    <details class="calls" open={open}>
      <summary>
        <Icon name="settings" size={14} />
        {label}
      </summary>
      <ol>
        {calls.map((call, index) => (
          <li key={index}>
            <p class="call-name">
              {nameText(call.name)} <span>{outcomeText(call)}</span>
            </p>
            <Lines of={argumentLines(call.arguments)} />
            <Lines of={resultLines(call)} />
          </li>
        ))}
      </ol>
    </details>
  )
}

function Lines({ of }: { of: readonly string[] }) {
  if (of.length === 0) return null
  return (
    <ul>
      {of.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  )
}
