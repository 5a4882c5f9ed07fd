// Short messages at the edge of the page, announced politely; reminders at once, with their answers as buttons.
import { useState } from "preact/hooks"
import { agoLabel, lateLabel } from "../format.ts"
import { completeTask } from "../store/changes.ts"
import { now } from "../store/clock.ts"
import { markRead, notifications } from "../store/notifications.ts"
import { openTask } from "../store/opening.ts"
import { acknowledgeNotification, snoozeNotification } from "../store/reminding.ts"
import { dismiss, hold, restartTimer, type Toast, toasts } from "../store/toasts.ts"
import type { Notification } from "../types.ts"
import { Icon } from "./Icon.tsx"
import { noticeText } from "./notice.ts"
import { Popover } from "./Popover.tsx"
import { SnoozeMenu } from "./SnoozeMenu.tsx"
import { WhyButton } from "./WhyButton.tsx"

export function Toasts() {
  const reminders = toasts.value.filter((it) => it.kind === "reminder")
  const others = toasts.value.filter((it) => it.kind !== "reminder")
  return (
    <div class="toasts">
      <section aria-label="Reminders" aria-live="assertive" aria-relevant="additions">
        {reminders.map(
          (it) => it.notification && <ReminderToast key={it.id} toast={it} notification={it.notification} />,
        )}
      </section>
      <section aria-label="Messages" aria-live="polite" aria-relevant="additions">
        {others.map((it) => (
          <PlainToast key={it.id} toast={it} />
        ))}
      </section>
    </div>
  )
}

function PlainToast({ toast }: { toast: Toast }) {
  const { id, kind, text, detail, action } = toast
  const act = () => {
    dismiss(id)
    action?.run()
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the pointer on it only keeps it from vanishing
    <div
      class={`toast toast-${kind}`}
      data-testid={`toast-${kind}`}
      onMouseEnter={() => hold(id)}
      onMouseLeave={() => restartTimer(id)}
      onFocusIn={() => hold(id)}
      onFocusOut={() => restartTimer(id)}
    >
      <div class="toast-text">
        <p>{text}</p>
        {detail && <p class="toast-detail">{detail}</p>}
      </div>
      {action && (
        <button type="button" class="toast-action" onClick={act}>
          {action.label}
        </button>
      )}
      <button type="button" class="icon-button small" aria-label="Dismiss" onClick={() => dismiss(id)}>
        <Icon name="close" size={14} />
      </button>
    </div>
  )
}

function ReminderToast({ toast, notification }: { toast: Toast; notification: Notification }) {
  const [busy, setBusy] = useState(false)
  const { kind, title, late_seconds, task_id } = notification
  const text = noticeText(notification)
  const run = async (what: () => Promise<boolean>) => {
    setBusy(true)
    if (await what()) dismiss(toast.id)
    setBusy(false)
  }
  const close = () => {
    dismiss(toast.id)
    if (notifications.peek().some((it) => it.id === notification.id)) void markRead(notification.id)
  }
  return (
    <section
      class={`toast reminder-toast kind-${kind}`}
      aria-label={`Reminder: ${title}`}
      data-testid="toast-reminder"
      aria-busy={busy}
    >
      <span class="reminder-bell">
        <Icon name={kind === "overdue" ? "overdue" : "notifications"} size={18} />
      </span>
      <div class="toast-text">
        <p class="reminder-kind">
          {kind === "overdue" ? "Overdue" : "Reminder"}{" "}
          {late_seconds ? (
            <span class="late-mark">{lateLabel(late_seconds)}</span>
          ) : (
            <span>· {agoLabel(Date.parse(notification.created_at), now.value)}</span>
          )}{" "}
          <WhyButton notification={notification} class="why-link" />
        </p>
        <p class="reminder-title">
          {task_id ? (
            <button type="button" onClick={() => openTask(task_id)}>
              {title}
            </button>
          ) : (
            title
          )}
        </p>
        {text && <p class="toast-detail">{text}</p>}
        {task_id && (
          <div class="reminder-buttons">
            <button
              type="button"
              class="button primary small"
              disabled={busy}
              onClick={() => void run(() => acknowledgeNotification(notification))}
            >
              Acknowledge
            </button>
            <Popover label="Snooze" class="button small" disabled={busy} button="Snooze">
              {(shut) => (
                <SnoozeMenu
                  onPick={(how) => {
                    shut()
                    void run(() => snoozeNotification(notification, how))
                  }}
                />
              )}
            </Popover>
            <button
              type="button"
              class="button quiet small"
              disabled={busy}
              onClick={() => {
                close()
                completeTask(task_id)
              }}
            >
              Complete
            </button>
          </div>
        )}
      </div>
      <button type="button" class="icon-button small" aria-label="Dismiss" onClick={close}>
        <Icon name="close" size={14} />
      </button>
    </section>
  )
}
