// Read {shared, modules} from standard input, JavaScript texts; write them minified, in the same form.
// `shared` is to stand before each module: its top-level names stay as they are, and it exports nothing. A module
// exports its default alone: what only tests import goes. A text that can't be parsed is named on standard error, by
// its place among the modules, -1 for `shared`; the exit code then is 3.

import { text } from "node:stream/consumers";
import { minify } from "terser";

const withoutNamedExports = (code) => code.replace(/^export (?!default\b)/gm, "");

async function small(code, number, options) {
  try {
    return (await minify(withoutNamedExports(code), { ecma: 2020, compress: { passes: 2 }, ...options }))
      .code;
  } catch (error) {
    if (error.line === undefined) throw error; // not about the text
    const place = { module: number, line: error.line, column: error.col + 1, words: error.message };
    process.stderr.write(JSON.stringify(place));
    process.exit(3);
  }
}

const { shared, modules } = JSON.parse(await text(process.stdin));
const result = {
  shared: await small(shared, -1, {}),
  modules: await Promise.all(modules.map((code, number) => small(code, number, { module: true }))),
};
process.stdout.write(JSON.stringify(result));
