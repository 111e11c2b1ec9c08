/**
 * What is tried, as data. `./headgate.tgz` is the tarball; the folder is empty but for what a trial puts there.
 *
 * @typedef {readonly [line: string, expected?: string]} Command - a shell line, and what it must print
 *
 * @typedef {object} Trial
 * @property {string} name
 * @property {string} tells - what is known when it passes
 * @property {Record<string, unknown>} [manifest] - of its package.json
 * @property {Record<string, string>} [files]
 * @property {readonly (readonly [from: string, to?: string])[]} [copies] - files of ./files
 * @property {readonly Command[]} commands
 */

import { examples, packages, RUNNER } from './guides.mjs'

const WORKS = 'headgate works'
const PROGRAMS = /** @type {const} */ ([['program.mjs'], ['program.cjs']])
const RUN = /** @type {readonly Command[]} */ ([
  ['node program.mjs', WORKS],
  ['node program.cjs', WORKS],
])

/**
 * The leak check of the docs, in a project of its own.
 *
 * @param {string} name
 * @param {string} packages
 * @param {string} line
 * @returns {Trial}
 */
const leakCheck = (name, packages, line) => ({
  name: `leaks-${name}`,
  tells: `examples/leak-check runs under ${name}`,
  manifest: { type: 'module' },
  copies: [
    ['../../../examples/leak-check/cart.js', 'cart.js'],
    [`../../../examples/leak-check/cart.${name}.test.js`, 'cart.test.js'],
  ],
  commands: [
    [`PUPPETEER_SKIP_DOWNLOAD=1 npm install --silent ./headgate.tgz rxjs memlab ${packages}`],
    [line],
  ],
})

/** A React page of one button, for bundlers. */
const MAIN = `import { createRoot } from 'react-dom/client'
import { Counter } from './page'

createRoot(document.body.appendChild(document.createElement('main'))).render(<Counter />)
`
const TSCONFIG = {
  compilerOptions: {
    strict: true,
    noEmit: true,
    target: 'es2022',
    lib: ['es2022', 'dom', 'esnext.disposable'],
    jsx: 'react-jsx',
    skipLibCheck: false,
    types: [],
  },
}

/**
 * One version of TypeScript, with each way to resolve modules that it has.
 *
 * @param {string} version
 * @param {readonly (readonly [module: string, moduleResolution: string])[]} ways
 * @returns {Trial}
 */
const typescript = (version, ways) => ({
  name: `typescript-${version}`,
  tells: `the declarations compile, with ${ways.map(([, resolution]) => resolution).join(', ')}`,
  files: { 'tsconfig.json': JSON.stringify(TSCONFIG) },
  copies: [['types.ts']],
  commands: [
    [`npm install --silent ./headgate.tgz rxjs typescript@${version} @types/node@20`],
    ...ways.map(
      ([module, resolution]) =>
        /** @type {Command} */ ([`npx tsc -p . --module ${module} --moduleResolution ${resolution}`]),
    ),
  ],
})

/** @type {readonly Trial[]} */
export const trials = [
  {
    name: 'npm',
    tells: 'ES modules and CommonJS run',
    copies: PROGRAMS,
    commands: [['npm install --silent ./headgate.tgz rxjs'], ...RUN],
  },
  {
    name: 'pnpm',
    tells: 'the same, where a package sees only what it asks for',
    copies: PROGRAMS,
    commands: [['npx --yes pnpm@10 add --silent ./headgate.tgz rxjs'], ...RUN],
  },
  {
    name: 'yarn',
    tells: 'the same with yarn 1',
    copies: PROGRAMS,
    commands: [['npx --yes yarn@1 add --silent ./headgate.tgz rxjs'], ...RUN],
  },
  {
    name: 'yarn-pnp',
    tells: 'the same with yarn 4, without node_modules',
    files: { '.yarnrc.yml': 'nodeLinker: pnp\nenableImmutableInstalls: false\n', 'yarn.lock': '' },
    copies: PROGRAMS,
    commands: [
      ['npx --yes --package=@yarnpkg/cli-dist@4 yarn add ./headgate.tgz rxjs tslib'],
      ['npx --yes --package=@yarnpkg/cli-dist@4 yarn node program.mjs', WORKS],
      ['npx --yes --package=@yarnpkg/cli-dist@4 yarn node program.cjs', WORKS],
    ],
  },
  {
    name: 'rxjs-7.5',
    tells: 'the oldest rxjs that is allowed',
    files: { 'tsconfig.json': JSON.stringify(TSCONFIG) },
    copies: [...PROGRAMS, ['types.ts']],
    commands: [
      ['npm install --silent ./headgate.tgz rxjs@7.5.5 typescript@5.9 @types/node@20'],
      ...RUN,
      ['npx tsc -p . --module nodenext --moduleResolution nodenext'],
      ['npx headgate stress --profile quick'],
    ],
  },
  typescript('5.7', [
    ['node16', 'node16'],
    ['esnext', 'bundler'],
    ['commonjs', 'node10'],
  ]),
  typescript('5.9', [
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
    ['commonjs', 'node10'],
  ]),
  typescript('7.0', [
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ]),
  {
    name: 'bun',
    tells: 'Bun installs and runs it',
    copies: PROGRAMS,
    commands: [
      ['npm install --silent --no-save --prefix .bun @oven/bun-linux-x64'],
      ['.bun/node_modules/@oven/bun-linux-x64/bin/bun add ./headgate.tgz rxjs'],
      ['.bun/node_modules/@oven/bun-linux-x64/bin/bun program.mjs', WORKS],
    ],
  },
  {
    name: 'deno',
    tells: 'Deno runs it',
    copies: PROGRAMS,
    commands: [
      ['npm install --silent ./headgate.tgz rxjs'],
      ['npm install --silent --no-save --prefix .deno @deno/linux-x64-glibc'],
      ['.deno/node_modules/@deno/linux-x64-glibc/deno run -A --node-modules-dir=manual program.mjs', WORKS],
    ],
  },
  {
    name: 'esbuild',
    tells: 'bundles for a page, with nothing left of Node',
    files: { 'main.jsx': MAIN },
    copies: [['page.jsx']],
    commands: [
      ['npm install --silent ./headgate.tgz rxjs react react-dom esbuild'],
      ['npx esbuild main.jsx --bundle --minify --platform=browser --jsx=automatic --outfile=out.js'],
    ],
  },
  {
    name: 'vite',
    tells: 'bundles for a page',
    files: {
      'main.jsx': MAIN,
      'index.html': '<!doctype html><script type="module" src="/main.jsx"></script>',
    },
    copies: [['page.jsx']],
    commands: [
      ['npm install --silent ./headgate.tgz rxjs react react-dom vite'],
      ['npx vite build', 'built in'],
    ],
  },
  {
    name: 'webpack',
    tells: 'bundles for a page',
    files: {
      'main.jsx': MAIN,
      'webpack.config.cjs': `module.exports = {
  mode: 'production', entry: './main.jsx', resolve: { extensions: ['.jsx', '.js'] },
  module: { rules: [{ test: /jsx$/, loader: 'esbuild-loader', options: { jsx: 'automatic' } }] },
  performance: { hints: false },
}`,
    },
    copies: [['page.jsx']],
    commands: [
      ['npm install --silent ./headgate.tgz rxjs react react-dom webpack webpack-cli esbuild-loader esbuild'],
      ['npx webpack', 'compiled successfully'],
    ],
  },
  {
    name: 'next',
    tells: 'a page that is rendered on the server and hydrated',
    files: {
      'app/layout.jsx': 'export default ({ children }) => <html lang="en"><body>{children}</body></html>',
      'app/page.jsx': "import { Counter } from './counter'\nexport default () => <Counter />",
    },
    copies: [['page.jsx', 'app/counter.jsx']],
    commands: [
      ['npm install --silent ./headgate.tgz rxjs react react-dom next'],
      [`sed -i "1i 'use client'" app/counter.jsx`],
      ['npx next build', 'Compiled successfully'],
      ['grep -q "clicked" .next/server/app/index.html'],
    ],
  },
  {
    name: 'guides',
    tells: 'the README and every guide can be followed to the end',
    manifest: { type: 'module' },
    files: { ...examples, 'run.mjs': RUNNER },
    commands: [
      [`PUPPETEER_SKIP_DOWNLOAD=1 npm install --silent ./headgate.tgz esbuild ${packages.join(' ')}`],
      ['node run.mjs', 'all examples run'],
    ],
  },
  leakCheck('node', '', 'node --expose-gc --test'),
  leakCheck(
    'jest',
    'jest @jest/globals',
    'node --expose-gc --experimental-vm-modules node_modules/jest/bin/jest.js --runInBand',
  ),
  leakCheck('vitest', 'vitest', 'npx vitest run --pool=forks --execArgv=--expose-gc'),
]
