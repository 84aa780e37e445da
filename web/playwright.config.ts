// The browser tests: against a real server with the demonstration data, whose address and one-time admin link the
// launcher gives. One worker: the tests share that server.
import { defineConfig } from '@playwright/test'
import { CHROMIUM_FLAGS } from './scripts/chromium.mjs'
import { RESULTS } from './test/watched.ts'

export default defineConfig({
  testDir: 'test',
  // The specs of the demonstration, or those of another server that the launcher names.
  testMatch: process.env['CG_SPECS'] ?? '*.spec.ts',
  outputDir: RESULTS,
  globalSetup: './test/sign-in.ts',
  workers: 1,
  fullyParallel: false,
  forbidOnly: Boolean(process.env['CI']),
  timeout: 90_000,
  expect: { timeout: 20_000 },
  reporter: 'list',
  use: {
    baseURL: process.env['CG_ADDRESS'] ?? 'http://127.0.0.1:8080',
    viewport: { width: 1280, height: 900 },
    locale: 'en-GB',
    launchOptions: {
      executablePath: process.env['CG_CHROMIUM'] ?? '/usr/bin/chromium',
      args: CHROMIUM_FLAGS,
    },
  },
})
