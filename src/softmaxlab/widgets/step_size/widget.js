// StepSize: one slope of the loss estimated by three differences, and their errors over the step.
import { button, element, math, svgElement, write } from "../_runtime/elements.js";
import { numberField, numberOr } from "../_runtime/fields.js";
import { plain, scientific } from "../_runtime/format.js";
import { mountWidget } from "../_runtime/mount.js";
import { intent, slider } from "../_runtime/slider.js";
import { crossEntropy, crossEntropyGrad, softmax, total } from "../_runtime/softmax.js";

const CLASSES = [0, 1, 2];
const HIGHEST = 20; // logits
const REACH = 8; // of a logit's slider, to both sides
const [SMALLEST, LARGEST] = [1e-16, 1]; // steps
const [TOP, BOTTOM] = [1, -17]; // powers of ten of the plot
const [HEIGHT, HEAD] = [216, 8]; // of the plot, and the room above it
const EDGE = 4; // what is off the scale lies so far inside
const METHODS = ["forward", "central", "complex"];
const NAMES = { forward: "forward", central: "central", complex: "complex step", exact: "exact" };
const DIGITS = 12; // shown: an estimate has no more that could be right, and p − y has them all
const FIGURE = "error of the slope; dashed: truncation and rounding in theory; ring: best step";
const ROUNDOFF = 2 ** -53;

// ---- Slopes. Twins of softmaxlab.lessons.step_size and softmaxlab.numerics.finite_differences ----

/** The step at 10^power in three digits: the same float as in Python. */
export const stepAt = (power) => Number((10 ** power).toPrecision(3));

/** Im L(a + ih), for the loss along logit k: exp and log of complex numbers, as far as they are needed. */
function imaginaryLoss(logits, target, k, h) {
  const peak = Math.max(...logits);
  const weights = logits.map((a) => Math.exp(a - peak));
  const turned = weights.with(k, weights[k] * Math.cos(h)); // e^(a + ih) = e^a (cos h + i sin h)
  const real = turned.reduce((sum, weight) => sum + weight, 0);
  return Math.atan2(weights[k] * Math.sin(h), real) - (k === target ? h : 0);
}

/** {forward, central, complex}: the slope of the loss along logit k, estimated with step h. */
export function estimates({ logits, target, k }, h) {
  const loss = (value) => crossEntropy(logits.with(k, value), target);
  const at = logits[k];
  const up = loss(at + h);
  return {
    forward: (up - loss(at)) / h,
    central: (up - loss(at - h)) / (2 * h),
    complex: imaginaryLoss(logits, target, k, h) / h,
  };
}

/** The loss along logit k: its value, its derivatives, and the best step for two of the methods. */
export function cut({ logits, target, k }) {
  const value = crossEntropy(logits, target);
  const probs = softmax(logits);
  const p = probs[k];
  const rest = total(probs.with(k, 0)); // 1 − p may have lost its digits
  const second = p * rest;
  const third = second * (rest - p);
  return {
    value,
    slope: crossEntropyGrad(logits, target)[k],
    second,
    third,
    best: {
      forward: 2 * Math.sqrt((ROUNDOFF * value) / second),
      central: third ? Math.cbrt((3 * ROUNDOFF * value) / Math.abs(third)) : Infinity,
    },
  };
}

/** {forward, central}: truncation and rounding of each, as theory has them. */
export function parts({ value, second, third }, h) {
  const rounding = (ROUNDOFF * value) / h;
  return {
    forward: [(second / 2) * h, 2 * rounding],
    central: [(Math.abs(third) / 6) * h * h, rounding],
  };
}

// ---- Digits. Twins of digits.py ----

function digitsOf(number) {
  const [mantissa, exponent] = Math.abs(number)
    .toExponential(DIGITS - 1)
    .split("e");
  return { digits: mantissa.replace(".", ""), exponent: Number(exponent) };
}

/** Digits as they are written: with a power of ten where the number is small. [text, end] */
function written({ digits, exponent }) {
  if (exponent >= 0) return [`${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`, ""];
  if (exponent >= -3) return [`0.${"0".repeat(-exponent - 1)}${digits}`, ""];
  return [`${digits[0]}.${digits.slice(1)}`, scientific(10 ** exponent, 0).slice(1)];
}

/** {right, wrong, end, count}: a slope in three parts, the second to be struck out, and how many digits are right. */
export function compared(estimate, exact) {
  if (estimate === 0) return { right: "", wrong: "0", end: "", count: 0 };
  const [own, truth] = [digitsOf(estimate), digitsOf(exact)];
  const [bare, end] = written(own);
  const text = (estimate > 0 ? "+" : "−") + bare;
  let count = 0;
  if (own.exponent === truth.exponent && estimate > 0 === exact > 0) {
    while (count < DIGITS && own.digits[count] === truth.digits[count]) count++;
  }
  let at = count && text.search(/[1-9]/); // what stands before the first digit is right with it
  for (let left = count; left > 0; at++) left -= text[at] === "." ? 0 : 1;
  if (count < DIGITS && text[at] === ".") at++;
  return { right: text.slice(0, at), wrong: text.slice(at), end, count };
}

// ---- State ----

/** @typedef {{logits: number[], target: number, k: number, step: number}} State */

const TRAITS = { logits: "logits", target: "true_class", k: "nudged", step: "step" };
const isBetween = (x, low, high) => Number.isFinite(x) && x >= low && x <= high;
const isClass = (i) => CLASSES.includes(i);
const CHECKS = {
  logits: (a) => a?.length === CLASSES.length && a.every((logit) => isBetween(logit, -HIGHEST, HIGHEST)),
  target: isClass,
  k: isClass,
  step: (h) => isBetween(h, SMALLEST, LARGEST),
};

const sifted = (found) => Object.fromEntries(Object.entries(found).filter(([name, x]) => CHECKS[name](x)));

/**
 * The model's state, with what makes no sense left as it was: a link between widgets may bring anything.
 * @param {Model} model
 * @param {State} kept
 * @returns {State}
 */
function readModel(model, kept) {
  const found = Object.entries(TRAITS).map(([name, trait]) => [name, model.get(trait)]);
  return { ...kept, ...sifted(Object.fromEntries(found)) };
}

/** As in the URL: h.a=1,2,0.5&h.y=1&h.k=0&h.h=0.00001 */
const toFragment = ({ logits, target, k, step }) =>
  `h.a=${logits.join(",")}&h.y=${target}&h.k=${k}&h.h=${step}`;

/** The pieces of a fragment that make sense; the rest is ignored. */
function fromFragment(fragment) {
  const pieces = new URLSearchParams(fragment);
  const number = (text, low, high) => numberOr(text, low, high);
  return sifted({
    logits: pieces
      .get("h.a")
      ?.split(",")
      .map((text) => number(text, -HIGHEST, HIGHEST)),
    target: number(pieces.get("h.y"), 0, 2),
    k: number(pieces.get("h.k"), 0, 2),
    step: number(pieces.get("h.h"), SMALLEST, LARGEST),
  });
}

// ---- Words. Twins of those in __init__.py ----

/** A step as a reader would type it: 1e-5, 0.5. */
export function stepText(step) {
  const rounded = Number(step.toPrecision(12));
  return step >= 0.01 ? String(rounded) : rounded.toExponential();
}

/** What stands beside a number. */
export function note(name, { best }, atTruth) {
  if (name === "complex") return atTruth ? "only *y* = 1 is subtracted" : "nothing is subtracted";
  if (name === "exact") return `*p* − *y*, and *y* = ${atTruth ? 1 : 0}`;
  return best[name] <= LARGEST ? `best near *h* = ${scientific(best[name])}` : "best beyond *h* = 1";
}

/** Which error rules at this step. */
export function explanation(step, at, here) {
  if (at + step === at) {
    const a = plain(at).replace("-", "−");
    return `${a} + *h* is stored as ${a}. The nudge is lost: forward compares the loss with itself.`;
  }
  const both = parts(here, step);
  const curved = scientific(both.forward[0]);
  if (step < here.best.forward) {
    return `Rounding rules. The losses are rounded, and dividing by *h* makes about ${scientific(both.forward[1])} of that. A smaller *h* makes it worse.`;
  }
  if (step < here.best.central) {
    return `Forward suffers from truncation, about ${curved}: half of *h* would halve it. Central still suffers from rounding, about ${scientific(both.central[1])}.`;
  }
  return `Truncation rules: about ${curved} for forward and ${scientific(both.central[0])} for central. Half of *h* leaves a half of the one and a quarter of the other.`;
}

function inWords(name, { right, wrong, end, count }) {
  const text = `${NAMES[name]} ${right}${wrong}${end}`;
  if (!wrong) return text;
  return count ? `${text}, wrong from digit ${count + 1} on` : `${text}, all of it wrong`;
}

// ---- Views: each is {node, show(…)} ----

const box = (name, ...children) => element("div", { class: `sz-${name}` }, ...children);
const caption = (text) => element("span", { class: "sz-caption" }, ...math(text));

/** The step: its field in the caption, its slider as wide as the plot. */
function stepView({ prefix, signal, say, setStep, commit }) {
  const hooks = { signal, say, commit: () => commit("step") };
  const range = slider({
    ...hooks,
    label: "Step h, as a power of ten",
    min: -16,
    max: 0,
    step: 0.05,
    page: 1,
    accept: (power) => setStep(stepAt(power)),
  });
  const field = numberField({
    ...hooks,
    label: "Exact step h",
    id: `${prefix}refusal-step`,
    min: SMALLEST,
    max: LARGEST,
    format: stepText,
    accept: setStep,
  });
  let value;
  const turn = (event) => {
    const powers = { ArrowUp: 0.05, ArrowDown: -0.05, PageUp: 1, PageDown: -1 }[event.key];
    if (!powers) return;
    event.preventDefault();
    event.stopPropagation(); // the field would add where a step wants to be multiplied
    setStep(stepAt(Math.min(0, Math.max(-16, Math.log10(value) + powers))));
    commit("step");
  };
  field.node.addEventListener("keydown", turn, { signal, capture: true });
  const show = (step) => {
    value = step;
    range.show(Math.log10(step), stepText(step));
    field.show(step);
  };
  return { node: box("step", caption("step *h*"), field.node, range.node), show };
}

const across = (h) => 1000 * (1 + Math.log10(h) / 16);
const upFree = (error) => (HEIGHT * (TOP - Math.log10(Math.max(error, 1e-40)))) / (TOP - BOTTOM);
const up = (error) => Math.min(HEIGHT - EDGE, Math.max(EDGE, upFree(error)));
/** @type {[string, string, number, number, number, number, string][]} */
const SLOPES = [
  ["slope −1", "forward", 1, 1e-12, 8, -4, ""],
  ["slope 1", "forward", 0, 1e-1, -8, -4, " sz-before"],
  ["slope 2", "central", 0, 1e-3, 8, 12, ""],
]; // text, whose line, truncation or rounding, at which step, how far from the line, and its class

/** Errors over the step: dots for what happens, dashed lines for what theory says; this step marked. */
function plotView({ signal, getStep, setStep, commit }) {
  const share = (h) => `${across(h) / 10}%`;
  const mark = (kind, name, more = {}) => svgElement(kind, { class: `sz-${name}`, ...more });
  const set = (node, attributes) => {
    for (const [name, x] of Object.entries(attributes)) node.setAttribute(name, x);
  };
  const frame = {
    viewBox: `0 0 1000 ${HEIGHT}`,
    preserveAspectRatio: "none",
    y: HEAD,
    height: HEIGHT,
    width: "100%",
  };
  const lines = ["forward", "central"].flatMap((name) =>
    [0, 1].map((which) => [name, which, mark("path", `line sz-${name}`)]),
  );
  const dots = METHODS.map((name) => mark("path", `dots sz-${name}`));
  const scale = [0, -4, -8, -12, -16].flatMap((power) => {
    const words = power ? scientific(10 ** power, 0).slice(2) : "1";
    const y = HEAD + up(10 ** power);
    return [
      mark("line", "grid", { x1: 0, x2: "100%", y1: y, y2: y }),
      svgElement("text", { class: "sz-scale", x: -6, y: y + 4 }, words),
      svgElement("text", { class: "sz-scale sz-below", x: share(10 ** power), y: HEAD + HEIGHT + 18 }, words),
    ];
  });
  const slopes = SLOPES.map(([text, , , h, dx, , more]) =>
    svgElement("text", { class: `sz-slope${more}`, x: share(h), dx }, text),
  );
  const bests = ["forward", "central"].map((name) => [name, mark("circle", `best sz-${name}`, { r: 6 })]);
  const cursor = mark("line", "cursor", { y1: HEAD, y2: HEAD + HEIGHT });
  const here = METHODS.map((name) => mark("circle", `dot sz-${name}`, { r: 5 }));
  const node = svgElement(
    "svg",
    { class: "sz-plot", "aria-hidden": "true" },
    ...scale,
    svgElement("svg", frame, ...lines.map(([, , line]) => line), dots[2], dots[0], dots[1]),
    ...slopes,
    cursor,
    ...bests.map(([, ring]) => ring),
    ...here,
  );
  const drag = (event) => {
    const { left, width } = node.getBoundingClientRect();
    const power = 16 * ((event.clientX - left) / width - 1);
    setStep(stepAt(Math.min(0, Math.max(-16, Math.round(20 * power) / 20))));
  };
  const listen = (type, handler) => node.addEventListener(type, handler, { signal });
  let hand; // what moves the step: {id, told, before}
  const go = (event) => event.pointerId === hand?.id && hand.told(event);
  listen("pointerdown", (event) => {
    if (hand || event.button !== 0) return;
    event.preventDefault(); // selects no text
    hand = { id: event.pointerId, before: getStep(), ...intent(event) };
    if (!hand.told(event)) return;
    node.setPointerCapture(event.pointerId);
    drag(event);
  });
  listen("pointermove", (event) => go(event) && drag(event));
  listen("pointerup", (event) => {
    const how = go(event);
    if (!how) return;
    hand = undefined;
    if (how === "swipe") return;
    drag(event);
    commit("step");
  });
  listen("pointercancel", (event) => {
    if (event.pointerId !== hand?.id) return;
    const { before } = hand;
    hand = undefined;
    if (getStep() !== before) setStep(before);
  });

  let drawn;
  const trace = (state, cut_) => {
    const key = String([state.logits, state.target, state.k]);
    if (key === drawn) return;
    drawn = key;
    const paths = METHODS.map(() => "");
    for (let i = 0; i <= 320; i++) {
      const h = stepAt(i / 20 - 16);
      const found = estimates(state, h);
      METHODS.forEach((name, m) => {
        paths[m] += `M${across(h).toFixed(1)} ${up(Math.abs(found[name] - cut_.slope)).toFixed(1)}h.01`; // not h0: see polyline
      });
    }
    dots.forEach((path, m) => {
      path.setAttribute("d", paths[m]);
    });
    const height = (name, which, h) => upFree(parts(cut_, h)[name][which]).toFixed(2);
    for (const [name, which, line] of lines) {
      const ends = [SMALLEST, LARGEST].map((h) => `${across(h)} ${height(name, which, h)}`);
      line.setAttribute("d", `M${ends.join("L")}`);
    }
    SLOPES.forEach(([, name, which, h, , dy], i) => {
      const y = Number(height(name, which, h));
      slopes[i].style.display = y > 16 && y < HEIGHT - 10 ? "" : "none";
      slopes[i].setAttribute("y", HEAD + y + dy);
    });
    for (const [name, ring] of bests) {
      const h = cut_.best[name];
      ring.style.display = h <= LARGEST ? "" : "none";
      if (h > LARGEST) continue;
      const [truncation, rounding] = parts(cut_, h)[name];
      set(ring, { cx: share(h), cy: HEAD + up(truncation + rounding) });
    }
  };
  const show = (state, cut_, found) => {
    trace(state, cut_);
    const x = share(state.step);
    set(cursor, { x1: x, x2: x });
    METHODS.forEach((name, m) => {
      set(here[m], { cx: x, cy: HEAD + up(Math.abs(found[name] - cut_.slope)) });
    });
  };
  return { node, show };
}

/** One slope, its name, and what is to be known about it. */
function rowView(name) {
  const [right, wrong, end] = [element("span"), element("s"), element("span")];
  const value = element("span", { class: "sl-value sz-value", "aria-hidden": "true" }, right, wrong, end);
  const spoken = element("span", { class: "sz-spoken" });
  const words = element("small", { class: "sz-note" });
  const key = element("span", { class: `sz-key sz-${name}` });
  const node = box(
    "row",
    element("span", { class: "sz-name" }, key, NAMES[name]),
    box("number", value, spoken),
    words,
  );
  const show = (found, text) => {
    right.textContent = found.right;
    wrong.textContent = found.wrong;
    end.textContent = found.end;
    spoken.textContent = inWords(name, found).replace(`${NAMES[name]} `, "");
    write(words, text);
  };
  return { node, show };
}

/** Three radios: which class. */
function choiceView(text, { prefix, signal, choose }) {
  const radios = CLASSES.map((value) =>
    element("input", {
      type: "radio",
      class: "sz-radio",
      name: `${prefix}${text}`,
      value,
      "aria-label": `${text} ${value}`,
      "data-lm-suppress-shortcuts": "true",
    }),
  );
  const chips = radios.map((radio, i) => {
    radio.addEventListener("change", () => choose(i), { signal });
    return element("label", { class: "sz-chip" }, radio, String(i));
  });
  const group = element("div", { class: "sz-chips", role: "radiogroup", "aria-label": text }, ...chips);
  const show = (chosen) =>
    radios.forEach((radio, i) => {
      radio.checked = i === chosen;
      chips[i].classList.toggle("is-chosen", radio.checked);
    });
  return { node: box("choice", caption(text), group), show };
}

/** One logit: slider and field. */
function logitView(index, { prefix, signal, say, setLogit, commit }) {
  const hooks = { signal, say, commit: () => commit(`logit ${index}`), accept: (a) => setLogit(index, a) };
  const label = `logit ${index}`;
  const range = slider({ ...hooks, label, min: -REACH, max: REACH, step: 0.1, page: 1 });
  const field = numberField({
    ...hooks,
    label: `Exact ${label}`,
    id: `${prefix}refusal-${index}`,
    min: -HIGHEST,
    max: HIGHEST,
    step: 0.1,
  });
  const nudge = element("span", {}, ...math(" + *h*"));
  const name = element(
    "span",
    { class: "sz-name" },
    ...math("*a*"),
    element("sub", {}, String(index)),
    nudge,
  );
  const node = element("div", { class: "sz-logit" }, name, range.node, field.node);
  const show = (logit, nudged) => {
    range.show(logit, plain(logit));
    field.show(logit);
    nudge.hidden = !nudged;
  };
  return { node, show };
}

// ---- The widget ----

/** @param {State} state */
function derive(state) {
  const here = cut(state);
  return { here, found: { ...estimates(state, state.step), exact: here.slope } };
}

/**
 * @param {Hooks<State>} hooks
 * @returns {View<State, ReturnType<typeof derive>>}
 */
function view({ initial, getState, update, change, ...hooks }) {
  const { signal } = hooks;
  const setStep = (step) => update({ step });
  const setLogit = (index, logit) => update({ logits: getState().logits.with(index, logit) });
  const toBest = (name) => () => {
    const best = Number(cut(getState()).best[name].toPrecision(3));
    change({ step: Math.min(LARGEST, Math.max(SMALLEST, best)) }, {}); // {}: each click a gesture
  };

  const stepHooks = { ...hooks, getStep: () => getState().step, setStep };
  const [step, plot] = [stepView(stepHooks), plotView(stepHooks)];
  const rows = Object.fromEntries(Object.keys(NAMES).map((name) => [name, rowView(name)]));
  const why = element("p", { class: "sz-why" });
  const truth = choiceView("true class", { ...hooks, choose: (target) => change({ target }, "class") });
  const nudged = choiceView("nudged logit", { ...hooks, choose: (k) => change({ k }, "nudged") });
  const logits = CLASSES.map((index) => logitView(index, { ...hooks, setLogit }));
  const tools = box(
    "tools",
    button(signal, "Forward’s best", toBest("forward")),
    button(signal, "Central’s best", toBest("central")),
    button(signal, "Reset", () => change(initial, "reset")),
  );
  const root = element(
    "div",
    { class: "sl-widget sz" },
    step.node,
    box("figure", caption(FIGURE), plot.node),
    box("rows", ...Object.values(rows).map((row) => row.node)),
    why,
    box("choices", truth.node, nudged.node),
    box("logits", ...logits.map((view) => view.node)),
    tools,
  );

  /** @type {View<State, ReturnType<typeof derive>>["paint"]} */
  const paint = (state, { here, found }) => {
    step.show(state.step);
    plot.show(state, here, found);
    truth.show(state.target);
    nudged.show(state.k);
    for (const [i, view] of logits.entries()) view.show(state.logits[i], i === state.k);
    const shown = Object.entries(rows).map(([name, row]) => {
      const digits = compared(found[name], here.slope);
      row.show(digits, note(name, here, state.k === state.target));
      return inWords(name, digits);
    });
    write(why, explanation(state.step, state.logits[state.k], here));
    return `${shown.join(". ")}.`;
  };
  return { root, tools, paint };
}

export default mountWidget({
  traits: TRAITS,
  start: () => ({ logits: [1, 2, 0.5], target: 1, k: 0, step: 1e-5 }),
  read: readModel,
  deriver: () => derive,
  results: ({ here, found: { forward, central, complex, exact } }) => ({
    forward,
    central,
    complex_step: complex,
    slope: exact,
    best_forward: here.best.forward,
    best_central: here.best.central === Infinity ? null : here.best.central, // JSON has no inf
  }),
  encode: toFragment,
  decode: fromFragment,
  view,
});
