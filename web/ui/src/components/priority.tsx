// Priorities: their names, their order, and a flag that does not rely on colour alone.
import { useId } from "preact/hooks"
import type { Priority } from "../types.ts"
import { Icon } from "./Icon.tsx"

export const PRIORITIES: Priority[] = ["none", "low", "medium", "high", "urgent"]

export const PRIORITY_NAMES: Record<Priority, string> = {
  none: "No priority",
  low: "Low",
  medium: "Medium",
  high: "High",
  urgent: "Urgent",
}

export function Flag({ priority }: { priority: Priority }) {
  return (
    <span class={`flag p-${priority}`}>
      <Icon name="flag" size={14} />
      {PRIORITY_NAMES[priority]}
    </span>
  )
}

interface PickerProps {
  value: Priority
  onPick: (priority: Priority) => void
  disabled?: boolean
}

/** Picks a priority with one press; arrow keys move, as in any group of radio buttons. */
export function PriorityPicker({ value, onPick, disabled = false }: PickerProps) {
  const group = useId()
  return (
    <fieldset class="segments" disabled={disabled}>
      <legend class="unseen">Priority</legend>
      {PRIORITIES.map((priority) => (
        <label key={priority} class={`segment p-${priority}`}>
          <input
            type="radio"
            name={group}
            class="unseen"
            checked={value === priority}
            onChange={() => onPick(priority)}
          />
          <span>{priority === "none" ? "None" : PRIORITY_NAMES[priority]}</span>
        </label>
      ))}
    </fieldset>
  )
}
