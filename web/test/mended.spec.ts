import { ADMIN, expect, search, test } from './watched.ts'

test.use({ storageState: ADMIN })

test('a gap is recorded once, however often the button is pressed, and only for the question that was answered', async ({ page }) => {
  await page.goto('./#/who-can-get-there?far=0.1&unit=km&type=hospital')
  await expect(page.locator('.answer__sentence')).toBeVisible()
  await page.getByLabel('How far?').fill('1.2')
  await expect(page.getByText('You changed the question. Work it out again.')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Record this as a gap' })).toHaveCount(0)
  await page.getByRole('button', { name: 'Work it out' }).click()
  await page.getByRole('button', { name: 'Record this as a gap' }).click()
  await expect(page.getByRole('heading', { name: 'Record this as a gap' })).toBeFocused()
  const missing = `Once only ${Date.now()}`
  await page.getByLabel('What is missing?').fill(missing)
  await page.getByRole('button', { name: 'Record the gap' }).dblclick()
  await expect(page.getByRole('main').getByRole('link', { name: new RegExp(`Sent: ${missing}`) })).toHaveCount(1)
  const answer = await page.request.get('api/v1/gaps?limit=200')
  const { items } = (await answer.json()) as { items: { what: string }[] }
  expect(items.filter(({ what }) => what === missing)).toHaveLength(1)
})

test('a distance that is none is said at its field', async ({ page }) => {
  await page.goto('./#/who-can-get-there')
  await page.getByLabel('How far?').fill('0')
  await page.getByRole('button', { name: 'Work it out' }).click()
  await expect(page.getByText('Type how far as a number')).toBeVisible()
  await expect(page.getByLabel('How far?')).toBeFocused()
})

test('what is typed before anything is loaded stays, and is searched for', async ({ page }) => {
  let release = () => {}
  const held = new Promise<void>(resolve => (release = resolve))
  await page.route('**/api/v1/about', async route => (await held, await route.continue()))
  await page.goto('./#/')
  await page.getByLabel('Where?').fill('Keswick')
  const about = page.waitForResponse('**/api/v1/about')
  release()
  await about
  await expect(page.getByLabel('Where?')).toHaveValue('Keswick')
  await page.getByRole('button', { name: 'Search', exact: true }).click()
  await expect(page.locator('.results__count')).toContainText('Near Keswick')
})

test('a place that is not known is said at its field, with the town that was perhaps meant', async ({ page }) => {
  await page.goto('./#/')
  await page.getByLabel('Where?').fill('CA99 9ZZ')
  await page.getByRole('button', { name: 'Search', exact: true }).click()
  await expect(page.getByText('We could not find this postcode. Check it, or type the town.')).toBeVisible()
  await expect(page.getByLabel('Where?')).toBeFocused()
  await page.getByLabel('Where?').fill('Cockermoth')
  await page.getByRole('button', { name: 'Search', exact: true }).click()
  await page.getByRole('button', { name: 'Did you mean Cockermouth?' }).click()
  await expect(page.locator('.results__count')).toContainText('Near Cockermouth')
})

test('the focus stays near when the slip changes', async ({ page }) => {
  await search(page, 'Cockermouth', 'lunch')
  for (const index of [0, 1]) await page.locator('.result').nth(index).getByRole('button', { name: /Add to slip/ }).click()
  await expect(page.getByText('On the slip, 2 of 5')).toBeAttached()
  await page.goto('./#/slip')
  await page.getByRole('button', { name: /^Down/ }).first().click()
  await expect(page.getByRole('button', { name: /^Up/ }).last()).toBeFocused()
  await page.getByRole('button', { name: /^Take off/ }).first().click()
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused()
})

test('what somebody signed in was told is not on the screen for whoever comes next', async ({ page }) => {
  const name = `For partners alone ${Date.now()}`
  const made = await page.request.post('api/v1/places', { data: { name, type: 'hub', postcode: 'CA13 9LU', visibility: 'partners' } })
  const { id } = (await made.json()) as { id: string }
  await page.goto(`./#/place/${id}`)
  await page.getByRole('button', { name: 'Add to slip' }).click()
  await page.goto('./#/slip')
  await expect(page.getByRole('heading', { name })).toBeVisible()
  // The tests share one session: only this page is told that it has ended.
  await page.route('**/api/v1/session', route => route.fulfill({ json: { account: null, role: null } }))
  await page.getByRole('button', { name: 'Sign out' }).click()
  await expect(page.getByRole('contentinfo').getByRole('link', { name: 'Sign in' })).toBeVisible()
  await expect(page.getByRole('heading', { level: 1, name: 'Find something' })).toBeVisible()
  await page.getByRole('link', { name: 'Slip', exact: true }).click()
  await expect(page.getByText('The slip is empty')).toBeVisible()
  await expect(page.getByText(name)).toHaveCount(0)
})

test('an address that cannot be read, and a record that is not there, show the way back', async ({ page }) => {
  await page.goto('./#/service/%E0%A4%A')
  await expect(page.getByRole('heading', { level: 1, name: 'Page not found' })).toBeVisible()
  await page.goto('./#/service/00000000-0000-7000-8000-000000000000')
  await expect(page.getByRole('main').getByRole('link', { name: 'Go to Find' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Try again' })).toHaveCount(0)
})

test('a time without its day is asked about, and a fault leaves when it is mended', async ({ page }) => {
  await page.goto('./#/found/missing')
  await page.getByRole('button', { name: 'Add this gap' }).click()
  const fault = page.locator('.nhsuk-error-summary').getByText('Say what it is called')
  await expect(fault).toBeVisible()
  await page.getByLabel('What is missing?').fill('A lift home')
  await expect(fault).toHaveCount(0)
  await expect(page.getByLabel('What is missing?')).toBeFocused()
  await page.goto('./#/found/group')
  await page.getByLabel('From', { exact: true }).fill('10:00')
  await page.getByRole('button', { name: 'Add this group' }).click()
  await expect(page.locator('.nhsuk-error-summary').getByText('On which day?')).toBeVisible()
})

test('the question fits a very small phone', async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 640 })
  await page.goto('./#/who-can-get-there?far=2&unit=mi')
  await expect(page.locator('.answer__sentence')).toBeVisible()
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
})
