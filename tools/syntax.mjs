// Read a list of file names, JavaScript and CSS, from standard input; write what can't be parsed: [{file, line, words}].

import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { transform } from "esbuild";
import postcss from "postcss";

const readers = {
  js: (code) => transform(code, { format: "esm", logLevel: "silent" }),
  css: (code) => postcss.parse(code),
};

/** What a parser says, and where: PostCSS by one error, esbuild by a list of them. */
function told(error) {
  if (error.name === "CssSyntaxError") return { line: error.line, column: error.column, words: error.reason };
  const [first] = error.errors ?? [];
  if (!first?.location) throw error; // not about the text
  return { line: first.location.line, column: first.location.column + 1, words: first.text };
}

async function problem(file) {
  try {
    await readers[file.split(".").pop()](await readFile(file, "utf8"));
    return null;
  } catch (error) {
    const { line, column, words } = told(error);
    return { file, line, words: `column ${column}: ${words}` };
  }
}

const files = JSON.parse(await text(process.stdin));
const problems = await Promise.all(files.map(problem));
process.stdout.write(JSON.stringify(problems.filter(Boolean)));
