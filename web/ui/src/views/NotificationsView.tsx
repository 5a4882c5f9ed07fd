// The notification centre: newest first, with the unread ones marked.
import { Icon, type IconName } from "../components/Icon.tsx"
import { noticeText } from "../components/notice.ts"
import { Popover } from "../components/Popover.tsx"
import { SnoozeMenu } from "../components/SnoozeMenu.tsx"
import { WhyButton } from "../components/WhyButton.tsx"
import { isUnanswered } from "../firings.ts"
import { agoLabel, lateLabel } from "../format.ts"
import { now } from "../store/clock.ts"
import {
  loadMoreNotifications,
  markAllRead,
  markRead,
  notifications,
  notificationTotal,
  unread,
} from "../store/notifications.ts"
import { openTask } from "../store/opening.ts"
import { snoozeNotification } from "../store/reminding.ts"
import { tasks } from "../store/tasks.ts"
import type { Notification } from "../types.ts"

const ICONS: Record<Notification["kind"], IconName> = { reminder: "notifications", overdue: "overdue", digest: "all" }

export function NotificationsView() {
  const list = notifications.value
  if (list.length === 0)
    return (
      <div class="empty">
        <h2>No notifications</h2>
        <p>Reminders and overdue tasks show up here the second they are due.</p>
      </div>
    )
  return (
    <>
      <div class="notice-bar">
        <p role="status">{unread.value === 0 ? "All read" : `${unread.value} unread`}</p>
        <button
          type="button"
          class="button quiet small"
          disabled={unread.value === 0}
          onClick={() => void markAllRead()}
        >
          Mark all as read
        </button>
      </div>
      <ul class="notifications" aria-label="Notifications">
        {list.map((it) => (
          <Line key={it.id} notification={it} />
        ))}
      </ul>
      {list.length < notificationTotal.value && (
        <div class="foot">
          <button type="button" class="button" onClick={() => void loadMoreNotifications()}>
            Show earlier
          </button>
        </div>
      )}
    </>
  )
}

function Line({ notification }: { notification: Notification }) {
  const { id, kind, title, late_seconds, created_at, read_at, task_id } = notification
  const text = noticeText(notification)
  const open = () => {
    void markRead(id)
    if (task_id) openTask(task_id)
  }
  return (
    <li class={`notification ${read_at ? "" : "is-unread"}`}>
      <span class={`log-icon kind-${kind}`}>
        <Icon name={ICONS[kind]} size={15} />
      </span>
      <div class="notification-text">
        <button type="button" class="notification-title" onClick={open}>
          {!read_at && <span class="unseen">Unread: </span>}
          {title}
        </button>
        {text && <p class="hint">{text}</p>}
        <p class="notification-tools">
          {canSnooze(notification) && (
            <Popover label={`Snooze ${title}`} class="button quiet small" button="Snooze">
              {(close) => (
                <SnoozeMenu
                  onPick={(how) => {
                    close()
                    void snoozeNotification(notification, how)
                  }}
                />
              )}
            </Popover>
          )}
          <WhyButton notification={notification} />
        </p>
      </div>
      {late_seconds ? <span class="late-mark">{lateLabel(late_seconds)}</span> : null}
      <time class="log-time" dateTime={created_at}>
        {agoLabel(Date.parse(created_at), now.value)}
      </time>
      {!read_at && (
        <button
          type="button"
          class="icon-button small"
          aria-label={`Mark ${title} as read`}
          onClick={() => void markRead(id)}
        >
          <Icon name="check" size={15} />
        </button>
      )}
    </li>
  )
}

/** Tells whether the notification can be snoozed: it was not answered yet, and its task is still to be done. */
function canSnooze({ kind, task_id, acknowledged_at, reminder_id }: Notification): boolean {
  const task = task_id ? tasks.value.get(task_id) : undefined
  if (kind === "digest" || acknowledged_at || task?.status !== "open" || task.deleted_at) return false
  const reminder = task.reminders.find((it) => it.id === reminder_id)
  return kind === "overdue" || (reminder !== undefined && isUnanswered(reminder))
}
