// The side bar: lists, tags and activity, one line for each place.

import { helpOpen } from "../keyboard.ts"
import { overdueCount, todayCount } from "../store/lists.ts"
import { unread } from "../store/notifications.ts"
import { route, type ViewName, viewLink } from "../store/route.ts"
import { tags } from "../store/tags.ts"
import { ConnectionState } from "./ConnectionState.tsx"
import { Icon, type IconName, Mark } from "./Icon.tsx"

interface Place {
  view: ViewName
  label: string
  icon: IconName
  badge?: () => number
}

export const PLACES: Place[][] = [
  [
    { view: "today", label: "Today", icon: "today", badge: () => todayCount.value },
    { view: "upcoming", label: "Upcoming", icon: "upcoming" },
    { view: "overdue", label: "Overdue", icon: "overdue", badge: () => overdueCount.value },
    { view: "all", label: "All tasks", icon: "all" },
    { view: "series", label: "Repeating", icon: "repeat" },
    { view: "completed", label: "Completed", icon: "completed" },
    { view: "trash", label: "Trash", icon: "trash" },
  ],
  [
    { view: "notifications", label: "Notifications", icon: "notifications", badge: () => unread.value },
    { view: "chat", label: "Chat", icon: "chat" },
    { view: "activity", label: "Activity", icon: "activity" },
    { view: "settings", label: "Settings", icon: "settings" },
  ],
]

const MOST_TAGS = 12

export function Sidebar() {
  const [lists = [], rest = []] = PLACES
  return (
    <nav class="sidebar" aria-label="Main">
      <a class="brand" href={viewLink("today")} aria-label="Duely, to Today">
        <Mark />
        <span>Duely</span>
      </a>
      <Places places={lists} />
      <Tags />
      <div class="sidebar-foot">
        <Places places={rest} />
        <div class="sidebar-state">
          <ConnectionState />
          <button
            type="button"
            class="icon-button small"
            aria-label="Keyboard shortcuts"
            onClick={() => {
              helpOpen.value = true
            }}
          >
            <Icon name="keyboard" size={16} />
          </button>
        </div>
      </div>
    </nav>
  )
}

function Places({ places }: { places: Place[] }) {
  const { view, tags: set, search } = route.value
  return (
    <ul class="places">
      {places.map((place) => {
        const here = place.view === view && set.length === 0 && !search
        return (
          <li key={place.view}>
            <a
              class={`place ${here ? "here" : ""}`}
              href={viewLink(place.view)}
              aria-current={here ? "page" : undefined}
            >
              <Icon name={place.icon} />
              <span class="place-label">{place.label}</span>
              <Badge place={place} />
            </a>
          </li>
        )
      })}
    </ul>
  )
}

export function Badge({ place, testid = "badge" }: { place: Place; testid?: string }) {
  const number = place.badge?.() ?? 0
  if (number === 0) return null
  const what = place.view === "notifications" ? "unread" : "tasks"
  return (
    <span class={`badge badge-${place.view}`} data-testid={`${testid}-${place.view}`}>
      {number > 99 ? "99+" : number}
      <span class="unseen"> {what}</span>
    </span>
  )
}

function Tags() {
  const list = tags.value.filter((it) => it.count > 0).slice(0, MOST_TAGS)
  if (list.length === 0) return null
  const { view, tags: set } = route.value
  return (
    <section class="sidebar-tags" aria-labelledby="tags-heading">
      <h2 id="tags-heading">Tags</h2>
      <ul class="places">
        {list.map(({ name, count }) => {
          const here = view === "all" && set.length === 1 && set[0] === name
          return (
            <li key={name}>
              <a
                class={`place tag-place ${here ? "here" : ""}`}
                href={viewLink("all", { tags: [name] })}
                aria-current={here ? "page" : undefined}
              >
                <span class="hash" aria-hidden="true">
                  #
                </span>
                <span class="place-label">{name}</span>
                <span class="badge quiet">{count}</span>
              </a>
            </li>
          )
        })}
      </ul>
    </section>
  )
}
