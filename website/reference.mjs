/**
 * The reference: Markdown pages in `api/`, made of the TSDoc of the sources.
 *
 * By typedoc, with a TypeScript of the website's own: the one that builds the library has no API for it. Each
 * subpath of the package is a page. The root is several, one for each room that it exports from: as one page it
 * would be 300 kB. What an interface inherits is documented where it is declared.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Application, Comment, Converter, DeclarationReflection, ReflectionKind } from 'typedoc'
import { MarkdownPageEvent, ModuleRouter } from 'typedoc-plugin-markdown'

const ROOT = join(import.meta.dirname, '..')
const OUT = join(import.meta.dirname, 'api')
/** Below the sources' own folder, so that their imports of packages find the same ones. */
const ENTRIES = join(ROOT, 'node_modules/.cache/headgate-reference')

/** The rooms behind the root, in the order of the sidebar; one that is not named here comes last. */
const ROOMS = {
  store: 'Stores, selections and views.',
  backpressure: 'Policies, and `backpressure` for any observable.',
  machine: 'State machines.',
  derive: 'Values of several stores, and writes to several.',
  collection: 'Many entities.',
  counting: 'Figures.',
  kit: 'Errors and clocks.',
}

/**
 * @typedef {object} Page
 * @property {string} name - of the file
 * @property {string} title
 * @property {string} about - one paragraph
 * @property {string} source - of the sources, what is documented
 * @property {string} [text] - of the source, where it is written for this
 */

/** One module a room, with what the root exports of it. @returns {Page[]} */
function pagesOfRoot() {
  const door = readFileSync(join(ROOT, 'src/index.ts'), 'utf8')
  /** @type {Map<string, string>} */
  const rooms = new Map(Object.keys(ROOMS).map((room) => [room, '']))
  for (const [statement, room] of door.matchAll(/^export [^']*'\.\/(\w+)\/index\.ts'/gm)) {
    if (room === undefined) continue
    rooms.set(room, `${rooms.get(room) ?? ''}${statement.replace("'./", `'${ROOT}/src/`)}\n`)
  }
  return [...rooms].map(([name, text]) => ({
    name,
    title: `headgate: ${name}`,
    about: ROOMS[/** @type {keyof typeof ROOMS} */ (name)] ?? '',
    source: join(ENTRIES, `${name}.ts`),
    text,
  }))
}

/** @returns {Page[]} */
function pagesOfSubpaths() {
  const { exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  return Object.keys(exports).flatMap((subpath) => {
    const name = /^\.\/([\w-]+)$/.exec(subpath)?.[1]
    if (name === undefined) return []
    const source = join(ROOT, 'src', name, 'index.ts')
    return [{ name, title: `headgate/${name}`, about: aboutDoor(source), source }]
  })
}

/** The first paragraph of the comment at its head. @param {string} file */
function aboutDoor(file) {
  const comment = /^\/\*\*(.+?)(?:\*\/|\n \*\n)/s.exec(readFileSync(file, 'utf8'))?.[1] ?? ''
  return comment
    .replace(/\n \*/g, '')
    .trim()
    .replace(/docs\/([\w-]+\.md)/g, '[$&](../../docs/$1)')
}

const root = pagesOfRoot()
const subpaths = pagesOfSubpaths()

/** @param {Page[]} pages @param {string} prefix */
const itemsOf = (pages, prefix) =>
  pages.map(({ name, title }) => ({ text: title.slice(prefix.length), link: `/api/${name}` }))

export const referenceSidebar = [
  { text: 'headgate', items: itemsOf(root, 'headgate: ') },
  { text: 'headgate/', items: itemsOf(subpaths, 'headgate/') },
]

/** Writes what typedoc reads, and a configuration that names it. @param {Page[]} pages */
function writeSources(pages) {
  mkdirSync(ENTRIES, { recursive: true })
  for (const { source, text } of pages) if (text !== undefined) writeFileSync(source, text)
  const tsconfig = join(ENTRIES, 'tsconfig.json')
  const files = pages.map(({ source }) => source)
  writeFileSync(tsconfig, JSON.stringify({ extends: join(ROOT, 'tsconfig.json'), files, include: [] }))
  return tsconfig
}

/** @param {import('typedoc').SignatureReflection | undefined} signature */
const textOf = (signature) => Comment.combineDisplayParts(signature?.comment?.summary)

/** Leaves out members that are inherited, and the text of an overload where it is that of the first. @param {import('typedoc').ProjectReflection} project */
function saidOnce(project) {
  for (const member of project.getReflectionsByKind(ReflectionKind.SomeMember | ReflectionKind.Function)) {
    if (!(member instanceof DeclarationReflection)) continue
    if (member.inheritedFrom !== undefined) project.removeReflection(member)
    const [first, ...overloads] = member.signatures ?? []
    for (const overload of overloads) {
      if (textOf(overload) === textOf(first)) delete overload.comment
    }
  }
}

/** Anchors of members have the name of their interface in front: `set` alone would be several on a page. */
class PageRouter extends ModuleRouter {
  /** @override @param {import('typedoc').Reflection} target @param {import('typedoc').Reflection} owner */
  buildAnchors(target, owner) {
    if (owner.kindOf(ReflectionKind.Module)) super.buildAnchors(target, owner)
  }
}

export async function writeReference() {
  const pages = [...root, ...subpaths]
  const titleOf = (/** @type {string} */ name) => pages.find((page) => page.name === name)?.title ?? name
  const app = await Application.bootstrapWithPlugins({
    plugin: ['typedoc-plugin-markdown'],
    entryPoints: pages.map(({ source }) => source),
    tsconfig: writeSources(pages),
    name: 'Reference',
    readme: 'none',
    out: OUT,
    router: 'page',
    disableGit: true,
    sourceLinkTemplate: 'https://github.com/headgate/headgate/blob/main/{path}#L{line}',
    basePath: ROOT,
    skipErrorChecking: true,
    treatWarningsAsErrors: true,
    excludeInternal: true,
    validation: { invalidLink: true, notExported: false, notDocumented: false },
    groupOrder: ['Functions', 'Variables', 'Classes', 'Interfaces', 'Type Aliases'],
    // Of the plugin for Markdown:
    entryFileName: 'index',
    hideBreadcrumbs: true,
    hidePageHeader: true,
    useCodeBlocks: true,
    useCustomAnchors: true,
    indexFormat: 'table',
    parametersFormat: 'table',
    tableColumnSettings: { leftAlignHeaders: true },
    pageTitleTemplates: { module: (/** @type {{ name: string }} */ { name }) => titleOf(name) },
  })
  app.renderer.defineRouter('page', PageRouter)
  app.renderer.on(MarkdownPageEvent.END, (/** @type {MarkdownPageEvent} */ page) => {
    let parts = 0
    page.contents = page.contents
      // A table of names only says nothing.
      ?.replace(/^#+ Type Parameters\n\n\| Type Parameter \|\n(?:\|.*\n)+\n/gm, '')
      // Else `#### Parameters` may have the anchor of an export.
      .replace(/^\| \[([\w-]+)\](?=\(\1\.md\))/gm, (_, name) => `| [${titleOf(name)}]`)
      .replace(/^#{4,} [^\n{]+$/gm, (heading) => `${heading} {#part-${parts++}}`)
  })
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const [index, module] of project.getReflectionsByKind(ReflectionKind.Module).entries()) {
      const { name, about } = /** @type {Page} */ (pages[index])
      module.name = name
      module.comment = new Comment([{ kind: 'text', text: about }])
    }
  })
  app.converter.on(Converter.EVENT_RESOLVE_END, ({ project }) => saidOnce(project))
  const project = await app.convert()
  if (project === undefined) throw new Error('The sources do not compile: see above.')
  app.validate(project)
  rmSync(OUT, { recursive: true, force: true })
  await app.generateOutputs(project)
  if (app.logger.hasErrors() || app.logger.hasWarnings())
    throw new Error('The reference has faults: see above.')
}
