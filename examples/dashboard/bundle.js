/** Bundles a dashboard, `vue` or another, into one page: no server and no plug-in but the compiler of Svelte is needed. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'esbuild'

const EXAMPLES = join(import.meta.dirname, '..')

/** @type {import('esbuild').Plugin} */
const svelte = {
  name: 'svelte',
  setup(builder) {
    builder.onLoad({ filter: /\.svelte$/ }, async ({ path }) => {
      const { compile } = await import('svelte/compiler')
      const { js } = compile(await readFile(path, 'utf8'), { filename: path, generate: 'client' })
      return { contents: js.code, loader: 'js' }
    })
  },
}

/**
 * @param {string} framework
 * @returns {Promise<string>} the page
 */
export async function bundle(framework) {
  const { outputFiles } = await build({
    entryPoints: [join(EXAMPLES, `${framework}-dashboard/main.ts`)],
    // Where `headgate` is the sources themselves: an application installs the package and needs none of this.
    tsconfig: join(EXAMPLES, 'tsconfig.json'),
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    outdir: 'out',
    plugins: [svelte],
    define: {
      'process.env.NODE_ENV': '"production"',
      __VUE_OPTIONS_API__: 'false',
      __VUE_PROD_DEVTOOLS__: 'false',
      __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
      ngDevMode: 'false',
    },
  })
  const part = (/** @type {string} */ end) => outputFiles.find(({ path }) => path.endsWith(end))?.text ?? ''
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Headgate in ${framework}</title>
<link rel="icon" href="data:,">
<style>${part('.css')}</style>
<body>
<script type="module">${part('.js').replaceAll('</script', '<\\/script')}</script>
</body>
</html>`
}
