// "Why did I get this?": which reminder of which task, by which rule and slot; loaded when it is pressed.
import { useEffect, useState } from "preact/hooks"
import { get, Refused, Unreachable } from "../api.ts"
import { lateLabel, momentLabel, nominalLabel } from "../format.ts"
import { offsetLabel } from "../offsets.ts"
import { quoted } from "../quoted.ts"
import { now } from "../store/clock.ts"
import { go } from "../store/route.ts"
import { zone } from "../store/session.ts"
import type { Notification, ReminderLife } from "../types.ts"
import { Popover } from "./Popover.tsx"

interface Props {
  notification: Notification
  class?: string
}

export function WhyButton({ notification, class: look = "button quiet small" }: Props) {
  return (
    <Popover label={`Why did I get ${quoted(notification.title)}?`} class={look} button="Why?">
      {(close) => (
        <div class="why" data-testid="why">
          <h3>Why did I get this?</h3>
          {notification.kind === "reminder" ? (
            <WhyReminder notification={notification} close={close} />
          ) : (
            <p>{notification.kind === "overdue" ? OVERDUE : DIGEST}</p>
          )}
        </div>
      )}
    </Popover>
  )
}

const OVERDUE = "The task was still open when its due time passed. Duely says so once."
const DIGEST = "Several things came together, so they are told in one message."

function WhyReminder({ notification, close }: { notification: Notification; close: () => void }) {
  const { reminder_id, task_id } = notification
  const [life, setLife] = useState<ReminderLife | string | null>(null)
  useEffect(() => {
    if (!reminder_id) return setLife("It is not kept which reminder that was.")
    get<ReminderLife>(`/reminders/${reminder_id}`, { task_id })
      .then(setLife)
      .catch((error) => {
        if (!(error instanceof Refused) && !(error instanceof Unreachable)) throw error
        setLife(error instanceof Refused ? "The reminder is gone." : error.message)
      })
  }, [reminder_id, task_id])
  if (life === null) return <p class="hint">One moment…</p>
  if (typeof life === "string") return <p>{life}</p>
  return <Answer life={life} notification={notification} close={close} />
}

interface AnswerProps {
  life: ReminderLife
  notification: Notification
  close: () => void
}

function Answer({ life, notification, close }: AnswerProps) {
  const { why, snoozed_until, fire_at } = life
  const { reminder, sentence, slot, series_id } = why
  const moment = (instant: string) => momentLabel(Date.parse(instant), zone.value, now.value)
  const set = reminder.at ? `for ${moment(reminder.at)}` : offsetLabel(reminder).toLowerCase()
  const toSeries = () => {
    close()
    go({ view: "series", seriesId: series_id, taskId: null, tags: [], priorities: [], search: "" })
  }
  return (
    <dl>
      <dt>Reminder</dt>
      <dd>
        Set {set}
        {fire_at && `, so for ${moment(fire_at)}`}
        {snoozed_until && ", snoozed since"}
      </dd>
      <dt>Came</dt>
      <dd>
        {moment(notification.created_at)}
        {notification.late_seconds ? `, ${lateLabel(notification.late_seconds)}` : ""}
      </dd>
      {series_id && (
        <>
          <dt>Rule</dt>
          <dd>
            <button type="button" class="link" onClick={toSeries}>
              {sentence ?? "A series"}
            </button>
          </dd>
          <dt>Slot</dt>
          <dd>{slot && nominalLabel(slot)}</dd>
        </>
      )}
    </dl>
  )
}
