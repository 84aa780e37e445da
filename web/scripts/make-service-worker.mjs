// After the build: tells the service worker which files make the shell, gives it a version that changes with them, and
// puts it into one classic script, which every browser takes.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

const root = new URL('../', import.meta.url)
const dist = new URL('dist/', root)
/** Only wanted once a map opens; kept when first used. */
const NOT_AT_ONCE = /maplibre|land-/

const assets = readdirSync(new URL('assets/', dist)).filter(name => !NOT_AT_ONCE.test(name) && !name.endsWith('.map'))
const files = ['./', 'icon.svg', 'app.webmanifest', ...assets.map(name => `assets/${name}`)]
const page = readFileSync(new URL('index.html', dist))
// What decides what is kept is part of the version: where it is mended, what was kept before goes.
const rules = ['keeping.ts', 'service-worker.ts'].map(name => readFileSync(new URL(`worker/${name}`, root), 'utf8'))
const version = createHash('sha256').update([page, assets, rules].join('\n')).digest('hex').slice(0, 12)

await build({
  configFile: false,
  root: fileURLToPath(root),
  publicDir: false,
  logLevel: 'warn',
  define: { FILES: JSON.stringify(files), VERSION: JSON.stringify(version) },
  build: {
    emptyOutDir: false,
    target: 'es2022',
    lib: { entry: 'worker/service-worker.ts', formats: ['iife'], name: 'worker', fileName: () => 'service-worker.js' },
  },
})
console.log(`service worker: ${files.length} files in shell ${version}`)
