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
  // Without the map's movement to the first results: what is waited for is the data.
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' })
  const requests = watchTiles(page)
  await page.addInitScript(noteWhenDrawn)
  await page.goto(`${address}/#/find?where=${where}${words}`)
  await page.locator('.map-note').waitFor()
  await drawn(page, requests)
  // From the first tile that was asked for to the first frame that held all tiles of the screen, and to the last touch.
  const asked = Math.min(...requests.map(({ at }) => at))
  const [painted, idle] = await page.evaluate(() => [globalThis.paintedAt, globalThis.drawnAt])
  const after = moments => Math.round(moments.find(at => at > asked) - asked)
  const first = await sum(requests)
  const someTile = requests[0].url

  for (let zoom = await zoomOf(page); zoom > COUNTY_ZOOM + 0.5; zoom = await zoomOf(page)) await step(page, requests, '-')
  requests.length = 0
  await step(page, requests, 'ArrowRight')
  const pan = await largest(requests)
  const screens = []
  for (const key of [...Array(8).fill('ArrowRight'), ...Array(6).fill('ArrowDown'), ...Array(10).fill('ArrowLeft')]) {
    requests.length = 0
    await step(page, requests, key)
    screens.push(await largest(requests))
  }
  const county = await countyScreen(page, someTile)
  if (picture && of === 'everything' && place === 'Birmingham') await page.screenshot({ path: picture })
  const close = []
  for (let zoom = await zoomOf(page); zoom < 15.4; zoom = await zoomOf(page)) {
    requests.length = 0
    await step(page, requests, '+')
    close.push(await largest(requests))
  }
  await page.close()
  return {
    of, place,
    'first paint after the first tile is asked for, ms': after(painted),
    'labels and all, ms': after(idle),
    'bytes of the first screen': first,
    'bytes of a screen at county zoom': county.bytes,
    'tiles of a screen at county zoom': county.tiles,
    'greatest request while panning': Math.max(pan, ...screens),
    'greatest request while zooming in to streets': Math.max(...close),
  }
}

/** Tiles of the screen that is shown, asked for anew. */
async function countyScreen(page, shown) {
  const box = page.locator('[data-map]').first()
  const zoom = Math.floor(await zoomOf(page))
  const [lon, lat] = (await box.getAttribute('data-middle')).split(',').map(Number)
  const { width, height } = await page.locator('canvas').boundingBox()
  const n = 2 ** zoom
  const scale = 512 * 2 ** ((await zoomOf(page)) - zoom)
  const x = ((lon + 180) / 360) * n
  const y = ((1 - Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360)) / Math.PI) / 2) * n
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

/** As a browser gets it: packed, with its headers. */
function sizeOf(address) {
  return new Promise((resolve, reject) => {
    get(address, { headers: { 'Accept-Encoding': 'gzip, deflate, br, zstd' } }, answer => {
      let bytes = answer.rawHeaders.join('').length + 2 * answer.rawHeaders.length
      answer.on('data', part => (bytes += part.length))
      answer.on('end', () => resolve(bytes))
    }).on('error', reject)
  })
}

/** Tiles that came, each with the moment it was asked for. The map's worker asks for them, and of a worker's requests
 * the browser does not tell the size: they are weighed by asking again. */
function watchTiles(page) {
  const requests = []
  page.on('requestfinished', request => {
    if (/\/tiles\/assets\/\d/.test(request.url())) requests.push({ url: request.url(), at: request.timing().startTime })
  })
  return requests
}

/** In the page: when the map had drawn all tiles, and when nothing was left to do, by the clock that times requests. */
function noteWhenDrawn() {
  globalThis.paintedAt = []
  globalThis.drawnAt = []
  new MutationObserver(changes => {
    const now = performance.timeOrigin + performance.now()
    for (const { target, attributeName } of changes) {
      if (attributeName === 'data-crowd') globalThis.paintedAt.push(now)
      else if (target.dataset.map === 'idle') globalThis.drawnAt.push(now)
    }
  }).observe(document, { subtree: true, attributes: true, attributeFilter: ['data-map', 'data-crowd'] })
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
  await page.waitForTimeout(key.startsWith('Arrow') ? 50 : 400)
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

async function sizes(requests) {
  return Promise.all(requests.map(({ url }) => sizeOf(url)))
}

async function sum(requests) {
  return (await sizes(requests)).reduce((total, bytes) => total + bytes, 0)
}

async function largest(requests) {
  return Math.max(0, ...(await sizes(requests)))
}
