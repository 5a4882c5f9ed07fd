// Sample tasks that show every part of a row, around today.
import { randomUUID } from "node:crypto"
import { addDays, dateAt } from "../src/time.ts"
import type { Due, Priority, Task } from "../src/types.ts"

const zone = "Europe/Paris"

interface Given {
  day?: number
  time?: string
  priority?: Priority
  tags?: string[]
  description?: string
  steps?: string[]
  done?: boolean
}

export function sampleTasks(): Task[] {
  return [
    task("Renew the passport", { day: -3, priority: "high", tags: ["admin"] }),
    task("Send the signed contract back", {
      day: -1,
      time: "17:00",
      priority: "urgent",
      tags: ["work"],
      description: "Both copies.",
    }),
    task("Pay rent", { day: 0, time: "23:30", priority: "high", tags: ["home", "money"] }),
    task("Water the plants", { day: 0, tags: ["home"] }),
    task("Prepare the slides for the quarterly review", {
      day: 0,
      time: "22:00",
      priority: "medium",
      tags: ["work"],
      description: "Ten minutes, five slides.\nNumbers are in the shared sheet.",
      steps: ["Collect the numbers", "Draft the story", "Rehearse once"],
    }),
    task("Book a table for six", { day: 1, time: "12:00", tags: ["family"] }),
    task("Dentist", { day: 1, time: "09:15", priority: "medium" }),
    task("Take the bike to the workshop", { day: 3, tags: ["errands"] }),
    task("Write the release notes", { day: 4, time: "10:00", tags: ["work", "writing"] }),
    task("Clean the gutters before the first frost", { day: 6, tags: ["home"] }),
    task("File the quarterly taxes", { day: 16, priority: "high", tags: ["admin", "money"] }),
    task("Plan the summer trip", { day: 64, tags: ["family"] }),
    task("Read the paper on virtual actors that has been lying on the desk since the spring", { tags: ["reading"] }),
    task("Learn to make sourdough", { priority: "low" }),
    task("Return the library books", { done: true, tags: ["errands"] }),
  ]
}

function task(title: string, given: Given): Task {
  const id = randomUUID()
  const now = new Date().toISOString()
  const due = dueOf(given)
  return {
    id,
    title,
    description: given.description ?? "",
    priority: given.priority ?? "none",
    status: given.done ? "completed" : "open",
    tags: given.tags ?? [],
    due,
    reminders: due && "local" in due ? [reminder()] : [],
    checklist: (given.steps ?? []).map((text, index) => ({ id: randomUUID(), text, done: index === 0 })),
    series_id: null,
    occurrence: null,
    version: 1,
    created_at: now,
    updated_at: now,
    completed_at: given.done ? now : null,
    deleted_at: null,
    overdue: false,
  }
}

function dueOf({ day, time }: Given): Due | null {
  if (day === undefined) return null
  const date = addDays(dateAt(Date.now(), zone), day)
  return time ? { local: `${date}T${time}`, zone } : { date }
}

function reminder(): Task["reminders"][number] {
  return {
    id: randomUUID(),
    offset_minutes: 30,
    at: null,
    status: "pending",
    fire_at: null,
    fired_at: null,
    firing: 1,
    late_seconds: null,
    acknowledged_at: null,
    snoozed_until: null,
  }
}
