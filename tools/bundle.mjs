// Read {folder, names} from standard input: the folder of the widgets, and those to bundle. Write {file: text}, classic
// scripts, which a browser takes from file:// too: shared.js sets `softmaxlab.shared`, what all widgets import, and
// NAME.js sets `softmaxlab.widgets.NAME`, a widget's module. What can't be parsed or found is named on standard error,
// {file, line, column, words}; the exit code then is 3.

import { readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { text } from "node:stream/consumers";
import { build } from "esbuild";

const { folder, names } = JSON.parse(await text(process.stdin));

async function script(globalName, contents, plugins = []) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: folder },
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    target: "es2022",
    charset: "utf8",
    legalComments: "none",
    logLevel: "silent",
    tsconfigRaw: "{}", // tsconfig.json is the check's
    globalName,
    plugins,
  });
  return outputFiles[0].text;
}

const shared = readdirSync(join(folder, "_runtime"))
  .filter((name) => name.endsWith(".js"))
  .map((name) => `export * from "./_runtime/${name}";`)
  .join("\n");

/** In a widget's script, a module of _runtime is what shared.js has set: of it, the names that the widget uses. */
async function fromShared() {
  const stdin = { contents: shared, resolveDir: folder };
  const { metafile } = await build({
    stdin,
    bundle: true,
    write: false,
    metafile: true,
    format: "esm",
    logLevel: "silent",
    tsconfigRaw: "{}",
  });
  const [{ exports: names }] = Object.values(metafile.outputs);
  const contents = names
    .map((name) => `export const ${name} = /* @__PURE__ */ (() => softmaxlab.shared.${name})();`)
    .join("\n");
  return {
    name: "from-shared",
    setup(building) {
      building.onResolve({ filter: /\/_runtime\/[^/]+\.js$/ }, () => ({
        path: "shared",
        namespace: "shared",
      }));
      building.onLoad({ filter: /.*/, namespace: "shared" }, () => ({ contents }));
    },
  };
}

try {
  const plugins = [await fromShared()];
  const scripts = [
    ["shared.js", script("softmaxlab.shared", shared)],
    ...names.map((name) => [
      `${name}.js`,
      script(`softmaxlab.widgets.${name}`, `export { default } from "./${name}/widget.js";`, plugins),
    ]),
  ];
  const texts = await Promise.all(scripts.map(async ([name, made]) => [name, await made]));
  process.stdout.write(JSON.stringify(Object.fromEntries(texts)));
} catch ({ errors, ...other }) {
  if (!errors?.[0]?.location) throw other;
  const [{ text: words, location }] = errors;
  const file = relative(folder, join(process.cwd(), location.file)).replaceAll("\\", "/");
  process.stderr.write(JSON.stringify({ file, line: location.line, column: location.column + 1, words }));
  process.exitCode = 3;
}
