// The activity log, whole or of one task: read newest first, extended live, undone entry by entry.
import { type Signal, signal } from "@preact/signals"
import { call, get, Refused, Unreachable } from "../api.ts"
import { quoted } from "../quoted.ts"
import type { Activity, ActivityPage, EntrySet, Series, StreamEvent, Task } from "../types.ts"
import { serverNow } from "./clock.ts"
import { confirmSeries } from "./series.ts"
import { confirm } from "./tasks.ts"
import { show } from "./toasts.ts"

export interface ActivityFilter {
  taskId?: string | undefined
  types?: readonly string[]
  actor?: string | undefined
}

/** How many lines an open log keeps when new ones come; lines from the reader's "Show earlier" are kept as well. */
export const MOST_LINES = 200

export class ActivityLog {
  readonly items: Signal<readonly Activity[]> = signal([])
  readonly state = signal<"loading" | "ready" | "failed">("loading")
  readonly next = signal<string | null>(null)
  /** The change sets of the lines, by id. */
  readonly sets: Signal<Readonly<Record<string, EntrySet>>> = signal({})
  private room = MOST_LINES

  constructor(readonly filter: ActivityFilter) {}

  async load(): Promise<void> {
    this.next.value = null
    await this.read((page) => page)
  }

  async more(): Promise<void> {
    if (this.next.value) await this.read((page) => [...this.items.peek(), ...page])
  }

  /** Adds a line from the live stream; it can be undone like any other change of a task. */
  add(event: StreamEvent): void {
    const { taskId, types = [], actor } = this.filter
    if (taskId && event.task_id !== taskId) return
    if ((types.length > 0 && !types.includes(event.type)) || (actor && event.cause.kind !== actor)) return
    if (this.items.peek().some((it) => it.position === event.position)) return
    const at = new Date(serverNow()).toISOString()
    const line: Activity = { ...event, id: event.position, at, undoable: isUndoable(event), hash: "" }
    this.items.value = [line, ...this.items.peek()]
    this.forgetOldest()
  }

  /** Drops the oldest lines, so that a log that is open for weeks does not grow; "Show earlier" brings them back. */
  private forgetOldest(): void {
    const lines = this.items.peek()
    if (lines.length <= this.room) return
    const kept = lines.slice(0, this.room)
    this.items.value = kept
    this.next.value = String(kept[kept.length - 1]?.position)
  }

  private async read(join: (page: Activity[]) => readonly Activity[]): Promise<void> {
    this.state.value = "loading"
    // A line that is dropped during the request would be missing between two pages.
    this.room = Number.POSITIVE_INFINITY
    const { taskId, types, actor } = this.filter
    try {
      const path = taskId ? `/tasks/${taskId}/activity` : "/activity"
      const query = { type: types, actor, limit: 50, before: this.next.value }
      const page = await get<ActivityPage>(path, query)
      this.items.value = join(page.items)
      this.sets.value = { ...this.sets.peek(), ...page.change_sets }
      this.next.value = page.next_cursor
      this.state.value = "ready"
    } catch (error) {
      if (!(error instanceof Refused) && !(error instanceof Unreachable)) throw error
      this.state.value = "failed"
    } finally {
      this.room = Math.max(MOST_LINES, this.items.peek().length)
    }
  }
}

/** The logs on screen, which follow events. */
export const openLogs = new Set<ActivityLog>()

export async function undoActivity(line: Activity): Promise<void> {
  try {
    const { value } = await call<Task | Series>("POST", `/activity/${line.position}/undo`)
    if ("rule" in value) confirmSeries([value])
    else confirm([value])
    show({ kind: "done", text: `Undone: ${quoted(value.title)} is as it was` })
  } catch (error) {
    if (!(error instanceof Error)) throw error
    show({ kind: "problem", text: "This change could not be undone", detail: error.message })
  }
}

const UNDOABLE = new Set(["task.updated", "task.completed", "task.reopened", "task.deleted", "task.restored"])
const SKIPS = new Set(["recurrence.skipped", "recurrence.unskipped"])
const STATUS_CHANGES = new Set(["series.paused", "series.resumed", "series.stopped"])
const SERIES_FIELDS = new Set([
  ...["title", "description", "priority", "tags", "checklist", "reminders"],
  ...["rule", "start", "mode", "month_end", "pile_up", "look_ahead_days"],
])

/** Tells what the server tells of an entry that is read: web/api/activity/shown.py. */
function isUndoable({ type, changed, cause }: StreamEvent): boolean {
  const fields = Object.keys(changed)
  const isByDuely = cause.kind === "system" || cause.kind === "reminder"
  if (isByDuely && type !== "task.updated") return false
  if (SKIPS.has(type)) return true
  if (fields.length === 0) return false
  if (UNDOABLE.has(type)) return !fields.includes("occurrence")
  const { status } = changed
  if (STATUS_CHANGES.has(type)) return status?.old === "active" || status?.old === "paused"
  const isMove = fields.length === 1 && fields[0] === "moved"
  if (type === "recurrence.moved") return isMove
  return type === "series.updated" && (isMove || fields.every((it) => SERIES_FIELDS.has(it)))
}
