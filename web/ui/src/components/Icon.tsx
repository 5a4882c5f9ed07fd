// The icons of the page: 20 × 20 strokes in the colour of the text, hidden from screen readers.

const paths = {
  today: "M4 5.5h12v11H4zM4 8.5h12M7 3.5v3M13 3.5v3M9.2 11.7h1.6v1.6H9.2z",
  upcoming: "M4 5.5h12v11H4zM4 8.5h12M7 3.5v3M13 3.5v3M8 12.5h4M10.5 11l1.5 1.5-1.5 1.5",
  overdue: "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM10 6.2V10l2.4 1.8",
  all: "M7.5 5.5h9M7.5 10h9M7.5 14.5h9M3.8 5.5h.01M3.8 10h.01M3.8 14.5h.01",
  completed: "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM7 10.2l2.1 2.1L13.2 8",
  trash: "M4 6h12M8 6V4h4v2M5.5 6l.7 10.5h7.6L14.5 6M8.4 9v4.5M11.6 9v4.5",
  activity: "M3 10.5h3l2-5.5 3.6 10L13.7 10.5H17",
  notifications: "M5.5 13.5V9a4.5 4.5 0 0 1 9 0v4.5l1.2 1.5H4.3zM8.3 15.3a1.8 1.8 0 0 0 3.4 0",
  settings:
    "M4 6h7M14.5 6H16M4 14h1.5M9 14h7M12.7 7.8a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6zM7.3 15.8a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6z",
  search: "M9 14.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11zM13 13l3.7 3.7",
  plus: "M10 4.5v11M4.5 10h11",
  flag: "M5.5 17V3.8M5.5 4.5h9l-2 3.2 2 3.3h-9",
  tag: "M3.5 10.2V4.3c0-.4.4-.8.8-.8h5.9l6.3 6.3-6.7 6.7zM7 7h.01",
  close: "M5.5 5.5l9 9M14.5 5.5l-9 9",
  check: "M4.8 10.4l3.4 3.4 7-7.4",
  undo: "M7.5 4.5L4 8l3.5 3.5M4 8h7.5a4.3 4.3 0 0 1 0 8.6H8",
  filter: "M3.5 5.5h13M6 10h8M8.5 14.5h3",
  sun: "M10 13a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM10 2.8v1.4M10 15.8v1.4M2.8 10h1.4M15.8 10h1.4M4.9 4.9l1 1M14.1 14.1l1 1M4.9 15.1l1-1M14.1 5.9l1-1",
  moon: "M15.8 12.2A6.5 6.5 0 0 1 7.8 4.2a6.5 6.5 0 1 0 8 8z",
  system: "M3.5 4.5h13v9h-13zM7.5 16.5h5M10 13.5v3",
  signout: "M12 5V3.5H4v13h8V15M8 10h9M14.5 7.5L17 10l-2.5 2.5",
  keyboard:
    "M2.8 5.5h14.4v9H2.8zM5.6 8.4h.01M8.5 8.4h.01M11.4 8.4h.01M14.4 8.4h.01M5.6 11.5h.01M8 11.6h4M14.4 11.5h.01",
  more: "M5 10h.01M10 10h.01M15 10h.01",
  checklist: "M3.5 6l1.2 1.2L7 4.9M3.5 13l1.2 1.2L7 11.9M9.5 6H16M9.5 13H16",
  note: "M5 3.5h7l3.5 3.5v9.5H5zM7.8 9.5h4.6M7.8 12.5h4.6",
  snooze: "M10 17a6 6 0 1 0 0-12 6 6 0 0 0 0 12zM8 9h4l-4 4h4M4 5l2-1.6M16 5l-2-1.6",
  eye: "M2.5 10S5 5 10 5s7.5 5 7.5 5-2.5 5-7.5 5-7.5-5-7.5-5zM10 12.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4z",
  restore: "M4 10a6 6 0 1 0 2-4.5M6 3v3h3",
  repeat:
    "M4.5 9V7.8a2.3 2.3 0 0 1 2.3-2.3H16M13.5 3L16 5.5 13.5 8M15.5 11v1.2a2.3 2.3 0 0 1-2.3 2.3H4M6.5 12L4 14.5 6.5 17",
  pause: "M7.5 5v10M12.5 5v10",
  skip: "M5 5l6 5-6 5zM14.5 5v10",
  back: "M12 4.5L6.5 10l5.5 5.5",
  send: "M10 16V4.5M5 9.5l5-5 5 5",
  chat: "M4 4.5h12v8.5H9.5L6 16v-3H4z",
  zone: "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM3 10h14M10 3c2 2 3 4.3 3 7s-1 5-3 7c-2-2-3-4.3-3-7s1-5 3-7z",
} as const

export type IconName = keyof typeof paths

export function Icon({ name, size = 18 }: { name: IconName; size?: number }) {
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  )
}

/** Draws Duely's mark: a ring that is a clock and a tick at once. */
export function Mark({ size = 24 }: { size?: number }) {
  return (
    <svg class="mark" width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <path class="mark-ring" d="M27 12.2A11.8 11.8 0 1 1 20.5 5.1" />
      <path class="mark-tick" d="M10.5 15.8l5 5L27.5 7" />
    </svg>
  )
}
