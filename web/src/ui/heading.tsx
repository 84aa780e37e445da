// The heading of a screen. It names the page, and after a step from another screen it takes the focus at the top,
// as a new page would.
import { useEffect, useRef } from 'preact/hooks'
import { words } from '../words/index.ts'

let isFirst = true

export function Heading({ children }: { children: string }) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    document.title = `${children} – ${words.product}`
    if (!isFirst) {
      scrollTo(0, 0)
      heading.current?.focus({ preventScroll: true })
    }
    isFirst = false
  }, [])
  return (
    <h1 id="page-title" tabIndex={-1} ref={heading}>
      {children}
    </h1>
  )
}
