// A button with a small panel beside it; on phones a sheet at the bottom. Esc and a press outside close it.
import type { ComponentChildren } from "preact"
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks"

interface Props {
  /** The accessible name of the button and of the panel. */
  label: string
  button: ComponentChildren
  class?: string
  disabled?: boolean
  children: (close: () => void) => ComponentChildren
}

const GAP = 6

export function Popover({ label, button, class: look = "", disabled = false, children }: Props) {
  const [open, setOpen] = useState(false)
  const root = useRef<HTMLSpanElement>(null)
  const trigger = useRef<HTMLButtonElement>(null)
  const panel = useRef<HTMLDivElement>(null)
  const close = () => {
    setOpen(false)
    trigger.current?.focus()
  }

  // In the top layer nothing clips or covers the panel.
  useLayoutEffect(() => {
    if (!open || !panel.current) return
    panel.current.showPopover()
    panel.current.querySelector<HTMLElement>("button, input, select")?.focus({ preventScroll: true })
    const place = () => placeBeside(trigger.current, panel.current)
    place()
    // The content may arrive after the panel has opened.
    const growth = new ResizeObserver(place)
    growth.observe(panel.current)
    addEventListener("scroll", place, { capture: true, passive: true })
    addEventListener("resize", place)
    return () => {
      growth.disconnect()
      removeEventListener("scroll", place, { capture: true })
      removeEventListener("resize", place)
    }
  }, [open])

  useEffect(() => {
    if (!open) return
    const outside = (event: Event) => {
      const to = event instanceof FocusEvent ? event.relatedTarget : event.target
      if (to instanceof Node && !root.current?.contains(to)) setOpen(false)
    }
    const holder = root.current
    document.addEventListener("pointerdown", outside)
    holder?.addEventListener("focusout", outside)
    return () => {
      document.removeEventListener("pointerdown", outside)
      holder?.removeEventListener("focusout", outside)
    }
  }, [open])

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only stops Esc from reaching what is below
    <span
      ref={root}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !open) return
        event.stopPropagation()
        close()
      }}
    >
      <button
        ref={trigger}
        type="button"
        class={look}
        aria-label={label}
        aria-haspopup="dialog"
        aria-expanded={open}
        disabled={disabled}
        onClick={() => setOpen(!open)}
      >
        {button}
      </button>
      {open && (
        <div ref={panel} class="popover" popover="manual" role="dialog" aria-label={label}>
          {children(close)}
        </div>
      )}
    </span>
  )
}

/** Places the panel below the button, or above where there is more room, and never past the window's edges. */
function placeBeside(trigger: HTMLElement | null, panel: HTMLElement | null): void {
  if (!trigger || !panel) return
  const from = trigger.getBoundingClientRect()
  const { offsetWidth: width, offsetHeight: height } = panel
  const fitsBelow = from.bottom + GAP + height <= innerHeight || from.top < innerHeight - from.bottom
  const top = fitsBelow ? from.bottom + GAP : Math.max(GAP, from.top - GAP - height)
  const left = Math.max(GAP, Math.min(from.left, innerWidth - width - GAP))
  panel.style.setProperty("--top", `${top}px`)
  panel.style.setProperty("--left", `${left}px`)
}
