// The status of a series, in one word.
import type { Series } from "../types.ts"

const NAMES: Record<Series["status"], string> = {
  active: "Active",
  paused: "Paused",
  stopped: "Stopped",
  ended: "Ended",
  deleted: "Deleted",
}

export function SeriesStatus({ status }: Pick<Series, "status">) {
  return <span class={`status status-${status}`}>{NAMES[status]}</span>
}
