// Read {css, content: [texts]} from standard input; write the rules that the content can use to standard output.
// A name counts as used if it stands anywhere in a page or a script: too many rules stay, never too few.
// Paper is white: what is said of the dark theme is said of screens alone, and what is said of the light one is said of
// paper in any theme.

import { text } from "node:stream/consumers";
import postcss from "postcss";
import { PurgeCSS } from "purgecss";

const { css, content: texts } = JSON.parse(await text(process.stdin));
const content = texts.map((raw) => ({ raw, extension: "html" })); // all are read for words alike
const [{ css: used }] = await new PurgeCSS().purge({ css: [{ raw: css }], content, keyframes: true });
const sheet = postcss.parse(used);
sheet.walkComments((comment) => comment.remove());

const THEME = /\[data-theme=(["']?)(dark|light)\1\]/g;
const only = (rule, medium, selectors) => {
  const media = postcss.atRule({ name: "media", params: medium });
  media.append(rule.clone({ selectors }));
  rule.after(media);
};
const themed = [];
sheet.walkRules(/\[data-theme=/, (rule) => themed.push(rule));
for (const rule of themed) {
  const isDark = (selector) => /\[data-theme=["']?dark/.test(selector);
  const [dark, others] = [rule.selectors.filter(isDark), rule.selectors.filter((each) => !isDark(each))];
  const onPaper = others.map((selector) => selector.replace(THEME, "[data-theme]"));
  if (onPaper.join() !== others.join()) only(rule, "print", onPaper);
  if (dark.length) only(rule, "screen", dark);
  if (others.length) rule.selectors = others;
  else rule.remove();
}
process.stdout.write(sheet.toString().replace(/\n\s*/g, "\n"));
