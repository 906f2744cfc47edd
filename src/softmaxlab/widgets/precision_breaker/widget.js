// PrecisionBreaker: softmax in float16, float32 and float64, stage by stage, the naive way beside the shifted way.
import { button, element, math, setVariable, svgElement, write, writeText } from "../_runtime/elements.js";
import { numberField, numberOr } from "../_runtime/fields.js";
import { decimals, magnitude, plain } from "../_runtime/format.js";
import { mountWidget, viewList } from "../_runtime/mount.js";
import { slider } from "../_runtime/slider.js";

const [FEWEST, MOST] = [2, 5]; // classes
const REACH = 1000; // of a logit, to both sides
const FAR = 1200; // of the shift, to both sides
const DTYPES = ["float16", "float32", "float64"];
const LEAST_NORMAL = { float16: 2 ** -14, float32: 2 ** -126, float64: 2 ** -1022 };

// ---- Arithmetic as NumPy does it. Twins of softmaxlab.lessons.overflow_trace and softmaxlab.numerics.float_limits. ----

/** The nearest float16, ties to even. Math.f16round does the same, where a browser has it. */
export function nearestHalf(x) {
  const size = Math.abs(x);
  if (size >= 65520) return x > 0 ? Infinity : -Infinity; // halfway from the largest float16 to the next power of 2
  if (!(size > 0)) return x; // ±0 or not a number
  const step = 2 ** (Math.max(Math.floor(Math.log2(size)), -14) - 10); // from one float16 to the next
  const anchor = step * 2 ** 52; // a float64 this large has steps of `step`: the addition rounds
  return Math.sign(x) * (size + anchor - anchor);
}

const ROUND = { float16: nearestHalf, float32: Math.fround, float64: (x) => x };
/** NumPy computes float16 in float32, and then rounds. */
const WORK = { float16: Math.fround, float32: Math.fround, float64: (x) => x };

/** Twin of stored_scores: logits + shift, rounded to the format. */
export function storedScores(logits, shift, dtype) {
  return logits.map((a) => ROUND[dtype](a + shift));
}

/** Twin of stages: {scores, weights, total, probs} of the naive softmax in the format. */
export function stages(scores, dtype) {
  const [round, work] = [ROUND[dtype], WORK[dtype]];
  const weights = scores.map((x) => round(work(Math.exp(x))));
  const total = round(weights.reduce((sum, weight) => work(sum + weight), 0));
  return { scores, weights, total, probs: weights.map((weight) => round(work(weight / total))) };
}

/** The naive way and the shifted way from the same stored scores. */
export function bothWays({ logits, shift, dtype }) {
  const scores = storedScores(logits, shift, dtype);
  const peak = Math.max(...scores);
  const shifted = scores.map((x) => ROUND[dtype](x - peak));
  return { naive: stages(scores, dtype), shifted: stages(shifted, dtype) };
}

/** Twin of first_failure: {stage, index, value} of the first inf, else of the first 0, else undefined. */
export function firstFailure({ weights, total, probs }) {
  const order = [
    ["exp", weights],
    ["sum", [total]],
    ["quotient", probs],
  ];
  for (const failure of [Infinity, 0]) {
    for (const [stage, values] of order) {
      const index = values.indexOf(failure);
      if (index >= 0) return { stage, index: stage === "sum" ? null : index, value: failure ? "inf" : "0" };
    }
  }
  return undefined;
}

/** Twin of exp_window: the smallest and the largest x whose exp is neither 0 nor inf, to 1e-9. */
export function expWindow(dtype) {
  const search = (isInside, far) => {
    let [inside, outside] = [0, far];
    while (Math.abs(outside - inside) > 1e-9) {
      const middle = (inside + outside) / 2;
      if (isInside(stages([middle], dtype).total)) inside = middle;
      else outside = middle;
    }
    return inside;
  };
  return [search((y) => y > 0, -2000), search((y) => y < Infinity, 2000)];
}

// ---- Words. Twins of those in __init__.py. ----

/** A score in six digits. */
const scoreText = (x) => plain(Number(x.toPrecision(6))).replace("-", "−");

/** A value of the format as text, "inf", "nan" and "0" as NumPy prints them. */
function valueText(value, inWords) {
  if (Number.isNaN(value)) return "nan";
  return value === Infinity ? "inf" : value === 0 ? "0" : inWords(value);
}

/** {head, text, isHarmless}: which value is the first to go, and why. */
export function verdict(taken, shifted, dtype) {
  const say = (head, text, isHarmless = false) => ({ head, text, isHarmless });
  const failure = firstFailure(taken);
  if (!failure && taken.total < LEAST_NORMAL[dtype]) {
    const why = `the sum is so close to 0 that ${dtype} keeps fewer digits of it: compare *p*.`;
    return say("Digits are lost.", `No inf, 0 or nan. But ${why}`);
  }
  if (!failure) {
    const why = taken === shifted ? " The largest exponent is 0, so the sum is at least 1." : "";
    return say("Nothing breaks.", `Every value fits into ${dtype}.${why}`, true);
  }
  const { stage, index, value } = failure;
  if (stage === "sum") {
    const why = "A number / inf is 0: every *p* is 0, without a nan.";
    return say("First: the sum.", `Each exponential fits. Their sum is too large for ${dtype}: inf. ${why}`);
  }
  const isExp = stage === "exp";
  const head = `First: ${isExp ? "exp" : "*p*"} of class ${index}.`;
  const power = `*e*^${scoreText(taken.scores[index])}^`;
  if (value === "inf") {
    const others = taken.weights.every((weight) => weight === Infinity) ? "" : ", and a number / inf is 0";
    return say(head, `${power} is too large for ${dtype}: inf. Then inf / inf is nan${others}.`);
  }
  const subject = isExp ? power : `${power} fits. Divided by the sum, it`;
  const lost = `${subject} is too small for ${dtype}: 0.`;
  if (taken.total === 0) return say(head, `${lost} So are the others. The sum is 0, and 0 / 0 is nan.`);
  if (shifted.probs[index] > 0) return say(head, `${lost} The shifted way keeps this *p*.`);
  const kept = taken.probs.findIndex((p, i) => p === 0 && shifted.probs[i] > 0);
  if (kept >= 0) return say(head, `${lost} The shifted way keeps the *p* of class ${kept}.`);
  if (taken.total < LEAST_NORMAL[dtype]) {
    return say(
      head,
      `${lost} And the sum is so close to 0 that ${dtype} keeps fewer digits of it: compare *p*.`,
    );
  }
  return say(head, `${lost} No harm, until you take a logarithm.`, true);
}

/** What storing the scores did to them, before any softmax. */
export function storageText({ logits, shift, dtype }, { scores }) {
  const wanted = logits.map((a) => a + shift);
  const errors = wanted.map((x, i) => Math.abs(x - scores[i]));
  const worst = errors.indexOf(Math.max(...errors));
  const [before, after] = [wanted[worst], scores[worst]].map(scoreText);
  if (errors[worst] > 0.0005 && before !== after) {
    return `Storing comes first: ${dtype} keeps ${before} as ${after}. What is lost there, neither way brings back.`;
  }
  return "On paper, both ways give the same *p* at every shift: the gaps between the scores never move.";
}

// ---- State ----

/** @typedef {{logits: number[], shift: number, dtype: string}} State */

const isWithin = (x, reach) => Number.isFinite(x) && Math.abs(x) <= reach;
/** @type {(logits: any) => logits is number[]} */
const areScores = (logits) =>
  logits?.length >= FEWEST && logits.length <= MOST && logits.every((a) => isWithin(a, REACH));

/**
 * The model's state, with what makes no sense left as it was: a link between widgets may bring anything.
 * @param {Model} model
 * @param {State} kept
 * @returns {State}
 */
function readModel(model, kept) {
  const [logits, shift, dtype] = ["logits", "shift", "dtype"].map((name) => model.get(name));
  return {
    logits: areScores(logits) ? [...logits] : kept.logits,
    shift: isWithin(shift, FAR) ? shift : kept.shift,
    dtype: DTYPES.includes(dtype) ? dtype : kept.dtype,
  };
}

/**
 * As in the URL: b.logits=1,0,-1&b.shift=1000&b.dtype=float32
 * @param {State} state
 */
function toFragment({ logits, shift, dtype }) {
  return `b.logits=${logits.join(",")}&b.shift=${shift}&b.dtype=${dtype}`;
}

/** The pieces of a fragment that make sense; the rest is ignored. */
function fromFragment(fragment) {
  const pieces = new URLSearchParams(fragment);
  /** @type {Partial<State>} */
  const changes = {};
  const logits = pieces
    .get("b.logits")
    ?.split(",")
    .map((text) => numberOr(text, -REACH, REACH));
  if (areScores(logits)) changes.logits = logits;
  const shift = numberOr(pieces.get("b.shift"), -FAR, FAR);
  if (shift !== undefined) changes.shift = shift;
  if (DTYPES.includes(pieces.get("b.dtype"))) changes.dtype = /** @type {string} */ (pieces.get("b.dtype"));
  return changes;
}

// ---- Views: each is {node, show(…)} ----

const box = (name, ...children) => element("div", { class: name }, ...children);
const span = (name, ...children) => element("span", { class: name }, ...children);

/** The three formats, one of them chosen. */
function dtypeView({ prefix, signal, choose }) {
  const radios = DTYPES.map((dtype) => {
    const radio = element("input", {
      type: "radio",
      class: "pb-radio",
      name: `${prefix}dtype`,
      value: dtype,
      "data-lm-suppress-shortcuts": "true",
    });
    radio.addEventListener("change", () => choose(dtype), { signal });
    return radio;
  });
  const labels = radios.map((radio) => element("label", { class: "pb-dtype" }, radio, radio.value));
  const node = element(
    "div",
    { class: "pb-dtypes", role: "radiogroup", "aria-label": "Number format" },
    ...labels,
  );
  const show = (chosen) =>
    radios.forEach((radio, i) => {
      radio.checked = DTYPES[i] === chosen;
      labels[i].classList.toggle("is-chosen", radio.checked);
    });
  return { node, show };
}

/** Where the scores lie on the window of exp, on the scale of the slider above: one lane for each way. */
function stripView() {
  const at = (x) => `${(50 * Math.max(-FAR, Math.min(FAR, x))) / FAR + 50}%`;
  const word = (name, x, y, text) => svgElement("text", { class: `pb-${name}`, x, y }, text);
  const pane = svgElement("rect", { class: "pb-pane", y: 4, height: 72 });
  const zones = ["exp = 0", "exp = inf"].map((text) => word("zone", 0, 44, text));
  const ticks = [-FAR, -FAR / 2, 0, FAR / 2, FAR].flatMap((x) => [
    svgElement("line", { class: "pb-tick", x1: at(x), x2: at(x), y1: 76, y2: 81 }),
    word("scale", at(x), 93, String(x).replace("-", "−")),
  ]);
  const lanes = [
    ["naive", 22, 18],
    ["shifted", 58, 72],
  ].flatMap(([name, y, baseline]) => [
    svgElement("line", { class: "pb-lane", x1: "0%", x2: "100%", y1: y, y2: y }),
    word("lane-name", "0%", baseline, name),
  ]);
  const dots = Array.from({ length: MOST }, (_, i) =>
    [22, 58].map(() => svgElement("circle", { class: "pb-dot", r: 4.5, style: `--c: var(--sl-c${i})` })),
  );
  const node = svgElement(
    "svg",
    { class: "pb-strip", "aria-hidden": "true" },
    pane,
    ...lanes,
    ...ticks,
    ...zones,
    ...dots.flat(),
  );
  const windows = {}; // of the formats seen so far
  const show = (dtype, naive, shifted) => {
    windows[dtype] ??= expWindow(dtype);
    const [low, high] = windows[dtype];
    pane.setAttribute("x", at(low));
    pane.setAttribute("width", `${(50 * (high - low)) / FAR}%`);
    zones[0].setAttribute("x", at((low - FAR) / 2));
    zones[1].setAttribute("x", at((high + FAR) / 2));
    const count = naive.scores.length;
    dots.forEach((pair, i) => {
      pair.forEach((dot, lane) => {
        dot.style.display = i < count ? "" : "none";
        if (i < count) dot.setAttribute("cx", at([naive, shifted][lane].scores[i]));
        dot.setAttribute("cy", [22, 58][lane] + 5 * (i - (count - 1) / 2)); // else they hide one another
      });
    });
  };
  return { node, show };
}

/** A value in a table; `mark` says whether it is the first to go. */
function valueView(quantity, index) {
  const value = element("span", { class: "sl-value pb-value" });
  if (quantity) value.dataset.slQuantity = quantity;
  if (quantity && index !== undefined) value.dataset.slIndex = index;
  const node = element("div", { class: "pb-cell", role: "cell" }, value);
  const show = (text, isFirst) => {
    writeText(value, text);
    value.classList.toggle("is-broken", text === "inf" || text === "nan");
    value.classList.toggle("is-zero", text === "0");
    value.classList.toggle("is-first", isFirst);
  };
  return { node, show };
}

/** One way: a table of scores, exponentials, their sum and the quotients, and what went wrong first. */
function wayView(title, columns) {
  const row = (...cells) => element("div", { class: "pb-row", role: "row" }, ...cells);
  const header = (role, ...children) => element("div", { class: "pb-cell pb-th", role }, ...children);
  const heads = ["class", ...columns].map((text) => header("columnheader", ...math(text)));
  const total = valueView("total");
  const sum = row(
    header("rowheader", "sum"),
    element("div", { class: "pb-cell", role: "cell" }),
    total.node,
    element("div", { class: "pb-cell", role: "cell" }),
  );
  sum.classList.add("pb-sum");
  const table = element("div", { class: "pb-table", role: "table", "aria-label": title }, row(...heads), sum);
  const [head, text] = [element("b"), element("span")];
  const words = element("p", { class: "pb-verdict" }, head, " ", text);
  const node = box("pb-way", element("div", { class: "pb-title" }, title), table, words);
  const rows = [];
  const resize = (count) => {
    while (rows.length > count) rows.pop().node.remove();
    while (rows.length < count) {
      const index = rows.length;
      const views = [valueView(), valueView("exp", index), valueView("probs", index)];
      const name = header("rowheader", span("pb-swatch"), String(index));
      const line = row(name, ...views.map((view) => view.node));
      setVariable(line, "--c", `var(--sl-c${index})`);
      sum.before(line);
      rows.push({ node: line, views });
    }
  };
  const show = (taken, { head: first, text: why, isHarmless }) => {
    const failure = firstFailure(taken);
    const isFirst = (/** @type {string} */ stage, index) =>
      failure?.stage === stage && failure.index === index;
    resize(taken.scores.length);
    rows.forEach(({ views }, i) => {
      views[0].show(scoreText(taken.scores[i]), false);
      views[0].node.firstChild.classList.remove("is-zero"); // a score of 0 is no trouble
      views[1].show(valueText(taken.weights[i], magnitude), isFirst("exp", i));
      views[2].show(valueText(taken.probs[i], decimals), isFirst("quotient", i));
    });
    total.show(valueText(taken.total, magnitude), isFirst("sum", null));
    write(head, first);
    write(text, why);
    node.classList.toggle("is-harmless", isHarmless);
  };
  return { node, show };
}

/** The logits, one field for each. */
function logitView(index, { prefix, signal, say, setLogit, commit }) {
  const { node, input, show } = numberField({
    label: `class ${index}: logit`,
    id: `${prefix}refusal-${index}`,
    min: -REACH,
    max: REACH,
    step: 0.1,
    signal,
    say,
    accept: (logit) => setLogit(index, logit),
    commit: () => commit(`logit ${index}`),
  });
  node.style.setProperty("--c", `var(--sl-c${index})`);
  input.dataset.slQuantity = "logits";
  input.dataset.slIndex = index;
  return { node, show };
}

/** The shift: its field in the caption, its slider as wide as the strip. */
function shiftView({ prefix, signal, say, setShift, commit }) {
  const hooks = {
    signal,
    say,
    min: -FAR,
    max: FAR,
    step: 1,
    accept: setShift,
    commit: () => commit("shift"),
  };
  const range = slider({ ...hooks, label: "Shift", page: 100 });
  const field = numberField({ ...hooks, label: "Exact shift", id: `${prefix}refusal-c` });
  const caption = span("pb-caption", ...math("shift *c*, added to every score"));
  const node = box("pb-shift", caption, field.node, range.node);
  const show = (shift) => {
    range.show(shift, plain(shift));
    field.show(shift);
  };
  return { node, show };
}

// ---- The widget ----

/**
 * @param {Hooks<State>} hooks
 * @returns {View<State, ReturnType<typeof bothWays>>}
 */
function view({ initial, getState, update, change, ...hooks }) {
  const { signal } = hooks;
  const setLogit = (index, logit) => update({ logits: getState().logits.with(index, logit) });
  const setLogits = (make) => () => change({ logits: make(getState().logits) }, {}); // {}: each click a gesture
  const dtypes = dtypeView({ ...hooks, choose: (dtype) => change({ dtype }, "dtype") });
  const shift = shiftView({ ...hooks, setShift: (shift) => update({ shift }) });
  const strip = stripView();
  const naive = wayView("the naive way", ["*a* + *c*", "exp", "exp / sum"]);
  const shifted = wayView("the shifted way", ["minus max", "exp", "exp / sum"]);
  const fields = element("div", { class: "pb-fields", role: "group", "aria-label": "Logits" });
  const logits = box("pb-logits", span("pb-caption", ...math("logits *a*")), fields);
  const hint = element("p", { class: "pb-hint" });
  const random = () => Math.round(Math.random() * 80 - 40) / 10;
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
  const tools = box("pb-tools", ...Object.values(buttons));
  const root = element(
    "div",
    { class: "sl-widget pb" },
    box("pb-top", dtypes.node, logits),
    box("pb-axis", shift.node, box("pb-window", strip.node)),
    box("pb-ways", naive.node, shifted.node),
    hint,
    tools,
  );
  const resize = viewList(fields, signal, (index, own) =>
    logitView(index, { ...hooks, setLogit, signal: own }),
  );

  /** @type {View<State, ReturnType<typeof bothWays>>["paint"]} */
  const paint = (state, ways) => {
    const count = state.logits.length;
    for (const [i, view] of resize(count).entries()) view.show(state.logits[i]);
    buttons.remove.setAttribute("aria-disabled", count <= FEWEST);
    buttons.add.setAttribute("aria-disabled", count >= MOST);
    dtypes.show(state.dtype);
    shift.show(state.shift);
    strip.show(state.dtype, ways.naive, ways.shifted);
    naive.show(ways.naive, verdict(ways.naive, ways.shifted, state.dtype));
    shifted.show(ways.shifted, verdict(ways.shifted, ways.shifted, state.dtype));
    write(hint, storageText(state, ways.naive));
    const list = ({ probs }) => probs.map((p) => valueText(p, decimals)).join(", ");
    return `Naive way: ${list(ways.naive)}. Shifted way: ${list(ways.shifted)}.`;
  };
  return { root, tools, paint };
}

export default mountWidget({
  traits: { logits: "logits", shift: "shift", dtype: "dtype" },
  start: () => ({ logits: [1, 0, -1], shift: 0, dtype: "float64" }),
  read: readModel,
  deriver: () => bothWays,
  results: ({ naive, shifted }) => ({
    probs: shifted.probs,
    naive_probs: naive.probs.map((p) => (Number.isNaN(p) ? "nan" : p)), // JSON has no nan
  }),
  encode: toFragment,
  decode: fromFragment,
  view,
});
