// The shape of the front end, held: who may import whom. api ← state ← map, views; ui ← views; words for all above api.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'

const SRC = join(import.meta.dirname, '../src')
const MAY_IMPORT: Record<string, string[]> = {
  words: ['words'],
  api: ['api'],
  state: ['state', 'api', 'words'],
  map: ['map', 'state'],
  ui: ['ui', 'words'],
  views: ['views', 'ui', 'map', 'state', 'words'],
  'main.tsx': ['views', 'state', 'styles'],
}

interface Import {
  file: string
  layer: string
  target: string
}

const imports = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter(name => /\.tsx?$/.test(name))
  .flatMap(importsOf)

const inside = imports.filter(({ target }) => target.startsWith('.'))

describe('the imports of the front end', () => {
  it('go down only', () => {
    const wrong = inside.filter(one => !MAY_IMPORT[one.layer]?.includes(layerOf(pathOf(one))))
    expect(wrong).toEqual([])
  })

  it('go round in no circle, not even for a type', () => {
    expect(circles(inside)).toEqual([])
  })

  it('would be caught in a circle', () => {
    const from = (file: string, target: string) => ({ file, target, layer: 'map' })
    expect(circles([from('map/a.ts', './b.ts'), from('map/b.ts', './c.ts'), from('map/c.ts', './b.ts')])).toEqual(['map/b.ts → map/c.ts → map/b.ts'])
  })

  it('name the map library in map/ only', () => {
    const wrong = imports.filter(({ target, layer }) => target.startsWith('maplibre-gl') && layer !== 'map')
    expect(wrong).toEqual([])
  })

  it('reach map/ by its front door only, which fetches the map library when a map is opened', () => {
    const sideDoors = inside.filter(one => one.layer !== 'map' && layerOf(pathOf(one)) === 'map' && pathOf(one) !== 'map/index.ts')
    expect(sideDoors).toEqual([])
    const door = readFileSync(join(SRC, 'map/index.ts'), 'utf8')
    expect(door.match(/^import (?!type )/gm)).toBeNull()
  })

  it('keep Preact out of everything but views, ui and the start', () => {
    const wrong = imports.filter(({ target, layer }) => /^(preact|@preact\/signals$)/.test(target) && !['views', 'ui', 'main.tsx'].includes(layer))
    expect(wrong).toEqual([])
  })
})

/** Every way from a file back to itself, each told once. */
function circles(among: Import[]): string[] {
  const targets = (file: string) => among.filter(one => one.file === file).map(pathOf)
  const settled = new Set<string>()
  const found: string[] = []
  const follow = (file: string, way: string[]) => {
    if (way.includes(file)) found.push([...way.slice(way.indexOf(file)), file].join(' → '))
    if (way.includes(file) || settled.has(file)) return
    targets(file).forEach(target => follow(target, [...way, file]))
    settled.add(file)
  }
  new Set(among.map(({ file }) => file)).forEach(file => follow(file, []))
  return found
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(SRC, file), 'utf8')
  const targets = [...text.matchAll(/(?:^import\s+|\bfrom\s+|\bimport\()'([^']+)'/gm)].map(match => match[1]!)
  return targets.map(target => ({ file, layer: layerOf(file), target }))
}

function pathOf({ file, target }: Import): string {
  return relative(SRC, join(SRC, dirname(file), target))
}

function layerOf(file: string): string {
  return file.split('/')[0]!
}
