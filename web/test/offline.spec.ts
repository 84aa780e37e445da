import { ADMIN, expect, fillGroup, test, type Page } from './watched.ts'

test.use({ storageState: ADMIN })

const RUN = Date.now()

test('two groups added with no signal are kept over closing, and sent once each', async ({ page, context }) => {
  await openOnce(page)
  await context.setOffline(true)

  await addGroup(page, `Offline one ${RUN}`)
  await expect(page.getByText('Saved on this device. It will be sent when there is signal.')).toHaveCount(1)
  await addGroup(page, `Offline two ${RUN}`)
  await expect(page.getByText('Saved on this device. It will be sent when there is signal.')).toHaveCount(2)
  await page.close()

  const reopened = await context.newPage()
  await reopened.goto('./#/waiting')
  await expect(reopened.getByText('Saved on this device. It will be sent when there is signal.')).toHaveCount(2)

  await context.setOffline(false)
  const sent = reopened.getByRole('main').getByRole('link', { name: /^Sent: Offline/ })
  await expect(sent).toHaveCount(2)
  await expect(reopened.getByRole('link', { name: /to send/ })).toHaveCount(0)
  for (const name of ['one', 'two']) expect(await countOf(reopened, `Offline ${name} ${RUN}`)).toBe(1)

  await reopened.reload()
  await expect(reopened.getByRole('heading', { level: 1 })).toBeVisible()
  for (const name of ['one', 'two']) expect(await countOf(reopened, `Offline ${name} ${RUN}`)).toBe(1)
})

test('every keystroke in the form survives closing the page with no signal', async ({ page, context }) => {
  await openOnce(page)
  await context.setOffline(true)
  await page.goto('./#/found/missing')
  await page.getByLabel('What is missing?').pressSequentially('Somewhere warm on a Sund')
  await page.close()

  const reopened = await context.newPage()
  await reopened.goto('./#/found/missing')
  await expect(reopened.getByLabel('What is missing?')).toHaveValue('Somewhere warm on a Sund')
})

test('what the server refuses is kept, with the reason, and can be changed', async ({ page }) => {
  await openOnce(page)
  await page.goto('./#/found/place')
  await page.getByLabel('What is it called?').fill('Nowhere hall')
  await page.getByLabel('What kind of place is it?').selectOption('community_centre')
  await page.getByLabel('Postcode or town').fill('ZZ99 9ZZ')
  await page.getByRole('button', { name: 'Add this place' }).click()
  await expect(page.getByText('It could not be sent')).toBeVisible()
  await page.getByRole('button', { name: /Change it/ }).click()
  await expect(page.getByLabel('What is it called?')).toHaveValue('Nowhere hall')
  await page.getByLabel('Postcode or town').fill('Keswick')
  await page.getByRole('button', { name: 'Add this place' }).click()
  await expect(page.getByRole('main').getByRole('link', { name: 'Sent: Nowhere hall' })).toBeVisible()
})

test('what was opened in a tab, or told to somebody signed in, is not what opens with no signal', async ({ page, context }) => {
  const hidden = `For partners alone ${RUN}`
  const made = await page.request.post('api/v1/places', { data: { name: hidden, type: 'hub', postcode: 'CA13 9LU', visibility: 'partners' } })
  expect(made.status()).toBe(201)
  await openOnce(page)
  await page.reload()
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  for (const path of ['about', `places/${((await made.json()) as { id: string }).id}`, 'categories?limit=1000', 'openapi.json']) {
    expect((await page.goto(`./api/v1/${path}`))!.ok()).toBe(true)
  }
  await page.goto('./')
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  const kept = await page.evaluate(keptTexts)
  expect(kept.filter(({ text, isPrivate }) => isPrivate || text.includes(hidden)).map(({ url }) => url)).toEqual([])
  expect(kept.filter(({ url }) => url.includes('/api/')).map(({ url }) => new URL(url).pathname).sort()).toEqual(
    ['about', 'area-sets', 'categories', 'gazetteer'].map(name => `/api/v1/${name}`),
  )

  await context.setOffline(true)
  await page.goto('./')
  await expect(page.getByRole('heading', { level: 1, name: 'Find something' })).toBeVisible()
  await expect(page.goto('./api/v1/about')).rejects.toThrow()
})

test.describe('without an account', () => {
  test.use({ storageState: { cookies: [], origins: [] } })

  test('what was found is kept until somebody signs in', async ({ page }) => {
    await page.goto('./#/found/group')
    await fillGroup(page, `Not signed in ${RUN}`)
    await page.getByRole('button', { name: 'Add this group' }).click()
    await expect(page.getByText('Saved on this device. Sign in to send it.')).toBeVisible()
    expect(await countOf(page, `Not signed in ${RUN}`)).toBe(0)
  })
})

/** The first visit, with signal: afterwards the service worker has the app and the lists the form needs. */
async function openOnce(page: Page) {
  await page.goto('./#/')
  await page.evaluate(() => navigator.serviceWorker.ready)
  await expect.poll(() => page.evaluate(keptLists)).toBe(4)
}

async function keptLists(): Promise<number> {
  const name = (await caches.keys()).find(one => one.endsWith(' lists'))
  return name ? (await (await caches.open(name)).keys()).length : 0
}

/** Everything that is kept for when there is no signal, as text. */
async function keptTexts(): Promise<{ url: string; text: string; isPrivate: boolean }[]> {
  const stores = await Promise.all((await caches.keys()).map(name => caches.open(name)))
  const answers = (await Promise.all(stores.map(async store => Promise.all((await store.keys()).map(key => store.match(key)))))).flat()
  return Promise.all(answers.map(async answer => ({ url: answer!.url, text: await answer!.text(), isPrivate: /private/.test(answer!.headers.get('Cache-Control') ?? '') })))
}

async function addGroup(page: Page, name: string) {
  await page.goto('./#/found/group')
  await fillGroup(page, name)
  await page.getByRole('button', { name: 'Add this group' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Saved on this device' })).toBeVisible()
}

async function countOf(page: Page, name: string): Promise<number> {
  const answer = await page.request.get(`api/v1/services?q=${encodeURIComponent(name)}&limit=200`)
  const { items } = (await answer.json()) as { items: { name: string }[] }
  return items.filter(item => item.name === name).length
}
