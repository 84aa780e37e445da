// Cuts the coast of the British Isles out of Natural Earth (npm world-atlas) at build time, so that the map
// has a ground to stand on without asking any third party. The output is small and is not committed.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { feature } from 'topojson-client'

const BOX = { west: -11.5, south: 48.6, east: 4.2, north: 61.6 }
const DECIMALS = 4

const require = createRequire(import.meta.url)
const atlas = JSON.parse(readFileSync(require.resolve('world-atlas/countries-10m.json'), 'utf8'))
const countries = feature(atlas, atlas.objects.countries).features

const rings = countries
  .flatMap(country => polygonsOf(country.geometry))
  .map(polygon => polygon.map(clipToBox).filter(ring => ring.length >= 4))
  .filter(polygon => polygon.length > 0)

const land = { type: 'Feature', properties: {}, geometry: { type: 'MultiPolygon', coordinates: rings } }
const target = new URL('../src/map/generated/', import.meta.url)
mkdirSync(target, { recursive: true })
writeFileSync(new URL('land.json', target), JSON.stringify(land))
console.log(`coast: ${rings.length} pieces of land, ${Math.round(JSON.stringify(land).length / 1024)} kB`)

function polygonsOf(geometry) {
  if (geometry?.type === 'Polygon') return [geometry.coordinates]
  if (geometry?.type === 'MultiPolygon') return geometry.coordinates
  return []
}

/** Sutherland–Hodgman against the four sides of the box; then rounded, closed, without repeats. */
function clipToBox(ring) {
  const sides = [
    { inside: p => p[0] >= BOX.west, cross: (a, b) => atX(a, b, BOX.west) },
    { inside: p => p[0] <= BOX.east, cross: (a, b) => atX(a, b, BOX.east) },
    { inside: p => p[1] >= BOX.south, cross: (a, b) => atY(a, b, BOX.south) },
    { inside: p => p[1] <= BOX.north, cross: (a, b) => atY(a, b, BOX.north) },
  ]
  const clipped = sides.reduce(clipToSide, ring.slice(0, -1))
  const rounded = clipped.map(p => p.map(v => Number(v.toFixed(DECIMALS))))
  const distinct = rounded.filter((p, i) => i === 0 || p[0] !== rounded[i - 1][0] || p[1] !== rounded[i - 1][1])
  return distinct.length < 3 ? [] : [...distinct, distinct[0]]
}

function clipToSide(points, side) {
  return points.flatMap((point, i) => {
    const before = points[(i + points.length - 1) % points.length]
    const entering = side.inside(point) !== side.inside(before) ? [side.cross(before, point)] : []
    return side.inside(point) ? [...entering, point] : entering
  })
}

function atX(a, b, x) {
  return [x, a[1] + ((b[1] - a[1]) * (x - a[0])) / (b[0] - a[0])]
}

function atY(a, b, y) {
  return [a[0] + ((b[0] - a[0]) * (y - a[1])) / (b[1] - a[1]), y]
}
