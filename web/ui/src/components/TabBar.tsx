// The places of the side bar at the bottom of a phone; what does not fit is behind "More".
import { useState } from "preact/hooks"
import { route, viewLink } from "../store/route.ts"
import { Icon } from "./Icon.tsx"
import { Badge, PLACES } from "./Sidebar.tsx"

const FIRST = ["today", "upcoming", "all", "notifications"]

export function TabBar() {
  const [open, setOpen] = useState(false)
  const places = PLACES.flat()
  const first = FIRST.map((view) => places.find((it) => it.view === view)).filter((it) => it !== undefined)
  const rest = places.filter((it) => !FIRST.includes(it.view))
  const { view } = route.value
  return (
    <nav class="tab-bar" aria-label="Main, short">
      {open && (
        <ul class="tab-more" id="tab-more">
          {rest.map((place) => (
            <li key={place.view}>
              <a
                class="place"
                href={viewLink(place.view)}
                aria-current={place.view === view ? "page" : undefined}
                onClick={() => setOpen(false)}
              >
                <Icon name={place.icon} />
                <span class="place-label">{place.label}</span>
                <Badge place={place} testid="tab-badge" />
              </a>
            </li>
          ))}
        </ul>
      )}
      <ul class="tabs">
        {first.map((place) => (
          <li key={place.view}>
            <a
              class="tab"
              href={viewLink(place.view)}
              aria-current={place.view === view ? "page" : undefined}
              onClick={() => setOpen(false)}
            >
              <Icon name={place.icon} size={21} />
              <span>{place.view === "notifications" ? "Alerts" : place.label.replace(" tasks", "")}</span>
              <Badge place={place} testid="tab-badge" />
            </a>
          </li>
        ))}
        <li>
          <button
            type="button"
            class={`tab ${rest.some((it) => it.view === view) ? "here" : ""}`}
            aria-expanded={open}
            aria-controls="tab-more"
            onClick={() => setOpen(!open)}
          >
            <Icon name="more" size={21} />
            <span>More</span>
          </button>
        </li>
      </ul>
    </nav>
  )
}
