// LabelShapeLab: one batch, its labels in ten forms, what indexing makes of each, and what softmaxlab answers.
import { button, element, math, setVariable, write } from "../_runtime/elements.js";
import { numberField, numberOr } from "../_runtime/fields.js";
import { decimals, plain } from "../_runtime/format.js";
import { mountWidget } from "../_runtime/mount.js";
import { slider } from "../_runtime/slider.js";
import { crossEntropy, logSoftmax, total } from "../_runtime/softmax.js";

const MOST = 4; // examples, and classes
const FEWEST_CLASSES = 2;
const HIGHEST = 20; // logits
const SUREST = 5; // factor
const CLOSE = 1e-9; // of a loss of size 1: far above rounding, far below what wrong labels do
const FORMS = {
  // as in Python, and in the URL
  "indices (m,)": "indices",
  "column (m, 1)": "column",
  "row (1, m)": "row",
  "one-hot, int": "int",
  "one-hot, float": "float",
  "one-hot, bool": "bool",
  "float indices": "float-indices",
  "first one −1": "minus-1",
  "counted from 1": "from-1",
  soft: "soft",
};
const NAMES = Object.keys(FORMS);

// ---- Arrays as NumPy has them: {shape, kind, data}, kind "i", "f" or "b". Twins of softmaxlab.pitfalls.label_broadcasting. ----

const tuple = (shape) => (shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`);
const dtype = ({ kind }) => ({ i: "int64", f: "float64", b: "bool" })[kind];

/** Twin of label_shapes: these labels in one form. */
export function targetsOf(labels, classes, form) {
  const m = labels.length;
  const hot = labels.flatMap((label) => Array.from({ length: classes }, (_, k) => Number(k === label)));
  const vector = (data, kind = "i", shape = [m]) => ({ shape, kind, data });
  const table = (data, kind) => vector(data, kind, [m, classes]);
  return {
    "indices (m,)": vector(labels),
    "column (m, 1)": vector(labels, "i", [m, 1]),
    "row (1, m)": vector(labels, "i", [1, m]),
    "one-hot, int": table(hot, "i"),
    "one-hot, float": table(hot, "f"),
    "one-hot, bool": table(hot, "b"),
    "float indices": vector(labels, "f"),
    "first one −1": vector(labels.with(0, -1)),
    "counted from 1": vector(labels.map((label) => label + 1)),
    soft: table(
      hot.map((y) => 0.9 * y + 0.1 / classes),
      "f",
    ),
  }[form];
}

/** Twin of NumPy's table[range(m), targets], with m = targets.shape[0]: {read: [[row, class], …]} or {error}. */
export function indexed([rows, classes], { shape, kind, data }) {
  const fail = (words) => ({ error: `IndexError: ${words}` });
  const m = shape[0];
  if (kind === "f") return fail("arrays used as indices must be of integer (or boolean) type");
  if (kind === "b") return fail("too many indices for array: array is 2-dimensional, but 3 were indexed");
  const across = shape.at(-1);
  if (across !== m && across !== 1 && m !== 1) {
    return fail(
      `shape mismatch: indexing arrays could not be broadcast together with shapes (${m},) (${shape}) `,
    );
  }
  const down = shape.length === 2 ? m : 1;
  const read = [];
  for (let i = 0; i < down; i++) {
    for (let j = 0; j < Math.max(m, across); j++) {
      const label = data[i * across + (across === 1 ? 0 : j)];
      const k = label < 0 ? label + classes : label;
      if (k < 0 || k >= classes) {
        return fail(`index ${label} is out of bounds for axis 1 with size ${classes}`);
      }
      read.push([m === 1 ? 0 : j, k]);
    }
  }
  return rows < m ? fail(`index ${rows} is out of bounds for axis 0 with size ${rows}`) : { read };
}

/** Twin of loss_by_indexing: {value, error}, one of them null. */
export function lossByIndexing(logits, targets) {
  const { read, error } = indexed([logits.length, logits[0].length], targets);
  if (error) return { value: null, error };
  const table = logits.map(logSoftmax);
  return { value: (0 - total(read.map(([row, k]) => table[row][k]))) / targets.shape[0], error: null };
}

const mean = (losses) => total(losses) / losses.length;
const meanLoss = (logits, labels) => mean(logits.map((row, i) => crossEntropy(row, labels[i])));
const softLoss = (logits, shares) => {
  const table = logits.flatMap(logSoftmax);
  return (0 - total(shares.map((y, i) => (y ? y * table[i] : 0)))) / logits.length;
};

/** Twin of softmaxlab.cross_entropy for these forms: {value, error}, the error in its words. */
export function lossBySoftmaxlab(logits, { shape, kind, data }) {
  const [m, n] = [logits.length, logits[0].length];
  const refuse = (words) => ({ value: null, error: `ValueError: targets${words}` });
  const own = tuple(shape);
  const flat = tuple([m]);
  const whole = tuple([m, n]);
  if (own === flat) {
    if (kind !== "i") {
      return refuse(
        ` has shape ${flat} and dtype ${dtype({ kind })}; class indices must be integers: write targets.astype(int)`,
      );
    }
    const bad = data.findIndex((y) => y < 0 || y >= n);
    if (bad < 0) return { value: meanLoss(logits, data), error: null };
    const [negative] = [data.findIndex((y) => y < 0)];
    const at = negative < 0 ? bad : negative;
    let hint = "";
    if (negative >= 0) {
      hint = ": negative labels do not count from the end; to skip such rows, pass them as ignore_index";
    } else if (Math.min(...data) === 1 && Math.max(...data) === n) {
      hint = ": if your labels start at 1, write targets - 1";
    }
    return refuse(`[${at}] is ${data[at]}; expected a class index from 0 to ${n - 1}${hint}`);
  }
  if (own === tuple([m, 1])) {
    return refuse(` has shape ${own}; expected class indices of shape ${flat}: write targets.ravel()`);
  }
  if (own !== whole) {
    return refuse(
      ` has shape ${own} and logits ${whole} with classes along axis 1; expected class indices of shape ${flat} or probabilities of shape ${whole}`,
    );
  }
  if (kind !== "f") {
    return refuse(
      ` has the shape of logits, ${whole}, but dtype ${dtype({ kind })}; expected class indices of shape ${flat}: write targets.argmax(1); or probabilities: write targets.astype(float)`,
    );
  }
  return { value: softLoss(logits, data), error: null };
}

/** Twin of loss_meant: null if no row is left. */
export function lossMeant(logits, labels, form) {
  if (form === "soft") return softLoss(logits, targetsOf(labels, logits[0].length, form).data);
  const from = form === "first one −1" ? 1 : 0;
  return labels.length > from ? meanLoss(logits.slice(from), labels.slice(from)) : null;
}

// ---- Words: the twins of those in words.py ----

/** An array as lines of text, much as NumPy prints it. */
export function printed({ shape, kind, data }) {
  const whole = data.every(Number.isInteger);
  const entry = (x) => {
    if (kind === "b") return x ? "True" : "False";
    if (kind === "f") return whole ? `${x}.` : x.toFixed(3);
    return String(x).replace("-", "−");
  };
  const entries = data.map(entry);
  const width = Math.max(...entries.map((text) => text.length));
  const columns = shape.at(-1);
  const rows = Array.from(
    { length: data.length / columns },
    (_, i) =>
      `[${entries
        .slice(i * columns, (i + 1) * columns)
        .map((text) => text.padStart(width))
        .join(" ")}]`,
  );
  return shape.length === 1 ? rows : `[${rows.join("\n ")}]`.split("\n");
}

/** Two decimals of a number ≤ 0; what rounds to 0 has no sign. */
function hundredths(x) {
  const text = (0 - x).toFixed(2);
  return (Number(text) ? "−" : "") + text;
}

const MANY = 1000; // times what was meant: beyond it, the digits tell nothing

/** How many times the loss that was meant, where there is one and it is another. */
function times(value, meant) {
  if (!meant || Math.abs(value - meant) <= CLOSE * (1 + meant)) return "";
  const factor = value / meant;
  return `. It is ${factor < MANY ? factor.toFixed(2) : `more than ${MANY}`} times what was meant`;
}

/**
 * What a reply is made of, and how many times the loss that was meant it is, in words.
 * @type {(reply: any, targets: any, whose: string, meant?: number | null) => string}
 */
export function detail({ value, error }, targets, whose, meant = null) {
  if (error !== null) return "";
  if (whose === "indexing") {
    const m = targets.shape[0];
    const count = Math.max(m, targets.shape.at(-1)) * (targets.shape.length === 2 ? m : 1);
    const entries = count === 1 ? "one entry" : `${count} entries`;
    return `${entries}, with a sum of ${hundredths(-value * m)}; minus that, divided by ${m}${times(value, meant)}`;
  }
  return targets.kind === "f" ? "taken as probabilities" : "taken as class indices";
}

const described = (targets) => `shape ${tuple(targets.shape)}, ${dtype(targets)}`;

const MISTAKEN = ["first one −1", "counted from 1"]; // forms that name other labels than those that are meant

/** What a reply is worth; `whose` is "indexing" or "softmaxlab". */
export function verdict({ value, error }, meant, whose, form) {
  if (error !== null) return whose === "indexing" ? "stops, by luck" : "refuses, and says what it expects";
  const isRight = meant !== null && Math.abs(value - meant) <= CLOSE * (1 + meant);
  if (isRight) return MISTAKEN.includes(form) ? "the same number, by chance" : "right";
  return "wrong, without a word";
}

const meaning = (meant) => (meant === null ? "none" : decimals(meant));

/** Why indexing says what it says, and what softmaxlab makes of it. */
export function explanation(form, labels, n) {
  const m = labels.length;
  const asleep =
    "A single example: (1,) and (1, 1) still pick one entry. The fault sleeps until the batch grows.";
  switch (form) {
    case "indices (m,)":
      return `(${m},) beside (${m},): row by row, the entry of the row’s own label. That is what was meant.`;
    case "column (m, 1)":
      if (m === 1) return asleep;
      return `(${m},) and (${m}, 1) broadcast to (${m}, ${m}): every row is read at every label. ${m * m} entries are added up, and divided by ${m}.`;
    case "row (1, m)":
      if (m === 1) return asleep;
      return `The first axis of the targets has length 1, so m is taken to be 1. Row 0 is read at all ${m} labels, and no other row at all.`;
    case "one-hot, int":
      if (m === n) {
        return `Each 0 and 1 is taken for a class index. (${m},) and (${m}, ${n}) broadcast to (${m}, ${n}): ${m * n} entries, all of classes 0 and 1.`;
      }
      if (m === 1) {
        return `Each 0 and 1 is taken for a class index. (1,) and (1, ${n}) broadcast: ${n} entries of one row, all of classes 0 and 1.`;
      }
      return `(${m},) and (${m}, ${n}) do not broadcast. With as many classes as examples they would: try as many.`;
    case "one-hot, bool":
      return "A table of bools is a mask, and counts as two indices. With range(m) that makes three, for an array with two axes.";
    case "first one −1":
      return `−1 counts from the end: row 0 is trained to be of class ${n - 1}, the last. Meant was to leave it out${m === 1 ? ", and no other row is there." : "."}`;
    case "counted from 1":
      if (labels.includes(n - 1)) {
        return `The label ${n} lies past the last class, ${n - 1}. A label that is too large gives it away.`;
      }
      return "Every label is off by one, and every one of them exists. No program can tell: both losses are those of other labels.";
    case "float indices":
      return "Floats are no index. Often they come from a file, or from a column of a data frame.";
    default:
      return "Floats are no index, so NumPy stops. In the shape of the logits, softmaxlab takes them for probabilities: right, and with any shares.";
  }
}

// ---- State ----

/** @typedef {{logits: number[][], labels: number[], form: string, factor: number}} State */

const isLogit = (a) => Number.isFinite(a) && Math.abs(a) <= HIGHEST;
const isFactor = (x) => Number.isFinite(x) && x >= 0 && x <= SUREST;
/** @type {(rows: any) => rows is number[][]} */
const isTable = (rows) => {
  const [m, n] = [rows?.length ?? 0, rows?.[0]?.length ?? 0];
  if (m < 1 || m > MOST || n < FEWEST_CLASSES || n > MOST) return false;
  return rows.every((row) => row.length === n && row.every(isLogit));
};
/** As many labels as there are rows, none beyond the last class. */
const fit = (labels, rows) =>
  rows.map((row, i) =>
    Math.min(Number.isInteger(labels?.[i]) && labels[i] >= 0 ? labels[i] : 0, row.length - 1),
  );

/**
 * The model's state, with what makes no sense left as it was: a link between widgets may bring anything.
 * @param {Model} model
 * @param {State} kept
 * @returns {State}
 */
function modelState(model, kept) {
  const [logits, labels, form, factor] = ["logits", "labels", "form", "factor"].map((name) =>
    model.get(name),
  );
  const rows = isTable(logits) ? logits : kept.logits;
  return {
    logits: rows,
    labels: fit(labels, rows),
    form: Object.hasOwn(FORMS, form) ? form : kept.form,
    factor: isFactor(factor) ? factor : kept.factor,
  };
}

/** As in the URL: s.z=2,0,1;0,3,1&s.y=0,1&s.form=column&s.x=1 */
const inUrl = ({ logits, labels, form, factor }) =>
  `s.z=${logits.join(";")}&s.y=${labels}&s.form=${FORMS[form]}&s.x=${factor}`;

/** The pieces of a fragment that make sense; the rest is ignored. */
function fromUrl(fragment, state) {
  const pieces = new URLSearchParams(fragment);
  const list = (text) => (text ?? "").split(",").map((word) => numberOr(word, -HIGHEST, HIGHEST));
  /** @type {Partial<State>} */
  const changes = {};
  const rows = (pieces.get("s.z") ?? "").split(";").map(list);
  if (isTable(rows)) changes.logits = rows;
  const { logits } = { ...state, ...changes };
  const labels = list(pieces.get("s.y"));
  if (labels.length === logits.length && String(labels) === String(fit(labels, logits)))
    changes.labels = labels;
  else if (changes.logits) changes.labels = fit(state.labels, logits);
  const form = NAMES.find((name) => FORMS[name] === pieces.get("s.form"));
  if (form) changes.form = form;
  const factor = numberOr(pieces.get("s.x"), 0, SUREST);
  if (factor !== undefined) changes.factor = factor;
  return changes;
}

// ---- Views: each is {node, show(…)} ----

const box = (name, ...children) => element("div", { class: `ls-${name}` }, ...children);
const span = (name, ...children) => element("span", { class: name }, ...children);

/** A radio button that looks like its label. */
function radioView(name, signal, choose, ...children) {
  const radio = element("input", { type: "radio", name, "data-lm-suppress-shortcuts": "true" });
  radio.addEventListener("change", choose, { signal });
  return { radio, node: element("label", {}, radio, ...children) };
}

function formsView({ prefix, signal, choose }) {
  const views = NAMES.map((form) => radioView(`${prefix}form`, signal, () => choose(form), form));
  const node = box("forms", ...views.map((view) => view.node));
  node.setAttribute("role", "radiogroup");
  node.setAttribute("aria-label", "Form of the targets");
  const show = (chosen) =>
    views.forEach(({ radio, node: label }, i) => {
      radio.checked = NAMES[i] === chosen;
      label.className = `ls-form${radio.checked ? " is-chosen" : ""}`;
    });
  return { node, show };
}

/** A count on a slider. */
function countView({ signal, commit }, label, words, min, accept) {
  const range = slider({
    label,
    min,
    max: MOST,
    step: 1,
    page: 1,
    signal,
    accept,
    commit: () => commit(label),
  });
  const count = span("sl-value ls-count");
  const show = (value) => {
    range.show(value, String(value));
    setVariable(range.node, "--from", 0); // it starts at min, which is not 0
    setVariable(range.node, "--to", (value - min) / (MOST - min));
    count.textContent = value;
  };
  return {
    node: box("dial", element("span", { class: "ls-caption" }, ...math(words)), range.node, count),
    show,
  };
}

function factorView({ prefix, signal, say, setFactor, commit }) {
  const hooks = { signal, say, accept: setFactor, commit: () => commit("factor") };
  const bounds = { min: 0, max: SUREST, step: 0.05, page: 0.5 };
  const range = slider({ ...hooks, ...bounds, label: "Factor of the logits" });
  const field = numberField({
    ...hooks,
    ...bounds,
    label: "Exact factor of the logits",
    id: `${prefix}refusal-factor`,
    keyboard: "decimal",
  });
  const show = (factor) => {
    range.show(factor, plain(factor));
    field.show(factor);
  };
  return { node: box("dial", span("ls-caption", "logits ×"), range.node, field.node), show };
}

/** The table of log-probabilities: what is read is filled, the true class has a ring. Each row is a radio group. */
function tableView({ prefix, signal, setLabel }) {
  const head = Array.from({ length: MOST }, (_, k) => element("span", {}, `class ${k}`));
  const rows = Array.from({ length: MOST }, (_, row) => {
    const cells = head.map((_name, k) => {
      const value = span("sl-value");
      const times = element("small", { class: "ls-times" });
      const { radio, node } = radioView(`${prefix}row-${row}`, signal, () => setLabel(row, k), value, times);
      return { radio, node, value, times };
    });
    const node = box("row", span("ls-name", `row ${row}`), ...cells.map((cell) => cell.node));
    node.setAttribute("role", "radiogroup");
    node.setAttribute("aria-label", `True class of row ${row}`);
    return { node, cells };
  });
  const top = element("div", { class: "ls-row ls-head", "aria-hidden": "true" }, span("ls-name"), ...head);
  const node = box("table", top, ...rows.map((row) => row.node));
  const show = (table, labels, read) => {
    const n = table[0].length;
    const counts = table.map((row) => row.map(() => 0));
    for (const [row, k] of read) counts[row][k] += 1;
    head.forEach((name, k) => {
      name.hidden = k >= n;
    });
    rows.forEach(({ node: line, cells }, i) => {
      line.hidden = i >= table.length;
      if (line.hidden) return;
      cells.forEach((cell, k) => {
        cell.node.hidden = k >= n;
        if (cell.node.hidden) return;
        const count = counts[i][k];
        const isTrue = labels[i] === k;
        const text = hundredths(table[i][k]);
        cell.value.textContent = text;
        cell.times.textContent = count > 1 ? `×${count}` : "";
        cell.radio.checked = isTrue;
        cell.radio.setAttribute(
          "aria-label",
          `class ${k}: ${text}, read ${count === 1 ? "once" : `${count} times`}`,
        );
        cell.node.className = `ls-cell${count ? " is-read" : ""}${isTrue ? " is-true" : ""}`;
      });
    });
  };
  return { node, show };
}

/** What one of the two losses says. */
function cardView(title) {
  const verdictNode = span("ls-verdict");
  const value = span("sl-value ls-value");
  const [error, made] = [span("ls-error"), span("ls-detail")];
  const node = box("card", element("code", { class: "ls-title" }, title), verdictNode, value, error, made);
  const show = (reply, words, more) => {
    verdictNode.textContent = words;
    value.textContent = reply.error === null ? decimals(reply.value) : "";
    error.textContent = reply.error ?? "";
    made.textContent = more;
    node.classList.toggle("is-wrong", reply.error === null && words !== "right");
  };
  return { node, show };
}

// ---- The widget ----

/** @param {State} state */
function derive({ logits: rows, labels, form, factor }) {
  const logits = rows.map((row) => row.map((a) => factor * a));
  const targets = targetsOf(labels, logits[0].length, form);
  return {
    logits,
    targets,
    replies: [lossByIndexing(logits, targets), lossBySoftmaxlab(logits, targets)],
    meant: lossMeant(logits, labels, form),
  };
}

/**
 * @param {Hooks<State>} hooks
 * @returns {View<State, ReturnType<typeof derive>>}
 */
function view({ initial, getState, update, change, ...hooks }) {
  const { signal } = hooks;
  // What a row or class looks like that comes, or comes back: a memory of 4 × 4.
  const board = [
    [2, 0, 1, 0],
    [0, 3, 1, 0],
    [1, 0, 1, 1],
    [1, 2, 0, 3],
  ];
  const truths = [0, 1, 2, 3];
  initial.labels.forEach((label, i) => {
    truths[i] = label;
  });
  const remember = (logits) =>
    logits.forEach((row, i) => {
      row.forEach((a, k) => {
        board[i][k] = a;
      });
    });
  const resize = (m, n) => {
    const logits = board.slice(0, m).map((row) => row.slice(0, n));
    update({ logits, labels: fit(truths, logits) });
  };
  const setLabel = (row, k) => {
    truths[row] = k;
    change({ labels: getState().labels.with(row, k) }, `row ${row}`);
  };
  const random = () => {
    const { logits } = getState();
    for (let i = 0; i < MOST; i++) {
      board[i] = board[i].map(() => Math.round(Math.random() * 60 - 30) / 10);
      truths[i] = Math.floor(Math.random() * logits[0].length);
    }
    resize(logits.length, logits[0].length);
    hooks.commit({}); // {}: a gesture of its own
  };

  const forms = formsView({ ...hooks, choose: (form) => change({ form }, "form") });
  const dials = [
    factorView({ ...hooks, setFactor: (factor) => update({ factor }) }),
    countView(hooks, "Number of examples", "examples *m*", 1, (m) => resize(m, getState().logits[0].length)),
    countView(hooks, "Number of classes", "classes *N*", FEWEST_CLASSES, (n) =>
      resize(getState().logits.length, n),
    ),
  ];
  const shape = span("ls-caption");
  const code = element("pre", { class: "ls-code" });
  const table = tableView({ ...hooks, setLabel });
  const meantNode = span("sl-value ls-value");
  const cards = [cardView("lp[range(m), targets]"), cardView("softmaxlab.cross_entropy")];
  const why = element("p", { class: "ls-why" });
  const tools = box(
    "tools",
    button(signal, "Random", random),
    button(signal, "Reset", () => change(initial, "reset")),
  );
  const key = element("p", { class: "ls-key" }, span("ls-key-read", "read by the index"), " ");
  key.append(span("ls-key-true", "true class"));
  const root = element(
    "div",
    { class: "sl-widget ls" },
    forms.node,
    box("dials", ...dials.map(({ node }) => node)),
    box(
      "picture",
      box("targets", shape, code),
      box("log", span("ls-caption", "log-softmax of each row; tap the true classes"), table.node, key),
    ),
    box("meant", element("span", {}, "the loss meant"), meantNode),
    box("cards", ...cards.map(({ node }) => node)),
    why,
    tools,
  );

  /** @type {View<State, ReturnType<typeof derive>>["paint"]} */
  const paint = (state, { logits, targets, replies, meant }) => {
    const { labels, form } = state;
    remember(state.logits);
    forms.show(form);
    [state.factor, logits.length, logits[0].length].forEach((value, i) => {
      dials[i].show(value);
    });
    write(shape, `targets: ${described(targets)}`);
    code.textContent = printed(targets).join("\n");
    const { read } = indexed([logits.length, logits[0].length], targets);
    table.show(logits.map(logSoftmax), labels, read ?? []);
    meantNode.textContent = meaning(meant);
    const words = ["indexing", "softmaxlab"].map((whose, i) => verdict(replies[i], meant, whose, form));
    cards.forEach((card, i) => {
      card.show(replies[i], words[i], detail(replies[i], targets, i ? "softmaxlab" : "indexing", meant));
    });
    write(why, explanation(form, labels, logits[0].length));
    const said = replies.map(({ value, error }) => error ?? decimals(/** @type {number} */ (value)));
    return `Meant: ${meaning(meant)}. Indexing: ${said[0]}, ${words[0]}. softmaxlab: ${said[1]}, ${words[1]}.`;
  };
  return { root, tools, paint };
}

export default mountWidget({
  traits: { logits: "logits", labels: "labels", form: "form", factor: "factor" },
  start: () => ({ logits: [[0, 0]], labels: [0], form: NAMES[1], factor: 1 }),
  read: modelState,
  deriver: () => derive,
  results: ({ replies: [indexing, answer], meant }, { labels }) => ({
    labels, // they may have followed the logits
    indexing,
    answer,
    meant,
  }),
  encode: inUrl,
  decode: fromUrl,
  view,
});
