// The tests run in Node, without a browser; tests with one are in tests/browser at the root of the repository.
import { defineConfig } from "vitest/config"

export default defineConfig({
  test: { include: ["tests/**/*.test.ts"], testTimeout: 20_000 },
})
