// InformationBars: two distributions to drag, and H(y) + KL(y‖p) = H(y, p) as lengths that add.
import { button, element, math, setVariable, svgElement, write } from "../_runtime/elements.js";
import { numberField, numberOr } from "../_runtime/fields.js";
import { decimals } from "../_runtime/format.js";
import { mountWidget, viewList } from "../_runtime/mount.js";
import { areShares, fitted, moved } from "../_runtime/shares.js";
import { slider } from "../_runtime/slider.js";
import { total } from "../_runtime/softmax.js";

const [FEWEST, MOST] = [2, 6]; // classes
const COINS = { nats: 1, bits: Math.LN2 }; // worth of one unit, in nats
const REACH = 3; // nats that the lengths have room for; doubled as often as needed
const NOISE = 1e-14; // nats: below that a sum of six terms near 1 is rounding

// ---- Twins of softmaxlab.learning.scoring_rules; tests/widgets/information_bars/test_browser.py compares them ----

/** Twin of softmaxlab.learning.scoring_rules.entropy: −Σ p log p, in nats. */
export function entropy(probs) {
  return total(probs.map((p) => (p > 0 ? p * -Math.log(p) : 0))) + 0;
}

/** Twin of softmaxlab.learning.scoring_rules.kl_divergence: Σ y log(y/p), in nats; Infinity where p rules out what y does not. */
export function klDivergence(targets, probs) {
  const term = (y, p) => {
    const ratio = y / p;
    return y * (ratio < Infinity ? Math.log(ratio) : Math.log(y) - Math.log(p)); // may be overflow only
  };
  return total(targets.map((y, i) => (y > 0 ? term(y, probs[i]) : 0)));
}

/** Twin of softmaxlab.learning.scoring_rules.cross_entropy_terms: what each class adds to H(y, p). */
export function crossEntropyTerms(targets, probs) {
  return targets.map((y, i) => (y > 0 ? y * -Math.log(probs[i]) + 0 : 0));
}

// ---- State ----

/** @typedef {{targets: number[], probs: number[], unit: string}} State */

/**
 * The model's state, with what makes no sense left as it was. If one has a new length, the other follows.
 * @param {Model} model
 * @param {State} kept
 * @returns {State}
 */
function readState(model, kept) {
  const read = (name) => (areShares(model.get(name), FEWEST, MOST) ? [...model.get(name)] : kept[name]);
  let [targets, probs] = [read("targets"), read("probs")];
  if (targets.length !== probs.length) {
    if (targets.length !== kept.targets.length) probs = fitted(probs, targets.length);
    else targets = fitted(targets, probs.length);
  }
  return { targets, probs, unit: Object.hasOwn(COINS, model.get("unit")) ? model.get("unit") : kept.unit };
}

/**
 * All that follows from a state, in nats.
 * @param {State} state
 */
function derive({ targets, probs }) {
  const terms = crossEntropyTerms(targets, probs);
  const kl = (y, p) => Math.max(0, klDivergence(y, p)); // rounding may leave −1e-17
  return {
    entropy: entropy(targets),
    kl: kl(targets, probs),
    loss: total(terms),
    terms,
    swapped: [entropy(probs), kl(probs, targets)],
  };
}

/**
 * As in the URL: i.y=0.7,0.2,0.1&i.p=0.5,0.3,0.2&i.u=nats
 * @param {State} state
 */
function encode({ targets, probs, unit }) {
  return `i.y=${targets.join(",")}&i.p=${probs.join(",")}&i.u=${unit}`;
}

/** The pieces of a fragment that make sense; the rest is ignored. */
function decode(fragment, state) {
  const pieces = new URLSearchParams(fragment);
  /** @type {Partial<State>} */
  const changes = {};
  for (const [piece, name] of [
    ["i.y", "targets"],
    ["i.p", "probs"],
  ]) {
    const shares = pieces
      .get(piece)
      ?.split(",")
      .map((text) => numberOr(text, 0, 1));
    if (areShares(shares, FEWEST, MOST)) changes[name] = shares;
  }
  const next = { ...state, ...changes };
  if (next.targets.length !== next.probs.length) {
    delete changes.targets;
    delete changes.probs;
  }
  const unit = pieces.get("i.u") ?? "";
  if (Object.hasOwn(COINS, unit)) changes.unit = unit;
  return changes;
}

// ---- Text. Twins of share_text and price_text in __init__.py ----

export function shareText(share) {
  return share > 0 && share < 0.0005 ? share.toExponential(1) : share.toFixed(3);
}

export function priceText(nats, unit) {
  if (nats === Infinity) return "∞";
  return nats >= NOISE ? decimals(nats / COINS[unit]) : "0.000";
}

/** The line below the bars: what the picture shows now. */
function hintText({ kl }, impossible) {
  if (kl === Infinity)
    return `*p* calls ${impossible} impossible, *y* does not: KL is infinite. No price is enough.`;
  if (kl < NOISE) return "*p* = *y*: nothing is wasted. *H*(*y*) is what even honesty must pay.";
  return "Gray is the world’s part, the rest the forecaster’s. Second bar: the same, class by class.";
}

// ---- Views: each is {node, show(…)} ----

const part = (name, ...children) => element("div", { class: `ib-${name}` }, ...children);
const caption = (text) => element("span", { class: "ib-caption" }, ...math(text));

/** The equation in numbers, and the choice of the unit. */
function topView({ prefix, signal, chooseUnit }) {
  const value = (name) => element("span", { class: `sl-value ib-${name}-value`, "data-sl-quantity": name });
  const [h, kl, loss] = ["entropy", "kl", "loss"].map(value);
  const term = (name, node, text) => {
    const spoken = element("span", { class: "sl-unseen" }, ...math(text), " ");
    const seen = caption(text);
    seen.setAttribute("aria-hidden", "true"); // below the number: it is heard before it
    return element("div", { class: `ib-term ib-${name}` }, spoken, node, seen);
  };
  const sign = (text) => element("span", { class: "ib-sign" }, text);
  const radios = Object.keys(COINS).map((unit) => {
    const input = element("input", {
      type: "radio",
      name: `${prefix}unit`,
      value: unit,
      "data-lm-suppress-shortcuts": "true",
    });
    input.addEventListener("change", () => chooseUnit(unit), { signal });
    return input;
  });
  const units = radios.map((input) =>
    element("label", { class: "ib-unit" }, input, element("span", {}, input.value)),
  );
  const sum = part(
    "sum",
    term("entropy", h, "*H*(*y*)"),
    sign("+"),
    term("kl", kl, "KL(*y*‖*p*)"),
    sign("="),
    term("loss", loss, "*H*(*y*, *p*)"),
  );
  const choice = element("div", { class: "ib-units", role: "radiogroup", "aria-label": "Unit" }, ...units);
  const show = (prices, unit) => {
    h.textContent = priceText(prices.entropy, unit);
    kl.textContent = priceText(prices.kl, unit);
    loss.textContent = priceText(prices.loss, unit);
    radios.forEach((radio, i) => {
      radio.checked = radio.value === unit;
      units[i].classList.toggle("is-on", radio.checked);
    });
  };
  return { node: part("top", sum, choice), show };
}

/** Lengths laid end to end in one track; what is infinite runs to the edge. */
function lineView(name, text, count, colored) {
  const bars = Array.from({ length: count }, (_, i) =>
    svgElement("rect", {
      class: "ib-segment",
      height: 1,
      ...(colored && { style: `fill: var(--sl-c${i})` }),
    }),
  );
  const svg = svgElement("svg", { viewBox: "0 0 1 1", preserveAspectRatio: "none" }, ...bars);
  const node = element("div", { class: `ib-line ib-${name}` }, caption(text), part("track", svg));
  const show = (lengths, reach) => {
    let sum = 0;
    bars.forEach((bar, i) => {
      const from = Math.min(1, sum / reach);
      sum += lengths[i] ?? 0;
      bar.setAttribute("x", from);
      bar.setAttribute("width", Math.min(1, sum / reach) - from);
    });
    node.classList.toggle("is-endless", sum === Infinity);
  };
  return { node, show };
}

/** The three sums as lengths over one scale, which doubles when one of them needs more room. */
function stackView() {
  const split = lineView("split", "*H*(*y*) + KL", 2, false);
  const whole = lineView("whole", "*H*(*y*, *p*)", MOST, true);
  const swapped = lineView("swapped", "swapped", 2, false);
  const end = svgElement("line", { y2: 1 });
  const unitName = caption("");
  const ticks = Array.from({ length: 5 }, () => element("span", { class: "ib-tick" }));
  const axis = element("div", { class: "ib-line ib-axis" }, unitName, part("ticks", ...ticks));
  const node = element(
    "div",
    { class: "ib-stack", "aria-hidden": "true" },
    split.node,
    whole.node,
    swapped.node,
    axis,
    svgElement("svg", { class: "ib-end", viewBox: "0 0 1 1", preserveAspectRatio: "none" }, end),
  );
  const show = (prices, unit) => {
    const sums = [prices.entropy, prices.loss, prices.swapped[0], total(prices.swapped)];
    const highest = Math.max(...sums.filter((nats) => nats < Infinity));
    let doublings = 0;
    while (highest > REACH * 2 ** doublings) doublings++;
    const reach = REACH * 2 ** doublings;
    split.show([prices.entropy, prices.kl], reach);
    whole.show(prices.terms, reach);
    swapped.show(prices.swapped, reach);
    for (const name of ["x1", "x2"]) end.setAttribute(name, Math.min(1, prices.loss / reach));
    unitName.textContent = unit;
    ticks.forEach((tick, mark) => {
      const at = (mark * COINS[unit]) / REACH;
      tick.hidden = at > 1;
      setVariable(tick, "--at", at);
      tick.textContent = /** @type {any} */ (mark * 2 ** doublings); // a text, then
    });
  };
  return { node, show };
}

/** One class: its share of y above its share of p, each a bar to drag and a number to type. */
function classView(index, { prefix, signal, say, setShare, commit }) {
  const name = element("span", { class: "ib-name" });
  const shares = [
    ["y", "targets"],
    ["p", "probs"],
  ].map(([letter, which]) => {
    const hooks = {
      signal,
      say,
      min: 0,
      max: 1,
      step: 0.01,
      accept: (value) => setShare(which, index, value),
      commit: () => commit(`${letter} ${index}`),
    };
    const range = slider({ ...hooks, page: 0.1 });
    const field = numberField({
      ...hooks,
      id: `${prefix}refusal-${letter}-${index}`,
      keyboard: "decimal",
      format: shareText,
    });
    const node = element(
      "div",
      { class: `ib-share ib-${letter}`, "data-sl-quantity": which, "data-sl-index": index },
      element("i", {}, letter),
      range.node,
      field.node,
    );
    return { node, range, field, word: letter === "y" ? "truth y" : "forecast p" };
  });
  const node = element(
    "div",
    { class: "ib-class", role: "group", style: `--c: var(--sl-c${index})` },
    name,
    part("pair", ...shares.map((share) => share.node)),
  );
  const rename = (label) => {
    name.textContent = name.title = label;
    node.setAttribute("aria-label", label);
    for (const { range, field, word } of shares) {
      range.node.setAttribute("aria-label", `${label}: ${word}`);
      field.input.setAttribute("aria-label", `${label}: exact ${word}`);
    }
  };
  const show = (label, ...values) => {
    if (name.textContent !== label) rename(label);
    shares.forEach(({ range, field }, i) => {
      range.show(values[i], shareText(values[i]));
      field.show(values[i]);
    });
  };
  return { node, show };
}

// ---- The widget ----

/**
 * @param {Hooks<State>} hooks
 * @returns {View<State, ReturnType<typeof derive>>}
 */
function view({ initial, getState, update, change, get, ...hooks }) {
  const { signal } = hooks;
  let gesture = {}; // the bar being moved, and the shares before: back at its old place, all are
  const setShare = (which, index, value) => {
    const shares = getState()[which];
    const goesOn =
      gesture.which === which && gesture.index === index && String(gesture.after) === String(shares);
    const before = goesOn ? gesture.before : shares;
    const after = moved(before, index, value);
    gesture = { which, index, before, after };
    update({ [which]: after });
  };

  const top = topView({ ...hooks, chooseUnit: (unit) => change({ unit }, "unit") });
  const stack = stackView();
  const classes = part("classes");
  const hint = element("p", { class: "ib-hint" });
  const swap = ({ targets, probs }) => change({ targets: probs, probs: targets }, {}); // {}: each click a gesture
  const both = (make) => () => {
    const { targets, probs } = getState();
    change({ targets: make(targets), probs: make(probs) }, {});
  };
  const random = (shares) => {
    const draws = shares.map(() => -Math.log(1 - Math.random()));
    return draws.map((draw) => draw / total(draws));
  };
  const buttons = {
    swap: button(signal, "Swap y and p", () => swap(getState())),
    reset: button(signal, "Reset", () => change(initial, "reset")),
    random: button(signal, "Random", both(random)),
    remove: button(
      signal,
      "Remove class",
      both((shares) => fitted(shares, shares.length - 1)),
    ),
    add: button(
      signal,
      "Add class",
      both((shares) => moved([...shares, 0], shares.length, 1 / (shares.length + 1))),
    ),
  };
  const tools = part("tools", ...Object.values(buttons));
  const root = element("div", { class: "sl-widget ib" }, top.node, stack.node, classes, hint, tools);
  const resize = viewList(classes, signal, (index, own) =>
    classView(index, { ...hooks, setShare, signal: own }),
  );

  /** @type {View<State, ReturnType<typeof derive>>["paint"]} */
  const paint = ({ targets, probs, unit }, prices) => {
    const labels = get("labels") ?? [];
    const named = targets.map((_, i) => labels[i] || `class ${i}`);
    for (const [i, view] of resize(targets.length).entries()) view.show(named[i], targets[i], probs[i]);
    buttons.remove.setAttribute("aria-disabled", targets.length <= FEWEST);
    buttons.add.setAttribute("aria-disabled", targets.length >= MOST);
    top.show(prices, unit);
    stack.show(prices, unit);
    write(hint, hintText(prices, named[prices.terms.indexOf(Infinity)]));
    const [h, kl, loss] = [prices.entropy, prices.kl, prices.loss].map((nats) =>
      priceText(nats, unit).replace("∞", "infinite"),
    );
    return `Entropy ${h}, divergence ${kl}, cross-entropy ${loss} ${unit}.`;
  };
  return { root, tools, paint };
}

const TIE = [0.25, 0.25, 0.25, 0.25];
const asJson = (nats) => (nats < Infinity ? nats : null); // as Python sends it

export default mountWidget({
  traits: { targets: "targets", probs: "probs", unit: "unit" },
  alsoShown: ["labels"],
  start: () => ({ targets: TIE, probs: TIE, unit: "nats" }),
  read: readState,
  deriver: () => derive,
  results: ({ entropy, kl, loss }, { targets, probs }) => ({
    entropy,
    targets, // one of them may have followed the other
    probs,
    kl: asJson(kl),
    loss: asJson(loss),
  }),
  encode,
  decode,
  view,
});
