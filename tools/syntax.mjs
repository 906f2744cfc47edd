// Read a list of file names, JavaScript and CSS, from standard input; write what can't be parsed: [{file, line, words}].

import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import postcss from "postcss";
import { minify } from "terser";

const readers = {
  js: (code) =>
    minify(code, { module: true, compress: false, mangle: false, output: { code: false, ast: true } }),
  css: (code) => postcss.parse(code),
};

async function problem(file) {
  try {
    await readers[file.split(".").pop()](await readFile(file, "utf8"));
    return null;
  } catch (error) {
    if (error.line === undefined) throw error; // not about the text
    const column = error.name === "CssSyntaxError" ? error.column : error.col + 1;
    return { file, line: error.line, words: `column ${column}: ${error.reason ?? error.message}` };
  }
}

const files = JSON.parse(await text(process.stdin));
const problems = await Promise.all(files.map(problem));
process.stdout.write(JSON.stringify(problems.filter(Boolean)));
