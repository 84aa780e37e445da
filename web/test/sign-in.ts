// The admin link works once, so it is opened once, in a browser as a person would, and the cookie kept for all tests.
import { chromium, type FullConfig } from '@playwright/test'
import { ADMIN } from './watched.ts'

export default async function signIn(config: FullConfig) {
  const { baseURL, launchOptions } = config.projects[0]!.use
  const token = (process.env['CG_ADMIN_LINK'] ?? '').replace(/^.*\/sign-in\//, '')
  if (!token) throw new Error('CG_ADMIN_LINK must hold the one-time admin link that the server printed')
  const browser = await chromium.launch(launchOptions ?? {})
  const page = await browser.newPage()
  await page.goto(`${baseURL}/#/sign-in/${token}`)
  await page.getByText('You are signed in').waitFor()
  await page.context().storageState({ path: ADMIN })
  await browser.close()
}
