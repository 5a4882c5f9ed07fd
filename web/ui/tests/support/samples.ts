// Samples of what the server sends, for tests that care about some fields only.
import type { StreamEvent, Task } from "../../src/types.ts"

/** Returns an open task without dates, tags or reminders, changed by `given`. */
export function task(given: Partial<Task> = {}): Task {
  return {
    id: "t",
    title: "T",
    description: "",
    priority: "none",
    status: "open",
    tags: [],
    due: null,
    reminders: [],
    checklist: [],
    series_id: null,
    occurrence: null,
    version: 1,
    created_at: "2026-11-20T00:00:00.000Z",
    updated_at: "2026-11-20T00:00:00.000Z",
    completed_at: null,
    deleted_at: null,
    overdue: false,
    ...given,
  }
}

/** Returns an event about a task, or about none, at the position of the task's version unless `given` says otherwise. */
export function news(type: string, about: Task | null, given: Partial<StreamEvent> = {}): StreamEvent {
  const cause = {
    kind: "user",
    id: "u",
    correlation_id: "c",
    command_id: null,
    via: "request",
    change_set: null,
  } as const
  const version = about?.version ?? 1
  return { position: version, type, task_id: about?.id ?? null, version, task: about, changed: {}, cause, ...given }
}
