// Room for a map: opens it when it comes into sight, says so while it opens, and says so where it cannot be drawn.
import type { RefObject } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Ground } from '../map/index.ts'
import { about, knownAbout, thirdParty, towns } from '../state/reference.ts'
import { words } from '../words/index.ts'

interface Closable {
  close(): void
}

/** The map once it is open; null before, and where it cannot be drawn. */
export function useMap<M extends Closable>(open: (box: HTMLElement, ground: Ground) => Promise<M | null>): {
  box: RefObject<HTMLDivElement | null>
  map: M | null
  state: 'opening' | 'open' | 'none'
} {
  const box = useRef<HTMLDivElement>(null)
  const [map, setMap] = useState<M | null>(null)
  const [state, setState] = useState<'opening' | 'open' | 'none'>('opening')
  useEffect(() => {
    let opened: M | null = null
    let isGone = false
    const start = async () => {
      // Which map lies under it is not guessed.
      await knownAbout()
      const next = box.current && (await open(box.current, ground()).catch(() => null))
      if (isGone) return next?.close()
      opened = next
      setMap(() => next)
      setState(next ? 'open' : 'none')
    }
    const stopWatching = whenSeen(box.current!, () => void start())
    return () => {
      isGone = true
      stopWatching()
      opened?.close()
    }
  }, [])
  return { box, map, state }
}

export function MapBox({ box, state }: { box: RefObject<HTMLDivElement | null>; state: 'opening' | 'open' | 'none' }) {
  return (
    <div class={`map-box map-box--${state}`}>
      {state !== 'none' && <div class="map-box__canvas" ref={box} />}
      {state === 'open' && thirdParty.value && <p class="map-box__from">{words.map.from(thirdParty.value)}</p>}
      {state !== 'open' && <p class="map-box__say">{state === 'none' ? words.map.none : words.map.opening}</p>}
    </div>
  )
}

function ground(): Ground {
  return { bounds: about.value?.bounds ?? null, towns: towns.value, base: about.value?.basemap ?? { kind: 'coast' }, label: words.map.label }
}

function whenSeen(box: HTMLElement, act: () => void): () => void {
  const watcher = new IntersectionObserver(entries => {
    if (!entries.some(entry => entry.isIntersecting)) return
    watcher.disconnect()
    act()
  })
  watcher.observe(box)
  return () => watcher.disconnect()
}
