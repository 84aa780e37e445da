// Where this device is, asked only when somebody presses the button for it.
import type { Point } from '../api/records.ts'

const PATIENCE_MS = 15_000

export function whereAmI(): Promise<Point | null> {
  if (!('geolocation' in navigator)) return Promise.resolve(null)
  return new Promise(resolve =>
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => resolve({ lon: round(coords.longitude), lat: round(coords.latitude) }),
      () => resolve(null),
      { enableHighAccuracy: true, timeout: PATIENCE_MS, maximumAge: 60_000 },
    ),
  )
}

/** Five decimals are about a metre. */
function round(degrees: number): number {
  return Number(degrees.toFixed(5))
}
