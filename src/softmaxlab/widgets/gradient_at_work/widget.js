// GradientAtWork: cross-entropy and squared error walk downhill from one start, side by side.
import {
  button,
  element,
  math,
  polyline,
  setVariable,
  svgElement,
  unseen,
  write,
} from "../_runtime/elements.js";
import { numberField, numberOr } from "../_runtime/fields.js";
import { decimals, plain } from "../_runtime/format.js";
import { mountWidget, viewList } from "../_runtime/mount.js";
import { areShares, fitted, moved } from "../_runtime/shares.js";
import { slider } from "../_runtime/slider.js";
import { logSoftmax, softmax, total } from "../_runtime/softmax.js";

const [FEWEST, MOST] = [2, 4]; // classes
const HIGHEST = 20; // logits
const REACH = 8; // of a logit's slider, to both sides
const ROOM = 5; // that the picture has for logits, to both sides; doubled as needed
const [SLOWEST, FASTEST] = [0.01, 10]; // learning rates
const MOST_STEPS = 1000;
const FEW_STEPS = 20; // that the curves have room for; doubled as needed
const POINTS = 160; // of a curve at most
const [LINE, ARROW] = [80, 56]; // units of the drawing for all that room, and for a slope of 1
const NEAR = 0.05; // a forecast is there once every p is that near to its y
const KINDS = ["cross", "squared"];
const TITLES = ["cross-entropy", "squared error"];

// ---- Twins of softmaxlab; tests/widgets/gradient_at_work/test_browser.py compares them ----

/**
 * Of each kind of loss: its value, and its gradient where softmax of the logits is probs. By loops: a slider may
 * ask for 2,000 gradients a pixel.
 */
export const RULES = {
  cross: {
    /** Twin of softmaxlab.cross_entropy for probabilities as targets. */
    loss(logits, targets) {
      const logs = logSoftmax(logits);
      return 0 - total(targets.map((y, i) => (y > 0 ? y * logs[i] : 0)));
    },
    /** Twin of softmaxlab.cross_entropy_grad. */
    grad(probs, targets) {
      const mass = total(targets);
      const grad = [...probs];
      for (let i = 0; i < grad.length; i++) grad[i] = grad[i] * mass - targets[i];
      return grad;
    },
  },
  squared: {
    /** Twin of softmaxlab.learning.scoring_rules.squared_error. */
    loss(logits, targets) {
      return total(softmax(logits).map((p, i) => (p - targets[i]) ** 2)) / 2;
    },
    /** Twin of softmaxlab.learning.scoring_rules.squared_error_grad. */
    grad(probs, targets) {
      const grad = [...probs];
      let mean = 0;
      for (let i = 0; i < grad.length; i++) mean += grad[i] * (grad[i] - targets[i]);
      for (let i = 0; i < grad.length; i++) grad[i] *= grad[i] - targets[i] - mean;
      return grad;
    },
  },
};

/** What a path consists of: logits, and what the next step needs. */
export function place(kind, logits, targets) {
  const probs = softmax(logits);
  return { logits, probs, grad: RULES[kind].grad(probs, targets) };
}

/** Twin of softmaxlab.numerics.gradient_descent.descend, one step: add to a path the place that it leads to. */
export function walk(kind, path, targets, rate) {
  const { logits, grad } = path[path.length - 1];
  const next = [...logits];
  for (let i = 0; i < next.length; i++) next[i] -= rate * grad[i];
  path.push(place(kind, next, targets));
}

/** The paths of a state; steps already taken from this start are not taken again. */
function walker() {
  let ready;
  let paths;
  return ({ logits, targets, rate, steps }) => {
    const key = JSON.stringify([logits, targets, rate]);
    if (key !== ready) {
      ready = key;
      paths = KINDS.map((kind) => [place(kind, logits, targets)]);
    }
    KINDS.forEach((kind, i) => {
      while (paths[i].length <= steps) walk(kind, paths[i], targets, rate);
    });
    return paths.map((path) => path.slice(0, steps + 1));
  };
}

const isThere = ({ probs }, targets) => probs.every((p, i) => Math.abs(p - targets[i]) < NEAR);

// ---- State ----

/** @typedef {{logits: number[], targets: number[], rate: number, steps: number}} State */

const isBetween = (x, min, max) => Number.isFinite(x) && x >= min && x <= max;

/**
 * Whether these are logits; a link between widgets may bring anything.
 * @param {any} logits
 * @returns {logits is number[]}
 */
function areLogits(logits) {
  const count = logits?.length ?? 0;
  return isBetween(count, FEWEST, MOST) && logits.every((a) => isBetween(a, -HIGHEST, HIGHEST));
}

const isRate = (rate) => isBetween(rate, SLOWEST, FASTEST);
const isCount = (steps) => Number.isInteger(steps) && isBetween(steps, 0, MOST_STEPS);

/**
 * The model's state, with what makes no sense left as it was. If one has a new length, the other follows.
 * @param {Model} model
 * @param {State} kept
 * @returns {State}
 */
function readState(model, kept) {
  const take = (name, isGood) => (isGood(model.get(name)) ? model.get(name) : kept[name]);
  const next = {
    logits: take("logits", areLogits),
    targets: take("targets", (shares) => areShares(shares, FEWEST, MOST)),
    rate: take("rate", isRate),
    steps: take("steps", isCount),
  };
  const count = next.targets.length;
  if (next.logits.length === count) return next;
  if (next.logits.length !== kept.logits.length) {
    return { ...next, targets: fitted(next.targets, next.logits.length) };
  }
  return { ...next, logits: Array.from({ length: count }, (_, i) => next.logits[i] ?? 0) };
}

/**
 * As in the URL: g.a=-3,3,0&g.y=1,0,0&g.r=1&g.n=12
 * @param {State} state
 */
function encode({ logits, targets, rate, steps }) {
  return `g.a=${logits.join(",")}&g.y=${targets.join(",")}&g.r=${rate}&g.n=${steps}`;
}

/** The pieces of a fragment that make sense; the rest is ignored. */
function decode(fragment, state) {
  const pieces = new URLSearchParams(fragment);
  const row = (name, min, max) =>
    pieces
      .get(name)
      ?.split(",")
      .map((text) => numberOr(text, min, max));
  /** @type {Partial<State>} */
  const changes = {};
  const [logits, targets] = [row("g.a", -HIGHEST, HIGHEST), row("g.y", 0, 1)];
  if (areLogits(logits)) changes.logits = logits;
  if (areShares(targets, FEWEST, MOST)) changes.targets = targets;
  const next = { ...state, ...changes };
  if (next.logits.length !== next.targets.length) {
    delete changes.logits;
    delete changes.targets;
  }
  const [rate, steps] = [
    numberOr(pieces.get("g.r"), SLOWEST, FASTEST),
    numberOr(pieces.get("g.n"), 0, MOST_STEPS),
  ];
  if (isRate(rate)) changes.rate = rate;
  if (isCount(steps)) changes.steps = steps;
  return changes;
}

// ---- Text and geometry. Twins of slope_text, share_text, curve and _doubled in Python ----

export function slopeText(slope) {
  return (slope > 0 ? "+" : slope < 0 ? "−" : "") + Math.abs(slope).toFixed(3);
}

function shareText(share) {
  return share > 0 && share < 0.0005 ? share.toExponential(1) : share.toFixed(3);
}

/** Which of so many places a curve shows: evenly spaced ones, the first and the last among them. */
export function sampled(count) {
  const stride = Math.ceil(count / POINTS);
  const shown = [];
  for (let t = 0; t < count - 1; t += stride) shown.push(t);
  return [...shown, count - 1];
}

export function curve(shown, values, room, highest) {
  return polyline(shown.map((t, i) => [t / room, 1 - values[i] / highest]));
}

function doubled(size, needed) {
  let enough = size;
  while (enough < needed) enough *= 2;
  return enough;
}

/** The line below the controls: what the first step will do, or who has arrived. */
function hintText(paths, { targets, rate }, truth, label) {
  if (paths[0].length === 1) {
    const [cross, squared] = paths.map(([{ grad }]) => slopeText(-rate * grad[truth]));
    return `The first step moves ${label} by ${cross} with cross-entropy, by ${squared} with squared error.`;
  }
  const [cross, squared] = paths.map((path) => {
    const away = path.findLastIndex((here) => !isThere(here, targets));
    return away === path.length - 1 ? -1 : away + 1; // for good, as far as the path goes
  });
  const said = (at) => (at < 0 ? "not yet" : at === 0 ? "from the start" : `after ${at}`);
  return `Within ${NEAR} of *y*: cross-entropy ${said(cross)}, squared error ${said(squared)}.`;
}

// ---- Views: each is {node, show(…)} ----

const part = (name, ...children) => element("div", { class: `ga-${name}` }, ...children);
const value = (name, more = {}) => element("span", { class: `sl-value ga-${name}-value`, ...more });
const caption = (text) => element("span", { class: "ga-caption" }, ...math(text));

/** One class on its line of scores: where it started, where it is, and where it is pulled. */
function columnView(index, kind) {
  const line = svgElement("line");
  const head = svgElement("path", { d: "M-6 9L0 0L6 9Z" });
  const pull = svgElement("g", { class: "ga-pull" }, line, head);
  const start = svgElement("circle", { class: "ga-start", r: 4 });
  const dot = svgElement("circle", { class: "ga-dot", r: 6 });
  const axis = svgElement("path", { class: "ga-axis", d: "M0-95V95M-20 0H20" });
  const svg = svgElement(
    "svg",
    { class: "ga-line", viewBox: "-20 -95 40 190", "aria-hidden": "true" },
    axis,
    start,
    pull,
    dot,
  );
  const slope = value("grad", kind === "cross" ? { "data-sl-quantity": "grad", "data-sl-index": index } : {});
  const name = element("span", { class: "ga-name", "aria-hidden": "true" });
  const spoken = unseen("");
  const parts = [svg, spoken, slope, name]; // the class is heard before its number, and seen below it
  const node = element("div", { class: "ga-column", style: `--c: var(--sl-c${index})` }, ...parts);
  const show = (label, from, to, grad, reach) => {
    const at = (-to / reach) * LINE;
    const tip = at + grad * ARROW;
    start.setAttribute("cy", (-from / reach) * LINE);
    dot.setAttribute("cy", at);
    line.setAttribute("y1", at);
    line.setAttribute("y2", tip);
    head.setAttribute("transform", `translate(0 ${tip}) scale(1 ${grad > 0 ? -1 : 1})`);
    pull.toggleAttribute("hidden", Math.abs(grad) * ARROW < 7); // too short for a head
    pull.classList.toggle("is-down", grad < 0);
    slope.textContent = slopeText(grad);
    if (name.textContent === label) return;
    name.textContent = name.title = label;
    spoken.textContent = `${label}, gradient `;
  };
  return { node, show };
}

/** One loss at work: its numbers, and a column for each class. */
function trackView(kind, title) {
  const loss = value("loss", kind === "cross" ? { "data-sl-quantity": "loss" } : {});
  const prob = value("p");
  const head = part(
    "head",
    element("b", { class: "ga-title" }, title),
    element("span", {}, "loss ", loss),
    element("span", {}, ...math("*p* "), prob),
  );
  const columns = part("columns");
  const views = [];
  const node = element(
    "div",
    { class: `ga-track ga-${kind}`, role: "group", "aria-label": title },
    head,
    columns,
  );
  const show = (path, targets, named, truth, reach) => {
    const { logits, probs, grad } = path.at(-1);
    while (views.length > logits.length) views.pop().node.remove();
    while (views.length < logits.length) {
      views.push(columnView(views.length, kind));
      columns.append(views.at(-1).node);
    }
    setVariable(columns, "--n", logits.length);
    loss.textContent = decimals(RULES[kind].loss(logits, targets));
    prob.textContent = decimals(probs[truth]);
    views.forEach((view, i) => {
      view.show(named[i], path[0].logits[i], logits[i], grad[i], reach);
    });
  };
  return { node, show };
}

/** Two curves over the steps; who listens gets where they start and end. */
function traceView() {
  const name = element("span", { class: "ga-caption" });
  const [high, steps] = [element("span", { class: "ga-high" }), element("span", {})];
  const lines = KINDS.map((kind) => svgElement("polyline", { class: `ga-curve ga-${kind}-curve` }));
  const svg = svgElement(
    "svg",
    { viewBox: "0 0 1 1", preserveAspectRatio: "none", "aria-hidden": "true" },
    ...lines,
  );
  const plot = part("plot", high, element("span", { class: "ga-low" }, "0"), svg);
  const scale = part("scale", element("span", {}, "0"), steps);
  plot.setAttribute("role", "img");
  scale.setAttribute("aria-hidden", "true");
  const node = part("trace", name, plot, scale);
  const show = (text, shown, series, room, highest) => {
    name.textContent = text;
    high.textContent = highest;
    steps.textContent = `${room} steps`;
    lines.forEach((line, i) => {
      line.setAttribute("points", curve(shown, series[i], room, highest));
    });
    const ends = series.map(
      (values, i) => `${TITLES[i]} ${decimals(values[0])} to ${decimals(values.at(-1))}`,
    );
    plot.setAttribute("aria-label", `${text}, from step 0 to ${shown.at(-1)}: ${ends.join(", ")}`);
  };
  return { node, show };
}

/** One class: its score at the start and its target. */
function classView(index, { prefix, signal, say, setLogit, setShare, commit }) {
  const name = element("span", { class: "ga-name" });
  const control = (letter, words, quantity, accept, range, field) => {
    const hooks = { signal, say, accept, commit: () => commit(`${letter} ${index}`) };
    const id = `${prefix}refusal-${letter}-${index}`;
    const [bar, box] = [slider({ ...hooks, ...range }), numberField({ ...hooks, id, ...field })];
    const node = element(
      "div",
      { class: `ga-cell ga-${letter}`, "data-sl-quantity": quantity, "data-sl-index": index },
      element("i", {}, letter),
      bar.node,
      box.node,
    );
    return { node, bar, box, words };
  };
  const logit = control(
    "a",
    "start a",
    "logits",
    (to) => setLogit(index, to),
    { min: -REACH, max: REACH, step: 0.1, page: 1 },
    { min: -HIGHEST, max: HIGHEST, step: 0.1 },
  );
  const share = control(
    "y",
    "target y",
    "targets",
    (to) => setShare(index, to),
    { min: 0, max: 1, step: 0.01, page: 0.1 },
    { min: 0, max: 1, step: 0.01, keyboard: "decimal", format: shareText },
  );
  const node = element(
    "div",
    { class: "ga-class", role: "group", style: `--c: var(--sl-c${index})` },
    name,
    logit.node,
    share.node,
  );
  const show = (label, a, y) => {
    if (name.textContent !== label) {
      name.textContent = name.title = label;
      node.setAttribute("aria-label", label);
      for (const { bar, box, words } of [logit, share]) {
        bar.node.setAttribute("aria-label", `${label}: ${words}`);
        box.input.setAttribute("aria-label", `${label}: exact ${words}`);
      }
    }
    logit.bar.show(a, plain(a));
    logit.box.show(a);
    share.bar.show(y, shareText(y));
    share.box.show(y);
  };
  return { node, show };
}

/** The learning rate, on a slider where half and double are equally far. */
function rateView({ prefix, signal, say, setRate, commit }) {
  const hooks = { signal, say, commit: () => commit("rate") };
  const accept = (exponent) => setRate(Number((10 ** exponent).toPrecision(3)));
  const range = slider({ ...hooks, label: "Learning rate", min: -2, max: 1, step: 0.01, page: 0.1, accept });
  const field = numberField({
    ...hooks,
    label: "Exact learning rate",
    id: `${prefix}refusal-r`,
    min: SLOWEST,
    max: FASTEST,
    step: 0.1,
    keyboard: "decimal",
    accept: setRate,
  });
  const show = (rate) => {
    range.show(Math.log10(rate), plain(rate));
    field.show(rate);
  };
  return { node: part("rate", caption("learning rate"), range.node, field.node), show };
}

// ---- The widget ----

/**
 * @param {Hooks<State>} hooks
 * @returns {View<State, ReturnType<ReturnType<typeof walker>>>}
 */
function view({ initial, getState, assign, update, change, keep, get, ...hooks }) {
  const { signal } = hooks;
  let walked = []; // the paths, as they are drawn
  let gesture = {}; // the target being moved, and the targets before: back at its old place, all are
  const setShare = (index, to) => {
    const { targets } = getState();
    const goesOn = gesture.index === index && String(gesture.after) === String(targets);
    const before = goesOn ? gesture.before : targets;
    gesture = { index, before, after: moved(before, index, to) };
    update({ targets: gesture.after });
  };
  const setLogit = (index, logit) => update({ logits: getState().logits.with(index, logit) });

  // ---- Playing: a step a frame, and only while the reader wants it ----

  let frame; // of what plays
  const isAtEnd = () => getState().steps >= MOST_STEPS;
  const isOver = () => isAtEnd() || walked.every((path) => isThere(path.at(-1), getState().targets));
  const halt = () => {
    cancelAnimationFrame(frame);
    frame = undefined;
    buttons.play.textContent = "Play";
    buttons.play.setAttribute("aria-disabled", isAtEnd());
  };
  const pause = () => {
    if (frame === undefined) return;
    halt();
    keep();
  };
  const further = () => ({ steps: Math.min(MOST_STEPS, getState().steps + 1) });
  const play = () => {
    assign(further());
    if (isOver()) pause();
    else frame = requestAnimationFrame(play);
  };
  const toggle = () => {
    if (frame !== undefined) return pause();
    if (isAtEnd()) return undefined;
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
      do assign(further());
      while (!isOver());
      return keep();
    }
    buttons.play.textContent = "Pause";
    frame = requestAnimationFrame(play);
    return undefined;
  };
  signal.addEventListener("abort", () => cancelAnimationFrame(frame));

  /** Pause, and change this in a gesture of its own, or in that of a control. */
  const still =
    (changes, control = {}) =>
    () => {
      pause();
      change(changes(), control);
    };
  const random = () => ({
    logits: getState().logits.map(() => Math.round(Math.random() * 120 - 60) / 10),
    steps: 0,
  });
  const smooth = () => {
    const { targets } = getState();
    change({ targets: targets.map((y) => 0.9 * y + 0.1 / targets.length) }, {});
  };
  const buttons = {
    step: button(signal, "Step", still(further, "step")),
    play: button(signal, "Play", toggle),
    back: button(
      signal,
      "To start",
      still(() => ({ steps: 0 })),
    ),
    smooth: button(signal, "Smooth y", smooth),
    random: button(signal, "Random", still(random)),
    reset: button(
      signal,
      "Reset",
      still(() => initial, "reset"),
    ),
  };

  // ---- The picture ----

  const rate = rateView({ ...hooks, setRate: (rate) => update({ rate }) });
  const count = element("b", { class: "sl-value" });
  const steer = part(
    "steer",
    element("span", { class: "ga-count" }, "step ", count),
    buttons.step,
    buttons.play,
    buttons.back,
  );
  const tracks = KINDS.map((kind, i) => trackView(kind, TITLES[i]));
  const traces = [traceView(), traceView()];
  const title = element("p", { class: "ga-caption" }, ...math("For both: start *a* and target *y*"));
  const classes = part("classes", title);
  const hint = element("p", { class: "ga-hint" });
  const tools = part("tools", buttons.smooth, buttons.random, buttons.reset);
  const root = element(
    "div",
    { class: "sl-widget ga" },
    part("top", rate.node, steer),
    part("tracks", ...tracks.map(({ node }) => node)),
    part("traces", ...traces.map(({ node }) => node)),
    classes,
    hint,
    tools,
  );
  const resize = viewList(classes, signal, (index, own) =>
    classView(index, { ...hooks, setShare, setLogit, signal: own }),
  );

  /** @type {View<State, ReturnType<ReturnType<typeof walker>>>["paint"]} */
  const paint = (state, paths) => {
    const { logits, targets, steps } = state;
    walked = paths;
    const labels = get("labels") ?? [];
    const named = logits.map((_, i) => labels[i] || `class ${i}`);
    const truth = targets.indexOf(Math.max(...targets));
    const ends = paths.flatMap((path) => [...path[0].logits, ...path.at(-1).logits]);
    const reach = doubled(ROOM, Math.max(...ends.map(Math.abs)));
    for (const [i, view] of resize(logits.length).entries()) view.show(named[i], logits[i], targets[i]);
    tracks.forEach((view, i) => {
      view.show(paths[i], targets, named, truth, reach);
    });
    const shown = sampled(steps + 1);
    const shares = paths.map((path) => shown.map((t) => path[t].probs[truth]));
    const losses = paths.map((path, i) => shown.map((t) => RULES[KINDS[i]].loss(path[t].logits, targets)));
    const room = doubled(FEW_STEPS, steps);
    traces[0].show(`probability of ${named[truth]}`, shown, shares, room, 1);
    traces[1].show("loss", shown, losses, room, doubled(1, Math.max(...losses.flat())));
    rate.show(state.rate);
    count.textContent = /** @type {any} */ (steps); // a text, then
    buttons.step.setAttribute("aria-disabled", steps >= MOST_STEPS);
    buttons.play.setAttribute("aria-disabled", steps >= MOST_STEPS && frame === undefined);
    buttons.back.setAttribute("aria-disabled", steps === 0);
    write(hint, hintText(paths, state, truth, named[truth]));
    const [fast, slow] = shares.map((series) => decimals(series.at(-1)));
    return `Step ${steps}. Probability of ${named[truth]}: cross-entropy ${fast}, squared error ${slow}.`;
  };
  return { root, tools, paint };
}

export default mountWidget({
  traits: { logits: "logits", targets: "targets", rate: "rate", steps: "steps" },
  alsoShown: ["labels"],
  start: () => ({ logits: [-3, 3, 0], targets: [1, 0, 0], rate: 1, steps: 0 }),
  read: readState,
  deriver: walker,
  results(paths, { logits, targets }) {
    const [cross, squared] = paths.map((path) => path.at(-1));
    return {
      logits, // one of them may have followed the other
      targets,
      probs: cross.probs,
      squared_probs: squared.probs,
      grad: cross.grad,
      squared_grad: squared.grad,
      loss: RULES.cross.loss(cross.logits, targets),
      squared_loss: RULES.squared.loss(squared.logits, targets),
    };
  },
  encode,
  decode,
  view,
});
