// The access tokens of the reader: made for agents and scripts, listed without their secret, and revoked.
import { call, get } from "../api.ts"
import type { NewToken, Token } from "../types.ts"

export type Access = "agent" | "read"

/** Returns the tokens, the newest first. */
export async function listTokens(): Promise<Token[]> {
  return (await get<{ items: Token[] }>("/tokens")).items
}

/** Makes a token; its secret is only in this answer. `days`: until it ends, null for never. */
export async function makeToken(name: string, access: Access, days: number | null): Promise<NewToken> {
  const body = { name, scopes: [access], ...(days && { expires_in_days: days }) }
  return (await call<NewToken>("POST", "/tokens", { body })).value
}

export async function revokeToken(id: string): Promise<void> {
  await call("DELETE", `/tokens/${id}`)
}
