// A list of tasks under its headings, with quick add on top.
import { useEffect } from "preact/hooks"
import { EmptyState } from "../components/EmptyState.tsx"
import { FilterBar } from "../components/FilterBar.tsx"
import { QuickAdd } from "../components/QuickAdd.tsx"
import { TaskRow } from "../components/TaskRow.tsx"
import { count } from "../format.ts"
import { currentList, currentSections, currentState, currentView, loadCurrent, loadMore } from "../store/lists.ts"
import { route } from "../store/route.ts"

export function TaskListView() {
  const { view, tags, priorities, search } = route.value
  const address = JSON.stringify([view, tags, priorities, search])
  // biome-ignore lint/correctness/useExhaustiveDependencies: the address determines the request
  useEffect(() => {
    const timer = setTimeout(() => void loadCurrent(), search ? 150 : 0)
    return () => clearTimeout(timer)
  }, [address])

  const isBin = view === "trash" || view === "completed"
  return (
    <>
      {!isBin && <QuickAdd />}
      <FilterBar />
      <ResultCount />
      <Sections />
      <Foot />
    </>
  )
}

/** Tells a screen reader how many tasks a search or filter found. */
function ResultCount() {
  if (!route.value.search) return null
  const { state, next } = currentState.value
  const number = currentList.value.length
  return (
    <p class="found" role="status">
      {state === "loading" && number === 0 ? "Searching…" : `${count(number, "task")} found${next ? ", and more" : ""}`}
    </p>
  )
}

function Sections() {
  const sections = currentSections.value
  const single = sections.length === 1 && route.value.view !== "upcoming" && !route.value.search
  if (sections.length === 0) return currentState.value.state === "ready" ? <EmptyState /> : null
  return (
    <div class="sections" data-testid="task-list">
      {sections.map(({ heading, namesDay, tasks }) => (
        <section key={heading} aria-label={heading}>
          <h2
            class={`section-heading ${heading === "Overdue" ? "overdue" : ""} ${single && heading === currentView.value?.title ? "unseen" : ""}`}
          >
            {heading}
            <span class="section-count">{tasks.length}</span>
          </h2>
          <ul class="task-list">
            {tasks.map((task) => (
              <TaskRow key={task.id} task={task} underDay={namesDay} />
            ))}
          </ul>
        </section>
      ))}
    </div>
  )
}

function Foot() {
  const { state, next } = currentState.value
  const isEmpty = currentList.value.length === 0
  if (state === "failed")
    return (
      <div class="foot" role="alert">
        <p>The list could not be read from the server.</p>
        <button type="button" class="button" onClick={() => void (next ? loadMore() : loadCurrent())}>
          Try again
        </button>
      </div>
    )
  if (state === "loading") return isEmpty ? <Skeleton /> : <p class="foot hint">Loading…</p>
  if (!next) return null
  return (
    <div class="foot">
      <button type="button" class="button" onClick={() => void loadMore()}>
        Show more
      </button>
    </div>
  )
}

function Skeleton() {
  return (
    <div class="skeleton" aria-hidden="true">
      <i />
      <i />
      <i />
      <i />
    </div>
  )
}
