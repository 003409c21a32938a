/**
 * Makes the portal small for browsers: `node infra/portal.mjs FOLDER`.
 *
 * The page in portal/ works as it is. Its copy in FOLDER does the same with fewer and smaller files, which matters on
 * slow networks: a script for the overview, one for the other pages, and a part of Chart.js, which is loaded beside the
 * first question.
 */
import { cp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';

const SOURCE = join(import.meta.dirname, '..', 'portal');
const LIBRARY = 'vendor/chart.umd.min.js';
/** What the charts need of the library. The vendored file, of the same version, has all of it. */
const PARTS = [
  'BarController',
  'BarElement',
  'CategoryScale',
  'LineController',
  'LineElement',
  'LinearScale',
  'PointElement',
  'Tooltip',
];
/** A line of index.html that makes the browser load a module early. The copy has other modules. */
const PRELOAD = /^ *<link rel="modulepreload" href=".*" \/>\n/gm;
const SCRIPT = '    <script src="js/support.js"';

const [given] = process.argv.slice(2);
if (!given) {
  console.error('Say which folder, such as: node infra/portal.mjs .deploy/portal');
  process.exit(2);
}
const folder = resolve(given);
await rm(folder, { recursive: true, force: true });
await cp(SOURCE, folder, { recursive: true });
await rm(join(folder, 'js'), { recursive: true });
await rm(join(folder, 'vendor', 'chart.umd.min.d.ts'));

/** @type {import('esbuild').BuildOptions} */
const smaller = { bundle: true, minify: true, outdir: folder, outbase: SOURCE, allowOverwrite: true, logLevel: 'warning' };
const sheets = (await readdir(join(SOURCE, 'css'))).map((name) => join('css', name));
await build({ ...smaller, entryPoints: ['portal.css', ...sheets].map((path) => join(SOURCE, path)) });
await build({ ...smaller, entryPoints: [join(SOURCE, 'js/support.js')], bundle: false, target: 'es5' });
const { metafile } = await build({
  ...smaller,
  entryPoints: [join(SOURCE, 'js/main.js')],
  format: 'esm',
  splitting: true,
  chunkNames: 'js/[name]-[hash]',
  absWorkingDir: SOURCE,
  metafile: true,
  plugins: [{ name: 'the library stays a file of its own', setup: leaveLibrary }],
});
const names = PARTS.join(', ');
await build({
  ...smaller,
  stdin: {
    contents: `import { Chart, ${names} } from 'chart.js'; Chart.register(${names}); globalThis.Chart = Chart;`,
    resolveDir: SOURCE,
  },
  outdir: undefined,
  outfile: join(folder, LIBRARY),
});

const index = join(folder, 'index.html');
const page = (await readFile(index, 'utf8')).replace(PRELOAD, '');
await writeFile(index, page.replace(SCRIPT, (line) => preloads() + line));

/** Lines that make the browser load early what the script for all pages imports at once. */
function preloads() {
  const [, script] = Object.entries(metafile.outputs).find(([path]) => path.endsWith('js/main.js')) ?? [];
  const needed = script?.imports.filter(({ kind }) => kind === 'import-statement') ?? [];
  const paths = needed.map(({ path }) => path.slice(path.lastIndexOf('js/')));
  return paths.map((path) => `    <link rel="modulepreload" href="${path}" />\n`).join('');
}

/** @param {import('esbuild').PluginBuild} bundle */
function leaveLibrary(bundle) {
  bundle.onResolve({ filter: /\/vendor\// }, () => ({ path: `../${LIBRARY}`, external: true }));
}
