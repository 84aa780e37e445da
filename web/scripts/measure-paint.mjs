// What a person waits for, and what comes over the wire, when a million assets are on the map: opens the search screen
// of a running server in headless Chromium, looks at whole counties, moves about. Prints one JSON object; every size is
// as sent (compressed, with its headers). Use: node scripts/measure-paint.mjs http://127.0.0.1:8080 [path of a picture]
import { get } from 'node:http'
import { chromium } from '@playwright/test'
import { CHROMIUM_FLAGS } from './chromium.mjs'

const [address, picture] = process.argv.slice(2)
const COUNTY_ZOOM = 9
const PLACES = { Birmingham: '52.48,-1.89', Leeds: '53.80,-1.55', London: '51.51,-0.12' }
const WORDS = { everything: '', 'one category': 'category' }

const browser = await chromium.launch({ executablePath: process.env.CG_CHROMIUM ?? '/usr/bin/chromium', args: CHROMIUM_FLAGS })
const category = await someCategory()
const measured = []
for (const [of, word] of Object.entries(WORDS)) {
  for (const [place, where] of Object.entries(PLACES)) measured.push(await measure(of, word ? `&category=${category}` : '', place, where))
}
await browser.close()
console.log(JSON.stringify(measured, null, 2))

async function measure(of, words, place, where) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
  const requests = await watchTiles(page)
  await page.addInitScript(noteWhenDrawn)
  await page.goto(`${address}/#/find?where=${where}${words}`)
  await page.locator('.map-note').waitFor()
  await drawn(page, requests)
  const firstPaint = await page.evaluate(sinceFirstTile)
  const first = sum(requests)

  for (let zoom = await zoomOf(page); zoom > COUNTY_ZOOM + 0.5; zoom = await zoomOf(page)) await step(page, requests, '-')
  requests.length = 0
  await step(page, requests, 'ArrowRight')
  const pan = largest(requests)
  const screens = []
  for (const key of ['ArrowRight', 'ArrowRight', 'ArrowDown', 'ArrowDown', 'ArrowLeft']) {
    requests.length = 0
    await step(page, requests, key)
    screens.push({ bytes: sum(requests), largest: largest(requests) })
  }
  const county = await countyScreen(page)
  if (picture && of === 'everything' && place === 'Birmingham') await page.screenshot({ path: picture })
  const close = []
  for (let zoom = await zoomOf(page); zoom < 15.4; zoom = await zoomOf(page)) {
    requests.length = 0
    await step(page, requests, '+')
    close.push(largest(requests))
  }
  await page.close()
  return {
    of, place,
    'first paint after the first tile is asked for, ms': Math.round(firstPaint),
    'bytes of the first screen': first,
    'bytes of a screen at county zoom': county.bytes,
    'tiles of a screen at county zoom': county.tiles,
    'greatest request while panning': Math.max(pan, ...screens.map(one => one.largest)),
    'greatest request while zooming in to streets': Math.max(...close),
  }
}

/** Tiles of the screen that is shown, asked for anew. */
async function countyScreen(page) {
  const box = page.locator('[data-map]').first()
  const zoom = Math.floor(await zoomOf(page))
  const [lon, lat] = (await box.getAttribute('data-middle')).split(',').map(Number)
  const { width, height } = await page.locator('canvas').boundingBox()
  const n = 2 ** zoom
  const scale = 512 * 2 ** ((await zoomOf(page)) - zoom)
  const x = ((lon + 180) / 360) * n
  const y = ((1 - Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360)) / Math.PI) / 2) * n
  const shown = await page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name).findLast(name => /\/tiles\/assets\/\d/.test(name)))
  let bytes = 0
  let tiles = 0
  for (let column = Math.floor(x - width / 2 / scale); column <= Math.floor(x + width / 2 / scale); column++) {
    for (let row = Math.floor(y - height / 2 / scale); row <= Math.floor(y + height / 2 / scale); row++) {
      bytes += await sizeOf(shown.replace(/\/\d+\/\d+\/\d+\.mvt/, `/${zoom}/${column}/${row}.mvt`))
      tiles++
    }
  }
  return { bytes, tiles }
}

/** As a browser gets it: packed. */
function sizeOf(address) {
  return new Promise((resolve, reject) => {
    get(address, { headers: { 'Accept-Encoding': 'gzip, deflate, br, zstd' } }, answer => {
      let bytes = 0
      answer.on('data', part => (bytes += part.length))
      answer.on('end', () => resolve(bytes))
    }).on('error', reject)
  })
}

async function watchTiles(page) {
  const requests = []
  const session = await page.context().newCDPSession(page)
  await session.send('Network.enable')
  const asked = new Map()
  session.on('Network.responseReceived', ({ requestId, response }) => {
    if (/\/tiles\/assets\/\d/.test(response.url)) asked.set(requestId, response.url)
  })
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (asked.has(requestId)) requests.push({ url: asked.get(requestId), bytes: encodedDataLength })
  })
  return requests
}

/** In the page: when the map had drawn everything, by the clock that the requests are timed with. */
function noteWhenDrawn() {
  globalThis.drawnAt = []
  new MutationObserver(changes => {
    for (const { target } of changes) if (target.dataset?.map === 'idle') globalThis.drawnAt.push(performance.now())
  }).observe(document, { subtree: true, attributes: true, attributeFilter: ['data-map'] })
}

/** In the page: from the first tile that was asked for to the first time that all of the map was drawn after it. */
function sinceFirstTile() {
  const asked = performance.getEntriesByType('resource').filter(({ name }) => /\/tiles\/assets\/\d/.test(name)).map(({ startTime }) => startTime)
  const first = Math.min(...asked)
  return globalThis.drawnAt.find(at => at > first) - first
}

async function drawn(page, requests) {
  let before = -1
  // Idle, and no tile came in between: everything of this screen is there.
  while (before !== requests.length) {
    before = requests.length
    await page.waitForTimeout(150)
    await page.locator('[data-map="idle"]').first().waitFor()
  }
}

async function step(page, requests, key) {
  await page.locator('canvas').focus()
  await page.keyboard.press(key)
  await page.waitForTimeout(400)
  await drawn(page, requests)
}

async function zoomOf(page) {
  return Number(await page.locator('[data-map]').first().getAttribute('data-zoom'))
}

async function someCategory() {
  const answer = await fetch(`${address}/api/v1/categories?limit=1000`)
  const { items } = await answer.json()
  return (items.find(({ name, code }) => [name, code].includes('20')) ?? items[0]).id
}

function sum(requests) {
  return requests.reduce((total, { bytes }) => total + bytes, 0)
}

function largest(requests) {
  return Math.max(0, ...requests.map(({ bytes }) => bytes))
}
