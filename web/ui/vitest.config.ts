// How the tests run: in Node, without a browser; those with one stand in tests/browser of the whole.
import { defineConfig } from "vitest/config"

export default defineConfig({
  test: { include: ["tests/**/*.test.ts"], testTimeout: 20_000 },
})
