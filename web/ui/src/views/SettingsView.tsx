// The settings: name, language, zone, default reminder, digest and quiet hours, who answers in the chat, theme; changing the password, access for agents and signing out.
import { useState } from "preact/hooks"
import { AgentAccess } from "../components/AgentAccess.tsx"
import { ChatModel } from "../components/ChatModel.tsx"
import { ZoneSelect } from "../components/DuePicker.tsx"
import { Icon } from "../components/Icon.tsx"
import { PasswordChange } from "../components/PasswordChange.tsx"
import { isSameOffset, type Offset, type OffsetInput, offsetLabel, offsetOf } from "../offsets.ts"
import { leaveDuely } from "../store/boot.ts"
import { me, patchMe, usualOffset } from "../store/session.ts"
import { setTheme, THEMES, theme } from "../store/theme.ts"
import { show } from "../store/toasts.ts"
import { browserZone } from "../time.ts"
import type { Me } from "../types.ts"

const USUAL: OffsetInput[] = [
  ...[0, 5, 10, 15, 30, 60, 120].map((minutes) => ({ offset_minutes: minutes })),
  ...[1, 2, 7].map((days) => offsetOf({ days: -days, minutes: 0 })),
]

const LANGUAGES: [Me["defaults"]["language"], string][] = [
  ["en", "English"],
  ["de", "Deutsch"],
  ["fr", "Français"],
  ["es", "Español"],
]

export function SettingsView() {
  const who = me.value
  const [name, setName] = useState(who?.name ?? "")
  if (!who) return null
  const usual = usualOffset.value
  const offsets = !usual || USUAL.some((it) => isSameOffset(it, usual)) ? USUAL : [...USUAL, usual]
  return (
    <div class="settings">
      <section aria-labelledby="settings-you">
        <h2 id="settings-you">You</h2>
        <label class="setting">
          <span>Name</span>
          <input
            type="text"
            maxLength={100}
            autocomplete="name"
            value={name}
            onInput={(event) => setName(event.currentTarget.value)}
            onBlur={() => name !== (who.name ?? "") && void save({ name })}
          />
        </label>
        <div class="setting">
          <span>Email</span>
          <span class="setting-text">{who.email}</span>
        </div>
        <label class="setting">
          <span>Language of what you type</span>
          <select
            value={who.defaults.language}
            onChange={({ currentTarget: { value } }) =>
              void save({ defaults: { ...who.defaults, language: value as Me["defaults"]["language"] } })
            }
          >
            {LANGUAGES.map(([code, name]) => (
              <option key={code} value={code} lang={code}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <PasswordChange email={who.email} />
      </section>
      <section aria-labelledby="settings-time">
        <h2 id="settings-time">Time</h2>
        <div class="setting">
          <ZoneSelect label="Time zone" value={who.timezone} onChange={(timezone) => void save({ timezone })} />
          {browserZone() !== who.timezone && (
            <button type="button" class="button quiet small" onClick={() => void save({ timezone: browserZone() })}>
              Use this device’s: {browserZone().replaceAll("_", " ")}
            </button>
          )}
        </div>
        <label class="setting">
          <span>Usual reminder</span>
          <select
            value={usual ? JSON.stringify(usual) : "none"}
            onChange={({ currentTarget: { value } }) => {
              const { offset = null, offset_minutes = null }: Offset = value === "none" ? {} : JSON.parse(value)
              void save({
                defaults: { ...who.defaults, reminder_offset: offset, reminder_offset_minutes: offset_minutes },
              })
            }}
          >
            <option value="none">None</option>
            {offsets.map((offset) => (
              <option key={JSON.stringify(offset)} value={JSON.stringify(offset)}>
                {offsetLabel(offset)}
              </option>
            ))}
          </select>
        </label>
      </section>
      <DayTimes who={who} />
      <ChatModel who={who} onSwitch={(chat_model) => void save({ defaults: { ...who.defaults, chat_model } })} />
      <section aria-labelledby="settings-look">
        <h2 id="settings-look">Look</h2>
        <fieldset class="segments">
          <legend class="unseen">Theme</legend>
          {THEMES.map(([value, label, icon]) => (
            <label class="segment" key={value}>
              <input
                type="radio"
                class="unseen"
                name="theme"
                checked={theme.value === value}
                onChange={() => setTheme(value)}
              />
              <span>
                <Icon name={icon} size={15} /> {label}
              </span>
            </label>
          ))}
        </fieldset>
      </section>
      <AgentAccess />
      <section>
        <button type="button" class="button" onClick={() => void leaveDuely()}>
          <Icon name="signout" size={16} /> Sign out
        </button>
      </section>
    </div>
  )
}

/** Shows the time of the daily digest and the quiet hours. */
function DayTimes({ who: { defaults } }: { who: Me }) {
  const { digest_at, quiet_hours } = defaults
  const put = (change: Partial<Me["defaults"]>) => void save({ defaults: { ...defaults, ...change } })
  return (
    <section aria-labelledby="settings-day">
      <h2 id="settings-day">Through the day</h2>
      <div class="setting">
        <label class="check-line">
          <input
            type="checkbox"
            checked={digest_at !== null}
            onChange={(event) => put({ digest_at: event.currentTarget.checked ? "08:00" : null })}
          />
          <span>A summary of the day</span>
        </label>
        {digest_at !== null && (
          <TimeInput label="Summary at" value={digest_at} onPick={(time) => put({ digest_at: time })} />
        )}
      </div>
      <div class="setting">
        <label class="check-line">
          <input
            type="checkbox"
            checked={quiet_hours !== null}
            onChange={(event) =>
              put({ quiet_hours: event.currentTarget.checked ? { start: "22:00", end: "07:00" } : null })
            }
          />
          <span>Quiet hours: reminders and the summary wait until they are over</span>
        </label>
        {quiet_hours !== null && (
          <div class="pair">
            <TimeInput
              label="Quiet from"
              value={quiet_hours.start}
              onPick={(start) => put({ quiet_hours: { ...quiet_hours, start } })}
            />
            <TimeInput
              label="Quiet until"
              value={quiet_hours.end}
              onPick={(end) => put({ quiet_hours: { ...quiet_hours, end } })}
            />
          </div>
        )}
      </div>
    </section>
  )
}

/** Shows a time that is saved when it is left, not with every digit. */
function TimeInput({ label, value, onPick }: { label: string; value: string; onPick: (time: string) => void }) {
  return (
    <input
      type="time"
      key={value}
      aria-label={label}
      defaultValue={value}
      onBlur={({ currentTarget }) => {
        if (currentTarget.value && currentTarget.value !== value) onPick(currentTarget.value)
        else currentTarget.value = value
      }}
    />
  )
}

async function save(change: Parameters<typeof patchMe>[0]): Promise<void> {
  try {
    await patchMe(change)
    show({ kind: "done", text: "Settings saved" })
  } catch (error) {
    show({ kind: "problem", text: "The settings were not saved", detail: error instanceof Error ? error.message : "" })
  }
}
