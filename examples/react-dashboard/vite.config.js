import { join } from 'node:path'
import { defineConfig } from 'vite'

const sources = join(import.meta.dirname, '../../src')

export default defineConfig({
  root: import.meta.dirname,
  // The sources themselves: an application installs the package and needs none of this.
  resolve: {
    alias: [
      { find: /^headgate\/(\w+)$/, replacement: `${sources}/$1/index.ts` },
      { find: /^headgate$/, replacement: `${sources}/index.ts` },
    ],
  },
})
