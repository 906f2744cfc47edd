// LossDuel: the loss of one of two classes through softmax, by the difference, and exactly, over the gap of the logits.
import { button, element, math, svgElement, write } from "../_runtime/elements.js";
import { numberField, numberOr } from "../_runtime/fields.js";
import { plain } from "../_runtime/format.js";
import { mountWidget } from "../_runtime/mount.js";
import { slider } from "../_runtime/slider.js";
import { logsumexp } from "../_runtime/softmax.js";

const WIDEST = 900; // gap
const ROOT = Math.sqrt(WIDEST); // the slider and the plot go by the root of the gap: small gaps need the room
const LABELS = ["winner", "loser"]; // in the order of the classes
const ROUTES = ["softmax", "difference"];
const DIGITS = 15; // shown: as many as every float64 has
const MOST_DIGITS = 16; // of the plot
const SUBNORMAL = 1022 * Math.LN2; // beyond this gap, e^−gap has fewer digits than a float64 should

// ---- The two routes and the truth. Twins of softmaxlab.lessons.loss_routes; the logits are (gap, 0). ----

/** {softmax, difference}: the loss by both routes. */
export function losses(gap, label) {
  const [logits, target] = [[gap, 0], LABELS.indexOf(label)];
  const weights = [1, Math.exp(-gap)]; // shifted by the maximum, as textbooks do
  return {
    softmax: 0 - Math.log(weights[target] / (weights[0] + weights[1])), // 0 − x, since −x would give −0
    difference: logsumexp(logits) - logits[target],
  };
}

/** The loss as a whole number of 2^−bits, and bits: log(1 + e^−gap), and the gap on top for the loser. */
function exactLoss(gap, label) {
  const bits = BigInt(120 + Math.ceil(gap * 1.5)); // e^−gap has gap · 1.44 zeros behind the point
  const one = 1n << bits;
  const x = BigInt(Math.floor(gap * 2 ** 100)) << (bits - 100n);
  let power = one;
  for (let term = one, n = 1n; term; n++) {
    term = (-term * (x >> 12n)) / (n << bits);
    power += term;
  } // e^(−x / 4096)
  for (let i = 0; i < 12; i++) power = (power * power) >> bits;
  const u = (power << bits) / (2n * one + power); // log(1 + t) = 2 (u + u³/3 + u⁵/5 + …), u = t / (2 + t)
  let loss = label === "loser" ? x : 0n;
  for (let term = u, n = 1n; term; n += 2n) {
    loss += (2n * term) / n;
    term = (((term * u) >> bits) * u) >> bits;
  }
  return { loss, bits };
}

/** The exact loss as {digits, exponent}: 15 digits, the first of them worth 10^exponent. */
export function exactDigits(gap, label) {
  const { loss, bits } = exactLoss(gap, label);
  const places = 420; // behind the point: e^−900 starts at the 391st
  const text = ((loss * 10n ** BigInt(places)) >> bits).toString();
  const digits = ((BigInt(text.slice(0, DIGITS + 2)) + 50n) / 100n).toString();
  const carried = digits.length > DIGITS; // 999… became 1000…
  return {
    digits: digits.slice(0, DIGITS),
    exponent: text.length - 1 - places + (carried ? 1 : 0),
  };
}

/** A loss > 0 as {digits, exponent}. */
function digitsOf(loss) {
  const [mantissa, exponent] = loss.toExponential(DIGITS - 1).split("e");
  return { digits: mantissa.replace(".", ""), exponent: Number(exponent) };
}

/** Digits as they are written: with a power of ten where the number is small. {text, end} */
function written({ digits, exponent }) {
  if (exponent >= 0) {
    return { text: `${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`, end: "" };
  }
  if (exponent >= -3) return { text: `0.${"0".repeat(-exponent - 1)}${digits}`, end: "" };
  const raised = [...String(-exponent)].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit]).join("");
  return { text: `${digits[0]}.${digits.slice(1)}`, end: `×10⁻${raised}` };
}

/** {right, wrong, end, count}: a loss in three parts, the second to be struck out, and how many digits are right. */
export function compared(loss, exact) {
  if (loss === 0 || loss === Infinity) return { right: "", wrong: loss ? "inf" : "0", end: "", count: 0 };
  const own = digitsOf(loss);
  const { text, end } = written(own);
  let count = 0;
  if (own.exponent === exact.exponent) {
    while (count < DIGITS && own.digits[count] === exact.digits[count]) count++;
  }
  let cut = count && text.search(/[1-9]/); // zeros before the first digit are right with it
  for (let left = count; left > 0; cut++) left -= text[cut] === "." ? 0 : 1;
  if (count < DIGITS && text[cut] === ".") cut++;
  return { right: text.slice(0, cut), wrong: text.slice(cut), end, count };
}

/** Right digits of both routes, from 0 to 16: −log10 of the relative error. */
export function digitsRight(gap, label) {
  const exact = Math.log1p(Math.exp(-gap)) + (label === "loser" ? gap : 0);
  const count = (loss) => {
    if (loss === 0 || loss === Infinity) return 0;
    const error = Math.abs(loss / exact - 1);
    return error ? Math.max(0, Math.min(MOST_DIGITS, -Math.log10(error))) : MOST_DIGITS;
  };
  const both = losses(gap, label);
  return { softmax: count(both.softmax), difference: count(both.difference) };
}

// ---- State ----

/** @typedef {{gap: number, label: string}} State */

const isGap = (gap) => Number.isFinite(gap) && gap >= 0 && gap <= WIDEST;

/**
 * The model's state, with what makes no sense left as it was: a link between widgets may bring anything.
 * @param {Model} model
 * @param {State} kept
 * @returns {State}
 */
function readModel(model, kept) {
  const [gap, label] = [model.get("gap"), model.get("label")];
  return { gap: isGap(gap) ? gap : kept.gap, label: LABELS.includes(label) ? label : kept.label };
}

/** As in the URL: d.gap=744&d.label=loser */
const toFragment = ({ gap, label }) => `d.gap=${gap}&d.label=${label}`;

/** The pieces of a fragment that make sense; the rest is ignored. */
function fromFragment(fragment) {
  const pieces = new URLSearchParams(fragment);
  /** @type {Partial<State>} */
  const changes = {};
  const gap = numberOr(pieces.get("d.gap"), 0, WIDEST);
  if (gap !== undefined) changes.gap = gap;
  if (LABELS.includes(pieces.get("d.label"))) changes.label = /** @type {string} */ (pieces.get("d.label"));
  return changes;
}

// ---- Words. Twins of those in __init__.py. ----

/** What happens at this gap, and why. */
export function explanation(gap, label, both) {
  const g = plain(gap);
  if (label === "loser") {
    if (both.softmax === Infinity) {
      return `*p* = *e*^−${g}^ is too small for a float64: it is stored as 0, and −log 0 is inf. The difference never forms *p*.`;
    }
    if (gap > SUBNORMAL) {
      return "*p* is so close to 0 that it is stored with fewer digits, and soon with hardly any. The difference never forms *p*.";
    }
    return "*p* is stored with all its digits, small as it may be: both ways are fine.";
  }
  if (both.softmax === 0) {
    return `*p* is stored as 1, and log-sum-exp as ${g}: both ways say that there is no loss. It is tiny, but it is not 0.`;
  }
  if (both.difference === 0) {
    return `Log-sum-exp is stored as ${g}, so the difference is 0. *p* still differs from 1, in its last digits.`;
  }
  if (gap > 5) {
    return `The loss hides behind the nines of *p*, and the last of them are rounded. The difference takes ${g} from a number just above it, and mostly loses even more.`;
  }
  return "*p* is far from 1, so neither way has much to lose.";
}

// ---- Views: each is {node, show(…)} ----

const box = (name, ...children) => element("div", { class: name }, ...children);

function labelView({ prefix, signal, choose }) {
  const radios = LABELS.map((label) => {
    const radio = element("input", {
      type: "radio",
      class: "ld-radio",
      name: `${prefix}label`,
      value: label,
      "data-lm-suppress-shortcuts": "true",
    });
    radio.addEventListener("change", () => choose(label), { signal });
    return radio;
  });
  const labels = radios.map((radio) => element("label", { class: "ld-label" }, radio, `the ${radio.value}`));
  const group = element("div", { class: "ld-labels", role: "radiogroup", "aria-label": "True class" });
  group.append(...labels);
  const show = (chosen) =>
    radios.forEach((radio, i) => {
      radio.checked = LABELS[i] === chosen;
      labels[i].classList.toggle("is-chosen", radio.checked);
    });
  return { node: box("ld-truth", element("span", { class: "ld-caption" }, "true class"), group), show };
}

/** The gap: its field in the caption, its slider as wide as the plot. */
function gapView({ prefix, signal, say, setGap, commit }) {
  const hooks = { signal, say, commit: () => commit("gap") };
  const fromRoot = (root) => setGap(Number((root * root).toPrecision(4))); // with less, a step might lead nowhere
  const range = slider({
    ...hooks,
    label: "Gap",
    min: 0,
    max: ROOT,
    step: 0.02,
    page: 1,
    accept: fromRoot,
  });
  const field = numberField({
    ...hooks,
    label: "Exact gap",
    id: `${prefix}refusal-gap`,
    min: 0,
    max: WIDEST,
    step: 1,
    keyboard: "decimal",
    accept: setGap,
  });
  const caption = element("span", { class: "ld-caption" }, "gap from the winner’s logit to the loser’s");
  const show = (gap) => {
    range.show(Math.sqrt(gap), plain(gap));
    field.show(gap);
  };
  return { node: box("ld-gap", caption, field.node, range.node), show };
}

/** Right digits over the gap, the worse of four places each; this gap marked. */
function plotView() {
  const at = (gap) => (1000 * Math.sqrt(gap)) / ROOT;
  const up = (digits) => 100 - (100 * digits) / MOST_DIGITS;
  const share = (x) => `${x / 10}%`;
  const word = (name, x, y, text) => svgElement("text", { class: `ld-${name}`, x, y }, text);
  const frame = { viewBox: "0 0 1000 100", preserveAspectRatio: "none", y: 10, height: 110, width: "100%" };
  const curves = ROUTES.map((route) => svgElement("path", { class: `ld-curve ld-${route}` }));
  const ticks = [0, 5, 10, 15].flatMap((digits) => {
    const y = 10 + 1.1 * up(digits);
    return [
      svgElement("line", { class: "ld-grid", x1: 0, x2: "100%", y1: y, y2: y }),
      word("scale", -6, y + 4, digits),
    ];
  });
  const gaps = [0, 10, 100, 300, 600, 900].map((gap) => word("scale ld-below", share(at(gap)), 138, gap));
  const cursor = svgElement("line", { class: "ld-cursor", y1: 6, y2: 120 });
  const dots = ROUTES.map((route) => svgElement("circle", { class: `ld-dot ld-${route}`, r: 5 }));
  const crosses = ROUTES.map((route) => word(`cross ld-${route}`, 0, 125, "×"));
  const node = svgElement(
    "svg",
    { class: "ld-plot", "aria-hidden": "true" },
    ...ticks,
    ...gaps,
    svgElement("svg", frame, ...curves),
    cursor,
    ...crosses,
    ...dots,
  );
  const paths = {}; // of both labels, once seen
  const trace = (label) => {
    const points = Array.from({ length: 201 }, (_, i) => {
      const four = [0, 1, 2, 3].map((part) => digitsRight(Math.min(ROOT, (i + part / 4) * 0.15) ** 2, label));
      return ROUTES.map((route) => Math.min(...four.map((digits) => digits[route])));
    });
    return ROUTES.map(
      (_, k) => `M${points.map((pair, i) => `${5 * i} ${up(pair[k]).toFixed(2)}`).join("L")}`,
    );
  };
  const show = (gap, label, breaks) => {
    paths[label] ??= trace(label);
    const digits = digitsRight(gap, label);
    const x = share(at(gap));
    cursor.setAttribute("x1", x);
    cursor.setAttribute("x2", x);
    ROUTES.forEach((route, k) => {
      curves[k].setAttribute("d", paths[label][k]);
      dots[k].setAttribute("cx", x);
      dots[k].setAttribute("cy", 10 + 1.1 * up(digits[route]));
      const end = breaks?.[label]?.[route];
      crosses[k].style.display = Number.isFinite(end) ? "" : "none";
      if (Number.isFinite(end)) crosses[k].setAttribute("x", share(at(end)));
    });
  };
  return { node, show };
}

const NAMES = {
  softmax: ["−log softmax"],
  difference: ["log-sum-exp − ", ["a", "y"]],
  exact: ["exact"],
};

/** One number, its name, and where its route breaks. */
function numberView(route) {
  const [words, letters] = NAMES[route];
  const name = element("span", { class: "ld-name" }, element("span", { class: `ld-key ld-${route}` }), words);
  if (letters) name.append(...math(`*${letters[0]}*`), element("sub", {}, ...math(`*${letters[1]}*`)));
  const [right, wrong, end] = [element("span"), element("s"), element("span")];
  const value = element("span", { class: "sl-value ld-value", "aria-hidden": "true" }, right, wrong, end);
  value.dataset.slQuantity = "loss";
  const spoken = element("span", { class: "ld-spoken" });
  const note = element("small", { class: "ld-note" });
  const node = box("ld-row", name, box("ld-number", value, spoken), note);
  const show = (parts, words_) => {
    right.textContent = parts.right;
    wrong.textContent = parts.wrong;
    end.textContent = parts.end;
    spoken.textContent = inWords(parts);
    note.textContent = words_;
  };
  return { node, show };
}

/** A number for the ear: what is struck out is said to be wrong. */
export function inWords({ right, wrong, end, count }) {
  const text = `${right}${wrong}${end}`;
  if (!wrong) return text;
  if (!count) return `${text}, all of it wrong`;
  return `${text}, wrong from digit ${count + 1} on`;
}

/** Where a route breaks, in words. */
export function breakText(route, label, breaks) {
  if (route === "exact") return label === "loser" ? "gap + log(1 + exp(−gap))" : "log(1 + exp(−gap))";
  const end = breaks?.[label]?.[route];
  if (!Number.isFinite(end)) return `no break up to ${WIDEST}`;
  return `${label === "loser" ? "inf" : "0"} from gap ${end.toFixed(2)}`;
}

// ---- The widget ----

/** @param {State} state */
const derive = ({ gap, label }) => ({ both: losses(gap, label), exact: exactDigits(gap, label) });

/**
 * @param {Hooks<State>} hooks
 * @returns {View<State, ReturnType<typeof derive>>}
 */
function view({ initial, update, change, get, ...hooks }) {
  const label = labelView({ ...hooks, choose: (label) => change({ label }, "label") });
  const gap = gapView({ ...hooks, setGap: (gap) => update({ gap }) });
  const plot = plotView();
  const rows = Object.fromEntries([...ROUTES, "exact"].map((route) => [route, numberView(route)]));
  const why = element("p", { class: "ld-why" });
  const tools = box(
    "ld-tools",
    button(hooks.signal, "Reset", () => change(initial, "reset")),
  );
  const root = element(
    "div",
    { class: "sl-widget ld" },
    label.node,
    gap.node,
    box("ld-figure", element("span", { class: "ld-caption" }, "right digits of the loss"), plot.node),
    box("ld-rows", ...Object.values(rows).map((row) => row.node)),
    why,
    tools,
  );

  /** @type {View<State, ReturnType<typeof derive>>["paint"]} */
  const paint = (state, { both, exact }) => {
    const breaks = get("breaks"); // searched for by Python
    label.show(state.label);
    gap.show(state.gap);
    plot.show(state.gap, state.label, breaks);
    const shown = ROUTES.map((route) => compared(both[route], exact));
    for (const [i, route] of ROUTES.entries()) {
      rows[route].show(shown[i], breakText(route, state.label, breaks));
    }
    const truth = written(exact);
    rows.exact.show({ right: truth.text, wrong: "", end: truth.end }, breakText("exact", state.label));
    write(why, explanation(state.gap, state.label, both));
    const [softmax, difference] = shown.map(inWords);
    return `Through softmax ${softmax}. By the difference ${difference}.`;
  };
  return { root, tools, paint };
}

export default mountWidget({
  traits: { gap: "gap", label: "label" },
  start: () => ({ gap: 20, label: "loser" }),
  read: readModel,
  deriver: () => derive,
  results: ({ both }, { gap, label }) => ({
    through_softmax: both.softmax === Infinity ? "inf" : both.softmax, // JSON has no inf
    by_difference: both.difference,
    loss: Math.log1p(Math.exp(-gap)) + (label === "loser" ? gap : 0),
  }),
  encode: toFragment,
  decode: fromFragment,
  view,
});
