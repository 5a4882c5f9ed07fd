// The occurrences of one series within a range of days, kept up to date while they are on screen.
import { signal } from "@preact/signals"
import { get, Refused, Unreachable } from "../api.ts"
import { addDays } from "../time.ts"
import type { Occurrence, OccurrenceList } from "../types.ts"

const BACK_DAYS = 30
const AHEAD_DAYS = 60
/** The server answers at most this many days at once. */
const MOST_DAYS = 366
const SETTLE_MS = 200

export class Occurrences {
  readonly items = signal<readonly Occurrence[]>([])
  readonly state = signal<"loading" | "ready" | "failed">("loading")
  readonly days = signal(AHEAD_DAYS)
  private timer: ReturnType<typeof setTimeout> | undefined
  private asked = 0

  constructor(
    readonly seriesId: string,
    readonly today: string,
  ) {}

  get canShowMore(): boolean {
    return this.days.value < MOST_DAYS - BACK_DAYS
  }

  async load(): Promise<void> {
    const turn = ++this.asked
    this.state.value = "loading"
    try {
      const query = { from: addDays(this.today, -BACK_DAYS), to: addDays(this.today, this.days.peek()) }
      const { items } = await get<OccurrenceList>(`/series/${this.seriesId}/occurrences`, query)
      if (turn !== this.asked) return
      this.items.value = items
      this.state.value = "ready"
    } catch (error) {
      if (!(error instanceof Refused) && !(error instanceof Unreachable)) throw error
      if (turn === this.asked) this.state.value = "failed"
    }
  }

  more(): Promise<void> {
    this.days.value = Math.min(this.days.peek() * 3, MOST_DAYS - BACK_DAYS)
    return this.load()
  }

  noteChange(seriesId: string): void {
    if (seriesId !== this.seriesId) return
    clearTimeout(this.timer)
    this.timer = setTimeout(() => void this.load(), SETTLE_MS)
  }

  close(): void {
    clearTimeout(this.timer)
    openOccurrences.delete(this)
  }
}

/** The occurrences on screen, which follow events. */
export const openOccurrences = new Set<Occurrences>()
