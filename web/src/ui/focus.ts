// Where the focus goes when what had it has left the screen: never to nowhere.

/** After the next drawing, to the first of these that is there and can be used. */
export function focusSoon(...ids: string[]) {
  requestAnimationFrame(() => {
    const there = ids.map(id => document.getElementById(id)).find(element => element && !element.hasAttribute('disabled'))
    there?.focus()
  })
}
