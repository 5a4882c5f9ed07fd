// The name of the current place, for the page's head and the browser's tab.
import { computed } from "@preact/signals"
import { currentView } from "./lists.ts"
import { unread } from "./notifications.ts"
import { route, type ViewName } from "./route.ts"
import { me } from "./session.ts"

const PAGE_TITLES: Partial<Record<ViewName, string>> = {
  series: "Repeating",
  activity: "Activity",
  notifications: "Notifications",
  settings: "Settings",
  chat: "Chat",
}

export const heading = computed(() => {
  const { view, tags, search } = route.value
  if (search) return "Search"
  if (view === "all" && tags.length === 1) return `#${tags[0]}`
  return PAGE_TITLES[view] ?? currentView.value?.title ?? ""
})

export const documentTitle = computed(() => {
  if (!me.value) return "Duely"
  return `${unread.value > 0 ? `(${unread.value}) ` : ""}${heading.value} · Duely`
})
