// Read {css, content: [files]} from standard input; write the rules that the content can use to standard output.
// A name counts as used if it stands anywhere in a page or a script: too many rules stay, never too few.

import { text } from "node:stream/consumers";
import postcss from "postcss";
import { PurgeCSS } from "purgecss";

const { css, content } = JSON.parse(await text(process.stdin));
const [{ css: used }] = await new PurgeCSS().purge({ css: [{ raw: css }], content, keyframes: true });
const sheet = postcss.parse(used);
sheet.walkComments((comment) => comment.remove());
process.stdout.write(sheet.toString().replace(/\n\s*/g, "\n"));
