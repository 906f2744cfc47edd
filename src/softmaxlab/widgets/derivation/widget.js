// Derivation: a proof step by step; every line is evaluated at the reader's logits, in the event that changed them.
import { bar, button, element, math, unseen, writeText } from "../_runtime/elements.js";
import { numberField, numberOr } from "../_runtime/fields.js";
import { decimals, plain, scientific } from "../_runtime/format.js";
import { mountWidget, viewList } from "../_runtime/mount.js";
import { slider } from "../_runtime/slider.js";
import { softmax } from "../_runtime/softmax.js";

const [FEWEST, MOST] = [2, 5]; // classes
const REACH = 10; // of a logit, to both sides
const PLACES = 10; // decimals of a line's value

// ---- Values of formulas. A number is carried with its derivatives: x[m] is the derivative with respect to every
// variable whose bit is in m, x[0] the value. With no variable it is one number, with two it is four. ----

/** Sum of f(s) over the subsets s of m. */
function overSubsets(m, f) {
  let sum = 0;
  for (let s = m; ; s = (s - 1) & m) {
    sum += f(s);
    if (s === 0) return sum;
  }
}

const jetOf = (value, bits) => [value, ...new Array((1 << bits) - 1).fill(0)];
const jetTimes = (x, y) => x.map((_, m) => overSubsets(m, (s) => x[s] * y[m ^ s]));

/** y with y[0] given, and y[m] by a rule that looks at smaller m: `rule(rest, bit)` for m = rest | bit. */
function unrolled(x, first, rule) {
  const y = jetOf(first, Math.log2(x.length));
  for (let m = 1; m < x.length; m++) {
    const bit = m & -m;
    y[m] = rule(y, m ^ bit, bit);
  }
  return y;
}

/** y′ = x′ y */
const jetExp = (x) =>
  unrolled(x, Math.exp(x[0]), (y, rest, bit) => overSubsets(rest, (s) => x[s | bit] * y[rest ^ s]));

/** All of x y′ but x[0] times the derivative that is sought. */
const known = (x, y, rest, bit) => overSubsets(rest, (s) => (s === rest ? 0 : y[s | bit] * x[rest ^ s]));

/** x y′ = x′ */
const jetLog = (x) =>
  unrolled(x, Math.log(x[0]), (y, rest, bit) => (x[rest | bit] - known(x, y, rest, bit)) / x[0]);

/** x y′ = n x′ y */
const jetAnyPower = (x, n) =>
  unrolled(x, x[0] ** n, (y, rest, bit) => {
    const right = n * overSubsets(rest, (s) => x[s | bit] * y[rest ^ s]);
    return (right - known(x, y, rest, bit)) / x[0];
  });

/** x to a power; a whole one by products, since x may be 0. */
function jetPower(x, exponent) {
  if (!(Number.isInteger(exponent) && exponent > 0)) return jetAnyPower(x, exponent);
  return exponent === 1 ? x : jetTimes(x, jetPower(x, exponent - 1));
}

const sameList = (one, other) => one.length === other.length && one.every((x, i) => x === other[i]);

/** An entry of the reader's numbers: its derivative with respect to itself is 1. */
function entry(name, at, scope) {
  const value = at.reduce((part, index) => part[index - 1], scope.values[name]);
  const x = jetOf(value, scope.seeds.length);
  scope.seeds.forEach((seed, bit) => {
    if (!seed.isHeld && seed.name === name && sameList(seed.at, at)) x[1 << bit] = 1;
  });
  return x;
}

/** A use of a definition. Inward of a derivative with respect to it, it is a variable of its own. */
function use(name, at, scope) {
  const [parameters, body] = scope.definitions[name];
  const indices = Object.fromEntries(parameters.map((parameter, n) => [parameter, at[n]]));
  const held = scope.seeds.findIndex((seed) => seed.isHeld && seed.name === name);
  const seeds = held < 0 ? scope.seeds : scope.seeds.slice(0, held);
  const outer = evaluate(body, { ...scope, indices, seeds });
  if (held < 0) return outer;
  const x = [...outer, ...new Array((1 << scope.seeds.length) - outer.length).fill(0)];
  scope.seeds.forEach((seed, bit) => {
    if (seed.isHeld && seed.name === name && sameList(seed.at, at)) x[1 << bit] = 1;
  });
  return x;
}

function summed(name, size, body, but, scope) {
  const indices = { ...scope.indices };
  const parts = [];
  const left = typeof but === "string" ? scope.indices[but] : but;
  for (let n = 1; n <= scope.sizes[size]; n++) {
    indices[name] = n;
    if (n !== left) parts.push(evaluate(body, { ...scope, indices }));
  }
  return jetOf(0, scope.seeds.length).map((_, m) => parts.reduce((sum, x) => sum + x[m], 0));
}

/**
 * The value of a formula as softmaxlab.proofs.checking.compiled writes it, and its derivatives with respect to scope.seeds.
 * scope: { values, sizes, indices, definitions, seeds }
 */
export function evaluate(node, scope) {
  const bits = scope.seeds.length;
  if (typeof node === "number") return jetOf(node, bits);
  const [kind, ...parts] = node;
  const value = (part) => evaluate(part, scope);
  const places = (list) => list.map((i) => (typeof i === "string" ? scope.indices[i] : i));
  switch (kind) {
    case "+":
      return parts.map(value).reduce((x, y) => x.map((_, m) => x[m] + y[m]));
    case "*":
      return parts.map(value).reduce(jetTimes);
    case "^":
      return jetPower(value(parts[0]), parts[1]);
    case "exp":
      return jetExp(value(parts[0]));
    case "log":
      return jetLog(value(parts[0]));
    case "at":
      return entry(parts[0], places(parts.slice(1)), scope);
    case "use":
      return use(parts[0], places(parts.slice(1)), scope);
    case "size":
      return jetOf(scope.sizes[parts[0]], bits);
    case "delta": {
      const [one, other] = places(parts);
      return jetOf(one === other ? 1 : 0, bits);
    }
    case "sum":
      return summed(...parts, scope);
    case "d": {
      const [body, [variable, name, ...at]] = parts;
      const seed = { isHeld: variable === "use", name, at: places(at) };
      return evaluate(body, { ...scope, seeds: [...scope.seeds, seed] }).slice(1 << bits);
    }
  }
  throw new Error(`no value is known for ${kind}`);
}

// ---- State ----

/** @typedef {{step: number, logits: number[], indices: number[], trueClass: number}} State */

const isBetween = (x, min, max) => Number.isFinite(x) && x >= min && x <= max;
const isClass = (n, count) => Number.isInteger(n) && n >= 0 && n < count;

/**
 * @param {any} logits
 * @returns {logits is number[]}
 */
function areLogits(logits) {
  const count = logits?.length ?? 0;
  return isBetween(count, FEWEST, MOST) && logits.every((a) => isBetween(a, -REACH, REACH));
}

/**
 * @param {any} indices
 * @returns {indices is number[]}
 */
function areIndices(indices, count, { indices: names, apart }) {
  if (indices?.length !== names.length || !indices.every((n) => isClass(n, count))) return false;
  return !apart || new Set(indices).size === names.length;
}

/** Indices for fewer classes: those beyond the last become the last, or, if they must differ, the first ones. */
function within(indices, count, { apart }) {
  const kept = indices.map((n) => Math.min(n, count - 1));
  return apart && new Set(kept).size < kept.length ? kept.map((_, n) => n) : kept;
}

/**
 * The model's state, with what makes no sense left as it was: a link between widgets may bring anything.
 * @param {Model} model
 * @param {State} kept
 * @param {any} proof
 * @returns {State}
 */
function readState(model, kept, proof) {
  const [logits, step, y] = ["logits", "step", "true_class"].map((name) => model.get(name));
  const next = {
    logits: areLogits(logits) ? [...logits] : kept.logits,
    step: isBetween(step, 1, proof.steps.length) ? Math.floor(step) : kept.step,
  };
  const count = next.logits.length;
  const indices = model.get("indices");
  const good = areIndices(indices, count, proof) ? [...indices] : within(kept.indices, count, proof);
  return { ...next, indices: good, trueClass: Math.min(isClass(y, MOST) ? y : kept.trueClass, count - 1) };
}

/** The values of some lines of a proof. */
export function valuesOf(lines, { logits, indices, trueClass }, proof) {
  const scope = {
    values: { a: logits, y: logits.map((_, n) => (n === trueClass ? 1 : 0)) },
    sizes: { N: logits.length },
    indices: Object.fromEntries(proof.indices.map((name, n) => [name, indices[n] + 1])),
    definitions: proof.definitions,
    seeds: [],
  };
  return lines.map((line) => evaluate(line, scope)[0]);
}

/**
 * As in the URL: s.step=2&s.logits=1,0,-1&s.at=0,1&s.y=0
 * @param {State} state
 */
function encode({ step, logits, indices, trueClass }) {
  return `s.step=${step}&s.logits=${logits.join(",")}&s.at=${indices.join(",")}&s.y=${trueClass}`;
}

/** The pieces of a fragment that make sense; the rest is ignored. */
function decode(fragment, state, proof) {
  const pieces = new URLSearchParams(fragment);
  const list = (name, min, max) =>
    pieces
      .get(name)
      ?.split(",")
      .map((text) => numberOr(text, min, max));
  /** @type {Partial<State>} */
  const changes = {};
  const logits = list("s.logits", -REACH, REACH);
  if (areLogits(logits)) changes.logits = logits;
  const count = (changes.logits ?? state.logits).length;
  const indices = list("s.at", 0, count - 1);
  if (areIndices(indices, count, proof)) changes.indices = indices;
  const whole = (name, min, max) => {
    const value = numberOr(pieces.get(name), min, max);
    return Number.isInteger(value) ? value : undefined;
  };
  const [step, y] = [whole("s.step", 1, proof.steps.length), whole("s.y", 0, count - 1)];
  if (step !== undefined) changes.step = step;
  if (y !== undefined) changes.trueClass = y;
  return changes;
}

// ---- Text ----

/** A number to ten decimals; what rounds to 0 has no sign. Twin of _text.fixed. */
export function fixed(value) {
  const text = value.toFixed(PLACES).replace("-", "−");
  return /[1-9]/.test(text) ? text : text.replace("−", "");
}

/** What the two numbers say: equal digits, and how large the rest is. */
function verdict(left, here) {
  const gap = Math.abs(left - here);
  if (gap === 0) return "Left side and this line are equal, to the last bit.";
  if (gap < 1e-11 * Math.max(1, Math.abs(left)))
    return `Equal, up to rounding: they differ by ${scientific(gap)}.`;
  return `They differ by ${scientific(gap)}.`;
}

/** Digits with those struck out that are not the same in `other`. */
function digits(text, other) {
  let same = 0;
  while (same < text.length && text[same] === other[same]) same += 1;
  const rest = text.slice(same);
  return [text.slice(0, same), ...(rest ? [element("s", {}, rest)] : [])];
}

/** Words with y_k set as y and a lowered k. */
const subscripted = (words) =>
  words.split(/_(\w)/).map((part, n) => (n % 2 ? element("sub", {}, part) : part));

// ---- Views: each is {node, show(…)} ----

/** A formula that Python has written as MathML, as an element. */
function formula(markup) {
  const template = element("template");
  template.innerHTML = markup;
  return /** @type {Element} */ (template.content.firstChild);
}

/**
 * Formulas one upon the other, one of them seen: {node, show(n), make(n)}. The others stay in their place, unseen,
 * since a formula that comes anew is styled and laid out anew, which takes longer than all the rest of a step.
 */
function formulaStack(markups) {
  const node = element("div", { class: "dv-math" });
  const made = [];
  let shown;
  const make = (n) => {
    if (made[n]) return;
    made[n] = formula(markups[n]);
    made[n].classList.add("is-away");
    node.append(made[n]);
  };
  const show = (n) => {
    make(n);
    shown?.classList.add("is-away");
    shown = made[n];
    shown.classList.remove("is-away");
    return shown;
  };
  return { node, show, make };
}

/** Do so many things, one whenever the browser has nothing else to do, unless the signal ends it. */
function atLeisure(count, action, signal) {
  const wait = globalThis.requestIdleCallback ?? ((run) => setTimeout(run, 50));
  let next = 0;
  const run = () => {
    if (signal.aborted || next >= count) return;
    action(next++);
    wait(run);
  };
  wait(run);
}

function valueView(name, words) {
  const number = element("span", { class: "sl-value" });
  const caption = element("span", { class: "dv-caption" }, words);
  const node = element("div", { class: `dv-value is-${name}` }, caption, number);
  return { node, show: (...parts) => number.replaceChildren(...parts) };
}

/** The claim, the step with its rule, the line before and the line after. */
function proofView(proof, { signal, go, commit }) {
  const count = proof.steps.length;
  const [old, now] = ["before", "after"].map((side) => formulaStack(proof.steps.map((step) => step[side])));
  const claim = formula(proof.claim);
  const values = {
    left: valueView("left", "left side"),
    before: valueView("before", "line before"),
    after: valueView("after", "this line"),
  };
  const [counter, rule] = [element("span", { class: "dv-count" }), element("b")];
  const words = element("p", { class: "dv-verdict" });
  const range = slider({
    label: "Step of the proof",
    min: 1,
    max: count,
    step: 1,
    page: 1,
    signal,
    accept: go,
    commit: () => commit("step"),
  });
  const move = (by) => () => {
    go(Math.min(count, Math.max(1, Number(range.node.value) + by)));
    commit("step");
  };
  const [back, next] = [button(signal, "Back", move(-1)), button(signal, "Next", move(1))];
  const nodes = [
    element("div", { class: "dv-claim" }, element("div", { class: "dv-math" }, claim), values.left.node),
    element("div", { class: "dv-stepper" }, back, range.node, next),
    element("p", { class: "dv-rule" }, counter, " ", rule),
    element("div", { class: "dv-line is-before" }, old.node, values.before.node),
    element(
      "div",
      { class: "dv-line is-after" },
      element("span", { class: "dv-equals" }, "="),
      now.node,
      values.after.node,
    ),
    words,
  ];
  const makeLines = (n) => {
    old.make(n);
    now.make(n);
  };
  let shown;
  let seen; // the formulas on show

  /** Tell the page's script which class each symbol with a free index stands for. */
  const nameSymbols = (indices) => {
    for (const symbol of seen.flatMap((part) => [...part.querySelectorAll("[data-sl-letter]")])) {
      const place = proof.indices.indexOf(symbol.dataset.slLetter);
      if (place >= 0) symbol.dataset.slIndex = indices[place];
    }
  };
  const show = ({ step, indices }, numbers) => {
    if (shown !== step) {
      shown = step;
      const { rule: name } = proof.steps[step - 1];
      seen = [claim, old.show(step - 1), now.show(step - 1)];
      writeText(counter, `${step} of ${count}`);
      rule.replaceChildren(...subscripted(name));
      range.show(step, `step ${step} of ${count}: ${name}`);
      range.node.style.setProperty("--from", 0);
      range.node.style.setProperty("--to", count > 1 ? (step - 1) / (count - 1) : 0);
      back.setAttribute("aria-disabled", step === 1);
      next.setAttribute("aria-disabled", step === count);
    }
    nameSymbols(indices);
    const [left, previous, here] = [numbers[0], numbers[step - 1], numbers[step]];
    const target = fixed(left);
    values.left.show(target);
    values.before.show(...digits(fixed(previous), target));
    values.after.show(...digits(fixed(here), target));
    writeText(words, verdict(left, here));
    return `Step ${step}, ${proof.steps[step - 1].rule}. Left side ${target}, this line ${fixed(here)}.`;
  };
  return { nodes, show, makeLines };
}

/** A class: its probability, a radio for each index and for y, its logit. */
function classView(index, columns, { prefix, signal, say, pick, setLogit, commit }) {
  const radios = columns.map((name, column) => {
    const radio = element("input", {
      type: "radio",
      class: "dv-radio",
      name: `${prefix}${name}`,
      "data-lm-suppress-shortcuts": "true",
    });
    radio.addEventListener("change", () => pick(column, index), { signal });
    return radio;
  });
  const hooks = {
    signal,
    say,
    accept: (logit) => setLogit(index, logit),
    commit: () => commit(`logit ${index}`),
  };
  const range = slider({ ...hooks, min: -REACH, max: REACH, step: 0.1, page: 1 });
  const field = numberField({
    ...hooks,
    id: `${prefix}refusal-${index}`,
    min: -REACH,
    max: REACH,
    step: 0.1,
  });
  const [name, p] = [element("span", { class: "dv-name" }), element("span", { class: "sl-value" })];
  const share = bar("dv-bar");
  const mark = (quantity) => ({ "data-sl-quantity": quantity, "data-sl-index": index });
  const node = element(
    "div",
    { class: "dv-class", role: "group", style: `--c: var(--sl-c${index})` },
    name,
    element("span", { class: "dv-p", ...mark("probs") }, unseen("probability"), p, share.node),
    element(
      "span",
      { class: "dv-picks" },
      ...radios.map((radio, column) =>
        element("label", { class: "dv-pick", ...(columns[column] === "y" && mark("targets")) }, radio),
      ),
    ),
    element("span", { class: "dv-logit", ...mark("logits") }, range.node, field.node),
  );
  const rename = (label) => {
    name.textContent = name.title = label;
    node.setAttribute("aria-label", label);
    radios.forEach((radio, column) => {
      const is = columns[column] === "y" ? `${label} is the true class` : `${columns[column]} is ${label}`;
      radio.setAttribute("aria-label", is);
    });
    range.node.setAttribute("aria-label", `${label}: logit`);
    field.input.setAttribute("aria-label", `${label}: exact logit`);
  };
  const show = ({ label, logit, prob, chosen, isTrue }) => {
    if (name.textContent !== label) rename(label);
    node.classList.toggle("is-true", isTrue);
    range.show(logit, `${plain(logit)}, probability ${decimals(prob)}`);
    field.show(logit);
    radios.forEach((radio, column) => {
      radio.checked = chosen[column] === index;
    });
    writeText(p, decimals(prob));
    share.show(0, prob);
  };
  return { node, show };
}

function headView(columns) {
  const picks = columns.map((name) => element("span", { class: "dv-pick" }, element("i", {}, name)));
  return element(
    "div",
    { class: "dv-class is-head" },
    element("span", { class: "dv-name" }),
    element("span", { class: "dv-p" }, element("i", {}, "p")),
    element("span", { class: "dv-picks" }, ...picks),
    element("span", { class: "dv-logit" }, ...math("logit *a*")),
  );
}

// ---- The widget ----

/** @param {Model} model */
const proofOf = (model) => model.get("certificate");

/** @param {Model} model */
function deriver(model) {
  const proof = proofOf(model);
  return (/** @type {State} */ state) => ({
    probs: softmax(state.logits),
    values: valuesOf(proof.lines, state, proof),
  });
}

/**
 * @param {Hooks<State>} hooks
 * @returns {View<State, ReturnType<ReturnType<typeof deriver>>>}
 */
function view({ initial, getState, update, change, get, ...hooks }) {
  const { signal } = hooks;
  const proof = get("certificate");
  const columns = [...proof.indices, ...(proof.targets ? ["y"] : [])];

  /** Let an index stand for a class; where two must differ and would not, they change places. */
  const pick = (column, index) => {
    if (column === proof.indices.length) return change({ trueClass: index }, "true class");
    const { indices } = getState();
    const swapped = indices.map((old, n) => {
      if (n === column) return index;
      return proof.apart && old === index ? indices[column] : old;
    });
    change({ indices: swapped }, `index ${column}`);
  };
  const setLogit = (index, logit) => update({ logits: getState().logits.with(index, logit) });
  const setLogits = (make) => () => change({ logits: make(getState().logits) }, {}); // {}: each click a gesture
  const random = () => Math.round(Math.random() * 60 - 30) / 10;

  const steps = proofView(proof, { ...hooks, go: (step) => update({ step }) });
  const classes = element("div", { class: "dv-classes" }, headView(columns));
  const without = setLogits((logits) => logits.slice(0, -1));
  const buttons = {
    reset: button(signal, "Reset", () => change(initial, "reset")),
    random: button(
      signal,
      "Random",
      setLogits((logits) => logits.map(random)),
    ),
    remove: button(signal, "Remove class", without),
    add: button(
      signal,
      "Add class",
      setLogits((logits) => [...logits, 0]),
    ),
  };
  const tools = element("div", { class: "dv-tools" }, ...Object.values(buttons));
  const style = `--w: ${proof.width}; --h: ${proof.height}; --cw: ${proof.claim_width}; --columns: ${columns.length}`;
  const root = element("div", { class: "sl-widget dv", style }, ...steps.nodes, classes, tools);
  const resize = viewList(classes, signal, (index, own) =>
    classView(index, columns, { ...hooks, pick, setLogit, signal: own }),
  );

  /** @type {View<State, ReturnType<ReturnType<typeof deriver>>>["paint"]} */
  const paint = (state, { probs, values }) => {
    const { logits, indices, trueClass } = state;
    const labels = get("labels") ?? [];
    for (const [n, row] of resize(logits.length).entries()) {
      row.show({
        label: labels[n] || `class ${n}`,
        logit: logits[n],
        prob: probs[n],
        chosen: [...indices, trueClass],
        isTrue: proof.targets && n === trueClass,
      });
    }
    buttons.remove.setAttribute("aria-disabled", logits.length <= FEWEST);
    buttons.add.setAttribute("aria-disabled", logits.length >= MOST);
    return steps.show(state, values);
  };
  return { root, tools, paint, begin: () => atLeisure(proof.steps.length, steps.makeLines, signal) };
}

export default mountWidget({
  traits: { logits: "logits", step: "step", indices: "indices", trueClass: "true_class" },
  alsoShown: ["labels"],
  start: (model) => ({
    logits: [1, 0, -1],
    step: 1,
    indices: proofOf(model).indices.map((_, n) => n),
    trueClass: 0,
  }),
  read: (model, kept) => readState(model, kept, proofOf(model)),
  fit: (next, model) => ({
    ...next,
    indices: within(next.indices, next.logits.length, proofOf(model)),
    trueClass: Math.min(next.trueClass, next.logits.length - 1),
  }),
  deriver,
  results: (derived) => derived,
  encode,
  decode: (fragment, state, model) => decode(fragment, state, proofOf(model)),
  view,
});
