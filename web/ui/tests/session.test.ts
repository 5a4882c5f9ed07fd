// A change of password: what is sent, and why it can fail.
import { afterEach, beforeEach, expect, it, vi } from "vitest"
import { failureText, Refused } from "../src/api.ts"
import { lengthFault } from "../src/components/PasswordInput.tsx"
import { changePassword, countTokens } from "../src/store/session.ts"

let sent: { url: string; body: unknown }[]
let answer: () => Response

beforeEach(() => {
  sent = []
  answer = () => new Response(null, { status: 204 })
  vi.stubGlobal("fetch", async (url: string, { body }: RequestInit) => {
    sent.push({ url, body: body && JSON.parse(String(body)) })
    return answer()
  })
})
afterEach(() => vi.unstubAllGlobals())

it.each([true, false])("says whether tokens end, too: %s", async (endTokens) => {
  await changePassword("the old one", "the new one", endTokens)
  const body = { current_password: "the old one", new_password: "the new one", end_tokens: endTokens }
  expect(sent).toEqual([{ url: "/api/v1/auth/password", body }])
})

it("counts the tokens", async () => {
  answer = () => Response.json({ items: [{ id: "1" }, { id: "2" }] })
  expect(await countTokens()).toBe(2)
})

it("names each fault that the server finds", async () => {
  const errors = ["Choose another password.", "It is too long."].map((detail) => ({ detail }))
  answer = () => Response.json({ code: "invalid", title: "Invalid", detail: "2 faults", errors }, { status: 422 })
  const refusal = await changePassword("a", "b", false).catch((error) => error)
  expect(refusal).toBeInstanceOf(Refused)
  expect(failureText(refusal)).toBe("Choose another password. It is too long.")
})

it("counts the characters of a password as people do", () => {
  expect(lengthFault("1234567")).toContain("8")
  expect(lengthFault("😀😀😀😀")).toContain("8")
  expect(lengthFault("12345678")).toBe("")
})
