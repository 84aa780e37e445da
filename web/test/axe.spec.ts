import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import { ADMIN, expect, search, test, type Page } from './watched.ts'

test.use({ storageState: ADMIN })

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const SCREENS: [string, (page: Page) => Promise<void>][] = [
  ['home', page => opened(page, '#/', 'Find something')],
  ['results', page => search(page, 'CA13 9LU', 'lonely')],
  ['results to ring first', page => open(page, '#/find?where=Cockermouth&selfReferral=yes&day=thu&time=14:00', '.result')],
  ['card', openFirstCard],
  ['slip', openSlip],
  ['what have you found', page => opened(page, '#/found', 'What have you found?')],
  ['form: group', page => openForm(page, 'group')],
  ['form: place', page => openForm(page, 'place')],
  ['form: share', page => openForm(page, 'share')],
  ['form: missing', page => openForm(page, 'missing')],
  ['form with errors', openFormWithErrors],
  ['saved on this device', page => opened(page, '#/waiting', 'Saved on this device')],
  ['coverage', page => open(page, '#/who-can-get-there?far=2&unit=mi', '.answer__sentence')],
  ['gaps', page => opened(page, '#/gaps', 'Gaps')],
  ['sign in', page => opened(page, '#/sign-in', 'Sign in')],
  ['bring in a list', page => opened(page, '#/bring-in', 'Bring in a list')],
  ['bring in a list: faults', openListWithErrors],
  ['bring in a list: columns', openColumns],
  ['bring in a list: a column is missing', openMissing],
  ['bring in a list: what would happen', openTried],
  ['bring in a list: it is in', openListIn],
  ['bring in a list: taken back', openTakenBack],
  ['card of a list', openListedCard],
  ['about', page => opened(page, '#/about', 'About')],
  ['lost', page => opened(page, '#/nowhere', 'Page not found')],
]

for (const width of [1280, 360]) {
  test.describe(`at ${width} px`, () => {
    test.use({ viewport: { width, height: 800 } })
    for (const [name, show] of SCREENS) {
      test(`${name} has no fault that axe can find, and nothing runs out of the page`, async ({ page }) => {
        await show(page)
        expect(await faults(page)).toEqual([])
        expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
      })
    }
  })
}

/** Evaluated, not added as a script: the content security policy would rightly refuse that. */
async function faults(page: Page): Promise<string[]> {
  await page.evaluate(AXE)
  const results = await page.evaluate(() => (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run())
  return results.violations.map(({ id, nodes }) => `${id}: ${nodes.map(node => node.target.join(' ')).join(', ')}`)
}

async function open(page: Page, hash: string, selector: string) {
  await page.goto(`./${hash}`)
  await expect(page.locator(selector).first()).toBeVisible()
}

async function opened(page: Page, hash: string, heading: string) {
  await page.goto(`./${hash}`)
  await expect(page.getByRole('heading', { level: 1, name: heading })).toBeVisible()
}

async function openFirstCard(page: Page) {
  await open(page, '#/find?where=Cockermouth&help=lunch', '.result')
  await page.locator('.result h4 a').first().click()
  await expect(page.locator('.card .lines')).toBeVisible()
}

async function openSlip(page: Page) {
  await open(page, '#/find?where=Cockermouth&help=lunch', '.result')
  await page.locator('.result').first().getByRole('button', { name: /Add to slip/ }).click()
  await page.goto('./#/slip')
  await expect(page.locator('.paper')).toBeVisible()
}

async function openForm(page: Page, form: string) {
  await open(page, `#/found/${form}`, '.found-form')
  await page.locator('.more summary').click()
}

async function openFormWithErrors(page: Page) {
  await open(page, '#/found/group', '.found-form')
  await page.getByRole('button', { name: 'Add this group' }).click()
  await expect(page.getByRole('alert')).toBeFocused()
}

const HALLS = 'Name,Lat,Lon,What goes on,Status\nAxe Barn,54.08,-2.98,Wood and tools,Ask the warden\nAdze Barn,somewhere,,,\n'

async function chooseList(page: Page, text = HALLS) {
  await opened(page, '#/bring-in', 'Bring in a list')
  await page.getByLabel('The file').setInputFiles({ name: `barns-${Date.now()}.csv`, mimeType: 'text/csv', buffer: Buffer.from(text) })
  await page.getByLabel('A place:').check()
  await page.getByLabel('Open data').check()
}

async function openListWithErrors(page: Page) {
  await opened(page, '#/bring-in', 'Bring in a list')
  await page.getByLabel('A neighbourhood').check()
  await page.getByText('If the list has no headings').click()
  await page.getByRole('button', { name: 'Look at its columns' }).click()
  await expect(page.getByRole('alert')).toBeFocused()
}

async function openColumns(page: Page) {
  await chooseList(page)
  await page.getByRole('button', { name: 'Look at its columns' }).click()
  await expect(page.getByRole('table')).toBeVisible()
}

async function openMissing(page: Page) {
  await chooseList(page, 'Label,Spot\nAxe Barn,here\n')
  await page.getByRole('button', { name: 'Look at its columns' }).click()
  await expect(page.getByRole('alert')).toBeFocused()
}

async function openTried(page: Page) {
  await openColumns(page)
  await page.getByRole('button', { name: 'See what would happen' }).click()
  await expect(page.getByRole('button', { name: 'Bring it in' })).toBeVisible()
}

async function openListIn(page: Page) {
  await openTried(page)
  await page.getByRole('button', { name: 'Bring it in' }).click()
  await expect(page.getByRole('button', { name: 'Take it back' })).toBeVisible()
}

async function openTakenBack(page: Page) {
  await openListIn(page)
  await page.getByRole('button', { name: 'Take it back' }).click()
  await expect(page.getByRole('heading', { name: /It has been taken back/ })).toBeVisible()
}

async function openListedCard(page: Page) {
  await openListIn(page)
  await page.goto('./#/find?help=axe+barn')
  await page.getByRole('link', { name: 'Axe Barn' }).first().click()
  await expect(page.getByRole('heading', { name: /More from the list/ })).toBeVisible()
}
