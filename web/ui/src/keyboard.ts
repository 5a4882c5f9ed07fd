// The table of all keys and what they do; the help shows the same table.
import { signal } from "@preact/signals"
import { chatIsBeside, closeChat, openChat } from "./store/beside.ts"
import { completeTask, deleteTask, reopenTask } from "./store/changes.ts"
import { currentView } from "./store/lists.ts"
import { closeTask, openTask } from "./store/opening.ts"
import { go, openTaskId, route, viewLink } from "./store/route.ts"
import { tasks } from "./store/tasks.ts"
import { undoLast } from "./store/undo.ts"

export const helpOpen = signal(false)

interface Shortcut {
  keys: string[]
  what: string
  run: (event: KeyboardEvent) => void
  /** The key works only while a task of the list is chosen. */
  onTask?: boolean
}

export const shortcuts: Shortcut[] = [
  { keys: ["n", "q"], what: "Add a task", run: focusQuickAdd },
  { keys: ["/"], what: "Search", run: () => focusOn("#search") },
  { keys: ["j"], what: "Next task", run: () => move(1) },
  { keys: ["k"], what: "Previous task", run: () => move(-1) },
  { keys: ["x", " "], what: "Complete or reopen the task", run: toggleChosen, onTask: true },
  { keys: ["e", "Enter"], what: "Open the task", run: openChosen, onTask: true },
  { keys: ["#"], what: "Delete the task", run: deleteChosen },
  { keys: ["c"], what: "Chat", run: openChat },
  { keys: ["u"], what: "Undo the last change", run: () => void undoLast() },
  { keys: ["?"], what: "This help", run: () => (helpOpen.value = !helpOpen.value) },
  { keys: ["Escape"], what: "Close, or clear the search", run: stepBack },
]

const byKey = new Map(shortcuts.flatMap((it) => it.keys.map((key) => [key, it])))

export function listenToKeys(): () => void {
  const onKey = (event: KeyboardEvent) => {
    const shortcut = byKey.get(event.key)
    if (!shortcut || event.defaultPrevented || event.ctrlKey || event.metaKey) return
    if (isTyping(event.target) && event.key !== "Escape") return
    if (shortcut.onTask && (!chosenId() || isOtherControl(event))) return
    event.preventDefault()
    shortcut.run(event)
  }
  addEventListener("keydown", onKey)
  return () => removeEventListener("keydown", onKey)
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, dialog") !== null)
  )
}

/** Tells whether the key belongs to another control: Space and Enter keep their meaning on any button but a task's title. */
function isOtherControl({ key, target }: KeyboardEvent): boolean {
  const own = key === "x" || key === "e"
  return !own && !(target instanceof HTMLElement && target.classList.contains("task-title"))
}

function focusQuickAdd(): void {
  // We focus at once where we can: what a quick hand types next must neither get lost nor be taken for other keys.
  if (focusOn("#quick-add")) return
  location.hash = viewLink("today")
  requestAnimationFrame(() => focusOn("#quick-add"))
}

function focusOn(selector: string): boolean {
  const field = document.querySelector<HTMLInputElement>(selector)
  field?.focus()
  field?.select()
  return field !== null
}

function rows(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>(".task:not([class*=leaving]) .task-title")]
}

function chosenRow(): HTMLElement | null {
  return document.activeElement?.closest<HTMLElement>("[data-task]") ?? null
}

/** Returns the id of the task in the focused row, else of the open task. */
function chosenId(): string | null {
  return chosenRow()?.dataset.task ?? openTaskId.peek()
}

function move(by: 1 | -1): void {
  const titles = rows()
  const row = chosenRow() ?? document.querySelector<HTMLElement>(".task.is-open")
  const at = titles.findIndex((it) => row?.contains(it))
  const next = at < 0 ? (by > 0 ? titles[0] : titles.at(-1)) : titles[at + by]
  next?.focus()
  next?.scrollIntoView({ block: "nearest" })
  if (openTaskId.peek() && next) go({ taskId: next.closest<HTMLElement>("[data-task]")?.dataset.task ?? null }, true)
}

/** Moves the choice to a neighbour before the row leaves the list. */
function stepAside(): void {
  const titles = rows()
  const at = titles.findIndex((it) => chosenRow()?.contains(it))
  if (at >= 0) (titles[at + 1] ?? titles[at - 1])?.focus()
}

function toggleChosen(): void {
  const task = tasks.peek().get(chosenId() ?? "")
  if (!task || task.deleted_at) return
  if (currentView.peek()?.open || task.status === "completed") stepAside()
  if (task.status === "open") completeTask(task.id)
  else reopenTask(task.id)
}

function openChosen(): void {
  const id = chosenId()
  if (id) openTask(id)
}

function deleteChosen(): void {
  const task = tasks.peek().get(chosenId() ?? "")
  if (!task || task.deleted_at) return
  stepAside()
  if (openTaskId.peek() === task.id) closeTask()
  deleteTask(task.id)
}

function stepBack(): void {
  if (helpOpen.peek()) helpOpen.value = false
  else if (openTaskId.peek()) closeTask()
  else if (chatIsBeside.peek()) closeChat()
  else if (route.peek().search) go({ search: "" })
  else (document.activeElement as HTMLElement | null)?.blur()
}
