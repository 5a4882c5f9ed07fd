// Parts of the page that are loaded when they are first shown, so that the page itself is there sooner.
import { signal } from "@preact/signals"
import type { ComponentType } from "preact"
import { useEffect } from "preact/hooks"

/** Returns a component that loads another one and shows that; without a connection it says so. */
export function later(load: () => Promise<ComponentType>): ComponentType {
  const loaded = signal<{ Part?: ComponentType; failed?: boolean }>({})
  const begin = () =>
    load().then(
      (Part) => {
        loaded.value = { Part }
      },
      () => {
        loaded.value = { failed: true }
      },
    )
  return () => {
    const { Part, failed } = loaded.value
    useEffect(() => {
      if (!loaded.peek().Part) void begin()
    }, [])
    if (Part) return <Part />
    if (!failed) return <p class="found">Loading…</p>
    return (
      <p class="found" role="alert">
        This part of the page could not be loaded.{" "}
        <button type="button" class="link" onClick={() => location.reload()}>
          Load the page again
        </button>
      </p>
    )
  }
}
