// LogitExplorer: logits in, exp, probabilities, loss and gradient, all redrawn in the event that changed them.
import { bar, button, element, math, setVariable, unseen, write, writeText } from "../_runtime/elements.js";
import { numberField, numberOr } from "../_runtime/fields.js";
import { decimals, exponential, magnitude, plain, signed } from "../_runtime/format.js";
import { mountWidget, viewList } from "../_runtime/mount.js";
import { slider } from "../_runtime/slider.js";
import { crossEntropy, crossEntropyGrad, softmax, total } from "../_runtime/softmax.js";

const [FEWEST, MOST] = [2, 10]; // classes
const [LOWEST, HIGHEST] = [-1000, 1000]; // logits, typed
const REACH = 10; // of a logit's slider, to both sides
const [COLDEST, HOTTEST] = [0.1, 10]; // temperatures

// ---- State ----

/** @typedef {{logits: number[], temperature: number, trueClass: number}} State */

const isBetween = (x, min, max) => Number.isFinite(x) && x >= min && x <= max;

/**
 * @param {any} logits
 * @returns {logits is number[]}
 */
function areLogits(logits) {
  const count = logits?.length ?? 0;
  return isBetween(count, FEWEST, MOST) && logits.every((a) => isBetween(a, LOWEST, HIGHEST));
}

/**
 * The model's state, with what makes no sense left as it was: a link between widgets may bring anything.
 * @param {Model} model
 * @param {State} kept
 * @returns {State}
 */
function readState(model, kept) {
  const [logits, temperature] = [model.get("logits"), model.get("temperature")];
  const state = {
    logits: areLogits(logits) ? [...logits] : kept.logits,
    temperature: isBetween(temperature, COLDEST, HOTTEST) ? temperature : kept.temperature,
  };
  const y = model.get("true_class");
  const trueClass = Number.isInteger(y) ? Math.max(0, y) : kept.trueClass;
  return { ...state, trueClass: Math.min(trueClass, state.logits.length - 1) };
}

/**
 * All that follows from a state; the temperature divides the logits before everything else.
 * @param {State} state
 */
function derive({ logits, temperature, trueClass }) {
  const scaled = logits.map((a) => a / temperature);
  const [probs, grad] = [softmax(scaled), crossEntropyGrad(scaled, trueClass)];
  return { scaled, probs, grad, loss: crossEntropy(scaled, trueClass) };
}

/**
 * As in the URL: logits=2,1,0.1&t=1&y=0
 * @param {State} state
 */
function encode({ logits, temperature, trueClass }) {
  return `logits=${logits.join(",")}&t=${temperature}&y=${trueClass}`;
}

/** The pieces of a fragment that make sense; the rest is ignored. */
function decode(fragment, state) {
  const pieces = new URLSearchParams(fragment);
  /** @type {Partial<State>} */
  const changes = {};
  const logits = pieces
    .get("logits")
    ?.split(",")
    .map((text) => numberOr(text, LOWEST, HIGHEST));
  if (areLogits(logits)) changes.logits = logits;
  const temperature = numberOr(pieces.get("t"), COLDEST, HOTTEST);
  if (temperature) changes.temperature = temperature;
  const y = pieces.get("y") ?? "";
  if (/^\d$/.test(y) && Number(y) < (changes.logits ?? state.logits).length) changes.trueClass = Number(y);
  return changes;
}

// ---- Views: each is {node, show(…)} ----

const cell = (name, ...children) => element("div", { class: `le-cell le-${name}` }, ...children);

/** Say which number of which class an element shows: assets/linked.js ties it to the formulas of the page. */
function linked(node, quantity, index) {
  node.dataset.slQuantity = quantity;
  if (index !== undefined) node.dataset.slIndex = index;
  return node;
}
const value = (name) => element("span", { class: `sl-value le-${name}-value` });

/** One class: its radio and logit, and what follows from them. */
function classView(index, { prefix, signal, say, choose, setLogit, commit }) {
  const radio = element("input", {
    type: "radio",
    class: "le-radio",
    name: `${prefix}true-class`,
    "data-lm-suppress-shortcuts": "true",
  });
  radio.addEventListener("change", () => choose(index), { signal });
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
    min: LOWEST,
    max: HIGHEST,
    step: 0.1,
  });
  const name = element("span", { class: "le-label" });
  const note = element("small", { class: "le-note" });
  const [exp, p, gradient] = ["exp", "p", "gradient"].map(value);
  const [share, slope] = [bar("le-bar"), bar("le-bar")];
  const track = ({ node }) => element("div", { class: "le-track" }, node);
  const node = element(
    "div",
    { class: "le-class", role: "group", style: `--c: var(--sl-c${index})` },
    linked(element("label", { class: "le-cell le-name" }, radio, name), "targets", index),
    cell("logit", range.node, field.node),
    cell("exp", unseen("exp"), exp, note),
    linked(cell("p", unseen("probability"), p, track(share)), "probs", index),
    linked(cell("g", unseen("gradient"), gradient, track(slope)), "grad", index),
  );
  for (const control of [range.node, field.node]) linked(control, "logits", index);

  const rename = (label) => {
    name.textContent = name.title = label;
    node.setAttribute("aria-label", label);
    radio.setAttribute("aria-label", `${label} is the true class`);
    range.node.setAttribute("aria-label", `${label}: logit`);
    field.input.setAttribute("aria-label", `${label}: exact logit`);
  };
  const show = ({ label, logit, scaled, prob, grad, isTrue }) => {
    if (name.textContent !== label) rename(label);
    const beyond = Math.abs(logit) > REACH ? ", beyond the end of the slider" : "";
    range.show(logit, `${plain(logit)}${beyond}, probability ${decimals(prob)}`);
    field.show(logit);
    radio.checked = isTrue;
    node.classList.toggle("is-true", isTrue);
    node.classList.toggle("is-down", grad < 0);
    const power = exponential(scaled);
    write(exp, power.text);
    write(note, power.note);
    writeText(p, decimals(prob));
    writeText(gradient, signed(grad));
    share.show(0, prob);
    slope.show(0.5, 0.5 + grad / 2);
  };
  return { node, show };
}

/** What heads the classes: the name of each quantity and its sum. */
function headView() {
  const sums = ["exp", "p", "g"].map(() => element("small", { class: "le-sum" }));
  const names = ["*e*^*a*/*T*^", "probability *p*", "gradient *p* − *y*"];
  const [exp, p, g] = names.map((name, i) => [element("span", {}, ...math(name)), sums[i]]);
  const logit = cell("logit", element("span", {}, ...math("logit *a*")));
  const cells = [cell("name", "true class"), logit, cell("exp", ...exp), cell("p", ...p), cell("g", ...g)];
  const show = ({ scaled, probs, grad }) => {
    const sum = total(scaled.map(Math.exp));
    const isNumber = sum > 0 && sum < Infinity;
    const balance = Math.abs(total(grad)).toFixed(3); // 0 up to rounding, so without a sign
    const texts = [
      isNumber ? magnitude(sum) : sum ? "too large" : "too small",
      decimals(total(probs)),
      balance,
    ];
    texts.forEach((text, i) => {
      writeText(sums[i], `sum ${text}`);
    });
  };
  return { node: element("div", { class: "le-head" }, ...cells), show };
}

/** Temperature and loss. The slider is logarithmic: half and double are equally far. */
function topView({ prefix, signal, say, setTemperature, commit }) {
  const hooks = { signal, say, commit: () => commit("temperature") };
  const fromSlider = (exponent) => setTemperature(Number((10 ** exponent).toPrecision(3)));
  const range = slider({
    ...hooks,
    label: "Temperature",
    min: -1,
    max: 1,
    step: 0.01,
    page: 0.1,
    accept: fromSlider,
  });
  const field = numberField({
    ...hooks,
    label: "Exact temperature",
    id: `${prefix}refusal-t`,
    min: COLDEST,
    max: HOTTEST,
    step: 0.1,
    keyboard: "decimal",
    accept: setTemperature,
  });
  const caption = element("span", { class: "le-caption" }, ...math("temperature *T*"));
  const trueName = element("b");
  const lossCaption = element(
    "span",
    { class: "le-caption" },
    ...math("loss in nats: −log *p* of "),
    trueName,
  );
  const loss = value("loss");
  const node = element(
    "div",
    { class: "le-top" },
    element("div", { class: "le-temperature" }, caption, range.node, field.node),
    linked(element("div", { class: "le-loss" }, lossCaption, loss), "loss"),
  );
  const show = (temperature, nats, trueLabel) => {
    range.show(Math.log10(temperature), plain(temperature));
    field.show(temperature);
    writeText(trueName, trueLabel);
    writeText(loss, decimals(nats));
  };
  return { node, show };
}

/** The line below the bars: what the dashes are, or what became of a power out of range. */
function hintText(scaled, probs, loss) {
  const lost = scaled.map(exponential).find(({ note }) => note);
  if (!lost) return "Dashes mark *y* = 1. The gap *p* − *y* is the slope of the loss along each *a*/*T*.";
  const said = `${lost.text} is ${lost.note} for a float64.`;
  if (probs.includes(0))
    return `${said} A *p* is stored as 0${loss ? "; the loss is safe." : ", and so is the loss."}`;
  return `${said} *p* is safe: one number is taken from all *a*/*T* before exp.`;
}

// ---- The widget ----

/**
 * @param {Hooks<State>} hooks
 * @returns {View<State, ReturnType<typeof derive>>}
 */
function view({ initial, getState, update, change, get, ...hooks }) {
  const { signal } = hooks;
  const choose = (index) => change({ trueClass: index }, "true class");
  const setLogit = (index, logit) => update({ logits: getState().logits.with(index, logit) });
  const setTemperature = (temperature) => update({ temperature });
  const setLogits = (make) => () => change({ logits: make(getState().logits) }, {}); // {}: each click a gesture
  const random = () => Math.round(Math.random() * 80 - 40) / 10;

  const [top, head] = [topView({ ...hooks, setTemperature }), headView()];
  const grid = element("div", { class: "le-grid" }, head.node);
  const hint = element("p", { class: "le-hint" });
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
  const tools = element("div", { class: "le-tools" }, ...Object.values(buttons));
  const root = element("div", { class: "sl-widget le" }, top.node, grid, hint, tools);
  const resize = viewList(grid, signal, (index, own) =>
    classView(index, { ...hooks, choose, setLogit, signal: own }),
  );

  /** @type {View<State, ReturnType<typeof derive>>["paint"]} */
  const paint = ({ logits, temperature, trueClass }, { scaled, probs, grad, loss }) => {
    const count = logits.length;
    const labels = get("labels") ?? [];
    const named = logits.map((_, i) => labels[i] || `class ${i}`);
    for (const [i, view] of resize(count).entries()) {
      view.show({
        label: named[i],
        logit: logits[i],
        scaled: scaled[i],
        prob: probs[i],
        grad: grad[i],
        isTrue: i === trueClass,
      });
    }
    setVariable(grid, "--n", count);
    grid.classList.toggle("is-few", count <= 4);
    buttons.remove.setAttribute("aria-disabled", count <= FEWEST);
    buttons.add.setAttribute("aria-disabled", count >= MOST);
    head.show({ scaled, probs, grad });
    top.show(temperature, loss, named[trueClass]);
    write(hint, hintText(scaled, probs, loss));
    return `Loss ${decimals(loss)} nats. Probability of ${named[trueClass]} ${decimals(probs[trueClass])}.`;
  };
  return { root, tools, paint };
}

export default mountWidget({
  traits: { logits: "logits", temperature: "temperature", trueClass: "true_class" },
  alsoShown: ["labels"],
  start: () => ({ logits: [2, 1, 0.1], temperature: 1, trueClass: 0 }),
  read: readState,
  fit: (next) => ({ ...next, trueClass: Math.min(next.trueClass, next.logits.length - 1) }),
  deriver: () => derive,
  results: ({ scaled, ...results }) => results,
  encode,
  decode,
  view,
});
