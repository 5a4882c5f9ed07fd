// The empty list: a welcome the first time, a short message later.
import { currentView, isFirstRun } from "../store/lists.ts"
import { go, isFiltered } from "../store/route.ts"
import { Icon } from "./Icon.tsx"

const EXAMPLES = [
  "Pay rent in 2 minutes remind 1 minute before !high #home",
  "Water the plants friday 6pm #home",
  "Plan the week next monday morning",
]

export function EmptyState() {
  if (isFirstRun.value && !isFiltered.value) return <Welcome />
  const [title, text] = isFiltered.value
    ? ["Nothing matches", "No task fits this search and these filters."]
    : (currentView.value?.empty ?? ["Nothing here", ""])
  return (
    <div class="empty">
      <Still />
      <h2>{title}</h2>
      <p>{text}</p>
      {isFiltered.value && (
        <button type="button" class="button" onClick={() => go({ tags: [], priorities: [], search: "" })}>
          Clear search and filters
        </button>
      )}
    </div>
  )
}

function Welcome() {
  return (
    <div class="empty welcome" data-testid="first-run">
      <Still />
      <h2>Welcome to Duely</h2>
      <p>Write a task the way you would say it. Dates, reminders, priority and tags are picked up as you type.</p>
      <ul class="examples" aria-label="Examples">
        {EXAMPLES.map((text) => (
          <li key={text}>
            <button type="button" class="example" onClick={() => tryExample(text)}>
              <Icon name="plus" size={15} />
              <span>{text}</span>
            </button>
          </li>
        ))}
      </ul>
      <p class="hint keys">
        <kbd>n</kbd> adds a task, <kbd>/</kbd> searches, <kbd>?</kbd> shows every key.
      </p>
    </div>
  )
}

function tryExample(text: string): void {
  const field = document.querySelector<HTMLInputElement>("#quick-add")
  if (!field) return
  field.value = text
  field.dispatchEvent(new Event("input", { bubbles: true }))
  field.focus()
}

/** Draws the mark, a ring with its tick, large and thin. */
function Still() {
  return (
    <svg class="still" viewBox="0 0 120 96" width="120" height="96" aria-hidden="true" focusable="false">
      <ellipse class="still-ground" cx="60" cy="86" rx="38" ry="4" />
      <path class="still-ring" d="M88.5 33A30 30 0 1 1 71 17.5" />
      <path class="still-tick" d="M46 44l12 12 30-32" />
      <path class="still-spark" d="M100 14v8M96 18h8M22 26v6M19 29h6M106 58v5M103.5 60.5h5" />
    </svg>
  )
}
