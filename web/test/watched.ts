// Every browser test runs watched: a request to anyone else, a breach of the content security policy or an uncaught
// error fails it, whatever it was about.
import { expect, test as base, type BrowserContext, type Page } from '@playwright/test'

/** Two runs at the same time, against two servers, must not take each other's session. */
export const RESULTS = `test-results/${new URL(process.env['CG_ADDRESS'] ?? 'http://127.0.0.1:8080').port}`
export const ADMIN = `${RESULTS}/admin.json`
export { expect, type Page }

export const test = base.extend<{ watch: void }>({
  watch: [
    async ({ context, baseURL }, use) => {
      const wrong: string[] = []
      watchContext(context, baseURL!, wrong)
      await use()
      expect(wrong).toEqual([])
    },
    { auto: true },
  ],
})

function watchContext(context: BrowserContext, home: string, wrong: string[]) {
  context.on('request', request => {
    const address = request.url()
    if (!address.startsWith(home) && !/^(data|blob):/.test(address)) wrong.push(`asked someone else: ${address}`)
  })
  context.on('console', message => {
    if (/Content Security Policy|Refused to/i.test(message.text())) wrong.push(message.text())
  })
  context.on('weberror', fault => wrong.push(`uncaught: ${fault.error().message}`))
}

/** The map says itself when it has drawn everything. */
export async function mapIsDrawn(page: Page) {
  await page.locator('.map-box').first().scrollIntoViewIfNeeded()
  await page.locator('[data-map="idle"]').first().waitFor()
}

export async function search(page: Page, where: string, help: string) {
  await page.goto('./#/')
  await page.getByLabel('Where?').fill(where)
  await page.getByLabel('What would help?').fill(help)
  await page.keyboard.press('Enter')
  await expect(page.locator('.results[aria-busy="false"]')).toBeVisible()
}

/** The least a group needs: four answers. */
export async function fillGroup(page: Page, name: string) {
  await page.getByLabel('What is it called?').fill(name)
  await page.getByLabel('What does it do?').pressSequentially('lunch')
  await page.getByRole('option').first().click()
  await page.getByLabel('Who runs it?').fill(`Friends of ${name}`)
  await page.getByLabel('Postcode or town').fill('Keswick')
  await expect(page.getByText('✓ Keswick')).toBeVisible()
}
