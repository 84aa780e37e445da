import { appendFileSync, mkdtempSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FIELDS, LIST_KINDS } from '../src/state/list-file.ts'
import { ADMIN, expect, mapIsDrawn, search, test, type Page } from './watched.ts'

const LIST = [
  'Venue,Post code,Telephone,What goes on,Where to knock,Open?',
  'Café Zephyr,CA13 9LU,01900 000101,Warm space with tea,Ask for the blue door,Mondays perhaps',
  'Hilltop Barn,CA13 9LE,01900 000102,Wool craft,Key at no. 4,Yes',
  'Nowhere Barn,ZZ99 9ZZ,01900 000103,,,Yes',
].join('\n')

test.describe('signed in as an admin', () => {
  test.use({ storageState: ADMIN })

  test('a list goes onto the map, is shown, and is taken back', async ({ page, browser, baseURL }) => {
    await page.goto('./#/')
    await page.getByRole('link', { name: 'Bring in a list' }).click()
    await expect(page.getByRole('heading', { level: 1 })).toBeFocused()

    await page.getByRole('button', { name: 'Look at its columns' }).click()
    await expect(page.getByRole('alert')).toBeFocused()
    await page.getByRole('link', { name: 'Choose a file' }).click()
    await expect(page.getByLabel('The file')).toBeFocused()
    await choose(page, LIST, 'venues 2026-11.csv')
    await expect(page.getByLabel('What is the list called?')).toHaveValue('venues')
    await expect(page.getByRole('alert')).toHaveCount(0)
    await page.getByRole('button', { name: 'Look at its columns' }).click()

    await onStep(page, 2)
    await expect(page.getByText('2 of 3 rows can be read.')).toBeVisible()
    const row = (heading: string) => page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: heading, exact: true }) })
    await expect(row('Venue')).toContainText('Name')
    await expect(row('Where to knock')).toContainText('No matching field')
    await expect(row('What goes on')).toContainText('No matching field')
    const take = page.getByLabel('Use it as column “What goes on”')
    await take.focus()
    await take.selectOption({ label: 'Description' })
    await expect(row('What goes on').getByRole('cell').first().locator('p').first()).toHaveText('Description')
    await expect(take).toBeFocused()

    await page.getByRole('button', { name: 'See what would happen' }).click()
    await onStep(page, 3)
    await expect(figure(page, 'would be new')).toHaveText('2')
    await expect(figure(page, 'would be refused')).toHaveText('1')
    const problem = page.getByRole('row').filter({ hasText: 'ZZ99 9ZZ is not in the postcode table' })
    await expect(problem).toContainText('Post code')
    expect(await namesLike(page, 'zephyr')).toEqual([])

    await page.goBack()
    await onStep(page, 2)
    await page.goForward()
    await onStep(page, 3)
    await page.getByRole('button', { name: 'Bring it in' }).click()
    await onStep(page, 4)
    await expect(figure(page, 'are new')).toHaveText('2')
    expect(await namesLike(page, 'zephyr')).toEqual(['Café Zephyr'])

    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Download refused rows (1)' }).click()
    const refused = await download
    expect(refused.suggestedFilename()).toBe('venues – refused.csv')
    const text = readFileSync((await refused.path())!, 'utf8')
    expect(text).toContain('\uFEFFVenue,Post code')
    expect(text).toContain('Nowhere Barn,ZZ99 9ZZ')
    expect(text).toContain('postcode_unknown')

    // Whoever is not signed in, at first and once the column is shown.
    const visitor = await browser.newPage({ baseURL: baseURL!, storageState: { cookies: [], origins: [] } })
    await search(visitor, 'CA13 9LU', 'wool')
    await mapIsDrawn(visitor)
    await visitor.getByRole('link', { name: 'Hilltop Barn' }).click()
    await expect(visitor.getByText('Wool craft')).toBeVisible()
    await expect(visitor.getByText('Key at no. 4')).toHaveCount(0)
    await page.getByRole('button', { name: 'Show to everybody “Where to knock”' }).click()
    await expect(page.getByText('Everybody sees “Where to knock” now, on 2 cards.')).toBeVisible()
    await visitor.reload()
    await expect(visitor.getByRole('heading', { name: 'More from the list “venues”' })).toBeVisible()
    await expect(visitor.getByText('Key at no. 4')).toBeVisible()
    await visitor.close()

    await page.getByRole('button', { name: 'Take it back' }).click()
    await expect(page.getByRole('heading', { name: /It has been taken back/ })).toBeFocused()
    await expect(page.getByText('2 cards are as they were before this list.')).toBeVisible()
    expect(await namesLike(page, 'zephyr')).toEqual([])
    await page.getByRole('button', { name: 'Bring in another list' }).click()
    await expect(page.getByLabel('What is the list called?')).toHaveValue('')
  })

  test('what changed since is kept when a list is taken back, and said', async ({ page }) => {
    const [fell, moor] = ['Fell', 'Moor'].map(where => `${where} Barn ${Date.now()}`)
    await bringIn(page, `Name,Lat,Lon\n${fell},54.05,-2.95\n${moor},54.06,-2.96\n`, 'barns.csv')
    const found = await page.request.get(`api/v1/places?q=${encodeURIComponent(fell!)}`)
    const { items } = (await found.json()) as { items: { id: string; version: number; name: string }[] }
    const barn = items.find(({ name }) => name === fell)!
    const changed = await page.request.put(`api/v1/places/${barn.id}`, {
      headers: { 'If-Match': `"v${barn.version}"` },
      data: { ...barn, description: 'Dry since Tuesday' },
    })
    expect(changed.status()).toBe(200)
    await page.getByRole('button', { name: 'Take it back' }).click()
    await expect(page.getByText('1 card is as it was before this list.')).toBeVisible()
    await expect(page.getByRole('row').filter({ hasText: fell! })).toContainText('admin has changed it since')
    expect([await namesLike(page, fell!), await namesLike(page, moor!)]).toEqual([[fell], []])
  })

  test('choosing one of two missing columns leaves the focus where it is', async ({ page }) => {
    await page.goto('./#/bring-in')
    await choose(page, 'Spot,Label\nCA13 9LU,Tarn Barn\n', 'labels.csv')
    await page.getByRole('button', { name: 'Look at its columns' }).click()
    await expect(page.getByRole('alert').getByRole('link')).toHaveCount(2)
    const label = page.getByLabel('Use it as column “Label”')
    await label.focus()
    await label.selectOption({ label: 'Name' })
    await expect(page.getByRole('alert').getByRole('link')).toHaveCount(1)
    await expect(label).toBeFocused()
    await page.getByRole('button', { name: 'See what would happen' }).click()
    await expect(page.getByRole('alert')).toBeFocused()
    await page.getByLabel('Use it as column “Spot”').selectOption({ label: 'Postcode' })
    await expect(page.getByText('All 1 row can be read.')).toBeVisible()
  })

  test('a list without a column that is known as the name is shown, and the column chosen', async ({ page }) => {
    await page.goto('./#/bring-in')
    await choose(page, 'Postcode,Label\nCA13 9LU,Tarn Barn\n', 'labels.csv')
    await page.getByRole('button', { name: 'Look at its columns' }).click()
    await expect(page.getByRole('alert')).toBeFocused()
    await page.getByRole('link', { name: /No column was recognised as the name/ }).click()
    await expect(page.getByLabel('Use it as column “Postcode”')).toBeFocused()
    await page.getByLabel('Use it as column “Label”').selectOption({ label: 'Name' })
    await expect(page.getByText('All 1 row can be read.')).toBeVisible()
    await expect(page.getByRole('alert')).toHaveCount(0)
  })

  test('what cannot be read is said at the file, and a file that changed is chosen again', async ({ page }) => {
    await page.goto('./#/bring-in')
    await choose(page, 'PK\u0003\u0004 no list', 'halls.xlsx')
    await page.getByRole('button', { name: 'Look at its columns' }).click()
    await expect(page.getByRole('alert')).toBeFocused()
    await expect(page.locator('#file-error')).toBeVisible()

    const path = join(mkdtempSync(join(tmpdir(), 'list-')), 'halls.csv')
    writeFileSync(path, 'Name,Postcode\nTarn Barn,CA13 9LU\n')
    // Browsers know a changed file by its time, which is no finer than a second.
    utimesSync(path, 1_700_000_000, 1_700_000_000)
    await page.getByLabel('The file').setInputFiles(path)
    appendFileSync(path, 'Beck Barn,CA13 9LE\n')
    await page.getByRole('button', { name: 'Look at its columns' }).click()
    await expect(page.locator('#file-error')).toContainText('Choose it again')
    await page.getByLabel('The file').setInputFiles(path)
    await page.getByRole('button', { name: 'Look at its columns' }).click()
    await expect(page.getByText('All 2 rows can be read.')).toBeVisible()
  })

  test('reading can be stopped, and a click elsewhere brings nothing in twice', async ({ page }) => {
    await page.goto('./#/bring-in')
    await choose(page, LIST, 'venues.csv')
    let release = () => {}
    const held = new Promise<void>(resolve => (release = resolve))
    await page.route('**/api/v1/imports*', async route => (await held, await route.continue().catch(() => {})))
    await page.getByRole('button', { name: 'Look at its columns' }).click()
    await expect(page.getByRole('status').filter({ hasText: 'Reading venues.csv…' })).toBeVisible()
    await expect(page.getByRole('button', { name: 'Look at its columns' })).toBeDisabled()
    await page.getByRole('button', { name: 'Stop reading' }).click()
    release()
    await expect(page.getByText('Reading venues.csv…')).toHaveCount(0)
    await expect(page.getByLabel('The file')).toBeVisible()
    await expect(page.getByRole('alert')).toHaveCount(0)
  })

  test('a list that left unclear whether something is open is shown as such', async ({ page }) => {
    await bringIn(page, 'Name,Lat,Lon,Status\nMill Barn,54.07,-2.97,Ask the warden\n', 'mills.csv')
    await page.goto('./#/find?help=mill+barn')
    await expect(page.locator('.result').filter({ hasText: 'Mill Barn' })).toContainText('Ask first: is it open at all?')
    await page.getByRole('link', { name: 'Mill Barn' }).click()
    await expect(page.getByText('It is not clear from the list whether it is open. Ring first.')).toBeVisible()
    await page.goBack()
    await page.goto('./#/bring-in/done')
    await takeBack(page)
  })

  test('the server takes every field that the screen offers', async ({ page }) => {
    await page.goto('./#/')
    for (const kind of LIST_KINDS) {
      const offered = Object.values(FIELDS[kind]).flat()
      const asked = new URLSearchParams({ kind, file: 'a.csv', explain: 'true', area_set: 'made', map: offered.map(field => `${field}=1`).join(',') })
      if (kind !== 'area') asked.delete('area_set')
      const answer = await page.request.post(`api/v1/imports?${asked}`, { data: Buffer.from('Anything\nat all\n') })
      const { columns, problems } = (await answer.json()) as { columns?: { taken_as: string }[]; problems?: unknown }
      expect(problems, kind).toBeUndefined()
      // Of neighbourhoods a word that is no field would be taken for one more number.
      expect(columns![0]!.taken_as.replace('indicator population', ''), kind).not.toContain('indicator')
    }
  })
})

test.describe('not signed in', () => {
  test('it says who brings lists in, and how to sign in', async ({ page }) => {
    await page.goto('./#/')
    await expect(page.getByRole('link', { name: 'Bring in a list' })).toHaveCount(0)
    await page.goto('./#/bring-in')
    await expect(page.getByText('Lists are brought in by admins.')).toBeVisible()
    await page.getByRole('main').getByRole('link', { name: 'Sign in' }).click()
    await expect(page.getByRole('heading', { level: 1, name: 'Sign in' })).toBeVisible()
  })
})

async function choose(page: Page, text: string, name: string) {
  await page.getByLabel('The file').setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(text) })
  await page.getByLabel('A place:').check()
  await page.getByLabel(/^A partner’s/).check()
}

async function onStep(page: Page, number: number) {
  await expect(page.getByRole('heading', { level: 2, name: `Step ${number} of 4` })).toBeFocused()
}

async function bringIn(page: Page, text: string, name: string) {
  await page.goto('./#/bring-in')
  await choose(page, text, name)
  await page.getByRole('button', { name: 'Look at its columns' }).click()
  await page.getByRole('button', { name: 'See what would happen' }).click()
  await page.getByRole('button', { name: 'Bring it in' }).click()
  await onStep(page, 4)
}

async function takeBack(page: Page) {
  await page.getByRole('button', { name: 'Take it back' }).click()
  await expect(page.getByRole('heading', { name: /It has been taken back/ })).toBeVisible()
}

function figure(page: Page, label: string) {
  return page.locator('.figures__one').filter({ hasText: label }).locator('dd')
}

/** As anybody finds them. */
async function namesLike(page: Page, q: string): Promise<string[]> {
  const answer = await page.request.get(`api/v1/places?q=${encodeURIComponent(q)}`)
  return ((await answer.json()) as { items: { name: string }[] }).items.map(({ name }) => name)
}
