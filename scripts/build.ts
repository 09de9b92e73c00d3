// npm run build [DIR]: dist/ as the npm package ships it: the command and the library as JavaScript, bundled by esbuild (one graph, split where it is
// loaded lazily), and what they read at run time beside it.
// @peculiar/x509 wants it loaded before it is asked for its names.
import 'reflect-metadata'
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { isBuiltin } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { build, type Plugin } from 'esbuild'
import ts from 'typescript'

const root = join(import.meta.dirname, '..')
const dist = resolve(process.argv[2] ?? join(root, 'dist'))

// The library serves the tests of others, who are not always on the newest Node.
const target = 'node22'

// CommonJS packages ask for these; in an ES module they do not exist.
const banner = `import { createRequire as __createRequire } from 'node:module'
const require = __createRequire(import.meta.url), __filename = import.meta.filename, __dirname = import.meta.dirname`

// Importing a built-in module as an ES module reads all of its exports, and node:http's include a whole HTTP client. This only fetches it.
const builtinsOnDemand: Plugin = {
  name: 'builtins-on-demand',
  setup: bundler => {
    bundler.onResolve({ filter: /^(node:)?[a-z_/0-9]+$/ }, ({ path }) => (isBuiltin(path) ? { path, namespace: 'builtin' } : undefined))
    bundler.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({ contents: `module.exports = process.getBuiltinModule('${path}')` }))
  },
}

// esbuild knows no names of a CommonJS package that is loaded late, only its default export; Node does.
const namesOfLatePackages: Plugin = {
  name: 'names-of-late-packages',
  setup: bundler => {
    bundler.onResolve({ filter: /^[@a-z]/ }, ({ path, kind, importer }) =>
      kind === 'dynamic-import' && !isBuiltin(path) && !importer.includes('/node_modules/') ? { path, namespace: 'late' } : undefined,
    )
    bundler.onLoad({ filter: /.*/, namespace: 'late' }, async ({ path }) => {
      const names = Object.keys((await import(path)) as object).filter(name => name !== 'default' && /^\w+$/.test(name))
      return { contents: names.length > 0 ? `export { ${names.join(', ')} } from '${path}'` : `import '${path}'`, resolveDir: root }
    })
  },
}

await rm(dist, { recursive: true, force: true })
const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: {
    'cli/main': 'cli/main.ts',
    'cli/commands': 'cli/commands.ts',
    'cli/process': 'cli/process.ts',
    index: 'index.ts',
    // A thread's code, looked for beside the code that starts it.
    'cli/chunks/yaml-thread': 'apiserver/encoding/yaml-thread.ts',
  },
  outdir: dist,
  // Two folders deep, as the sources are that find files by their own place.
  chunkNames: 'cli/chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target,
  minifySyntax: true,
  minifyWhitespace: true,
  metafile: true,
  // koffi carries a native library; oclif looks for typescript only where commands are .ts files.
  external: ['typescript', 'koffi'],
  plugins: [namesOfLatePackages, builtinsOnDemand],
  banner: { js: banner },
  logLevel: 'warning',
})

// The library once more for `require`: test runners that load modules themselves (Jest) cannot require an ES module.
await build({
  absWorkingDir: root,
  entryPoints: { index: 'index.ts' },
  outdir: dist,
  outExtension: { '.js': '.cjs' },
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target,
  minifySyntax: true,
  minifyWhitespace: true,
  // As if it lay among the chunks: what is read at run time is found by that.
  define: { 'import.meta.dirname': '__folder', 'import.meta.filename': '__filename', 'import.meta.url': '__url' },
  banner: { js: "const __folder = require('node:path').join(__dirname, 'cli/chunks'), __url = require('node:url').pathToFileURL(`${__folder}/index.js`).href" },
  external: ['koffi'],
  plugins: [builtinsOnDemand],
  logLevel: 'warning',
})

// What is read at run time lies where the code looks for it, relative to its own file.
const files: Readonly<Record<string, string>> = {
  proto: 'cli/chunks/proto',
  'node_modules/etcd3/proto': 'cli/proto',
  'cli/supervise/keep.sh': 'cli/chunks/keep.sh',
  'cli/supervise/foreground.sh': 'cli/supervise/foreground.sh',
  examples: 'examples',
  LICENSE: 'LICENSE',
  'README.md': 'README.md',
}
for (const [from, to] of Object.entries(files))
  await cp(join(root, from), join(dist, to), { recursive: true, filter: source => !source.endsWith('.ts') }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || from !== 'LICENSE') throw error
  })

// The library's types: its own file, and those that its declarations name. Once more for `require`, whose importers TypeScript takes for CommonJS.
for (const name of ['index', 'base/log']) {
  const source = await readFile(join(root, `${name}.ts`), 'utf8')
  const compilerOptions = { module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ES2024, isolatedDeclarations: true, strict: true }
  const { outputText, diagnostics = [] } = ts.transpileDeclaration(source, { fileName: `${name}.ts`, compilerOptions })
  if (diagnostics.length > 0)
    throw new Error(ts.formatDiagnostics(diagnostics, { getCanonicalFileName: f => f, getCurrentDirectory: () => root, getNewLine: () => '\n' }))
  await mkdir(dirname(join(dist, name)), { recursive: true })
  for (const [declared, imported] of [
    ['d.ts', 'js'],
    ['d.cts', 'cjs'],
  ])
    await writeFile(join(dist, `${name}.${declared}`), outputText.replace(/(from '\..*)\.ts'/g, `$1.${imported}'`))
}

const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as Record<string, any>
const { name, version, description, license, engines, dependencies } = manifest
const shipped = {
  name,
  version,
  description,
  license,
  type: 'module',
  engines,
  bin: { wherry: './cli/main.js' },
  exports: {
    '.': {
      import: { types: './index.d.ts', default: './index.js' },
      require: { types: './index.d.cts', default: './index.cjs' },
    },
  },
  oclif: { ...manifest['oclif'], commands: { ...manifest['oclif'].commands, target: './cli/commands.js' } },
  dependencies: { koffi: dependencies.koffi },
}
await writeFile(join(dist, 'package.json'), `${JSON.stringify(shipped, undefined, 2)}\n`)
const bytes = Object.values(metafile.outputs).reduce((sum, output) => sum + output.bytes, 0)
console.log(`dist: ${Object.keys(metafile.outputs).length} files, ${Math.round(bytes / 1024)} KB`)
