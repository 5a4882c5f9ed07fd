// The list of all keys, from the table that also carries them out.
import { useEffect, useRef } from "preact/hooks"
import { helpOpen, shortcuts } from "../keyboard.ts"
import { Icon } from "./Icon.tsx"

export function ShortcutsHelp() {
  const dialog = useRef<HTMLDialogElement>(null)
  const open = helpOpen.value
  // biome-ignore lint/correctness/useExhaustiveDependencies: the effect depends on the signal's value
  useEffect(() => {
    if (open) dialog.current?.showModal()
  }, [open])
  if (!open) return null
  const close = () => {
    helpOpen.value = false
  }
  return (
    <dialog
      ref={dialog}
      class="dialog help"
      aria-labelledby="help-title"
      onClose={close}
      onKeyDown={(event) => event.key === "?" && close()}
    >
      <header>
        <h2 id="help-title">Keyboard</h2>
        <button type="button" class="icon-button" aria-label="Close" onClick={close}>
          <Icon name="close" />
        </button>
      </header>
      <dl>
        {shortcuts.map(({ keys, what }) => (
          <div key={what}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key === " " ? "Space" : key === "Escape" ? "Esc" : key}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </dialog>
  )
}
