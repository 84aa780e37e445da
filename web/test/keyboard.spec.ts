import { expect, test, type Page } from './watched.ts'

test('a search, a card and the slip need no mouse', async ({ page }) => {
  await page.goto('./')
  await page.keyboard.press('Tab')
  await expect(page.getByRole('link', { name: 'Skip to the main content' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('main')).toBeFocused()

  await tabTo(page, 'where')
  await page.keyboard.type('Cockerm')
  await expect(page.getByRole('option', { name: /Cockermouth/ })).toBeVisible()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect(page.getByLabel('Where?')).toHaveValue('Cockermouth')
  await tabTo(page, 'help')
  await page.keyboard.type('lunch')
  await page.keyboard.press('Escape')
  await page.keyboard.press('Enter')

  const link = page.locator('.result h4 a').first()
  await expect(link).toBeVisible()
  const name = await link.innerText()
  await tabUntil(page, () => link.evaluate(element => element === document.activeElement))
  await page.keyboard.press('Tab')
  await page.keyboard.press('Space')
  await expect(page.locator('.result').first().getByRole('button')).toContainText('Take off the slip')
  await page.keyboard.press('Shift+Tab')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name })).toBeFocused()
})

test('a position can be taken from the map by keyboard', async ({ page }) => {
  await page.goto('./#/found/missing')
  await page.locator('summary', { hasText: 'Click the map instead' }).focus()
  await page.keyboard.press('Enter')
  await page.locator('[data-map="idle"]').waitFor()
  await page.locator('.maplibregl-canvas').focus()
  await page.keyboard.press('ArrowRight')
  await page.locator('[data-map="idle"]').waitFor()
  await page.getByRole('button', { name: 'Use the middle of the map' }).focus()
  await page.keyboard.press('Enter')
  await expect(page.locator('.position .chosen')).toContainText('✓ Near')
})

test('without a map the list goes on working', async ({ page }) => {
  await page.addInitScript(() => {
    HTMLCanvasElement.prototype.getContext = () => null
  })
  await page.goto('./#/find?where=Cockermouth&help=lunch')
  await expect(page.getByText('The map cannot be shown on this device')).toBeVisible()
  await expect(page.locator('.result').first()).toBeVisible()
})

async function tabTo(page: Page, id: string) {
  await tabUntil(page, () => page.evaluate(wanted => document.activeElement?.id === wanted, id))
}

async function tabUntil(page: Page, arrived: () => Promise<boolean>) {
  for (let step = 0; step < 60; step++) {
    await page.keyboard.press('Tab')
    if (await arrived()) return
  }
  throw new Error('Tab never got there')
}
