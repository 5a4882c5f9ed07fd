// The shapes on the wire under the names that the page uses; `schema.d.ts` is generated from the API's OpenAPI document.
import type { components } from "./schema.d.ts"

type Schemas = components["schemas"]

export type Task = Schemas["Task"]
export type Reminder = Schemas["Reminder"]
export type ChecklistItem = Schemas["ChecklistItem"]
export type Notification = Schemas["Notification"]
export type NotificationPage = Schemas["NotificationPage"]
export type TaskPage = Schemas["TaskPage"]
export type ActivityPage = Schemas["ActivityPage"]
export type Activity = Schemas["Activity"]
export type StreamEvent = Schemas["StreamEvent"]
export type Cause = Schemas["Cause"]
export type Me = Schemas["Me"]
export type Token = Schemas["Token"]
export type NewToken = Schemas["NewToken"]
export type Tag = Schemas["Tag"]
export type TagList = Schemas["TagList"]
export type Problem = Schemas["Problem"]
export type Conflict = Schemas["Conflict"]
export type Series = Schemas["Series"]
export type SeriesPage = Schemas["SeriesPage"]
export type Occurrence = Schemas["Occurrence"]
export type OccurrenceList = Schemas["OccurrenceList"]
export type ChatAbout = Schemas["ChatAbout"]
export type ChangeSet = Schemas["ChangeSet"]
export type ChangeSetEntries = Schemas["ChangeSetEntries"]
export type Reverted = Schemas["Reverted"]
export type Outcome = Schemas["Outcome"]
export type EntrySet = Schemas["EntrySet"]
export type Who = Schemas["Who"]
export type Preview = Schemas["Preview"]
export type Reading = Schemas["Reading"]
export type QuickAddLine = Schemas["QuickAdd"]
export type ChatAnswer = Schemas["ChatAnswer"]
export type ChatCall = Schemas["ChatCall"]
export type ChatResult = Schemas["ChatResult"]
export type ToolCall = Schemas["ToolCall"]
export type Conversation = Schemas["Conversation"]
export type ConversationPage = Schemas["ConversationPage"]
export type ConversationItem = Schemas["ConversationItem"]
export type ConversationMessage = Schemas["ConversationMessage"]
export type ReminderLife = Schemas["ReminderLife"]

export type Priority = Task["priority"]
export type Due = NonNullable<Task["due"]>
export type ReminderInput = { id?: string } & ({ offset: string } | { offset_minutes: number } | { at: string })

/** The fields that a person may change with one PATCH. */
export type TaskPatch = Partial<Pick<Task, "title" | "description" | "priority" | "tags" | "due" | "checklist">> & {
  reminders?: ReminderInput[]
}

/** What every occurrence of a series begins with. */
export type Template = Pick<Series, "title" | "description" | "priority" | "tags" | "checklist" | "reminders">

export type SeriesPatch = Partial<
  Template & Pick<Series, "rule" | "start" | "mode" | "month_end" | "pile_up" | "look_ahead_days">
>
