// A button with a small panel below it; a sheet at the bottom on phones. Esc and a press outside close it.
import type { ComponentChildren } from "preact"
import { useEffect, useRef, useState } from "preact/hooks"

interface Props {
  /** The button's accessible name; the panel is named likewise. */
  label: string
  button: ComponentChildren
  class?: string
  align?: "start" | "end"
  disabled?: boolean
  /** Closed by a press outside or by moving on: what was chosen counts. */
  onLeave?: () => void
  children: (close: () => void) => ComponentChildren
}

export function Popover({
  label,
  button,
  class: look = "",
  align = "start",
  disabled = false,
  onLeave,
  children,
}: Props) {
  const [open, setOpen] = useState(false)
  const root = useRef<HTMLDivElement>(null)
  const trigger = useRef<HTMLButtonElement>(null)
  const leave = useRef(onLeave)
  leave.current = onLeave
  const close = () => {
    setOpen(false)
    trigger.current?.focus()
  }

  useEffect(() => {
    if (!open) return
    const outside = (event: Event) => {
      const to = event instanceof FocusEvent ? event.relatedTarget : event.target
      if (!(to instanceof Node) || root.current?.contains(to)) return
      leave.current?.()
      setOpen(false)
    }
    const holder = root.current
    document.addEventListener("pointerdown", outside)
    holder?.addEventListener("focusout", outside)
    holder?.querySelector<HTMLElement>(".popover button, .popover input, .popover select")?.focus()
    return () => {
      document.removeEventListener("pointerdown", outside)
      holder?.removeEventListener("focusout", outside)
    }
  }, [open])

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only stops Esc from reaching what lies below
    <div
      ref={root}
      class="popover-root"
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
        <div class={`popover popover-${align}`} role="dialog" aria-label={label}>
          {children(close)}
        </div>
      )}
    </div>
  )
}
