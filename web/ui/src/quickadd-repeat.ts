// The repetitions of quick add: "every 2 weeks on monday", "every month on the 31st", "every 3 days after completion".
import { type Mode, type Pattern, patternAt, type Unit, WEEKDAYS, type Weekday } from "./recurrence.ts"

export interface Repeat {
  kind: "repeat"
  pattern: Pattern
  mode: Mode
  /** The text names no day, so the day of the first date counts. */
  isOpen: boolean
}

const DAY = "(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?s?"
const DAYS = `${DAY}(?:(?:,? and |, ?| ?& ?)${DAY})*`
const NTH = "first|1st|second|2nd|third|3rd|fourth|4th|fifth|5th|last"
const NTHS: [names: string, nth: number][] = [
  ["first 1st", 1],
  ["second 2nd", 2],
  ["third 3rd", 3],
  ["fourth 4th", 4],
  ["fifth 5th", 5],
  ["last", -1],
]
const DATE = String.raw`(\d{1,2})(?:st|nd|rd|th)?`
const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
const MONTH =
  "(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
const COUNT = String.raw`(?:(other|second|\d{1,4}) )?`
const OF_MONTH = "of (?:the|each|every) month"

type Groups = (string | undefined)[]

/** The texts that may follow "every", and their meaning; the first that fits counts. */
const forms: [source: string, read: (groups: Groups) => Partial<Pattern>][] = [
  ["(?:week|work) ?days?", () => ({ unit: "week", weekdays: ["MO", "TU", "WE", "TH", "FR"] })],
  [`(?:(other|second) )?(${DAYS})`, ([count, days]) => ({ ...weekly(count), weekdays: daysOf(days) })],
  [`${COUNT}weeks? on (${DAYS})`, ([count, days]) => ({ ...weekly(count), weekdays: daysOf(days) })],
  [`${COUNT}months? on (?:the )?last day`, ([count]) => ({ ...monthly(count), by: "last" })],
  [`${COUNT}months? on (?:the )?(${NTH}) (${DAY})`, ([count, nth, day]) => ({ ...monthly(count), ...nthOf(nth, day) })],
  [`${COUNT}months? on (?:the )?${DATE}`, ([count, day]) => ({ ...monthly(count), day: String(Number(day)) })],
  [`last day ${OF_MONTH}`, () => ({ unit: "month", by: "last" })],
  [`(${NTH}) (${DAY}) ${OF_MONTH}`, ([nth, day]) => ({ unit: "month", ...nthOf(nth, day) })],
  [`(?:year on )?(?:the )?${DATE}(?: of)? ${MONTH}`, ([day, month]) => yearly(day, month)],
  [`(?:year on )?${MONTH} ${DATE}`, ([month, day]) => yearly(day, month)],
  [String.raw`(\d{1,2})(?:st|nd|rd|th)(?: ${OF_MONTH})?`, ([day]) => ({ unit: "month", day: String(Number(day)) })],
]
const openForm = `${COUNT}(day|week|month|year)s?`

type Read = (groups: Groups, today: string) => Repeat | undefined

const AFTER = "( after (?:completion|done|it is done))?"

/** The patterns with their meaning on a day, for the table of clauses. */
export const repeatForms: [source: string, read: Read][] = [
  ...forms.map(([source, read]): [string, Read] => [
    `(?:every|each) ${source}`,
    (groups, today) => ofPossible({ ...patternAt(today), ...read(groups) }, "schedule", false),
  ]),
  [
    `(?:every|each) ${openForm}${AFTER}`,
    ([count, unit, after], today) => {
      const choices = { unit: unit?.toLowerCase() as Unit, interval: intervalOf(count), weekdays: [] }
      return ofPossible({ ...patternAt(today), ...choices }, after ? "completion" : "schedule", true)
    },
  ],
]

function ofPossible(pattern: Pattern, mode: Mode, isOpen: boolean): Repeat | undefined {
  const { interval, day, unit, month } = pattern
  const longest = unit === "year" ? new Date(Date.UTC(2024, month, 0)).getUTCDate() : 31
  const isPossible = Number(interval) >= 1 && Number(interval) <= 1000 && Number(day) >= 1 && Number(day) <= longest
  return isPossible ? { kind: "repeat", pattern, mode, isOpen } : undefined
}

function weekly(count: string | undefined): Partial<Pattern> {
  return { unit: "week", interval: intervalOf(count) }
}

function monthly(count: string | undefined): Partial<Pattern> {
  return { unit: "month", interval: intervalOf(count) }
}

function yearly(day: string | undefined, month = ""): Partial<Pattern> {
  return { unit: "year", day: String(Number(day)), month: MONTHS.indexOf(month.slice(0, 3).toLowerCase()) + 1 }
}

function intervalOf(count: string | undefined): string {
  if (!count) return "1"
  return /^\d/.test(count) ? String(Number(count)) : "2"
}

function daysOf(text = ""): Weekday[] {
  const named = new Set<string>(text.toUpperCase().match(/\b(?:MO|TU|WE|TH|FR|SA|SU)/g))
  return WEEKDAYS.filter((it) => named.has(it))
}

function nthOf(name = "", day = ""): Partial<Pattern> {
  const nth = NTHS.find(([names]) => names.split(" ").includes(name.toLowerCase()))?.[1] ?? 1
  return { by: "nth", nth, weekday: daysOf(day)[0] ?? "MO" }
}
