/** Lets jest load a component of Svelte: its compiler makes an ES module of it, and swc makes CommonJS of that. */
const { compile } = require('svelte/compiler')
const { transformSync } = require('@swc/core')

module.exports = {
  /** @param {string} source @param {string} filename */
  process(source, filename) {
    const { js } = compile(source, { filename, generate: 'client', css: 'injected' })
    const { code } = transformSync(js.code, { filename, swcrc: false, module: { type: 'commonjs' } })
    return { code }
  },
}
