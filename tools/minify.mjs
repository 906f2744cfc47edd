// Read {shared, modules} from standard input, JavaScript texts; write them minified, in the same form.
// `shared` is to stand before each module: its top-level names stay as they are, and it exports nothing. A module
// exports its default alone: what only tests import goes.

import { text } from "node:stream/consumers";
import { minify } from "terser";

const withoutNamedExports = (code) => code.replace(/^export (?!default\b)/gm, "");
const small = async (code, options) =>
  (await minify(withoutNamedExports(code), { ecma: 2020, compress: { passes: 2 }, ...options })).code;

const { shared, modules } = JSON.parse(await text(process.stdin));
const result = {
  shared: await small(shared, {}),
  modules: await Promise.all(modules.map((code) => small(code, { module: true }))),
};
process.stdout.write(JSON.stringify(result));
