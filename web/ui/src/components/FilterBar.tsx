// The filters of a list, priority and tag. Each active filter is a chip that can be removed.
import { fold } from "../plain.ts"
import { go, route } from "../store/route.ts"
import { tags as allTags } from "../store/tags.ts"
import type { Priority } from "../types.ts"
import { Icon } from "./Icon.tsx"
import { Popover } from "./Popover.tsx"
import { PRIORITIES, PRIORITY_NAMES } from "./priority.tsx"

export function FilterBar() {
  const { tags, priorities } = route.value
  if (tags.length + priorities.length === 0) return null
  return (
    <ul class="filter-bar" aria-label="Filters">
      {priorities.map((it) => (
        <FilterChip key={it} text={PRIORITY_NAMES[it]} onRemove={() => togglePriority(it)} />
      ))}
      {tags.map((it) => (
        <FilterChip key={it} text={`#${it}`} onRemove={() => toggleTag(it)} />
      ))}
      <li>
        <button type="button" class="button quiet small" onClick={() => go({ tags: [], priorities: [] })}>
          Clear filters
        </button>
      </li>
    </ul>
  )
}

function FilterChip({ text, onRemove }: { text: string; onRemove: () => void }) {
  return (
    <li class="chip">
      <span class="chip-text">{text}</span>
      <button type="button" class="chip-remove" aria-label={`Remove filter ${text}`} onClick={onRemove}>
        <Icon name="close" size={12} />
      </button>
    </li>
  )
}

export function FilterButton() {
  const { tags, priorities } = route.value
  const number = tags.length + priorities.length
  return (
    <Popover
      label={number > 0 ? `Filter, ${number} set` : "Filter"}
      class={`icon-button ${number > 0 ? "on" : ""}`}
      button={<Icon name="filter" />}
    >
      {() => (
        <div class="filter-panel">
          <fieldset>
            <legend>Priority</legend>
            {[...PRIORITIES].reverse().map((it) => (
              <Check
                key={it}
                text={PRIORITY_NAMES[it]}
                checked={priorities.includes(it)}
                onToggle={() => togglePriority(it)}
              />
            ))}
          </fieldset>
          <fieldset class="filter-tags">
            <legend>Tags</legend>
            {allTags.value.length === 0 && <p class="hint">No tags yet.</p>}
            {allTags.value.map(({ name, count }) => (
              <Check
                key={name}
                text={`#${name}`}
                hint={count}
                checked={hasTag(name)}
                onToggle={() => toggleTag(name)}
              />
            ))}
          </fieldset>
        </div>
      )}
    </Popover>
  )
}

interface CheckProps {
  text: string
  hint?: number
  checked: boolean
  onToggle: () => void
}

function Check({ text, hint, checked, onToggle }: CheckProps) {
  return (
    <label class="check-line">
      <input type="checkbox" checked={checked} onChange={onToggle} />
      <span>{text}</span>
      {hint !== undefined && <span class="offer-count">{hint}</span>}
    </label>
  )
}

function hasTag(name: string): boolean {
  return route.value.tags.some((it) => fold(it) === fold(name))
}

function toggleTag(name: string): void {
  const others = route.value.tags.filter((it) => fold(it) !== fold(name))
  go({ tags: hasTag(name) ? others : [...others, name] })
}

function togglePriority(priority: Priority): void {
  const { priorities } = route.value
  go({
    priorities: priorities.includes(priority) ? priorities.filter((it) => it !== priority) : [...priorities, priority],
  })
}
