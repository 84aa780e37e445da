// After the build: tells the service worker which files make the shell, and gives it a version that changes with them.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'

const root = new URL('../', import.meta.url)
const dist = new URL('dist/', root)
/** Only wanted once a map opens; kept when first used. */
const NOT_AT_ONCE = /maplibre|land-/

const assets = readdirSync(new URL('assets/', dist)).filter(name => !NOT_AT_ONCE.test(name) && !name.endsWith('.map'))
const page = readFileSync(new URL('index.html', dist))
const version = createHash('sha256').update(page).update(assets.join()).digest('hex').slice(0, 12)
const files = ['./', 'icon.svg', 'app.webmanifest', ...assets.map(name => `assets/${name}`)]

const worker = readFileSync(new URL('service-worker.js', root), 'utf8')
  .replace('__FILES__', JSON.stringify(files))
  .replace('__VERSION__', version)
writeFileSync(new URL('service-worker.js', dist), worker)
console.log(`service worker: ${files.length} files in shell ${version}`)
