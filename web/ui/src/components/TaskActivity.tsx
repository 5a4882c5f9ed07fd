// The activity of one task, loaded when it is unfolded.
import { useEffect, useState } from "preact/hooks"
import { ActivityLog, openLogs } from "../store/activity.ts"
import { ActivityLine } from "./ActivityLine.tsx"

export function TaskActivity({ taskId }: { taskId: string }) {
  const [log, setLog] = useState<ActivityLog | null>(null)
  useEffect(() => {
    if (!log) return
    openLogs.add(log)
    void log.load()
    return () => {
      openLogs.delete(log)
    }
  }, [log])
  return (
    <details
      class="task-activity"
      onToggle={(event) => setLog(event.currentTarget.open ? new ActivityLog({ taskId }) : null)}
    >
      <summary>Activity</summary>
      {log && (
        <>
          <ol class="log">
            {log.items.value.map((line) => (
              <ActivityLine key={line.position} line={line} brief />
            ))}
          </ol>
          {log.state.value === "failed" && <p class="hint">The activity could not be read.</p>}
          {log.next.value && (
            <button type="button" class="button quiet small" onClick={() => void log.more()}>
              Earlier
            </button>
          )}
        </>
      )}
    </details>
  )
}
