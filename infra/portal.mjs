/**
 * Makes the portal small for browsers: `node infra/portal.mjs FOLDER`.
 *
 * The page in portal/ works as it is. Its copy in FOLDER does the same with fewer and smaller files, which matters on
 * slow networks. Modules that the page loads later stay files of their own.
 */
import { cp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';

const SOURCE = join(import.meta.dirname, '..', 'portal');
const PAGE = 'js/pages/figures.js';
/** A line of index.html that makes the browser load a module early. */
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
for (const made of ['js', 'vendor/chart.umd.min.js', 'vendor/chart.umd.min.d.ts']) {
  await rm(join(folder, made), { recursive: true });
}

const options = { bundle: true, minify: true, outdir: folder, outbase: SOURCE, logLevel: 'warning' };
const sheets = (await readdir(join(SOURCE, 'css'))).map((name) => join('css', name));
const styles = ['portal.css', ...sheets].map((path) => join(SOURCE, path));
await build({ ...options, entryPoints: styles, allowOverwrite: true });
await build({ ...options, bundle: false, entryPoints: [join(SOURCE, 'js/support.js')], target: 'es5' });
const { metafile } = await build({
  ...options,
  entryPoints: ['js/main.js', PAGE].map((path) => join(SOURCE, path)),
  format: 'esm',
  splitting: true,
  chunkNames: 'js/[name]-[hash]',
  absWorkingDir: SOURCE,
  metafile: true,
  // The vendored library is a script for browsers. esbuild warns that it also knows CommonJS.
  logOverride: { 'commonjs-variable-in-esm': 'silent' },
});

const index = join(folder, 'index.html');
const page = await readFile(index, 'utf8');
const early = new Set(['js/main.js', PAGE].flatMap(needed));
const preloads = [...early].map((path) => `    <link rel="modulepreload" href="${path}" />\n`).join('');
await writeFile(index, page.replace(PRELOAD, '').replace(SCRIPT, (line) => preloads + line));

/**
 * A module, and all that it imports at once.
 *
 * @param {string} path
 * @returns {string[]}
 */
function needed(path) {
  const output = Object.keys(metafile.outputs).find((each) => each.endsWith(path)) ?? '';
  const { imports } = metafile.outputs[output];
  const direct = imports.filter(({ kind }) => kind === 'import-statement');
  const paths = direct.map((each) => each.path.slice(each.path.lastIndexOf('js/')));
  return [path, ...paths.flatMap(needed)];
}
