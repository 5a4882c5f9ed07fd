// The table of the lists: what each view requests, which tasks it holds, in which order and under which headings.
import { dayHeading } from "../format.ts"
import { fold, plain } from "../plain.ts"
import { addDays, dateAt, daysBetween } from "../time.ts"
import type { Priority, Task } from "../types.ts"
import { fallsOf, isOverdue } from "./due.ts"
import type { Route, ViewName } from "./route.ts"

export interface Around {
  now: number
  zone: string
}

export type Query = Record<string, string | number | boolean | string[] | undefined>

export interface ListView {
  title: string
  query: (around: Around) => Query
  /** Whether all its tasks are open: one loaded list of open tasks serves all such views. */
  open: boolean
  holds: (task: Task, around: Around) => boolean
  compare: (a: Task, b: Task, zone: string) => number
  heading: (task: Task, around: Around) => string
  /** Whether the heading names the day, so that the rows need not. */
  namesDay?: (task: Task, around: Around) => boolean
  empty: [title: string, text: string]
}

const RANK: Record<Priority, number> = { urgent: 4, high: 3, medium: 2, low: 1, none: 0 }

const isOpen = (task: Task) => task.status === "open" && !task.deleted_at
const today = ({ now, zone }: Around) => dateAt(now, zone)
const dateOf = (task: Task, { zone }: Around) => (task.due ? fallsOf(task.due, zone).date : undefined)

export const views: Partial<Record<ViewName, ListView>> = {
  today: {
    title: "Today",
    // One day more than shown: the instant at which the day ends is computed here, in the reader's zone.
    query: (around) => ({ status: "open", sort: "due", due_before: addDays(today(around), 2) }),
    open: true,
    holds: (task, around) => isOpen(task) && (dateOf(task, around) ?? "9999") <= today(around),
    compare: byDue,
    heading: (task, { now, zone }) => (isOverdue(task, zone, now) ? "Overdue" : "Today"),
    namesDay: (task, around) => dateOf(task, around) === today(around) && !isOverdue(task, around.zone, around.now),
    empty: ["All clear for today", "Nothing is due. Enjoy it, or plan what comes next."],
  },
  upcoming: {
    title: "Upcoming",
    query: (around) => ({ status: "open", sort: "due", due_after: today(around) }),
    open: true,
    holds: (task, around) => isOpen(task) && (dateOf(task, around) ?? "") > today(around),
    compare: byDue,
    heading: (task, around) => upcomingHeading(dateOf(task, around) ?? "", today(around)),
    namesDay: (task, around) => daysAhead(task, around) < 8,
    empty: ["Nothing ahead", "Tasks with a date after today gather here, day by day."],
  },
  overdue: {
    title: "Overdue",
    query: () => ({ status: "open", sort: "due", overdue: true }),
    open: true,
    holds: (task, { now, zone }) => isOpen(task) && isOverdue(task, zone, now),
    compare: byDue,
    heading: (task, around) => dayHeading(dateOf(task, around) ?? "", today(around)),
    namesDay: () => true,
    empty: ["Nothing is overdue", "You are on top of things."],
  },
  all: {
    title: "All tasks",
    query: () => ({ status: "open", sort: "due" }),
    open: true,
    holds: isOpen,
    compare: byDue,
    heading: allHeading,
    namesDay: (task, around) => ["Today", "Tomorrow"].includes(allHeading(task, around)),
    empty: ["No open tasks", "Add one above: try “Call the bank tomorrow 9am”."],
  },
  completed: {
    title: "Completed",
    query: () => ({ status: "completed", sort: "updated", order: "desc" }),
    open: false,
    holds: (task) => task.status === "completed" && !task.deleted_at,
    compare: (a, b) => newestFirst(a.completed_at, b.completed_at),
    heading: (task, around) => dayOfInstant(task.completed_at, around),
    empty: ["Nothing completed yet", "What you finish is kept here."],
  },
  trash: {
    title: "Trash",
    query: () => ({ trash: true, sort: "updated", order: "desc" }),
    open: false,
    holds: (task) => task.deleted_at !== null,
    compare: (a, b) => newestFirst(a.deleted_at, b.deleted_at),
    heading: (task, around) => dayOfInstant(task.deleted_at, around),
    empty: ["The trash is empty", "Deleted tasks stay here for 30 days."],
  },
}

/** The search, over open and completed tasks alike. */
export const searchView: ListView = {
  title: "Search",
  query: () => ({ sort: "updated", order: "desc" }),
  open: false,
  holds: (task) => !task.deleted_at,
  compare: (a, b, zone) => Number(a.status !== "open") - Number(b.status !== "open") || byDue(a, b, zone),
  heading: (task) => (task.status === "open" ? "Open" : "Completed"),
  empty: ["Nothing found", "Search looks at titles, notes, tags and checklists."],
}

export function passesFilters(task: Task, { tags, priorities, search }: Route): boolean {
  const folded = task.tags.map(fold)
  if (!tags.every((tag) => folded.includes(fold(tag)))) return false
  if (priorities.length > 0 && !priorities.includes(task.priority)) return false
  const text = search ? textOf(task) : ""
  return plain(search)
    .split(/\s+/)
    .every((word) => text.includes(word))
}

function textOf(task: Task): string {
  return plain([task.title, task.description, ...task.tags, ...task.checklist.map((it) => it.text)].join("\n"))
}

export function byDue(a: Task, b: Task, zone: string): number {
  const order = (task: Task) => (task.due ? fallsOf(task.due, zone).order : Number.MAX_SAFE_INTEGER)
  return (
    order(a) - order(b) ||
    RANK[b.priority] - RANK[a.priority] ||
    newestFirst(a.created_at, b.created_at) ||
    (a.id < b.id ? -1 : 1)
  )
}

function newestFirst(a: string | null, b: string | null): number {
  return (b ?? "") < (a ?? "") ? -1 : Number((b ?? "") > (a ?? ""))
}

function dayOfInstant(instant: string | null, around: Around): string {
  return instant ? dayHeading(dateAt(Date.parse(instant), around.zone), today(around)) : ""
}

function daysAhead(task: Task, around: Around): number {
  return daysBetween(today(around), dateOf(task, around) ?? "9999-01-01")
}

function upcomingHeading(date: string, from: string): string {
  if (daysBetween(from, date) < 8) return dayHeading(date, from)
  const month = new Date(`${date}T12:00:00Z`)
  return month.toLocaleDateString("en", { month: "long", year: "numeric", timeZone: "UTC" })
}

function allHeading(task: Task, around: Around): string {
  const date = dateOf(task, around)
  if (!date) return "No date"
  if (isOverdue(task, around.zone, around.now)) return "Overdue"
  const days = daysBetween(today(around), date)
  if (days <= 0) return "Today"
  if (days === 1) return "Tomorrow"
  return days < 8 ? "Next 7 days" : "Later"
}
