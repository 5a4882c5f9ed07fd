// The state of the repeat dialog, the request it becomes, and the field that each error belongs to.
import { type Mode, type Pattern, preset, type Recurrence, readRule, reanchor, ruleText } from "./recurrence.ts"
import { DAY } from "./time.ts"
import type { Due, Preview, Problem } from "./types.ts"

export interface RepeatForm {
  pattern: Pattern
  /** A rule written by hand; the choices do not count then. */
  raw: string | null
  /** The rule as it was written when the form opened, and the same rule as choices write it, for that first date. */
  written: { text: string; choices: string; date: string } | null
  mode: Mode
  monthEnd: Recurrence["month_end"]
  /** Undefined until somebody chooses. */
  pileUp: Recurrence["pile_up"] | undefined
  lookAhead: string
  date: string
  /** Empty in a series of days. */
  time: string
  /** Null is wherever the reader is. */
  zone: string | null
}

export type RepeatField = "rule" | "interval" | "days" | "count" | "until" | "start" | "lookAhead" | "title"
export type Faults = Partial<Record<RepeatField, string>>

/** The props that every part of the form gets. */
export interface FormProps {
  form: RepeatForm
  faults: Faults
  onChange: (form: RepeatForm) => void
}

export function formOf(recurrence: Recurrence | null, start: Due, zone: string): RepeatForm {
  const date = dateOf(start)
  const mode = recurrence?.mode ?? "schedule"
  const pattern = recurrence ? readRule(recurrence.rule, mode, date) : preset("weekly", date)
  return {
    pattern: pattern ?? preset("weekly", date),
    raw: pattern ? null : (recurrence?.rule ?? null),
    written: recurrence && pattern ? { text: recurrence.rule, choices: ruleText(pattern, mode), date } : null,
    mode,
    monthEnd: recurrence?.month_end ?? "clamp",
    pileUp: recurrence?.pile_up,
    lookAhead: String(recurrence?.look_ahead_days ?? 0),
    date,
    time: "local" in start ? start.local.slice(11, 16) : "",
    zone: "zone" in start ? start.zone : zone,
  }
}

export function recurrenceOf(form: RepeatForm): Recurrence {
  return {
    rule: form.raw ?? chosen(form),
    mode: form.mode,
    month_end: form.monthEnd,
    ...(form.pileUp ? { pile_up: form.pileUp } : {}),
    look_ahead_days: Math.round(Number(form.lookAhead) || 0),
  }
}

/** Returns the rule of the choices; where they still say the same, as it was written. */
function chosen({ pattern, mode, written, date }: RepeatForm): string {
  const rule = ruleText(pattern, mode)
  return written && rule === written.choices && date === written.date ? written.text : rule
}

export function startOf({ date, time, zone }: RepeatForm): Due {
  return time ? { local: `${date}T${time}`, zone } : { date }
}

/** Returns the form with another first date; what followed the old date follows the new one. */
export function withDate(form: RepeatForm, date: string): RepeatForm {
  return { ...form, date, pattern: reanchor(form.pattern, form.date, date) }
}

/** Returns the form in the other mode; a rule that only its text can say stays, and the server judges it. */
export function withMode(form: RepeatForm, mode: Mode): RepeatForm {
  return { ...form, mode }
}

/** Returns the form with a rule written by hand; the choices take over as soon as they can express it. */
export function withRule(form: RepeatForm, text: string): RepeatForm {
  const pattern = readRule(text, form.mode, form.date)
  return pattern ? { ...form, pattern, raw: null, written: null } : { ...form, raw: text }
}

/** Tells whether some months lack the day, so that the form must ask what happens there. */
export function lacksDays({ pattern, mode, raw }: RepeatForm): boolean {
  if (mode === "completion" || raw !== null || pattern.by !== "day") return false
  const day = Number(pattern.day)
  if (pattern.unit === "year") return pattern.month === 2 && day === 29
  return pattern.unit === "month" && day > 28
}

/** Tells whether the previewed dates are less than a day apart on average; the server then leaves only the newest open. */
export function isOftenerThanDaily({ occurrences }: Preview): boolean {
  const times = occurrences.flatMap(({ local }) => (local ? Date.parse(`${local}Z`) : []))
  const [first, last] = [times.at(0) ?? 0, times.at(-1) ?? 0]
  return times.length > 1 && last - first < (times.length - 1) * DAY
}

const PLACES: Record<string, [field: RepeatField, words?: string]> = {
  invalid_interval: ["interval", "From 1 to 1,000."],
  invalid_count: ["count", "From 1 to 10,000."],
  invalid_until: ["until"],
  until_before_start: ["until", "No date of it is so early."],
  invalid_byday: ["days"],
  invalid_bymonthday: ["days", "From 1 to 31."],
}

/** Returns each error by the field that can fix it. */
export function faultsOf({ errors, detail }: Problem, form: RepeatForm): Faults {
  const faults: Faults = {}
  for (const { code, pointer, detail } of errors ?? []) {
    const [field, words] = placeOf(pointer ?? "", code, form)
    faults[field] ??= words ?? sentence(detail)
  }
  return Object.keys(faults).length > 0 ? faults : { rule: detail || "This cannot be used." }
}

function placeOf(pointer: string, code: string, form: RepeatForm): [field: RepeatField, words?: string] {
  if (/^\/(start|due)/.test(pointer)) return ["start"]
  if (pointer.includes("look_ahead")) return ["lookAhead", "From 0 to 30."]
  if (pointer.startsWith("/title")) return ["title"]
  return (form.raw === null ? PLACES[code] : undefined) ?? ["rule"]
}

function dateOf(due: Due): string {
  return "date" in due ? due.date : due.local.slice(0, 10)
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}${text.endsWith(".") ? "" : "."}`
}
