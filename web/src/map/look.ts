// Colours and letters of everything that is drawn on a map.

/** Drawn in the browser from a font of the device, so no font is fetched. */
export const FONT = ['Arial', 'sans-serif']

export const COLOURS = {
  sea: '#dfe9ec',
  land: '#f8f6f0',
  coast: '#8fa7a8',
  town: '#4a5a5c',
  ink: '#143f3c',
  paper: '#ffffff',
  shine: '#ffd75e',
  reached: '#2b7a70',
  missed: '#a8441b',
}

/** Whether the device asks for strong contrast or colours of its own. */
export function isHighContrast(): boolean {
  return ['(forced-colors: active)', '(prefers-contrast: more)'].some(wish => matchMedia(wish).matches)
}
