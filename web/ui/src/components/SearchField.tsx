// The search over all tasks; the text is kept in the address, so that it can be bookmarked and opened in another window.
import { go, route } from "../store/route.ts"
import { Icon } from "./Icon.tsx"

export function SearchField() {
  const { search } = route.value
  return (
    <search class="search">
      <Icon name="search" size={16} />
      <input
        id="search"
        type="search"
        aria-label="Search tasks"
        placeholder="Search"
        autocomplete="off"
        maxLength={200}
        value={search}
        onInput={(event) => {
          const text = event.currentTarget.value
          go({ search: text, ...(text ? listOnly() : {}) }, search !== "" && text !== "")
        }}
        onKeyDown={(event) => {
          if (event.key !== "Escape") return
          event.stopPropagation()
          go({ search: "" })
          event.currentTarget.blur()
        }}
      />
      {search === "" && (
        <span class="search-key" aria-hidden="true">
          <kbd>/</kbd>
        </span>
      )}
    </search>
  )
}

/** Shows the results of a search that began in Activity or Settings under All, because results are a list of tasks. */
function listOnly(): { view?: "all" } {
  const { view } = route.peek()
  return ["activity", "notifications", "settings", "trash", "series"].includes(view) ? { view: "all" } : {}
}
