// How the front end is built: relative addresses (it may stand below a path), no inlined assets (the content
// security policy allows none), and the big map library in a file of its own that is fetched only when a map opens.
import { defineConfig } from 'vitest/config'

export default defineConfig({
  base: './',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1200,
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'maplibre', test: /maplibre-gl|src\/map\/(?!index)/ }] } } },
  },
  css: { preprocessorOptions: { scss: { quietDeps: true } } },
  server: { proxy: Object.fromEntries(['/api', '/tiles'].map(path => [path, process.env['CG_ADDRESS'] ?? 'http://127.0.0.1:8080'])) },
  test: { include: ['test/**/*.test.ts'], environment: 'node' },
})
