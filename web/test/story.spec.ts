import { ADMIN, expect, fillGroup, mapIsDrawn, search, test } from './watched.ts'

test.use({ storageState: ADMIN })

test('search, card, slip, add, coverage and gap are one story', async ({ page }) => {
  await search(page, 'CA13 9BE', 'lonely')
  await expect(page.locator('.results__count')).toContainText('CA13 9')
  expect(page.url()).toContain('where=CA13+9')
  expect(page.url()).not.toContain('9BE')
  await mapIsDrawn(page)

  const first = page.locator('.result').first()
  const name = await first.locator('h4').innerText()
  await first.getByRole('button', { name: /Add to slip/ }).click()
  await first.getByRole('link', { name }).click()
  await expect(page.getByRole('heading', { level: 1, name })).toBeFocused()
  for (const heading of ['How up to date', 'Where this comes from']) await expect(page.getByText(heading, { exact: true })).toBeVisible()

  await page.getByRole('link', { name: 'Slip (1)' }).click()
  const paper = page.locator('.paper')
  await expect(paper.getByRole('heading', { name })).toBeVisible()
  await expect(paper).not.toContainText('9BE')
  await expect(paper).not.toContainText('miles')

  const added = `Story lunch ${Date.now()}`
  await page.getByRole('link', { name: 'What have you found?' }).click()
  await page.getByRole('link', { name: /A group or activity/ }).click()
  await fillGroup(page, added)
  await page.getByRole('button', { name: 'Add this group' }).click()
  await page.getByRole('main').getByRole('link', { name: `Sent: ${added}` }).click()
  await expect(page.getByRole('heading', { level: 1, name: added })).toBeVisible()

  await page.getByRole('link', { name: 'Who can get there' }).first().click()
  await page.getByLabel('How far?').fill('1')
  const does = page.getByLabel('What should people be able to get to?')
  await does.selectOption({ label: await does.locator('option', { hasText: /lunch/i }).first().innerText() })
  await page.getByRole('button', { name: 'Work it out' }).click()
  await expect(page.locator('.answer__sentence')).toContainText(/[\d,]+ of [\d,]+ people \(.*%\) live within 1 mile/)
  await mapIsDrawn(page)
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: /Download the table/ }).click()
  expect((await download).suggestedFilename()).toBe('who-can-get-there.csv')

  await page.getByRole('button', { name: 'Record this as a gap' }).click()
  const missing = `Story gap ${Date.now()}`
  await page.getByLabel('What is missing?').fill(missing)
  await page.getByRole('button', { name: 'Record the gap' }).click()
  await page.getByRole('main').getByRole('link', { name: new RegExp(`Sent: ${missing}`) }).click()
  await expect(page.getByText('Worked out with')).toBeVisible()
  await page.getByRole('button', { name: 'Work it out again' }).click()
  await expect(page.getByText(/^Still true: [\d,]+ of [\d,]+ people are reached/)).toBeVisible()
  await page.getByRole('link', { name: 'Gaps', exact: true }).click()
  await expect(page.getByRole('link', { name: new RegExp(missing) })).toBeVisible()
})

test('list and map point at the same thing', async ({ page }) => {
  await search(page, 'Cockermouth', 'lunch')
  await mapIsDrawn(page)
  const second = page.locator('.result').nth(1)
  await second.getByRole('link').first().focus()
  await expect(second).toHaveClass(/is-pointed-at/)
  await expect(page.locator('.is-pointed-at')).toHaveCount(1)
})

test('a search shared by its address is found again', async ({ page }) => {
  await page.goto('./#/find?where=CA13+9&help=lonely&selfReferral=yes')
  await expect(page.getByRole('button', { name: 'You can refer yourself' })).toHaveAttribute('aria-pressed', 'true')
  await expect(page.locator('.result').first()).toBeVisible()
})
