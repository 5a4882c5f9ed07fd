// Tags as chips, followed by a field that completes from the reader's own tags.
import { useId, useRef, useState } from "preact/hooks"
import { fold } from "../plain.ts"
import { suggest } from "../store/tags.ts"
import type { Tag } from "../types.ts"
import { Icon } from "./Icon.tsx"

const MOST = 10

interface Props {
  tags: readonly string[]
  onChange: (tags: string[]) => void
  disabled?: boolean
}

export function TagInput({ tags, onChange, disabled = false }: Props) {
  const [text, setText] = useState("")
  const [active, setActive] = useState(-1)
  const [focused, setFocused] = useState(false)
  const field = useRef<HTMLInputElement>(null)
  const listId = useId()
  const offers = focused ? suggest(text.trim().replace(/^#/, ""), tags) : []

  const add = (name: string, stay = true) => {
    const clean = [...name.replace(/\s+/g, " ").trim().replace(/^#/, "")].slice(0, 30).join("")
    setText("")
    setActive(-1)
    if (clean && !tags.some((it) => fold(it) === fold(clean)) && tags.length < MOST) onChange([...tags, clean])
    if (stay) field.current?.focus()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" || event.key === ",") {
      event.preventDefault()
      add(offers[active]?.name ?? text)
    } else if (event.key === "ArrowDown") setActive(Math.min(active + 1, offers.length - 1))
    else if (event.key === "ArrowUp") setActive(Math.max(active - 1, -1))
    else if (event.key === "Backspace" && text === "" && tags.length > 0) onChange(tags.slice(0, -1))
    else if (event.key === "Escape" && text !== "") {
      event.stopPropagation()
      setText("")
    } else return
    if (event.key.startsWith("Arrow")) event.preventDefault()
  }

  return (
    <div class="tag-input">
      {tags.map((name) => (
        <Chip
          key={name}
          name={name}
          onRemove={disabled ? undefined : () => onChange(tags.filter((it) => it !== name))}
        />
      ))}
      {!disabled && tags.length < MOST && (
        <div class="tag-field">
          <input
            ref={field}
            type="text"
            role="combobox"
            aria-label="Add tag"
            aria-expanded={offers.length > 0}
            aria-controls={listId}
            aria-autocomplete="list"
            aria-activedescendant={active >= 0 ? `${listId}-${active}` : undefined}
            autocomplete="off"
            placeholder="Add tag"
            maxLength={31}
            value={text}
            onInput={(event) => {
              setText(event.currentTarget.value)
              setActive(-1)
            }}
            onKeyDown={onKeyDown}
            onFocus={() => setFocused(true)}
            onBlur={() => {
              setFocused(false)
              if (text.trim()) add(text, false)
            }}
          />
          <Offers id={listId} tags={offers} active={active} onPick={add} />
        </div>
      )}
    </div>
  )
}

function Chip({ name, onRemove }: { name: string; onRemove: (() => void) | undefined }) {
  return (
    <span class="chip">
      <span class="chip-text">#{name}</span>
      {onRemove && (
        <button type="button" class="chip-remove" aria-label={`Remove tag ${name}`} onClick={onRemove}>
          <Icon name="close" size={12} />
        </button>
      )}
    </span>
  )
}

interface OffersProps {
  id: string
  tags: Tag[]
  active: number
  onPick: (name: string) => void
}

function Offers({ id, tags, active, onPick }: OffersProps) {
  return (
    <div id={id} class="offers" role="listbox" aria-label="Tags" hidden={tags.length === 0}>
      {tags.map((tag, index) => (
        <div
          key={tag.name}
          id={`${id}-${index}`}
          class="offer"
          role="option"
          tabIndex={-1}
          aria-selected={index === active}
          onPointerDown={(event) => {
            event.preventDefault()
            onPick(tag.name)
          }}
        >
          <span>#{tag.name}</span>
          <span class="offer-count">{tag.count}</span>
        </div>
      ))}
    </div>
  )
}
