// A screen whose code is fetched when it is opened.
import type { ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { Heading } from '../ui/heading.tsx'
import { Failed, Loading } from '../ui/messages.tsx'
import { words } from '../words/index.ts'

export function Later({ title, fetch }: { title: string; fetch: () => Promise<ComponentType> }) {
  const [found, setFound] = useState<{ Screen: ComponentType | null; isAway: boolean }>({ Screen: null, isAway: false })
  const open = () => {
    setFound({ Screen: null, isAway: false })
    fetch().then(
      Screen => setFound({ Screen, isAway: false }),
      () => setFound({ Screen: null, isAway: true }),
    )
  }
  useEffect(open, [])
  if (found.Screen) return <found.Screen />
  return (
    <div class="column">
      {found.isAway ? (
        <>
          <Heading>{title}</Heading>
          <Failed text={words.failure.no_signal} onRetry={open} />
        </>
      ) : (
        <Loading />
      )}
    </div>
  )
}
