// Wall clocks and zones, with Intl alone. Instants are epoch milliseconds; dates "2026-11-22"; locals "2026-11-22T09:00".

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

const readers = new Map<string, Intl.DateTimeFormat>()

function reader(zone: string): Intl.DateTimeFormat {
  let known = readers.get(zone)
  if (!known) {
    known = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    })
    readers.set(zone, known)
  }
  return known
}

/** Returns the wall clock of a zone at an instant, to the minute: "2026-11-22T09:00". */
export function localAt(instant: number, zone: string): string {
  return wallAt(instant, zone).slice(0, 16)
}

export function dateAt(instant: number, zone: string): string {
  return wallAt(instant, zone).slice(0, 10)
}

/** Returns the first instant at which the zone's wall clock shows `local`; a time inside a gap moves to the gap's end. */
export function instantAt(local: string, zone: string): number {
  const naive = Date.parse(`${local.length === 16 ? `${local}:00` : local}Z`)
  const before = naive - offsetAt(naive - DAY, zone)
  const after = naive - offsetAt(naive + DAY, zone)
  const hits = [before, after].filter((it) => it + offsetAt(it, zone) === naive)
  return hits.length > 0 ? Math.min(...hits) : gapEnd(Math.min(before, after), Math.max(before, after), zone)
}

export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY).toISOString().slice(0, 10)
}

export function addMonths(date: string, months: number): string {
  const [year, month, day] = date.split("-").map(Number) as [number, number, number]
  const last = new Date(Date.UTC(year, month + months, 0)).getUTCDate()
  return new Date(Date.UTC(year, month - 1 + months, Math.min(day, last))).toISOString().slice(0, 10)
}

/** Returns the number of whole days from `from` to `to`; negative when `to` is earlier. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY)
}

/** Returns the weekday; 0 is Sunday. */
export function weekdayOf(date: string): number {
  return new Date(`${date}T00:00:00Z`).getUTCDay()
}

/** Returns the zone of this device; null when the device does not know it. */
export function deviceZone(): string | null {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
  if (!zone || zone === "Etc/Unknown") return null
  try {
    reader(zone)
    return zone
  } catch {
    return null
  }
}

/** Returns the zone of this device, or UTC. */
export function browserZone(): string {
  return deviceZone() ?? "UTC"
}

let zoneNames: string[] | undefined

export function allZones(): string[] {
  zoneNames ??= [...new Set(["UTC", ...Intl.supportedValuesOf("timeZone")])].sort()
  return zoneNames
}

function wallAt(instant: number, zone: string): string {
  const part: Record<string, string> = {}
  for (const { type, value } of reader(zone).formatToParts(instant)) part[type] = value
  const year = (part.year ?? "").padStart(4, "0")
  return `${year}-${part.month}-${part.day}T${part.hour}:${part.minute}:${part.second}`
}

function offsetAt(instant: number, zone: string): number {
  const whole = Math.floor(instant / 1000) * 1000
  return Date.parse(`${wallAt(whole, zone)}Z`) - whole
}

function gapEnd(low: number, high: number, zone: string): number {
  const early = offsetAt(low, zone)
  while (high - low > 1000) {
    const middle = Math.floor((low + high) / 2000) * 1000
    if (offsetAt(middle, zone) === early) low = middle
    else high = middle
  }
  return high
}
