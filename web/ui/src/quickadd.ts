// The parser of quick add: "Pay rent tomorrow 9am #home !high remind 1 minute before" → a draft and the place of each part.
import { offsetOf } from "./offsets.ts"
import { type Clause, clauses, type Meaning } from "./quickadd-grammar.ts"
import { firstDate, type Mode, reanchor, ruleText } from "./recurrence.ts"
import { addDays, dateAt, instantAt, localAt, MINUTE } from "./time.ts"
import type { Due, Priority, ReminderInput } from "./types.ts"

export interface Token {
  kind: "date" | "time" | "reminder" | "priority" | "tag" | "repeat"
  start: number
  end: number
  text: string
}

export interface Draft {
  title: string
  due: Due | null
  /** undefined: the user's default; empty: none. */
  reminders: ReminderInput[] | undefined
  priority: Priority | null
  tags: string[]
  /** A repetition always comes with a due, the first date. */
  repeat: { rule: string; mode: Mode } | null
  tokens: Token[]
}

export interface Surroundings {
  now: number
  zone: string
  /** The lower-case texts of chips that the reader removed. */
  ignored?: ReadonlySet<string>
}

/** The kinds that a kind rules out further on: a second date in the line stays part of the title. */
const RULES_OUT: Partial<Record<Meaning["kind"], Meaning["kind"][]>> = {
  date: ["date", "moment"],
  time: ["time", "moment"],
  moment: ["date", "time", "moment"],
  priority: ["priority"],
  repeat: ["repeat", "moment"],
}

const CHIP: Record<Meaning["kind"], Token["kind"]> = {
  date: "date",
  time: "time",
  moment: "date",
  reminder: "reminder",
  none: "reminder",
  priority: "priority",
  tag: "tag",
  repeat: "repeat",
}

export function parseQuickAdd(text: string, around: Surroundings): Draft {
  const hits = scan(text, around)
  const due = dueOf(hits, around)
  const tokens = hits.map(({ start, end, value }) => ({
    kind: CHIP[value.kind],
    start,
    end,
    text: text.slice(start, end),
  }))
  return {
    title: titleOf(text, tokens),
    due,
    reminders: remindersOf(hits, around),
    priority: hits.map((it) => (it.value.kind === "priority" ? it.value.priority : null)).find(Boolean) ?? null,
    tags: tagsOf(hits),
    repeat: repeatOf(hits, due, around),
    tokens,
  }
}

interface Hit {
  start: number
  end: number
  value: Meaning
}

function scan(text: string, around: Surroundings): Hit[] {
  const hits: Hit[] = []
  const taken = new Set<string>()
  const today = dateAt(around.now, around.zone)
  let at = 0
  while (at < text.length) {
    const hit = startsWord(text, at) ? match(text, at, taken, hits, { ...around, today }) : undefined
    if (hit) {
      hits.push(hit)
      for (const kind of RULES_OUT[hit.value.kind] ?? []) taken.add(kind)
    }
    at = hit ? hit.end : at + 1
  }
  return hits
}

function match(
  text: string,
  at: number,
  taken: Set<string>,
  before: Hit[],
  around: Surroundings & { today: string },
): Hit | undefined {
  for (const clause of clauses) {
    const hit = tryClause(clause, text, at, before, around)
    if (hit && !taken.has(hit.value.kind) && !around.ignored?.has(text.slice(hit.start, hit.end).toLowerCase()))
      return hit
  }
  return undefined
}

function tryClause(
  clause: Clause,
  text: string,
  at: number,
  before: Hit[],
  around: Surroundings & { today: string },
): Hit | undefined {
  clause.pattern.lastIndex = at
  const result = clause.pattern.exec(text)
  if (!result) return undefined
  const end = at + result[0].length
  const previous = before.at(-1)
  const context = {
    today: around.today,
    follows:
      (previous?.value.kind === "date" || previous?.value.kind === "repeat") &&
      text.slice(previous.end, at).trim() === "",
    tail: text.slice(end),
  }
  const value = clause.read(result, context)
  return value && { start: at, end, value }
}

function startsWord(text: string, at: number): boolean {
  return !/\s/.test(text[at] ?? " ") && (at === 0 || /[\s,(]/.test(text[at - 1] ?? " "))
}

function titleOf(text: string, tokens: Token[]): string {
  let title = ""
  let at = 0
  for (const token of tokens) {
    title += text.slice(at, token.start)
    at = token.end
  }
  return (title + text.slice(at))
    .replace(/\s+/g, " ")
    .replace(/\s+([,.;])/g, "$1")
    .replace(/^[\s,;]+|[\s,;]+$/g, "")
}

function dueOf(hits: Hit[], { now, zone }: Surroundings): Due | null {
  const values = hits.map((it) => it.value)
  const moment = values.find((it) => it.kind === "moment")
  if (moment) return { local: localAt(ceilMinute(now + moment.minutes * MINUTE), zone), zone }
  const date = values.find((it) => it.kind === "date")
  const time = values.find((it) => it.kind === "time")?.time ?? date?.time
  const day = date?.date ?? firstDay(values, time ? nextDateOf(time, now, zone) : dateAt(now, zone))
  if (!time) return day ? { date: day } : null
  return { local: `${day ?? nextDateOf(time, now, zone)}T${time}`, zone }
}

function firstDay(values: Meaning[], from: string): string | undefined {
  const repeat = values.find((it) => it.kind === "repeat")
  if (!repeat) return undefined
  return repeat.isOpen ? from : firstDate(repeat.pattern, from)
}

function repeatOf(hits: Hit[], due: Due | null, { now, zone }: Surroundings): Draft["repeat"] {
  const repeat = hits.map((it) => it.value).find((it) => it.kind === "repeat")
  if (!repeat || !due) return null
  const first = "date" in due ? due.date : due.local.slice(0, 10)
  const pattern = repeat.isOpen ? reanchor(repeat.pattern, dateAt(now, zone), first) : repeat.pattern
  return { rule: ruleText(pattern, repeat.mode), mode: repeat.mode }
}

/** Returns the next day on which the time comes: today when it is still ahead, else tomorrow. */
function nextDateOf(time: string, now: number, zone: string): string {
  const today = dateAt(now, zone)
  return instantAt(`${today}T${time}`, zone) > now ? today : addDays(today, 1)
}

function remindersOf(hits: Hit[], { now, zone }: Surroundings): ReminderInput[] | undefined {
  const values = hits.map((it) => it.value)
  if (values.some((it) => it.kind === "none")) return []
  const list: ReminderInput[] = []
  for (const value of values) {
    if (value.kind !== "reminder") continue
    if ("distance" in value) list.push(offsetOf(value.distance))
    else {
      const at = instantAt(`${value.date ?? nextDateOf(value.time, now, zone)}T${value.time}`, zone)
      list.push({ at: new Date(at).toISOString() })
    }
  }
  return list.length > 0 ? list : undefined
}

function tagsOf(hits: Hit[]): string[] {
  const tags = new Map<string, string>()
  for (const { value } of hits)
    if (value.kind === "tag" && !tags.has(value.tag.toLowerCase())) tags.set(value.tag.toLowerCase(), value.tag)
  return [...tags.values()].slice(0, 10)
}

function ceilMinute(instant: number): number {
  return Math.ceil(instant / MINUTE) * MINUTE
}
