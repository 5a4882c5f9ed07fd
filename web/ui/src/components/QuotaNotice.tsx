// A notice from nine tenths of a quota on: what is nearest to its limit, and what gives room back.
import { type Near, nearest } from "../store/quota.ts"

const MEGABYTE = 1024 * 1024
const WORDS: Record<Near["what"], (used: string, limit: string) => string> = {
  tasks: (used, limit) => `You have ${used} of at most ${limit} tasks, with those in the trash.`,
  series: (used, limit) => `You have ${used} of at most ${limit} series.`,
  bytes: (used, limit) => `Your tasks and series take up ${used} of at most ${limit}.`,
}

export function QuotaNotice() {
  const near = nearest.value
  if (near === null) return null
  const { what, used, limit } = near
  const show = (amount: number) =>
    what === "bytes" ? `${(amount / MEGABYTE).toFixed(1)} MB` : amount.toLocaleString("en")
  return (
    <p class="banner is-quota" role="status" data-testid="quota">
      {WORDS[what](show(used), show(limit))}{" "}
      {used >= limit ? "There is no room for more" : "Nothing can be added once that is reached"}: delete some
      permanently, or ask whoever runs this Duely for more room.
    </p>
  )
}
