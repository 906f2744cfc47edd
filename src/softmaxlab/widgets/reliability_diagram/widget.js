// ReliabilityDiagram: how often models of the digits are right when they are so and so sure, at any temperature.
import { button, element, math, svgElement, write, writeText } from "../_runtime/elements.js";
import { numberField, numberOr } from "../_runtime/fields.js";
import { plain } from "../_runtime/format.js";
import { mountWidget } from "../_runtime/mount.js";
import { slider } from "../_runtime/slider.js";
import { crossEntropy, softmax, total } from "../_runtime/softmax.js";

const [COLDEST, HOTTEST] = [0.1, 10];
const [FEWEST, MOST] = [5, 20]; // bins
const PENALTIES = ["little", "some", "much"];
const SMOOTHINGS = [0, 0.05, 0.1, 0.2];
const CLASSES = 10;
const PIXELS = 64;
const FINENESS = 512; // weights are whole numbers of 1/512, gray values of 1/16: logits are exact
const INK = 16;
const NEAR = 0.01; // claims and truth that differ by less agree
const [TOP, HEIGHT] = [8, 220]; // of the diagram
const [BASE, TALLEST] = [314, 44]; // of the histogram below it
const TICKS = [0.1, 0.2, 0.5, 1, 2, 5, 10];
const MANY = 10; // bins; with more, counts are written upward
const FEW = 10; // answers: fewer are drawn pale, since chance decides there
const GLIDE = 600; // ms to the fitted temperature

// ---- Twins of softmaxlab; tests/widgets/reliability_diagram/test_browser.py compares them ----

/** Twin of softmaxlab.learning.softmax_regression.logits_of: a row for each image. `weights` has 10 numbers for each pixel, then the bias. */
export function logitsOf(weights, pixels) {
  const rows = [];
  for (let from = 0; from < pixels.length; from += PIXELS) {
    const row = new Array(CLASSES).fill(0);
    for (let i = 0; i < PIXELS; i++) {
      const gray = pixels.charCodeAt(from + i) - 97; // letters from a to q
      if (gray) for (let k = 0; k < CLASSES; k++) row[k] += gray * weights[i * CLASSES + k];
    }
    rows.push(row.map((sum, k) => (sum / INK + weights[PIXELS * CLASSES + k]) / FINENESS));
  }
  return rows;
}

/** {sure, right, loss}: of each answer its probability and whether it is right; and the mean loss in nats. */
export function answers(logits, labels, temperature) {
  const sure = [];
  const right = [];
  const losses = logits.map((row, i) => {
    const scaled = row.map((z) => z / temperature);
    const probs = softmax(scaled);
    const largest = Math.max(...probs);
    sure.push(largest);
    right.push(probs.indexOf(largest) === labels[i]);
    return crossEntropy(scaled, labels[i]);
  });
  return { sure, right, loss: total(losses) / losses.length };
}

/** Twin of softmaxlab.learning.calibration.reliability: {counts, confidence, accuracy}, NaN in an empty bin. */
export function reliability(sure, right, bins) {
  const step = 1 / bins;
  const [counts, claimed, hits] = [0, 0, 0].map((zero) => new Array(bins).fill(zero));
  sure.forEach((p, i) => {
    let bin = Math.min(bins, Math.max(1, Math.ceil(p / step))); // the division may round past an edge
    while (bin > 1 && p <= (bin - 1) * step) bin--; // on an edge: the bin below
    while (bin < bins && p > bin * step) bin++;
    counts[bin - 1]++;
    claimed[bin - 1] += p;
    hits[bin - 1] += right[i];
  });
  const mean = (sums) => sums.map((sum, b) => sum / counts[b]);
  return { counts, confidence: mean(claimed), accuracy: mean(hits) };
}

/** Twin of softmaxlab.learning.calibration.expected_calibration_error, of the bins found. */
export function expectedCalibrationError({ counts, confidence, accuracy }) {
  const gaps = counts.map((count, b) => (count ? count * Math.abs(confidence[b] - accuracy[b]) : 0));
  return total(gaps) / total(counts);
}

/** What the widget shows: the bins, ece, loss, accuracy, and mean confidence. */
export function results(logits, labels, temperature, bins) {
  const { sure, right, loss } = answers(logits, labels, temperature);
  const found = reliability(sure, right, bins);
  return {
    ...found,
    ece: expectedCalibrationError(found),
    loss,
    share: right.filter(Boolean).length / right.length,
    claim: total(sure) / sure.length,
  };
}

// ---- State ----

/** @typedef {{temperature: number, penalty: string, smoothing: number, bins: number}} State */

const isBetween = (x, min, max) => Number.isFinite(x) && x >= min && x <= max;
const IS_GOOD = {
  temperature: (t) => isBetween(t, COLDEST, HOTTEST),
  penalty: (name) => PENALTIES.includes(name),
  smoothing: (share) => SMOOTHINGS.includes(share),
  bins: (count) => Number.isInteger(count) && isBetween(count, FEWEST, MOST),
};
const NAMES = Object.keys(IS_GOOD);

/**
 * The model's state, with what makes no sense left as it was: a link between widgets may bring anything.
 * @param {Model} model
 * @param {State} kept
 * @returns {State}
 */
function stateOf(model, kept) {
  const take = (name) => [name, IS_GOOD[name](model.get(name)) ? model.get(name) : kept[name]];
  return Object.fromEntries(NAMES.map(take));
}

/** As in the URL: c.T=1.6&c.w=little&c.s=0.1&c.b=10 */
const pieces = ({ temperature, penalty, smoothing, bins }) =>
  `c.T=${temperature}&c.w=${penalty}&c.s=${smoothing}&c.b=${bins}`;

/** The pieces of a fragment that make sense; the rest is ignored. */
function fromPieces(fragment) {
  const found = new URLSearchParams(fragment);
  const wanted = {
    temperature: numberOr(found.get("c.T"), COLDEST, HOTTEST),
    penalty: found.get("c.w"),
    smoothing: numberOr(found.get("c.s"), 0, 1),
    bins: numberOr(found.get("c.b"), FEWEST, MOST),
  };
  return Object.fromEntries(Object.entries(wanted).filter(([name, value]) => IS_GOOD[name](value)));
}

// ---- Words. Twins of those in __init__.py. ----

export function explanation(claim, share) {
  const gap = Math.abs(claim - share);
  const end = `it claims ${claim.toFixed(3)} on average, and is right in ${share.toFixed(3)} of all cases.`;
  if (gap < NEAR) return `About as sure as it may be: ${end}`;
  return `${claim > share ? "Too sure" : "Not sure enough"}, by ${gap.toFixed(3)}: ${end}`;
}

export function binsInWords({ counts, confidence, accuracy }) {
  const two = (x) => x.toFixed(2);
  const parts = counts.map((count, b) => {
    const from = `${two(b / counts.length)} to ${two((b + 1) / counts.length)}`;
    return count
      ? `${from}: ${count} ${count === 1 ? "example" : "examples"}, claimed ${two(confidence[b])}, right ${two(accuracy[b])}`
      : "";
  });
  return `By confidence: ${parts.filter(Boolean).join("; ")}.`;
}

// ---- Views: each is {node, show(…)} ----

const UNDER = `confidence, and count (pale: fewer than ${FEW})`;
const div = (name, ...children) => element("div", { class: `rd-${name}` }, ...children);
const caption = (...children) => element("span", { class: "rd-caption" }, ...children);
const up = (share) => TOP + HEIGHT * (1 - share);
const along = (temperature) => (Math.log10(temperature) + 1) / 2;
const percent = (share) => `${(100 * share).toFixed(3)}%`;
const set = (node, values) => {
  for (const [name, value] of Object.entries(values)) node.setAttribute(name, value);
};

/** The temperature: its slider goes by the logarithm, and the fitted one is marked below it. */
function temperatureView({ prefix, signal, say, setTemperature, commit, buttons }) {
  const hooks = { signal, say, commit: () => commit("temperature"), accept: setTemperature };
  const range = slider({
    ...hooks,
    label: "Temperature",
    min: -1,
    max: 1,
    step: 0.01,
    page: 0.1,
    accept: (power) => setTemperature(Number((10 ** power).toPrecision(3))),
  });
  const field = numberField({
    ...hooks,
    label: "Exact temperature",
    id: `${prefix}refusal`,
    min: COLDEST,
    max: HOTTEST,
    step: 0.1,
    keyboard: "decimal",
    format: (t) => plain(Number(t.toPrecision(3))),
  });
  const ticks = TICKS.map((t) => svgElement("text", { x: percent(along(t)), y: 13 }, t));
  const pointer = svgElement("svg", { y: 18 }, svgElement("path", { class: "rd-fit", d: "M0 0L5 8H-5Z" }));
  const word = svgElement("text", { class: "rd-fit", y: 38 }, "fit");
  const marks = svgElement("svg", { class: "rd-scale", "aria-hidden": "true" }, ...ticks, pointer, word);
  const show = (t, fitted) => {
    range.show(Math.log10(t), plain(Number(t.toPrecision(3))));
    field.show(t);
    for (const node of [pointer, word]) node.setAttribute("x", percent(along(fitted)));
  };
  const name = caption(...math("temperature *T*"));
  return {
    node: div("top", name, field.node, div("track", range.node, marks), div("steer", ...buttons)),
    show,
  };
}

/** One bin of the diagram, and its bar of the histogram. */
function binView(b, n) {
  const [x, width, end] = [percent((b + 0.06) / n), percent(0.88 / n), percent((b + 0.94) / n)];
  const acc = svgElement("rect", { class: "rd-acc", x, width });
  const gap = svgElement("rect", { class: "rd-gap", x, width });
  const claim = svgElement("line", { class: "rd-claim", x1: x, x2: end });
  const bar = svgElement("rect", { class: "rd-bar", x, width });
  const turned = n > MANY;
  const text = svgElement("text", {
    class: `rd-count${turned ? " is-turned" : ""}`,
    ...(turned && { transform: "rotate(-90)", y: 4 }),
  });
  const place = svgElement("svg", { x: percent((b + 0.5) / n) }, text);
  const node = svgElement("g", {}, svgElement("g", {}, acc, gap, claim), bar, place);
  const show = (count, most, accuracy, confidence) => {
    node.style.display = count ? "" : "none";
    if (!count) return;
    /** @type {Element} */ (node.firstChild).classList.toggle("is-few", count < FEW);
    const tall = Math.max(1, (TALLEST * count) / most);
    set(acc, { y: up(accuracy), height: HEIGHT * accuracy });
    set(gap, { y: up(Math.max(accuracy, confidence)), height: HEIGHT * Math.abs(accuracy - confidence) });
    gap.classList.toggle("is-under", confidence < accuracy);
    set(claim, { y1: up(confidence), y2: up(confidence) });
    set(bar, { y: BASE - tall, height: tall });
    place.setAttribute("y", BASE - tall - 5);
    writeText(text, count);
  };
  return { node, show };
}

/** Right against claimed for each bin, and how many answers are in it. */
function diagramView() {
  const level = (y, name = "grid") =>
    svgElement("line", { class: `rd-${name}`, x1: 0, x2: "100%", y1: y, y2: y });
  const shares = [0, 0.5, 1].flatMap((share) => [
    level(up(share)),
    svgElement("text", { class: "rd-left", x: -6, y: up(share) + 4 }, share),
  ]);
  const scale = [0, 0.2, 0.4, 0.6, 0.8, 1].map((share) =>
    svgElement("text", { class: "rd-below", x: percent(share), y: BASE + 18 }, share),
  );
  const bars = svgElement("g");
  const diagonal = svgElement("line", { class: "rd-diagonal", x1: 0, x2: "100%", y1: up(0), y2: up(1) });
  const plot = svgElement(
    "svg",
    { class: "rd-plot", "aria-hidden": "true" },
    ...shares,
    ...scale,
    bars,
    diagonal,
    level(BASE, "axis"),
  );
  const key = (name, text) => element("span", {}, element("i", { class: `rd-key rd-${name}` }), text);
  const legend = div(
    "legend",
    key("acc", "right"),
    key("claim", "claimed"),
    key("gap", "too much"),
    key("gap is-under", "too little"),
  );
  const below = element("p", { class: "rd-caption rd-under" }, UNDER);
  const words = element("p", { class: "sl-spoken" });
  let views = [];
  const show = (found) => {
    const { counts, accuracy, confidence } = found;
    if (views.length !== counts.length) {
      views = counts.map((_, b) => binView(b, counts.length));
      bars.replaceChildren(...views.map(({ node }) => node));
    }
    const most = Math.max(...counts);
    for (const [b, view] of views.entries()) view.show(counts[b], most, accuracy[b], confidence[b]);
    writeText(words, binsInWords(found));
  };
  return { node: div("figure", legend, plot, below, words), show };
}

function numberView(name, key) {
  const value = element("span", { class: "sl-value rd-value" });
  const note = element("small", { class: "rd-note" });
  const show = (number, words) => {
    write(value, number.toFixed(3));
    write(note, words);
  };
  return { node: div(`number rd-${key}`, caption(name), value, note), show };
}

function penaltyView({ prefix, signal, choose }) {
  const radios = PENALTIES.map((value) =>
    element("input", {
      type: "radio",
      class: "rd-radio",
      name: `${prefix}penalty`,
      value,
      "data-lm-suppress-shortcuts": "true",
    }),
  );
  const chips = radios.map((radio) => element("label", { class: "rd-chip" }, radio, radio.value));
  for (const radio of radios) {
    radio.addEventListener("change", () => choose({ penalty: radio.value }, "penalty"), { signal });
  }
  const group = element("div", {
    class: "rd-chips",
    role: "radiogroup",
    "aria-label": "Weight penalty of the model",
  });
  group.append(...chips);
  const show = (penalty) =>
    radios.forEach((radio, i) => {
      radio.checked = radio.value === penalty;
      chips[i].classList.toggle("is-chosen", radio.checked);
    });
  return { node: div("choice", caption("penalty"), group), show };
}

/** A slider over a few values, the chosen one beside it. */
function choiceView(name, label, values, { signal, accept, commit }) {
  const range = slider({
    label,
    min: 0,
    max: values.length - 1,
    step: 1,
    page: Math.ceil(values.length / 5),
    signal,
    accept: (at) => accept(values[at]),
    commit,
  });
  const chosen = element("span", { class: "sl-value rd-chosen", "aria-hidden": "true" });
  const show = (value) => {
    range.show(values.indexOf(value), String(value));
    write(chosen, String(value));
  };
  return { node: div("choice", caption(name), chosen, range.node), show };
}

// ---- The widget ----

/** @param {State} state */
const whichModel = ({ penalty, smoothing }) =>
  PENALTIES.indexOf(penalty) * SMOOTHINGS.length + SMOOTHINGS.indexOf(smoothing);

/** @param {Model} model */
function deriver(model) {
  const labels = [...model.get("truths")].map(Number);
  const logits = []; // of the models shown so far
  const unscaled = {}; // results at T = 1, by model and bins
  return (/** @type {State} */ state) => {
    const at = whichModel(state);
    logits[at] ??= logitsOf(model.get("weights")[at], model.get("pixels"));
    const key = `${at} ${state.bins}`;
    unscaled[key] ??= results(logits[at], labels, 1, state.bins);
    return {
      found: results(logits[at], labels, state.temperature, state.bins),
      before: unscaled[key],
      fitted: model.get("fits")[at],
      count: labels.length,
    };
  };
}

/**
 * @param {Hooks<State>} hooks
 * @returns {View<State, ReturnType<ReturnType<typeof deriver>>>}
 */
function view({ initial, getState, assign, update, change, ...hooks }) {
  const { signal } = hooks;
  let fitted; // temperature of the model that is shown
  let frame; // of the way to another temperature
  const halt = () => cancelAnimationFrame(frame);

  /** Go to a temperature, at a walk: what moves is what the temperature moves. */
  const glide = (goal) => {
    halt();
    const arrive = () => change({ temperature: goal }, {}); // {}: a gesture of its own
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return arrive();
    const [from, to] = [Math.log(getState().temperature), Math.log(goal)];
    let begun;
    const step = (now) => {
      begun ??= now;
      const done = Math.min(1, (now - begun) / GLIDE);
      if (done === 1) return arrive();
      const eased = done * done * (3 - 2 * done);
      const temperature = Math.exp(from + (to - from) * eased);
      assign({ temperature: Math.min(HOTTEST, Math.max(COLDEST, temperature)) });
      frame = requestAnimationFrame(step);
      return undefined;
    };
    frame = requestAnimationFrame(step);
    return undefined;
  };
  signal.addEventListener("abort", halt);

  const buttons = {
    fit: button(signal, "Fit", () => glide(fitted)),
    one: button(signal, "T = 1", () => glide(1)),
    reset: button(signal, "Reset", () => change(initial, "reset")),
  };
  const temperature = temperatureView({
    ...hooks,
    setTemperature: (temperature) => update({ temperature }),
    buttons: [buttons.fit, buttons.one],
  });
  const diagram = diagramView();
  const numbers = {
    ece: numberView("ECE", "ece"),
    loss: numberView("mean loss, nats", "loss"),
    claim: numberView("mean confidence", "confidence"),
    share: numberView("accuracy", "accuracy"),
  };
  const penalty = penaltyView({ ...hooks, choose: change });
  const choice = (trait, name, label, values) =>
    choiceView(name, label, values, {
      signal,
      accept: (value) => update({ [trait]: value }),
      commit: () => hooks.commit(trait),
    });
  const smoothing = choice("smoothing", "label smoothing", "Label smoothing of the model", SMOOTHINGS);
  const every = Array.from({ length: MOST - FEWEST + 1 }, (_, i) => FEWEST + i);
  const bins = choice("bins", "bins", "Number of bins", every);
  const why = element("p", { class: "rd-why" });
  const tools = div("tools", buttons.reset);
  const list = Object.values(numbers).map(({ node }) => node);
  const root = element(
    "div",
    { class: "sl-widget rd" },
    temperature.node,
    div("body", diagram.node, div("side", div("numbers", ...list), penalty.node, smoothing.node, bins.node)),
    why,
    tools,
  );

  /** @type {View<State, ReturnType<ReturnType<typeof deriver>>>["paint"]} */
  const paint = (state, { found, before, fitted: best, count }) => {
    fitted = best;
    temperature.show(state.temperature, fitted);
    diagram.show(found);
    for (const name of ["ece", "loss", "claim"]) {
      numbers[name].show(found[name], `${before[name].toFixed(3)} at T = 1`);
    }
    numbers.share.show(found.share, `${Math.round(found.share * count)} of ${count}, at any T`);
    penalty.show(state.penalty);
    smoothing.show(state.smoothing);
    bins.show(state.bins);
    buttons.fit.setAttribute("aria-disabled", state.temperature === fitted);
    buttons.one.setAttribute("aria-disabled", state.temperature === 1);
    write(why, explanation(found.claim, found.share));
    const [ece, loss, share] = [found.ece, found.loss, found.share].map((x) => x.toFixed(3));
    return `ECE ${ece}, mean loss ${loss} nats, accuracy ${share}.`;
  };
  return { root, tools, paint, halt };
}

export default mountWidget({
  traits: { temperature: "temperature", penalty: "penalty", smoothing: "smoothing", bins: "bins" },
  start: () => ({ temperature: 1, penalty: "little", smoothing: 0, bins: 10 }),
  read: stateOf,
  deriver,
  results: ({ found: { ece, loss, share, claim, counts }, fitted }) => ({
    ece,
    loss,
    accuracy: share,
    confidence: claim,
    counts,
    fitted,
  }),
  encode: pieces,
  decode: fromPieces,
  view,
});
