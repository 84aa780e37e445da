// Somebody else's style under the map: their host is asked, nobody else, and the page says so.
import { expect, test } from '@playwright/test'

const STYLE = {
  version: 8,
  glyphs: 'https://maps.example/{fontstack}/{range}.pbf',
  sources: { theirs: { type: 'raster', tiles: ['https://maps.example/{z}/{x}/{y}.png'], tileSize: 256, attribution: '© Their survey' } },
  layers: [{ id: 'theirs', type: 'raster', source: 'theirs' }],
}
const PIXEL = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')

test('their pictures are shown, their host is named, and their fonts are not asked for', async ({ page, baseURL }) => {
  const asked = new Set<string>()
  const wrong: string[] = []
  page.on('request', request => void (!/^(data|blob):/.test(request.url()) && asked.add(new URL(request.url()).origin)))
  page.on('console', message => void (/Content Security Policy|Refused to/i.test(message.text()) && wrong.push(message.text())))
  page.on('pageerror', fault => wrong.push(fault.message))
  const pictures: string[] = []
  await page.route('https://maps.example/**', route => {
    const url = route.request().url()
    pictures.push(url)
    const headers = { 'access-control-allow-origin': '*' }
    if (url.endsWith('style.json')) return route.fulfill({ headers, json: STYLE })
    return url.endsWith('.png') ? route.fulfill({ headers, contentType: 'image/png', body: PIXEL }) : route.fulfill({ headers, status: 404 })
  })
  await page.goto('./#/find?where=Cockermouth&help=lunch')
  await page.locator('.map-box').first().scrollIntoViewIfNeeded()
  await page.locator('[data-map="idle"]').first().waitFor()
  await expect(page.getByText('The map images come from maps.example, another organisation. It can')).toBeVisible()
  expect(pictures.some(url => url.endsWith('.png'))).toBe(true)
  expect(pictures.filter(url => url.endsWith('.pbf'))).toEqual([])
  expect([...asked].sort()).toEqual([new URL(baseURL!).origin, 'https://maps.example'].sort())
  expect(wrong).toEqual([])
  await page.goto('./#/about')
  await expect(page.getByText('The map images come from maps.example, another organisation, chosen by')).toBeVisible()
  await expect(page.getByText('Nothing is fetched from anyone else')).toHaveCount(0)
})
