// JacobianView: the table diag(p) − p pᵀ, the push v and what the table makes of it, redrawn in the event itself.
// picture.py draws the same picture without controls.
import {
  bar,
  button,
  drawer,
  element,
  math,
  setVariable,
  svgElement,
  unseen,
  write,
  writeText,
} from "../_runtime/elements.js";
import { numberField, numberOr } from "../_runtime/fields.js";
import { decimals, plain, scientific, signed } from "../_runtime/format.js";
import { mountWidget } from "../_runtime/mount.js";
import { slider } from "../_runtime/slider.js";
import { softmax, total } from "../_runtime/softmax.js";

const [FEWEST, MOST, FEW] = [2, 10, 5]; // classes; up to FEW the table stands beside the sliders
const [LOWEST, HIGHEST] = [-1000, 1000]; // logits, typed
const REACH = 10; // of a logit's slider, to both sides
const [COLDEST, HOTTEST] = [0.1, 10]; // temperatures
const NOISE = 1e-15; // of a sum of numbers up to 1: what is smaller may be nothing but rounding
const CORNERS = [
  [0, 180],
  [208, 180],
  [104, 0],
]; // of the triangle, in units of its viewBox

// ---- Math: twins of softmaxlab, compared with it in tests/widgets/jacobian_view/test_browser.py ----

/** What p_i lacks to 1: the sum of the others, since 1 − p_i may have lost its digits. */
const lack = (probs, i) => total(probs.with(i, 0));

/** Twin of softmaxlab.softmax_jacobian, from the probabilities: p_i (δ_ij − p_j). */
export function jacobianOf(probs) {
  return probs.map((p, i) => probs.map((q, j) => (i === j ? p * lack(probs, i) : 0 - p * q))); // 0 − 0 has no sign
}

/** A matrix times a vector. */
export function times(matrix, vector) {
  return matrix.map((row) => total(row.map((x, j) => x * vector[j])));
}

/** Twin of softmaxlab.softmax_jvp, from the probabilities: p (v − Σ p v), without the matrix. */
export function jvpOf(probs, tangent) {
  const average = total(probs.map((p, k) => p * tangent[k]));
  return probs.map((p, i) => p * (tangent[i] - average));
}

/** Twin of numpy.linalg.eigvalsh: eigenvalues of a symmetric matrix from the smallest up, by Jacobi's rotations. */
export function eigenvaluesOf(matrix) {
  const a = matrix.map((row) => [...row]);
  const size = a.length;
  const least = 1e-18 * Math.max(...a.flat().map(Math.abs)); // smaller entries change no eigenvalue's last digit
  const rotate = (p, q) => {
    const theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
    const tangent = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1)); // the smaller angle
    const cos = 1 / Math.hypot(tangent, 1);
    const sin = tangent * cos;
    for (let k = 0; k < size; k++) {
      [a[k][p], a[k][q]] = [cos * a[k][p] - sin * a[k][q], sin * a[k][p] + cos * a[k][q]];
    }
    for (let k = 0; k < size; k++) {
      [a[p][k], a[q][k]] = [cos * a[p][k] - sin * a[q][k], sin * a[p][k] + cos * a[q][k]];
    }
    a[p][q] = a[q][p] = 0;
  };
  for (let sweep = 0, turned = true; turned && sweep < 50; sweep++) {
    turned = false;
    for (let p = 0; p < size; p++) {
      for (let q = p + 1; q < size; q++) {
        if (Math.abs(a[p][q]) <= least) continue;
        rotate(p, q);
        turned = true;
      }
    }
  }
  return a.map((row, i) => row[i]).sort((x, y) => x - y);
}

/** Points softmax(a + t v) for `count` values of t, from one end of the curve to the other. */
export function curveOf(logits, tangent, count = 129) {
  const spread = (numbers) => Math.max(...numbers) - Math.min(...numbers);
  const reach = spread(tangent) > 1e-6 ? (spread(logits) + 8) / spread(tangent) : 0;
  return Array.from({ length: count }, (_, k) => {
    const t = reach * ((2 * k) / (count - 1) - 1);
    return softmax(logits.map((a, i) => a + t * tangent[i]));
  });
}

/** Point of the triangle that stands for three probabilities: their weighted mean of the corners. */
const placeOf = (probs) => [0, 1].map((axis) => total(probs.map((p, i) => p * CORNERS[i][axis])));

// ---- State ----

/** @typedef {[number, number]} Cell row and column */
/** @typedef {{logits: number[], temperature: number, tangent: number[], cell: Cell}} State */

const isBetween = (x, min, max) => Number.isFinite(x) && x >= min && x <= max;
/** @type {(numbers: any, min: number, max: number) => numbers is number[]} */
const areAll = (numbers, min, max) => numbers?.every?.((x) => isBetween(x, min, max));
/** @type {(logits: any) => logits is number[]} */
const areLogits = (logits) => isBetween(logits?.length, FEWEST, MOST) && areAll(logits, LOWEST, HIGHEST);
/** @type {(cell: any, count: number) => cell is Cell} */
const isCell = (cell, count) =>
  cell?.length === 2 && cell.every((i) => Number.isInteger(i) && i >= 0 && i < count);

/**
 * A state whose parts are of one size: a direction of the length of the logits, a cell within the table.
 * @param {State} state
 * @returns {State}
 */
function inStep({ tangent, cell, ...state }) {
  const last = state.logits.length - 1;
  const fit = state.logits.map((_, i) => tangent[i] ?? 0);
  return { ...state, tangent: fit, cell: /** @type {Cell} */ (cell.map((i) => Math.min(i, last))) };
}

/**
 * The model's state, with what makes no sense left as it was: a link between widgets may bring anything.
 * @param {Model} model
 * @param {State} kept
 * @returns {State}
 */
function readState(model, kept) {
  const [logits, temperature, tangent, cell] = ["logits", "temperature", "tangent", "cell"].map((name) =>
    model.get(name),
  );
  return inStep({
    logits: areLogits(logits) ? [...logits] : kept.logits,
    temperature: isBetween(temperature, COLDEST, HOTTEST) ? temperature : kept.temperature,
    tangent: areAll(tangent, -1, 1) ? [...tangent] : kept.tangent,
    cell: isCell(cell, MOST) ? /** @type {Cell} */ ([...cell]) : kept.cell,
  });
}

/**
 * All that follows from a state; the temperature divides the logits before everything else.
 * @param {State} state
 */
function derive({ logits, temperature, tangent }) {
  const scaled = logits.map((a) => a / temperature);
  const probs = softmax(scaled);
  const jacobian = jacobianOf(probs);
  return { scaled, probs, jacobian, jvp: jvpOf(probs, tangent), eigenvalues: eigenvaluesOf(jacobian) };
}

/**
 * As in the URL: j.logits=2,1,0.1&j.t=1&j.v=1,0,0&j.cell=1,0
 * @param {State} state
 */
function encode({ logits, temperature, tangent, cell }) {
  return `j.logits=${logits}&j.t=${temperature}&j.v=${tangent}&j.cell=${cell}`;
}

/** The pieces of a fragment that make sense; the rest is ignored. */
function decode(fragment, state) {
  const pieces = new URLSearchParams(fragment);
  const numbers = (name, min, max) =>
    pieces
      .get(name)
      ?.split(",")
      .map((text) => numberOr(text, min, max));
  /** @type {Partial<State>} */
  const changes = {};
  const logits = numbers("j.logits", LOWEST, HIGHEST);
  if (areLogits(logits)) changes.logits = logits;
  const count = (changes.logits ?? state.logits).length;
  const temperature = numberOr(pieces.get("j.t"), COLDEST, HOTTEST);
  if (temperature) changes.temperature = temperature;
  const tangent = numbers("j.v", -1, 1);
  if (tangent?.length === count && areAll(tangent, -1, 1)) changes.tangent = tangent;
  const cell = numbers("j.cell", 0, count - 1);
  if (isCell(cell, count)) changes.cell = cell;
  return changes;
}

// ---- Text and small parts ----

/** The value, or 0 where it may be nothing but rounding. */
const settled = (value) => (Math.abs(value) >= NOISE ? value : 0);

/** A sign and three decimals: always of one width, for cells and columns. */
const entryText = (value) => (value > 0 ? "+" : value < 0 ? "−" : "") + Math.abs(value).toFixed(3);

const clipped = (name) => ([...name].length <= 9 ? name : `${[...name].slice(0, 8).join("")}…`);
const span = (name, ...children) => element("span", { class: name }, ...children);
const sub = (text) => element("sub", {}, text);
const P = (index) => [element("i", {}, "p"), sub(index)];

/** The place of one number of a quantity; what shows the same number elsewhere on the page can find it. */
function number(name, quantity, index) {
  const node = span(`sl-value ${name}`);
  node.dataset.slQuantity = quantity;
  if (index !== undefined) node.dataset.slIndex = index;
  return node;
}

const paintClass = (node, index) => setVariable(node, "--c", `var(--sl-c${index})`);

// ---- Views: each is {node, show(…)} ----

/** One class: its logit, to drag and to type, and its probability. */
function scoreView(index, { prefix, signal, say, setLogit, commit }) {
  const hooks = {
    signal,
    say,
    accept: (logit) => setLogit(index, logit),
    commit: () => commit(`logit ${index}`),
  };
  const range = slider({ ...hooks, min: -REACH, max: REACH, step: 0.1, page: 1 });
  const id = `${prefix}refusal-${index}`;
  const field = numberField({ ...hooks, id, min: LOWEST, max: HIGHEST, step: 0.1 });
  const name = span("jv-name");
  const p = number("jv-p", "probs", index);
  const share = bar("jv-share");
  const parts = [name, range.node, field.node, unseen("probability"), p, share.node];
  const node = element("div", { class: "jv-class", role: "group" }, ...parts);
  paintClass(node, index);
  const show = (label, logit, prob) => {
    if (name.textContent !== label) {
      name.textContent = name.title = label;
      node.setAttribute("aria-label", label);
      range.node.setAttribute("aria-label", `${label}: logit`);
      field.input.setAttribute("aria-label", `${label}: exact logit`);
    }
    const beyond = Math.abs(logit) > REACH ? ", beyond the end of the slider" : "";
    range.show(logit, `${plain(logit)}${beyond}, probability ${decimals(prob)}`);
    field.show(logit);
    writeText(p, prob.toFixed(3));
    share.show(0, prob);
  };
  return { node, show };
}

/** The Jacobian, built anew for another number of classes. One cell is in the order of Tab; arrows lead on. */
function tableView(count, { signal, point, choose }) {
  const indices = [...Array(count).keys()];
  const head = (scope, index) => {
    const node = element("th", { scope, class: "jv-name" }, element("span"));
    paintClass(node, index);
    return node;
  };
  const cells = indices.map((i) =>
    indices.map((j) => {
      const text = span("jv-number");
      const sign = element("span", { class: "jv-sign", "aria-hidden": "true" });
      const heat = span("jv-heat");
      const node = element("button", { type: "button", class: "jv-cell" }, heat, text, sign);
      Object.assign(node.dataset, { slQuantity: "jacobian", slIndex: `${i},${j}` });
      node.classList.add(i === j ? "is-up" : "is-down");
      return { node, text, sign, heat };
    }),
  );
  const [columns, rows] = ["col", "row"].map((scope) => indices.map((index) => head(scope, index)));
  const sums = indices.map(() => span("sl-value"));
  const sumHead = element("th", { scope: "col", class: "jv-sum" }, "sum");
  const lines = indices.map((i) => {
    const entries = cells[i].map(({ node }) => element("td", {}, node));
    return element("tr", {}, rows[i], ...entries, element("td", { class: "jv-sum" }, sums[i]));
  });
  const node = element(
    "table",
    { class: "jv-table", "data-lm-suppress-shortcuts": "true" },
    element("caption", {}, "Row: who changes. Column: whose score rises."),
    element("thead", {}, element("tr", {}, element("td"), ...columns, sumHead)),
    element("tbody", {}, ...lines),
  );

  const cellAt = (target) => target.closest(".jv-cell")?.dataset.slIndex.split(",").map(Number);
  const listen = (type, handler) => node.addEventListener(type, handler, { signal });
  // A mouse that rests on a cell gives way to the keys, until it moves again.
  let spot; // where the mouse is
  let rest; // where it was when a key was pressed, or a cell got the focus
  const giveWay = () => {
    rest = spot;
    point();
  };
  const follow = (event) => {
    if (event.pointerType !== "mouse") return;
    spot = `${event.screenX},${event.screenY}`;
    if (spot === rest) return; // the page moved under it
    rest = undefined;
    point(cellAt(event.target));
  };
  listen("pointerover", follow);
  listen("pointermove", follow);
  listen("pointerleave", () => point());
  listen("focusin", ({ target }) => {
    giveWay();
    choose(cellAt(target));
  });
  listen("click", ({ target }) => cellAt(target) && choose(cellAt(target))); // Safari does not focus a button
  listen("keydown", (event) => {
    const cell = cellAt(event.target);
    const next = cell && neighbor(cell, event.key, count - 1);
    if (!next) return;
    event.preventDefault();
    giveWay();
    cells[next[0]][next[1]].node.focus();
  });

  const show = (heads, names, jacobian) => {
    for (const th of [columns, rows]) {
      th.forEach((cell, i) => {
        writeText(/** @type {Element} */ (cell.firstChild), heads[i]);
        if (cell.title === names[i]) return;
        cell.title = names[i];
        cell.setAttribute("aria-label", names[i]); // "class 0", where the picture has room for a 0
      });
    }
    jacobian.forEach((row, i) => {
      row.forEach((value, j) => {
        const { text, sign, heat } = cells[i][j];
        const shown = entryText(value);
        writeText(text, shown);
        writeText(sign, shown[0]);
        const strength = Math.sqrt(Math.abs(value)).toFixed(3); // no entry is larger than 1/4
        if (heat.style.opacity !== strength) heat.style.opacity = strength;
      });
      writeText(sums[i], Math.abs(total(row)).toFixed(3)); // 0 up to rounding, so without a sign
    });
  };
  let shown;
  const light = ([row, column], chosen) => {
    if (shown === `${row},${column};${chosen}`) return;
    shown = `${row},${column};${chosen}`;
    indices.forEach((i) => {
      rows[i].classList.toggle("is-meant", i === row);
      columns[i].classList.toggle("is-meant", i === column);
      indices.forEach((j) => {
        cells[i][j].node.classList.toggle("is-shown", i === row && j === column);
        const isChosen = i === chosen[0] && j === chosen[1];
        cells[i][j].node.tabIndex = isChosen ? 0 : -1;
        cells[i][j].node.setAttribute("aria-pressed", isChosen);
      });
    });
  };
  return { node, show, light };
}

/** The cell that a key leads to, if it is a key that leads somewhere. */
function neighbor([row, column], key, last) {
  const moves = {
    ArrowUp: [row - 1, column],
    ArrowDown: [row + 1, column],
    ArrowLeft: [row, column - 1],
    ArrowRight: [row, column + 1],
    Home: [row, 0],
    End: [row, last],
    PageUp: [0, column],
    PageDown: [last, column],
  };
  return moves[key]?.map((index) => Math.min(last, Math.max(0, index)));
}

/** The entry that is pointed at, with its formula, and its numbers in it. */
function entryView() {
  const value = number("jv-entry-value", "jacobian");
  const [raised, watched] = [element("b"), element("b")];
  const numbers = [0, 1, 2].map(() => number("", "probs"));
  const [p, first, second] = numbers;
  const rest = span("sl-value");
  const own = span("", ...P("i"), " (1 − ", ...P("i"), ") ≈ ", p, " × ", rest);
  const other = span("", "−", ...P("i"), " ", ...P("j"), " ≈ −", first, " × ", second);
  const sum = span("sl-value");
  const what = span(
    "jv-what",
    span("", ...math("raise *j* = "), raised),
    span("", ...math("watch *i* = "), watched),
  );
  const balance = span("jv-total", "Its row sums to ", sum, ".");
  const parts = [unseen("slope"), value, what];
  const node = element("div", { class: "jv-entry" }, ...parts, span("jv-rule", own, other), balance);
  const show = ([i, j], names, probs, jacobian) => {
    const entry = jacobian[i][j];
    writeText(value, signed(entry));
    value.dataset.slIndex = `${i},${j}`;
    node.classList.toggle("is-down", entry < 0);
    own.hidden = i !== j;
    other.hidden = i === j;
    for (const [name, index] of [
      [raised, j],
      [watched, i],
    ]) {
      writeText(name, names[index]);
      paintClass(name, index);
    }
    for (const chip of numbers) {
      const index = chip === second ? j : i;
      writeText(chip, probs[index].toFixed(3));
      chip.dataset.slIndex = index;
      paintClass(chip, index);
    }
    writeText(rest, decimals(lack(probs, i)));
    writeText(sum, Math.abs(total(jacobian[i])).toFixed(3));
  };
  return { node, show };
}

/** One class: its entry of v to drag, and its entry of Jv computed in two ways. */
function pushView(index, { signal, setVelocity, commit }) {
  const range = slider({
    signal,
    min: -1,
    max: 1,
    step: 0.05,
    page: 0.5,
    accept: (velocity) => setVelocity(index, velocity),
    commit: () => commit(`push ${index}`),
  });
  const name = span("jv-name");
  const v = number("jv-v", "tangent", index);
  const kinds = ["is-table", "is-direct"];
  const bars = kinds.map(bar);
  const numbers = kinds.map((kind) => number(kind, "jvp", index));
  const track = span("jv-track", ...bars.map((each) => each.node));
  const ways = ["Jv by the table", "Jv without it"].flatMap((words, i) => [unseen(words), numbers[i]]);
  const parts = [name, range.node, unseen("push"), v, track, ...ways];
  const node = element("div", { class: "jv-class", role: "group" }, ...parts);
  paintClass(node, index);
  const show = (label, velocity, byTable, direct) => {
    if (name.textContent !== label) {
      name.textContent = name.title = label;
      node.setAttribute("aria-label", `${label}: push`);
      range.node.setAttribute("aria-label", `${label}: push`);
    }
    range.show(velocity, `${signed(velocity)}, probability changes at ${signed(settled(direct))}`);
    writeText(v, entryText(velocity));
    [byTable, direct].forEach((change, i) => {
      writeText(numbers[i], entryText(settled(change)));
      bars[i].show(0.5, 0.5 + change);
    });
    node.classList.toggle("is-down", settled(direct) < 0);
  };
  return { node, show };
}

/** For three classes: the triangle of all probabilities, the point p, the arrow Jv, the curve softmax(a + t v). */
function triangleView() {
  const names = CORNERS.map(([x, y], i) => {
    const text = svgElement("text", { x, y: y + (y ? 20 : -9), "text-anchor": "middle" });
    paintClass(text, i);
    return text;
  });
  const shape = (tag, name, attributes = {}) => svgElement(tag, { class: `jv-${name}`, ...attributes });
  const curve = shape("polyline", "curve");
  const ring = shape("circle", "ring", { r: 4.5 });
  const arrow = shape("line", "arrow");
  const tip = shape("path", "tip", { d: "M0 0L-9 -5V5Z" });
  const point = shape("circle", "point", { r: 6 });
  const edge = shape("path", "edge", { d: "M0 180H208L104 0Z" });
  const svg = svgElement(
    "svg",
    { viewBox: "-40 -26 288 234", role: "img", "aria-label": "Triangle of all probabilities" },
    ...[edge, ...names, curve, arrow, tip, ring, point],
  );
  const words = element("figcaption");
  const node = element("figure", { class: "jv-triangle" }, svg, words);
  const put = (shape, attributes) => {
    for (const [name, value] of Object.entries(attributes)) shape.setAttribute(name, value.toFixed(2));
  };
  const show = (heads, { scaled, probs, jvp }, { tangent, temperature }) => {
    const score = temperature === 1 ? "*a*" : "*a*/*T*";
    write(words, `Point: *p*. Arrow: *Jv*. Curve: softmax(${score} + *tv*), with a ring at *t* = 1.`);
    const [x, y] = placeOf(probs);
    const [dx, dy] = placeOf(jvp);
    const [cx, cy] = placeOf(softmax(scaled.map((a, i) => a + tangent[i])));
    const points = curveOf(scaled, tangent).map(placeOf);
    curve.setAttribute("points", points.map((at) => at.map((z) => z.toFixed(2)).join()).join(" "));
    put(ring, { cx, cy });
    put(arrow, { x1: x, y1: y, x2: x + dx, y2: y + dy });
    const turn = (Math.atan2(dy, dx) * 180) / Math.PI;
    tip.setAttribute("transform", `translate(${x + dx} ${y + dy}) rotate(${turn})`);
    tip.style.display = Math.hypot(dx, dy) > 3 ? "" : "none"; // shorter than its tip
    put(point, { cx: x, cy: y });
    names.forEach((text, i) => {
      writeText(text, clipped(heads[i]));
    });
  };
  return { node, show };
}

/** The eigenvalues as dots on a line from 0 to one half, and as numbers. */
function eigenView() {
  const words = "Eigenvalues: how much *J* stretches each of its own directions.";
  const line = span("jv-line", element("i", {}, "0"), element("i", {}, "½"));
  line.setAttribute("aria-hidden", "true");
  const numbers = span("jv-lambdas");
  const node = element("div", { class: "jv-eigen" }, span("jv-caption", ...math(words)), line, numbers);
  node.dataset.slQuantity = "eigenvalues";
  const show = (values) => {
    while (numbers.childElementCount > values.length) {
      /** @type {Element} */ (numbers.lastChild).remove();
      line.children[1].remove();
    }
    while (numbers.childElementCount < values.length) {
      numbers.append(span("", unseen(`eigenvalue ${numbers.childElementCount + 1}`), span("sl-value")));
      /** @type {Element} */ (line.lastChild).before(element("span"));
    }
    values.forEach((value, i) => {
      writeText(/** @type {Element} */ (numbers.children[i].lastChild), decimals(Math.abs(settled(value))));
      const place = `translateX(${(200 * Math.max(0, value)).toFixed(2)}%)`;
      const dot = /** @type {HTMLElement} */ (line.children[i + 1]);
      if (dot.style.transform !== place) dot.style.transform = place;
    });
  };
  return { node, show };
}

/** The line below: how well the two ways to Jv agree. */
function hintText(gap, temperature) {
  const said = `The two ways to *Jv* differ ${gap ? `by ${scientific(gap)} at most` : "not at all"}.`;
  if (temperature === 1) return said;
  return `${said} At *T* = ${plain(temperature)}, slopes are per unit of *a*/*T*.`;
}

// ---- The widget ----

/**
 * @param {Hooks<State>} hooks
 * @returns {View<State, ReturnType<typeof derive>>}
 */
function view({ initial, getState, update, change, get, ...hooks }) {
  const { signal } = hooks;
  const draw = drawer(signal);
  let results; // as they are drawn
  let pointed; // a cell under the mouse; it counts more than the chosen one, as long as it is there
  const own = {
    ...hooks,
    setLogit: (index, logit) => update({ logits: getState().logits.with(index, logit) }),
    setVelocity: (index, velocity) => update({ tangent: getState().tangent.with(index, velocity) }),
    point: (cell) => {
      if (`${cell}` === `${pointed}`) return;
      pointed = cell;
      paintEntry();
    },
    choose: (cell) => {
      if (`${cell}` !== `${getState().cell}`) update({ cell });
    },
  };

  const heading = (...texts) =>
    element("div", { class: "jv-head" }, ...texts.map((text) => element("span", {}, ...math(text))));
  const scores = element("div", { class: "jv-scores" }, heading("", "logit *a*", "", "*p*"));
  const average = number("", "average");
  const [byTable, direct] = [span("jv-key"), span("jv-key is-direct")];
  byTable.append("by the table: Σ", sub("j"), ...math(" *J*"), sub("ij"), ...math(" *v*"), sub("j"));
  direct.append("without it: ", ...P("i"), ...math(" (*v*"), sub("i"), ...math(" − *p*·*v*)"));
  const pushed = element("span", {}, ...math("push *v*, on average *p*·*v* = "), average);
  const pushHead = element("div", { class: "jv-head" }, pushed, byTable, direct);
  const pushes = element("div", { class: "jv-pushes" }, pushHead);
  const [entry, triangle, eigen] = [entryView(), triangleView(), eigenView()];
  const top = element("div", { class: "jv-top" }, scores);
  const push = element("div", { class: "jv-push" }, pushes);
  const hint = element("p", { class: "jv-hint" });
  const draws = (reach, step) =>
    getState().logits.map(() => Math.round((Math.random() * 2 - 1) * reach) * step);
  const setLogits = (make) => () => change({ logits: make(getState().logits) }, {}); // {}: each click a gesture
  const random = () => {
    const tangent = draws(20, 0.05).map((v) => Number(v.toFixed(2)));
    change({ logits: draws(6, 0.5), tangent }, {});
  };
  const without = setLogits((logits) => logits.slice(0, -1));
  const buttons = {
    reset: button(signal, "Reset", () => change(initial, "reset")),
    random: button(signal, "Random", random),
    remove: button(signal, "Remove class", without),
    add: button(
      signal,
      "Add class",
      setLogits((logits) => [...logits, 0]),
    ),
  };
  const tools = element("div", { class: "jv-tools" }, ...Object.values(buttons));
  const root = element(
    "div",
    { class: "sl-widget jv", role: "group", "aria-label": "The Jacobian of softmax" },
    ...[top, entry.node, push, eigen.node, hint, tools],
  );

  let table;
  let classes = []; // of both lists
  let ending; // ends what belongs to the present number of classes
  const resize = (count) => {
    if (count === classes.length) return;
    const { cell } = getState();
    const hadFocus = table?.node.contains(document.activeElement);
    ending?.abort();
    ending = new AbortController();
    signal.addEventListener("abort", () => ending.abort(), { signal: ending.signal });
    for (const { score, push } of classes) [score.node.remove(), push.node.remove()];
    const present = { ...own, signal: ending.signal };
    classes = Array.from({ length: count }, (_, i) => ({
      score: scoreView(i, present),
      push: pushView(i, present),
    }));
    scores.append(...classes.map(({ score }) => score.node));
    pushes.append(...classes.map(({ push }) => push.node));
    table?.node.remove();
    table = tableView(count, present);
    top.append(table.node);
    pointed = undefined;
    if (count === 3) push.append(triangle.node);
    else triangle.node.remove();
    root.className = `sl-widget jv n-${count} ${count <= FEW ? "is-few" : "is-many"}`;
    buttons.remove.setAttribute("aria-disabled", count <= FEWEST);
    buttons.add.setAttribute("aria-disabled", count >= MOST);
    if (hadFocus) {
      table.light(cell, cell);
      /** @type {HTMLElement} */ (table.node.querySelector("[tabindex='0']")).focus();
    }
  };

  const label = (index) => get("labels")?.[index];
  const names = () => getState().logits.map((_, i) => label(i) || `class ${i}`);
  const paintEntry = () => {
    const { cell: chosen } = getState();
    const cell = pointed ?? chosen;
    entry.show(cell, names(), results.probs, results.jacobian);
    table.light(cell, chosen);
    for (const [i, { score }] of classes.entries()) score.node.classList.toggle("is-meant", cell.includes(i));
  };

  /** What to say of a change: of the direction, or else of the chosen entry. */
  const spoken = (before, { tangent, cell: [i, j] }) => {
    const named = names();
    if (`${before.tangent}` !== `${tangent}`) {
      return `J v: ${results.jvp.map((x, k) => `${named[k]} ${signed(settled(x))}`).join(", ")}.`;
    }
    const [p, q] = [i, j].map((index) => decimals(results.probs[index]));
    const said = `Raise ${named[j]}: ${named[i]} changes at ${signed(results.jacobian[i][j])}`;
    return i === j
      ? `${said}, ${p} times ${decimals(lack(results.probs, i))}.`
      : `${said}, minus ${p} times ${q}.`;
  };

  /** @type {View<State, ReturnType<typeof derive>>["paint"]} */
  const paint = (state, derived, before) => {
    const { logits, temperature, tangent } = state;
    const { probs, jacobian, jvp, eigenvalues } = derived;
    results = derived;
    resize(logits.length);
    const named = names();
    const heads = logits.map((_, i) => label(i) || String(i));
    const product = times(jacobian, tangent);
    classes.forEach(({ score }, i) => {
      score.show(named[i], logits[i], probs[i]);
    });
    table.show(heads, named, jacobian);
    paintEntry();
    classes.forEach(({ push }, i) => {
      draw(push.node, () => push.show(named[i], tangent[i], product[i], jvp[i]));
    });
    writeText(average, signed(settled(total(probs.map((p, i) => p * tangent[i])))));
    if (logits.length === 3) draw(triangle.node, () => triangle.show(heads, derived, state));
    draw(eigen.node, () => eigen.show(eigenvalues));
    const gap = Math.max(...product.map((x, i) => Math.abs(x - jvp[i])));
    write(hint, hintText(gap, temperature));
    return spoken(before, state);
  };
  return { root, tools, paint };
}

export default mountWidget({
  traits: { logits: "logits", temperature: "temperature", tangent: "tangent", cell: "cell" },
  alsoShown: ["labels"],
  /** @returns {State} */
  start: () => ({ logits: [2, 1, 0.1], temperature: 1, tangent: [1, 0, 0], cell: [1, 0] }),
  read: readState,
  fit: inStep,
  deriver: () => derive,
  results: ({ scaled, ...results }) => results,
  encode,
  decode,
  view,
  keepsOthers: true, // a widget linked to it may have no place in the address
});
