// How Debian's Chromium is started where no screen and no graphics card is: WebGL by software, and nothing asked of
// anybody by the browser itself.
export const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
