// A crowd on the map: twelve thousand halls on a grid round Cockermouth, on a basemap of tiles. The launcher made both.
import { VectorTile } from '@mapbox/vector-tile'
import { PbfReader } from 'pbf'
import { expect, mapIsDrawn, test, type Page } from './watched.ts'

const HALLS = 12_000

test('tiles read by others hold every hall once, where the list has it', async ({ page }) => {
  const about = (await (await page.request.get('tiles/places.json')).json()) as { count: number; tiles: string[] }
  expect(about.count).toBe(HALLS + (await demonstrationPlaces(page)))
  expect(about.tiles[0]).toContain('/tiles/places/{z}/{x}/{y}.mvt')
  const whole = await readTile(page, 'places', 0, 0, 0)
  expect(whole.reduce((sum, { properties }) => sum + Number(properties['count'] ?? 1), 0)).toBe(about.count)

  const list = await page.request.get('api/v1/places?limit=50&q=hall+64')
  const { items } = (await list.json()) as { items: { id: string; name: string; point: { lon: number; lat: number } }[] }
  expect(items.length).toBe(50)
  for (const item of items.slice(0, 10)) {
    const [x, y] = column(item.point, 14)
    const features = await readTile(page, 'places', 14, Math.floor(x), Math.floor(y))
    const feature = features.find(({ properties }) => properties['id'] === item.id)
    expect(feature?.properties).toMatchObject({ name: item.name, kind: 'place', match: 'sure' })
    // A step of a tile of zoom 14 is a third of a metre here.
    expect(Math.abs(feature!.lon - item.point.lon)).toBeLessThan(1e-5)
    expect(Math.abs(feature!.lat - item.point.lat)).toBeLessThan(1e-5)
  }
})

test('above ten thousand results the map draws all of them, a cluster opens, and a hall opens its card', async ({ page }) => {
  const sizes = watchTiles(page)
  await open(page)
  await expect(page.getByText(/^The map shows all 12,\d{3} that fit or may fit/)).toBeVisible()
  await mapIsDrawn(page)
  expect(sizes.length).toBeGreaterThan(0)
  await expect(page.locator('.run--sure .result')).toHaveCount(50)

  for (const _ of [1, 2, 3]) await zoomBy(page, '-')
  const before = await shown(page)
  const cluster = (await readTileAt(page, before)).filter(({ properties }) => !properties['id'])[0]!
  await clickOn(page, cluster, before)
  await expect.poll(async () => (await shown(page)).zoom).toBeGreaterThan(before.zoom + 1)

  await open(page)
  await mapIsDrawn(page)
  while ((await shown(page)).zoom < 14) await zoomBy(page, '+')
  const close = await shown(page)
  const hall = await hallBeyondTheList(page, close)
  await clickOn(page, hall, close)
  await expect(page.getByRole('heading', { level: 1, name: String(hall.properties['name']) })).toBeVisible()
  expect(Math.max(...sizes)).toBeLessThan(50_000)
})

test('who uses the keyboard gets the list of what the map shows', async ({ page }) => {
  await open(page)
  await mapIsDrawn(page)
  const first = page.locator('.result h4').first()
  const before = await first.innerText()
  await page.locator('canvas').focus()
  for (const _ of [1, 2, 3, 4, 5]) await page.keyboard.press('ArrowRight')
  await mapIsDrawn(page)
  await page.getByRole('button', { name: 'Search from the middle of the map' }).focus()
  await page.keyboard.press('Enter')
  await expect(first).not.toHaveText(before)
  await expect(page.getByText('The map shows all 12,')).toBeVisible()
  expect(page.url()).not.toContain('54.6')
})

test('no tile is asked for where the list tells of everything, or of all within reach', async ({ page }) => {
  const sizes = watchTiles(page)
  await page.goto('./#/find?where=Cockermouth&help=hall+64+50')
  await mapIsDrawn(page)
  await page.goto('./#/find?where=Cockermouth&within=5mi')
  await mapIsDrawn(page)
  await expect(page.getByText('The map shows all')).toHaveCount(0)
  expect(sizes).toEqual([])
})

test('without WebGL a message says so, and the list goes on', async ({ page }) => {
  await page.addInitScript(() => (HTMLCanvasElement.prototype.getContext = () => null))
  await open(page)
  await expect(page.getByText('The map cannot be shown on this device')).toBeVisible()
  await expect(page.locator('.run--sure .result')).toHaveCount(50)
})

test('the basemap is drawn from tiles of this server, in high contrast too', async ({ page }) => {
  const asked: string[] = []
  page.on('response', response => void (response.url().includes('/tiles/base/') && asked.push(`${response.status()} ${response.url()}`)))
  await open(page)
  await mapIsDrawn(page)
  expect(asked.length).toBeGreaterThan(0)
  expect(asked.filter(line => !/^(200|204) /.test(line))).toEqual([])
  await expect(page.getByText('© Somebody’s survey'.replace('’', "'"))).toBeVisible()
  await expect(page.getByText('The map images come from')).toHaveCount(0)
  await page.emulateMedia({ forcedColors: 'active' })
  await page.reload()
  await mapIsDrawn(page)
})

/** Places of the demonstration that are there today and have a position. */
async function demonstrationPlaces(page: Page): Promise<number> {
  const answer = await page.request.get('api/v1/places?limit=1&status=pilot,open,closing')
  return ((await answer.json()) as { total: number }).total - HALLS
}

interface Spot {
  lon: number
  lat: number
}

interface Shown extends Spot {
  zoom: number
}

async function open(page: Page) {
  await page.goto('./#/')
  await page.goto(`./#/find?where=Cockermouth`)
  await expect(page.locator('.results[aria-busy="false"]')).toBeVisible()
}

function watchTiles(page: Page): number[] {
  const sizes: number[] = []
  page.on('response', async response => {
    if (response.url().includes('/tiles/assets')) sizes.push((await response.body().catch(() => Buffer.alloc(0))).length)
  })
  return sizes
}

async function shown(page: Page): Promise<Shown> {
  const box = page.locator('[data-map="idle"]').first()
  const [lon, lat] = (await box.getAttribute('data-middle'))!.split(',').map(Number) as [number, number]
  return { lon, lat, zoom: Number(await box.getAttribute('data-zoom')) }
}

async function zoomBy(page: Page, key: '+' | '-') {
  const { zoom } = await shown(page)
  await page.locator('canvas').focus()
  await page.keyboard.press(key)
  const wanted = zoom + (key === '+' ? 1 : -1)
  await expect.poll(async () => Math.abs((await shown(page)).zoom - wanted)).toBeLessThan(0.6)
}

/** A hall that the map shows and the list does not. */
async function hallBeyondTheList(page: Page, around: Shown): Promise<Read> {
  const links = await page.locator('.result h4 a').evaluateAll(all => all.map(link => link.getAttribute('href') ?? ''))
  const [x, y] = column(around, 14)
  const near = await Promise.all([-1, 0, 1].map(step => readTile(page, 'assets', 14, Math.floor(x) + step, Math.floor(y))))
  const box = (await page.locator('canvas').boundingBox())!
  const isOnScreen = (hall: Read) => {
    const [dx, dy] = offset(hall, around)
    return Math.abs(dx) < box.width / 2 - 20 && Math.abs(dy) < box.height / 4
  }
  const hall = near.flat().find(one => String(one.properties['name']).startsWith('Hall') && !one.properties['count'] && isOnScreen(one) && !links.some(link => link.endsWith(String(one.properties['id']))))
  if (!hall) throw new Error('every hall on the screen is in the list')
  return hall
}

/** How far from the middle of the map a point is drawn, pixels. */
function offset(at: Spot, { lon, lat, zoom }: Shown): [number, number] {
  const [x, y] = column(at, 0)
  const [midX, midY] = column({ lon, lat }, 0)
  const side = 512 * 2 ** zoom
  return [(x - midX) * side, (y - midY) * side]
}

async function clickOn(page: Page, at: Spot, around: Shown) {
  const box = (await page.locator('canvas').boundingBox())!
  const [dx, dy] = offset(at, around)
  await page.locator('canvas').click({ position: { x: box.width / 2 + dx, y: box.height / 2 + dy } })
}

/** Where a point lies, in tiles of a zoom. */
function column({ lon, lat }: Spot, z: number): [number, number] {
  const n = 2 ** z
  const y = Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360)) / Math.PI
  return [((lon + 180) / 360) * n, ((1 - y) / 2) * n]
}

interface Read extends Spot {
  properties: Record<string, unknown>
}

function readTileAt(page: Page, { lon, lat, zoom }: Shown): Promise<Read[]> {
  const z = Math.floor(zoom)
  const [x, y] = column({ lon, lat }, z)
  return readTile(page, 'assets', z, Math.floor(x), Math.floor(y))
}

async function readTile(page: Page, layer: string, z: number, x: number, y: number): Promise<Read[]> {
  const answer = await page.request.get(`tiles/${layer}/${z}/${x}/${y}.mvt`)
  expect(answer.headers()['content-type']).toBe('application/vnd.mapbox-vector-tile')
  const read = new VectorTile(new PbfReader(await answer.body())).layers[layer]
  return Array.from({ length: read?.length ?? 0 }, (_, index) => {
    const feature = read!.feature(index).toGeoJSON(x, y, z)
    const [lon, lat] = (feature.geometry as GeoJSON.Point).coordinates as [number, number]
    return { lon, lat, properties: feature.properties ?? {} }
  })
}
