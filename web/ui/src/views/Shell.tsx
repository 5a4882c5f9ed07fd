// The frame of the page: places on the left, the view in the middle, the open task on the right, messages on top.
import type { ComponentType } from "preact"
import { AskDialog } from "../components/AskDialog.tsx"
import { BehindNotice } from "../components/BehindNotice.tsx"
import { ChangeSetDialog } from "../components/ChangeSetDialog.tsx"
import { ChatBeside, ChatButton, ChatView } from "../components/Chat.tsx"
import { ConnectionBanner } from "../components/ConnectionState.tsx"
import { FilterButton } from "../components/FilterBar.tsx"
import { Mark } from "../components/Icon.tsx"
import { later } from "../components/later.tsx"
import { QuotaNotice } from "../components/QuotaNotice.tsx"
import { RepeatDialog } from "../components/RepeatDialog.tsx"
import { SearchField } from "../components/SearchField.tsx"
import { ShortcutsHelp } from "../components/ShortcutsHelp.tsx"
import { Sidebar } from "../components/Sidebar.tsx"
import { SkewNotice } from "../components/SkewNotice.tsx"
import { TabBar } from "../components/TabBar.tsx"
import { TaskDrawer } from "../components/TaskDrawer.tsx"
import { Toasts } from "../components/Toasts.tsx"
import { TravelNotice } from "../components/TravelNotice.tsx"
import { chatIsBeside } from "../store/beside.ts"
import { heading } from "../store/heading.ts"
import { currentList } from "../store/lists.ts"
import { route, type ViewName } from "../store/route.ts"
import { ActivityView } from "./ActivityView.tsx"
import { NotificationsView } from "./NotificationsView.tsx"
import { SeriesView } from "./SeriesView.tsx"
import { TaskListView } from "./TaskListView.tsx"

const SettingsView = later(async () => (await import("./SettingsView.tsx")).SettingsView)

/** The views that are no list of tasks; the others are `TaskListView`. */
const PAGES: Partial<Record<ViewName, ComponentType>> = {
  series: SeriesView,
  activity: ActivityView,
  notifications: NotificationsView,
  settings: SettingsView,
  chat: ChatView,
}

export function Shell() {
  const { view, taskId } = route.value
  const Page = PAGES[view]
  return (
    <div class={`shell ${taskId ? "has-drawer" : ""} ${chatIsBeside.value ? "has-chat" : ""}`}>
      <button type="button" class="skip" onClick={() => document.querySelector<HTMLElement>("#main")?.focus()}>
        Skip to the list
      </button>
      <Sidebar />
      <main id="main" tabIndex={-1}>
        <header class="top">
          <span class="top-mark">
            <Mark size={22} />
          </span>
          <Title counted={!Page} />
          <div class="top-tools">
            <SearchField />
            {!Page && <FilterButton />}
            <ChatButton />
          </div>
        </header>
        <SkewNotice />
        <TravelNotice />
        <ConnectionBanner />
        <BehindNotice />
        <QuotaNotice />
        <div class="view" key={view}>
          {Page ? <Page /> : <TaskListView />}
        </div>
      </main>
      <ChatBeside />
      <TaskDrawer />
      <TabBar />
      <Toasts />
      <ShortcutsHelp />
      <RepeatDialog />
      <AskDialog />
      <ChangeSetDialog />
    </div>
  )
}

function Title({ counted }: { counted: boolean }) {
  const number = counted ? currentList.value.length : 0
  return (
    <h1>
      {heading.value}
      {number > 0 && <span class="title-count">{number}</span>}
    </h1>
  )
}
