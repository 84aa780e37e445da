// The map in the form: click where it is, or move the map by keyboard and take its middle.
import type { Point } from '../state/record.ts'
import { openGround } from './ground.ts'
import type { Ground, PickMap } from './types.ts'
import { COLOURS } from './look.ts'
import { collection, pointFeature, setPoints } from './points.ts'

const CLOSE_ZOOM = 13

export async function pickMap(box: HTMLElement, ground: Ground, onPick: (point: Point) => void): Promise<PickMap> {
  const map = await openGround(box, ground)
  map.addSource('picked', { type: 'geojson', data: collection([]) })
  map.addLayer({
    id: 'picked',
    type: 'circle',
    source: 'picked',
    paint: { 'circle-radius': 10, 'circle-color': COLOURS.shine, 'circle-stroke-width': 4, 'circle-stroke-color': COLOURS.ink },
  })
  map.getCanvas().style.cursor = 'crosshair'
  map.on('click', ({ lngLat }) => onPick({ lon: lngLat.lng, lat: lngLat.lat }))
  return {
    show(point) {
      setPoints(map, 'picked', point ? [pointFeature(point, {})] : [])
      if (point && !map.getBounds().contains([point.lon, point.lat])) {
        map.easeTo({ center: [point.lon, point.lat], zoom: Math.max(map.getZoom(), CLOSE_ZOOM) })
      }
    },
    middle() {
      const { lng, lat } = map.getCenter()
      return { lon: lng, lat }
    },
    close: () => map.remove(),
  }
}
