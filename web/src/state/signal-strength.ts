// Whether this device believes it has a connection. Only a hint: what counts is whether sending works.
import { signal } from '@preact/signals-core'

export const isOnline = signal(navigator.onLine)

addEventListener('online', () => (isOnline.value = true))
addEventListener('offline', () => (isOnline.value = false))
