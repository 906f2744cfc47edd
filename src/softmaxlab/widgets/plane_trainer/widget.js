// PlaneTrainer: softmax regression on points that the reader places, by cross-entropy and by squared error.
import {
  button,
  element,
  math,
  polyline,
  setVariable,
  svgElement,
  write,
  writeText,
} from "../_runtime/elements.js";
import { numberField, numberOr } from "../_runtime/fields.js";
import { decimals, plain, signed } from "../_runtime/format.js";
import { mountWidget } from "../_runtime/mount.js";
import { slider } from "../_runtime/slider.js";

const KINDS = ["cross-entropy", "squared error"];
const STARTS = { zero: "zero", wrong: "sure and wrong" };
const CLASSES = [0, 1, 2];
const REACH = 2.5; // of a coordinate, to both sides
const [FEWEST, MOST] = [3, 60]; // points
const [SLOWEST, FASTEST] = [0.01, 100]; // learning rates
const MOST_STEPS = 500;
const CERTAIN = 6; // length of an arrow that is certain and wrong
const STALLED = 0.05; // a slope below it, with half of the points on the wrong side, gets nowhere
const NOISE = 1e-9; // of a loss that stays as it is
const GRID = 60; // cells of the colored plane, each way
const TINT = 0.4; // how strong a color is where its class is certain
const RING = 0.8; // of the plane's half: as long as the longest arrow gets
const ASIDE = 0.1; // between pulls on arrows that are too short to tell apart
const HIGHEST = 128; // of a curve
const BEYOND = 0.24; // from the tip of an arrow to its name
const PULL = 0.7; // length of a pull, in units of the plane for a slope of 1 at distance 1
const ROOM = 50; // steps that the curves have room for; doubled as needed
const DOTS = 200; // of a curve at most
const HOP = 0.1; // of the cross, for a key
const EFFECTS = [
  ["pulls ", " to itself"],
  ["leaves ", " alone"],
  ["pushes ", " away"],
];
const SHAPES = ["M-6 0A6 6 0 1 1 6 0A6 6 0 1 1-6 0Z", "M0-7L6.8 5.2H-6.8Z", "M-5.5-5.5H5.5V5.5H-5.5Z"];
const CORNERS = CLASSES.map((k) => Math.PI / 2 + (2 * Math.PI * k) / 3).map((turn) => [
  Math.cos(turn),
  Math.sin(turn),
]);
const HELP =
  "Arrow keys move the cross, Enter adds a point there. With Shift, they move the selected point; Delete removes it.";

// ---- Twins of softmaxlab.lessons.plane_regression. Weights are nine numbers here: for x, for y, and the biases, of each class ----

/** Twin of start_weights. */
export function startWeights(start) {
  const arrows = CLASSES.map((k) =>
    CORNERS[(k + 1) % 3].map((part) => (start === "wrong" ? CERTAIN * part : 0)),
  );
  return [...arrows.map(([x]) => x), ...arrows.map(([, y]) => y), 0, 0, 0];
}

/**
 * Look at one point: writes its p, its p − y, where p_y − 1 is what the others have, and the two parts of its
 * cross-entropy, excess + log1p(rest). In place, and without a loop or a third exponential: training may do this
 * 60,000 times while a slider moves a pixel.
 */
function look(w, x, y, label, seen) {
  const one = label === 2 ? 0 : label + 1;
  const two = 3 - label - one;
  const own = x * w[label] + y * w[3 + label] + w[6 + label];
  const ahead = x * w[one] + y * w[3 + one] + w[6 + one] - own;
  const aheadToo = x * w[two] + y * w[3 + two] + w[6 + two] - own;
  const excess = Math.max(0, ahead, aheadToo); // of the largest score over its own
  const p = excess === 0 ? 1 : Math.exp(-excess);
  const q = ahead === excess ? 1 : Math.exp(ahead - excess);
  const r = aheadToo === excess ? 1 : Math.exp(aheadToo - excess);
  const sum = p + q + r;
  seen[label] = p / sum;
  seen[one] = seen[3 + one] = q / sum;
  seen[two] = seen[3 + two] = r / sum;
  seen[3 + label] = (0 - q - r) / sum;
  seen[6] = excess;
  seen[7] = excess === 0 ? q + r : ahead === excess ? p + r : p + q;
}
const SEEN = new Float64Array(8);

/**
 * J v, for the Jacobian of softmax, as three numbers.
 * @param {number[]} probs
 * @param {number[]} vector
 */
function through([p, q, r], [u, v, w]) {
  const mean = p * u + q * v + r * w;
  return [p * (u - mean), q * (v - mean), r * (w - mean)];
}

/** The class of the largest score at a place, the first in a tie. */
function guess(weights, [x, y]) {
  const logits = CLASSES.map((k) => x * weights[k] + y * weights[3 + k] + weights[6 + k]);
  return logits.indexOf(Math.max(...logits));
}

/** How many points are on the right side. */
export function countRight(weights, points, labels) {
  return points.filter((spot, i) => guess(weights, spot) === labels[i]).length;
}

/** Twin of the objectives: mean loss, its gradient, and the largest entry of it. */
export function objective(kind, weights, points, labels) {
  const grad = Array(9).fill(0);
  const isSquared = kind === KINDS[1];
  let sum = 0;
  let grown = 0; // the product of all 1 + rest, less 1: one logarithm then does for all points
  for (let i = 0; i < points.length; i++) {
    const x = points[i][0]; // not unpacked: that takes longer than the sums
    const y = points[i][1];
    look(weights, x, y, labels[i], SEEN);
    let d = SEEN[3];
    let e = SEEN[4];
    let f = SEEN[5];
    if (isSquared) {
      sum += (d * d + e * e + f * f) / 2;
      const mean = SEEN[0] * d + SEEN[1] * e + SEEN[2] * f;
      d = SEEN[0] * (d - mean);
      e = SEEN[1] * (e - mean);
      f = SEEN[2] * (f - mean);
    } else {
      sum += SEEN[6];
      grown += SEEN[7] + grown * SEEN[7];
    }
    grad[0] += x * d;
    grad[1] += x * e;
    grad[2] += x * f;
    grad[3] += y * d;
    grad[4] += y * e;
    grad[5] += y * f;
    grad[6] += d;
    grad[7] += e;
    grad[8] += f;
  }
  const count = points.length;
  const mean = grad.map((entry) => entry / count);
  const slope = Math.max(...mean.map(Math.abs));
  return { weights, loss: (sum + Math.log1p(grown)) / count, grad: mean, slope };
}

/** Twin of train, further: add places to a path until it has so many steps. */
export function train(kind, path, { points, labels, rate, start }, steps) {
  while (path.length <= steps) {
    const last = path.at(-1);
    const weights = last ? last.weights.map((w, i) => w - rate * last.grad[i]) : startWeights(start);
    path.push(objective(kind, weights, points, labels));
  }
}

/** Twin of pushes: what one point says about its own logits, {p, "cross-entropy", "squared error"}. */
export function pushes(weights, [x, y], label) {
  look(weights, x, y, label, SEEN);
  const [p, error] = [[...SEEN.slice(0, 3)], [...SEEN.slice(3, 6)]];
  return { p, [KINDS[0]]: error, [KINDS[1]]: through(p, error) };
}

/** The paths of a state; steps already taken with these points and this rate are not taken again. */
function trainer() {
  let ready;
  let paths;
  return (state) => {
    const key = JSON.stringify([state.points, state.labels, state.rate, state.start]);
    if (key !== ready) paths = KINDS.map(() => []);
    ready = key;
    return KINDS.map((kind, i) => {
      train(kind, paths[i], state, state.step);
      return paths[i].slice(0, state.step + 1);
    });
  };
}

/** Twin of boundary: where two classes are equally likely and the third is not likelier, [x1, y1, x2, y2]. */
export function boundary(weights, j, k) {
  const across = (a, b) => [0, 3, 6].map((row) => weights[row + a] - weights[row + b]);
  const [[nx, ny, c], [mx, my, mc]] = [across(j, k), across(j, 3 - j - k)];
  const size = nx * nx + ny * ny;
  if (size < 1e-18) return undefined;
  const [qx, qy] = [(-c * nx) / size, (-c * ny) / size];
  const [dx, dy] = [-ny / Math.sqrt(size), nx / Math.sqrt(size)];
  let [start, end] = [-Infinity, Infinity];
  for (const [offset, rate] of [
    [REACH - qx, -dx],
    [REACH + qx, dx],
    [REACH - qy, -dy],
    [REACH + qy, dy],
    [mx * qx + my * qy + mc, mx * dx + my * dy],
  ]) {
    // offset + rate t ≥ 0
    if (Math.abs(rate) < 1e-12) {
      if (offset < -1e-9) return undefined;
    } else if (rate > 0) start = Math.max(start, -offset / rate);
    else end = Math.min(end, -offset / rate);
  }
  return start < end ? [qx + start * dx, qy + start * dy, qx + end * dx, qy + end * dy] : undefined;
}

// ---- State ----

/**
 * @typedef {{points: [number, number][], labels: number[], rate: number, loss: string, start: string, step: number,
 *   selected: number, adding: number}} State `adding`, the class of a new point, is no trait
 */

const TRAITS = {
  points: "points",
  labels: "labels",
  rate: "rate",
  loss: "loss",
  start: "start",
  step: "step",
  selected: "selected",
};

const isBetween = (x, min, max) => Number.isFinite(x) && x >= min && x <= max;
const isCount = (x, most) => Number.isInteger(x) && isBetween(x, 0, most);
const isSpot = (spot) => spot?.length === 2 && spot.every((part) => isBetween(part, -REACH, REACH));
const arePoints = (points, labels) =>
  isBetween(points?.length, FEWEST, MOST) &&
  points.length === labels?.length &&
  points.every(isSpot) &&
  labels.every((k) => CLASSES.includes(k));
const rounded = (part) => Math.round(Math.min(REACH, Math.max(-REACH, part)) * 100) / 100 + 0;
const GOOD = {
  rate: (rate) => isBetween(rate, SLOWEST, FASTEST),
  loss: (loss) => KINDS.includes(loss),
  start: (start) => Object.hasOwn(STARTS, start),
  step: (step) => isCount(step, MOST_STEPS),
  selected: (index) => isCount(index, MOST),
};

/**
 * What of these makes sense, in place of what was; the rest stays.
 * @param {{[trait in keyof State]?: any}} wanted
 * @param {State} kept
 * @returns {State}
 */
function sound(wanted, kept) {
  const next = { ...kept };
  for (const [name, isGood] of Object.entries(GOOD)) if (isGood(wanted[name])) next[name] = wanted[name];
  if (arePoints(wanted.points, wanted.labels)) [next.points, next.labels] = [wanted.points, wanted.labels];
  return { ...next, selected: Math.min(next.selected, next.points.length - 1) };
}

/**
 * As in the URL: t.p=06y9u…&t.r=0.5&t.l=cross&t.w=zero&t.n=100&t.i=0&t.c=1; of each point, class and place in five
 * characters. `adding` is the class of a new point; it is left out if it is 0, as it was when no link had it.
 */
function encode({ points, labels, rate, loss, start, step, selected, adding }) {
  const digits = (part) =>
    Math.round((part + REACH) * 100)
      .toString(36)
      .padStart(2, "0");
  const packed = points.map((spot, i) => labels[i] + spot.map(digits).join("")).join("");
  return `t.p=${packed}&t.r=${rate}&t.l=${loss.split(" ")[0].split("-")[0]}&t.w=${start}&t.n=${step}&t.i=${selected}&t.c=${adding || ""}`;
}

/** The pieces of a fragment, as far as they can be read. */
function unpacked(fragment) {
  const pieces = new URLSearchParams(fragment);
  const wanted = {};
  const packed = pieces.get("t.p") ?? "";
  if (/^([012][0-9a-z]{4})+$/.test(packed)) {
    const parts = /** @type {string[]} */ (packed.match(/.{5}/g));
    wanted.labels = parts.map((part) => Number(part[0]));
    wanted.points = parts
      .map((part) => [1, 3].map((at) => Number.parseInt(part.slice(at, at + 2), 36) / 100 - REACH))
      .map((spot) => spot.map((part) => Number(part.toFixed(2)) + 0));
  }
  wanted.rate = numberOr(pieces.get("t.r"), SLOWEST, FASTEST);
  wanted.step = numberOr(pieces.get("t.n"), 0, MOST_STEPS);
  wanted.selected = numberOr(pieces.get("t.i"), 0, MOST);
  wanted.loss = KINDS.find(
    (kind) => pieces.has("t.l") && kind.startsWith(/** @type {string} */ (pieces.get("t.l"))),
  );
  wanted.start = pieces.get("t.w");
  wanted.adding = numberOr(pieces.get("t.c"), 0, 2);
  return wanted;
}

/** What a fragment asks for, where it makes sense and is not the state already; the rest is ignored. */
function decode(fragment, state) {
  if (!fragment.includes("t.")) return {};
  const found = Object.entries(unpacked(fragment)).filter(
    ([, value]) => value !== undefined && value !== null,
  );
  const wanted = Object.fromEntries(found);
  const adding = CLASSES.includes(wanted.adding) ? wanted.adding : 0;
  const next = { ...sound({ ...state, ...wanted }, state), adding };
  return encode(next) === encode(state) ? {} : next;
}

// ---- Words ----

/** Twin of explanation in words.py. */
export function explanation({ labels, loss, rate, step, start }, path, right) {
  const missing = CLASSES.find((k) => !labels.includes(k));
  const rises = path.filter((place, i) => i > 0 && place.loss > path[i - 1].loss * (1 + NOISE)).length;
  const { slope } = path.at(-1);
  if (rises) {
    const times = rises === 1 ? "once" : `${rises} times`;
    return `The rate is too large: in ${step} steps the loss rose ${times}. A step that long lands beyond the valley. Still, nothing overflows, since no *p* − *y* exceeds 1.`;
  }
  if (missing !== undefined && loss === KINDS[1]) {
    return `Class ${missing} has no point of its own. By *J*(*p* − *y*), a point where the model is sure of a third class even pulls its arrow.`;
  }
  if (missing !== undefined) {
    return `Class ${missing} has no point, so nothing pulls its score up. Every point pushes it down, for as long as you train.`;
  }
  if (step === 0 && start === "zero") {
    return `All weights are 0, so every class has *p* = 1/3 everywhere, and the plane has no color yet. The first step will move a weight by ${decimals(rate * slope)} at most.`;
  }
  if (step === 0) {
    return `Each arrow is long and points to another class’s corner: sure of itself, and right about ${right} of ${labels.length}. The first step will move a weight by ${decimals(rate * slope)} at most.`;
  }
  if (loss === KINDS[1] && slope < STALLED && path.at(-1).loss > 0.5 && 2 * right < labels.length) {
    return "Wrong, and hardly a slope to learn from: *p* − *y* is near its largest, but *J*(*p* − *y*) is almost 0. Squared error waits where it should hurry.";
  }
  if (right === labels.length) {
    return "Every point is on its own side. The loss falls on: longer arrows are surer of the same answer, and each step pulls a little less.";
  }
  if (loss === KINDS[1]) {
    return "Each point pulls and pushes the arrows by *J*(*p* − *y*). That is small wherever the model is sure, right or wrong: a point that is surely wrong hardly pulls at all.";
  }
  return "Each point pulls the arrow of its own class toward itself, and pushes the other two away. Hollow points are on the wrong side: for their own class, *p* − *y* is −1/2 or lower.";
}

/** Twin of number in picture.py. */
export function numberText(value, isSigned) {
  if (value && Math.abs(value) < 1e-9) return "≈ 0";
  return isSigned ? signed(value) : decimals(value);
}

const inWords = ([x, y], label) => `class ${label} at ${plain(x)}, ${plain(y)}`.replaceAll("-", "−");

function doubled(size, needed) {
  let enough = size;
  while (enough < needed) enough *= 2;
  return enough;
}

// ---- Views: each is {node, show(…)} ----

const part = (name, ...children) => element("div", { class: `pt-${name}` }, ...children);
const span = (name, ...children) => element("span", { class: name }, ...children);
/** A node with the role of a part of a table: its look is that of a grid. */
function roled(role, node) {
  node.setAttribute("role", role);
  return node;
}
const caption = (text) => span("pt-caption", ...math(text));
const tint = (k) => ({ style: `--c: var(--sl-c${k})` });
const weight = (k) => [...math("*w*"), element("sub", {}, String(k))];

function mark(label) {
  const path = svgElement("path", { d: SHAPES[label] });
  return svgElement(
    "svg",
    { class: "pt-mark", viewBox: "-8 -8 16 16", "aria-hidden": "true", ...tint(label) },
    path,
  );
}

/** One of a few, as pills: native radios. `entries` are [value, ...what the pill holds]. */
function choiceView({ prefix, signal }, label, entries, choose) {
  const radios = entries.map(([value]) => {
    const radio = element("input", {
      type: "radio",
      class: "pt-radio",
      name: prefix + label,
      "data-lm-suppress-shortcuts": "true",
    });
    radio.addEventListener("change", () => choose(value), { signal });
    return radio;
  });
  const pills = entries.map(([, ...inside], i) =>
    element("label", { class: "pt-option" }, radios[i], ...inside),
  );
  const node = element("div", { class: "pt-options", role: "radiogroup", "aria-label": label }, ...pills);
  const show = (chosen) =>
    radios.forEach((radio, i) => {
      radio.checked = entries[i][0] === chosen;
      pills[i].classList.toggle("is-chosen", radio.checked);
    });
  return { node, show };
}

/** The colors of the classes over the plane, by their probabilities; nothing where nothing is known. */
function tintView() {
  const node = element("canvas", { class: "pt-tint", width: GRID, height: GRID, "aria-hidden": "true" });
  const pen = /** @type {CanvasRenderingContext2D} */ (node.getContext("2d", { willReadFrequently: true }));
  const image = pen.createImageData(GRID, GRID);
  const middle = (i) => REACH * ((2 * i + 1) / GRID - 1);
  let colors;
  const recolor = () => {
    const style = getComputedStyle(node);
    colors = CLASSES.map((k) => {
      const text = style.getPropertyValue(`--sl-c${k}`).trim().slice(1);
      return [0, 2, 4].map((at) => Number.parseInt(text.slice(at, at + 2), 16) || 0);
    });
  };
  const show = (w) => {
    let at = 0;
    for (let row = 0; row < GRID; row++) {
      const y = -middle(row);
      for (let column = 0; column < GRID; column++) {
        const x = middle(column);
        const [a, b, c] = [
          x * w[0] + y * w[3] + w[6],
          x * w[1] + y * w[4] + w[7],
          x * w[2] + y * w[5] + w[8],
        ];
        const peak = Math.max(a, b, c);
        const [p, q, r] = [Math.exp(a - peak), Math.exp(b - peak), Math.exp(c - peak)];
        const sum = p + q + r; // the largest of the three is 1
        for (let i = 0; i < 3; i++) {
          image.data[at++] = (p * colors[0][i] + q * colors[1][i] + r * colors[2][i]) / sum;
        }
        image.data[at++] = 255 * TINT * (1.5 / sum - 0.5);
      }
    }
    pen.putImageData(image, 0, 0);
  };
  return { node, recolor, show };
}

/** A line from one place of the plane to another, and an arrow. */
const draw = (line, x1, y1, x2, y2) => {
  for (const [name, value] of Object.entries({ x1, y1: -y1, x2, y2: -y2 }))
    line.setAttribute(name, value.toFixed(4));
};

function arrowView(k, name, ...under) {
  const lines = [...under, svgElement("line")];
  const head = svgElement("path", { d: "M-.17-.09L.03 0L-.17 .09Z" });
  const node = svgElement("g", { class: name, ...tint(k) }, ...lines, head);
  const show = (x, y, dx, dy, least) => {
    node.toggleAttribute("hidden", !(Math.hypot(dx, dy) > least));
    for (const line of lines) draw(line, x, y, x + dx, y + dy);
    const turn = (Math.atan2(-dy, dx) * 180) / Math.PI;
    head.setAttribute(
      "transform",
      `translate(${(x + dx).toFixed(4)} ${(-y - dy).toFixed(4)}) rotate(${turn.toFixed(2)})`,
    );
  };
  return { node, show };
}

/** The plane: tints, boundaries, arrows, pulls, points; the reader points at it, or moves a cross by keys. */
function planeView({ prefix, signal, say, add, move, remove, select, getState, commit }) {
  const tints = tintView();
  const cuts = CLASSES.map(() => svgElement("line", { class: "pt-cut" }));
  const guide = svgElement("line", { class: "pt-guide" });
  const arrows = CLASSES.map((k) => arrowView(k, "pt-arrow", svgElement("line", { class: "pt-halo" })));
  const pulls = CLASSES.map((k) => arrowView(k, "pt-pull"));
  const lines = svgElement(
    "svg",
    { class: "pt-lines", viewBox: `${-REACH} ${-REACH} ${2 * REACH} ${2 * REACH}`, "aria-hidden": "true" },
    svgElement("path", { class: "pt-axes", d: `M${-REACH} 0H${REACH}M0 ${-REACH}V${REACH}` }),
    svgElement("circle", { class: "pt-ring", r: RING * REACH }),
    ...cuts,
    guide,
    ...arrows.map(({ node }) => node),
    ...pulls.map(({ node }) => node),
  );
  const scale = span("pt-scale");
  const tags = CLASSES.map((k) =>
    element("span", { class: "pt-tag", "aria-hidden": "true", ...tint(k) }, ...weight(k)),
  );
  const cross = span("pt-cross");
  const spots = span("pt-spots");
  const help = element("span", { id: `${prefix}help`, hidden: "" }, HELP);
  const node = element(
    "div",
    {
      class: "pt-plane",
      style: `--reach: ${REACH}`,
      role: "application",
      tabindex: 0,
      "aria-label": "Plane with points",
      "aria-describedby": `${prefix}help`,
      "data-lm-suppress-shortcuts": "true",
    },
    tints.node,
    lines,
    scale,
    ...tags,
    spots,
    cross,
    help,
  );
  const put = (mark_, x, y) => {
    const style = `--x: ${x}; --y: ${y}`;
    if (mark_.slStyle === style) return;
    mark_.slStyle = style;
    setVariable(mark_, "--x", x);
    setVariable(mark_, "--y", y);
  };

  // By pointer: a point is dragged; a click beside them adds one
  const listen = (type, handler) => node.addEventListener(type, handler, { signal });
  const spotOf = ({ clientX, clientY }) => {
    const { left, top, width } = node.getBoundingClientRect();
    return [(clientX - left) / width, 1 - (clientY - top) / width].map((share) =>
      rounded(REACH * (2 * share - 1)),
    );
  };
  const indexOf = (event) => [...spots.children].indexOf(event.target.closest?.(".pt-point"));
  let dragged;
  let beganOnPoint = false; // the gesture that a click ends
  listen("pointerdown", (event) => {
    const index = indexOf(event);
    if (dragged || event.button !== 0) return;
    beganOnPoint = index >= 0;
    if (!beganOnPoint) return;
    const { points, selected } = getState();
    dragged = { id: event.pointerId, index, moved: false, before: { spot: points[index], selected } };
    node.setPointerCapture(event.pointerId);
    select(index);
  });
  const own = (event) => {
    if (event.pointerId !== dragged?.id) return false;
    if (dragged.index >= getState().points.length) dragged = undefined;
    return dragged !== undefined;
  };
  listen("pointermove", (event) => {
    if (!own(event)) return;
    dragged.moved = true;
    move(dragged.index, spotOf(event));
  });
  listen("pointerup", (event) => {
    if (!own(event)) return;
    if (dragged.moved) commit({});
    dragged = undefined;
  });
  listen("pointercancel", (event) => {
    if (!own(event)) return;
    const { index, moved, before } = dragged;
    dragged = undefined;
    if (moved) move(index, before.spot);
    select(before.selected);
  });
  listen("click", (event) => {
    if (!beganOnPoint) add(spotOf(event));
    beganOnPoint = false;
  });

  // By keys
  let at = [0, 0];
  listen("keydown", (event) => {
    const hop = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    const { points, selected } = getState();
    const moved = (/** @type {number[]} */ [x, y]) => [rounded(x + HOP * hop[0]), rounded(y + HOP * hop[1])];
    if (hop && event.shiftKey) {
      move(selected, moved(points[selected]));
      commit(`point ${selected}`);
    } else if (hop) {
      at = moved(at);
      put(cross, ...at);
      say(`Cross at ${plain(at[0])}, ${plain(at[1])}`.replaceAll("-", "−"));
    } else if (event.key === "Enter" || event.key === " ") add(at);
    else if (event.key === "Delete" || event.key === "Backspace") remove();
    else return;
    event.preventDefault();
  });
  put(cross, ...at);

  const show = ({ points, labels, selected }, { weights }, push) => {
    tints.show(weights);
    [
      [0, 1],
      [0, 2],
      [1, 2],
    ].forEach(([j, k], i) => {
      const ends = boundary(weights, j, k);
      cuts[i].toggleAttribute("hidden", !ends);
      if (ends) draw(cuts[i], ...ends);
    });
    const lengths = CLASSES.map((k) => Math.hypot(weights[k], weights[3 + k]));
    const room = doubled(1, Math.max(...lengths));
    write(scale, `|*w*| = ${room}`);
    const spot = points[selected];
    draw(guide, 0, 0, ...spot);
    CLASSES.forEach((k) => {
      const tip = [weights[k], weights[3 + k]].map((w) => (w * RING * REACH) / room);
      arrows[k].show(0, 0, ...tip, 0.02);
      const length = Math.hypot(...tip);
      const pull = spot.map((way) => -push[k] * PULL * way);
      const shift = length > 0.2 ? 0 : ((k - 1) * ASIDE) / Math.max(Math.hypot(...pull), 1e-9);
      pulls[k].show(tip[0] - shift * pull[1], tip[1] + shift * pull[0], ...pull, 0.05);
      tags[k].hidden = !(length > 0.2);
      if (length > 0.2) put(tags[k], ...tip.map((to) => to * (1 + BEYOND / length)));
    });
    while (spots.childElementCount > points.length) /** @type {Element} */ (spots.lastChild).remove();
    points.forEach(([x, y], i) => {
      const own = spots.children[i] ?? spots.appendChild(span("pt-point"));
      if (own.slLabel !== labels[i]) own.replaceChildren(mark(labels[i]));
      own.slLabel = labels[i];
      put(own, x, y);
      own.classList.toggle("is-wrong", guess(weights, [x, y]) !== labels[i]);
      own.classList.toggle("is-selected", i === selected);
    });
  };
  return { node, show, recolor: tints.recolor };
}

/** All points in words, for who listens. */
function listView() {
  const node = element("ul", { class: "sl-unseen", "aria-label": "Points" });
  const show = ({ points, labels, selected }, { weights }) => {
    while (node.childElementCount > points.length) /** @type {Element} */ (node.lastChild).remove();
    points.forEach((spot, i) => {
      const item = node.children[i] ?? node.appendChild(element("li"));
      const answer = guess(weights, spot);
      const verdict = answer === labels[i] ? "right" : `taken for class ${answer}`;
      writeText(item, `point ${i + 1}: ${inWords(spot, labels[i])}, ${verdict}`);
      if (i === selected) item.setAttribute("aria-current", "true");
      else item.removeAttribute("aria-current");
    });
  };
  return { node, show };
}

/** The learning rate, on a slider where half and double are equally far. */
function rateView({ prefix, signal, say, setRate, commit }) {
  const hooks = { signal, say, commit: () => commit("rate") };
  const accept = (exponent) => setRate(Number((10 ** exponent).toPrecision(3)));
  const range = slider({ ...hooks, label: "Learning rate", min: -2, max: 2, step: 0.01, page: 0.1, accept });
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
  return { node: part("rate", caption("learning rate"), field.node, range.node), show };
}

/** Three numbers for each loss. */
function numbersView(shown) {
  const cells = KINDS.map(() => [0, 1, 2].map(() => span("sl-value pt-number")));
  cells[0][0].dataset.slQuantity = "loss";
  const heads = ["of the model", ...KINDS].map((text) => roled("columnheader", span("", text)));
  const rows = ["loss", "right", "max slope"].map((name, row) =>
    roled(
      "row",
      part("line", roled("rowheader", caption(name)), ...cells.map((each) => roled("cell", each[row]))),
    ),
  );
  const table = roled("table", part("line", roled("row", span("sl-unseen", ...heads)), ...rows));
  table.setAttribute("aria-label", "Both losses, at this step");
  const show = (places, count) =>
    places.forEach(({ loss, slope, right }, i) => {
      [decimals(loss), `${right} / ${count}`, decimals(slope)].forEach((text, row) => {
        cells[i][row].textContent = text;
      });
    });
  const keys = [caption("curve"), span("pt-key"), span("pt-key is-squared")];
  return { node: part("numbers", caption("shown"), shown.node, table, ...keys), show };
}

/** Both losses over the steps, each as a share of what it was at the start. */
function traceView() {
  const [high, steps] = [span("pt-high"), span("")];
  const curves = KINDS.map((_, i) => svgElement("polyline", { class: `pt-curve${i ? " is-squared" : ""}` }));
  const frame = { viewBox: "0 0 1 1", preserveAspectRatio: "none", "aria-hidden": "true" };
  const count = element("b", { class: "sl-value" });
  const plot = roled("img", part("plot", high, span("pt-low", "0"), svgElement("svg", frame, ...curves)));
  const axis = part("axis", span("", "0"), steps);
  axis.setAttribute("aria-hidden", "true");
  const node = part(
    "trace",
    part("top", caption("loss / loss at the start"), span("pt-steps", "step ", count)),
    plot,
    axis,
  );
  const show = (paths) => {
    const taken = paths[0].length - 1;
    const room = doubled(ROOM, taken);
    count.textContent = /** @type {any} */ (taken); // a text, then
    const shares = paths.map((path) =>
      path.map(({ loss }) => (path[0].loss > 0 ? Math.min(loss / path[0].loss, HIGHEST) : 1)),
    );
    const highest = doubled(1, Math.max(...shares.flat()));
    const stride = Math.ceil((taken + 1) / DOTS);
    const shown = shares[0].map((_, t) => t).filter((t) => t % stride === 0 || t === taken);
    high.textContent = highest;
    steps.textContent = `${room} steps`;
    const ends = shares.map((values, i) => `${KINDS[i]} 1 to ${decimals(values.at(-1))}`);
    plot.setAttribute("aria-label", `Shares of the loss, from step 0 to ${taken}: ${ends.join(", ")}`);
    curves.forEach((curve, i) => {
      curve.setAttribute("points", polyline(shown.map((t) => [t / room, 1 - shares[i][t] / highest])));
    });
  };
  return { node, show };
}

/** Of the selected point: p, p − y, J(p − y), and what they do to the arrows. */
function pullsView() {
  const [first, ...heads] = ["class", "*p*", "*p* − *y*", "*J*(*p* − *y*)"].map((text) =>
    roled("columnheader", caption(text)),
  );
  const last = roled("columnheader", element("span", { class: "pt-caption pt-effect" }, "this point"));
  const names = ["p", ...KINDS];
  const rows = CLASSES.map((k) => {
    const cells = names.map((name, i) => {
      const [value, bar] = [span("sl-value"), span(`pt-bar${i ? " is-signed" : ""}`)];
      if (i < 2) Object.assign(value.dataset, { slQuantity: i ? "grad" : "probs", slIndex: k });
      return { name, value, bar, node: roled("cell", span("pt-cell", value, bar)) };
    });
    return { cells, title: roled("rowheader", span("pt-class")), effect: roled("cell", span("pt-effect")) };
  });
  const line = (...cells) => roled("row", part("line", ...cells));
  const lines = rows.map(({ title, cells, effect }) => line(title, ...cells.map(({ node }) => node), effect));
  const node = roled("table", part("pulls", line(first, ...heads, last), ...lines));
  node.setAttribute("aria-label", "What the selected point does to the weights");
  rows.forEach(({ title }, k) => {
    title.append(mark(k), String(k));
  });
  const show = (at, kind) => {
    heads.forEach((head, i) => {
      head.classList.toggle("is-used", names[i] === kind);
    });
    rows.forEach(({ cells, effect }, k) => {
      cells.forEach(({ name, value, bar, node: cell }, i) => {
        const x = at[name][k];
        value.textContent = numberText(x, i > 0);
        setVariable(bar, "--from", i ? 0.5 + Math.min(0, x) / 2 : 0);
        setVariable(bar, "--to", i ? 0.5 + Math.max(0, x) / 2 : x);
        bar.classList.toggle("is-down", x < 0);
        cell.classList.toggle("is-used", name === kind);
      });
      const sign = Math.sign(at[kind][k]);
      if (effect.slSign === sign) return;
      effect.slSign = sign;
      const [verb, where] = EFFECTS[sign + 1];
      effect.replaceChildren(verb, ...weight(k), where);
    });
  };
  return { node, show };
}

/** Which point is selected, where it is, and what it does. */
function panelView({ prefix, signal, say, select, move, remove, relabel, getState, commit }) {
  const [number, label] = [span("sl-value"), span("sl-value")];
  const turn = (by, text, name) => {
    const node = button(signal, text, () => {
      const { points, selected } = getState();
      const next = (selected + by + points.length) % points.length;
      select(next);
      commit("selected");
      say(`Point ${next + 1}, ${inWords(points[next], getState().labels[next])}`);
    });
    node.classList.add("pt-turn");
    node.setAttribute("aria-label", name);
    return node;
  };
  const fields = [0, 1].map((axis) =>
    numberField({
      label: `${"xy"[axis]} of the selected point`,
      id: `${prefix}refusal-${axis}`,
      min: -REACH,
      max: REACH,
      step: HOP,
      signal,
      say,
      commit: () => commit(`field ${axis}`),
      accept: (value) => {
        const { points, selected } = getState();
        move(selected, points[selected].with(axis, rounded(value)));
      },
    }),
  );
  const pulls = pullsView();
  const node = part(
    "panel",
    part(
      "which",
      turn(-1, "‹", "Previous point"),
      span("pt-who", "point ", number, ", class ", label),
      turn(1, "›", "Next point"),
      span(
        "pt-spot",
        ...fields.map((field, axis) => span("pt-xy", element("i", {}, "xy"[axis]), field.node)),
      ),
      span("pt-spot", button(signal, "Relabel", relabel), button(signal, "Remove", remove)),
    ),
    pulls.node,
  );
  const show = ({ points, labels, loss, selected }, at) => {
    number.textContent = selected + 1;
    label.textContent = labels[selected];
    fields.forEach((field, axis) => {
      field.show(points[selected][axis]);
    });
    pulls.show(at, loss);
  };
  return { node, show };
}

// ---- The widget ----

/** @type {State} */
const THREE = {
  points: /** @type {State["points"]} */ (CORNERS.map((corner) => corner.map(rounded))),
  labels: CLASSES,
  rate: 0.5,
  loss: KINDS[0],
  start: "zero",
  step: 0,
  selected: 0,
  adding: 0,
};

function deriver() {
  const pathsOf = trainer();
  return (/** @type {State} */ state) => {
    const paths = pathsOf(state);
    const ends = paths.map((path) => {
      const last = path.at(-1);
      return { ...last, right: countRight(last.weights, state.points, state.labels) };
    });
    return { paths, ends, here: ends[KINDS.indexOf(state.loss)] };
  };
}

/**
 * @param {Hooks<State>} hooks
 * @returns {View<State, ReturnType<ReturnType<typeof deriver>>>}
 */
function view({ initial, assign, update, change, keep, ...hooks }) {
  const { signal, say, getState } = hooks;
  let drawn; // the state and what follows from it
  let refusal = ""; // shown until something changes
  let timer; // of what plays
  const repaint = () => paint(drawn.state, drawn.derived);
  const refuse = (words) => {
    refusal = words;
    repaint();
    say(words);
  };
  const own = {
    ...hooks,
    setRate: (rate) => update({ rate }),
    select: (selected) => update({ selected }),
    move: (index, spot) => update({ points: getState().points.with(index, spot) }),
    add: (spot) => {
      const { points, labels, adding } = getState();
      if (points.length >= MOST) return refuse(`${MOST} points are all that fit here: remove one first.`);
      change({ points: [...points, spot], labels: [...labels, adding], selected: points.length }, {});
      return say(`Added point ${points.length + 1}, ${inWords(spot, adding)}`);
    },
    remove: () => {
      const { points, labels, selected } = getState();
      if (points.length <= FEWEST)
        return refuse(`${FEWEST} points stay, so that there is something to learn.`);
      const without = (list) => list.toSpliced(selected, 1);
      change({ points: without(points), labels: without(labels), selected: Math.max(0, selected - 1) }, {});
      return say(`Removed point ${selected + 1}; ${points.length - 1} are left`);
    },
    relabel: () => {
      const { labels, selected } = getState();
      change({ labels: labels.with(selected, (labels[selected] + 1) % 3) }, {});
    },
  };

  // ---- Playing: a step a frame, and only while the reader wants it and sees it ----

  const halt = () => {
    clearTimeout(timer);
    cancelAnimationFrame(timer);
    timer = undefined;
    buttons.play.textContent = "Play";
  };
  const pause = () => {
    if (timer === undefined) return;
    halt();
    repaint();
    keep();
  };
  const isCalm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
  const further = (steps) => ({ step: Math.min(MOST_STEPS, getState().step + steps) });
  const next = () => {
    timer = isCalm() ? setTimeout(play, 250) : requestAnimationFrame(play);
  };
  const play = () => {
    assign(further(isCalm() ? 15 : 1)); // as fast, but four pictures a second
    if (getState().step >= MOST_STEPS) pause();
    else next();
  };
  const toggle = () => {
    if (timer !== undefined) return pause();
    if (getState().step >= MOST_STEPS) return undefined;
    buttons.play.textContent = "Pause";
    return next();
  };
  /** Stop, and change this in a gesture of its own, or in that of a control. */
  const still =
    (changes, control = {}) =>
    () => {
      halt();
      change(changes(), control);
    };
  const { points, labels } = THREE;
  const buttons = {
    play: button(signal, "Play", toggle),
    step: button(
      signal,
      "Step",
      still(() => further(1), "step"),
    ),
    back: button(
      signal,
      "To start",
      still(() => ({ step: 0 })),
    ),
    three: button(
      signal,
      "Three points",
      still(() => ({ points, labels, step: 0, selected: 0 })),
    ),
    reset: button(
      signal,
      "Reset",
      still(() => initial),
    ),
  };

  // ---- The picture ----

  const [plane, list] = [planeView(own), listView()];
  const rate = rateView(own);
  const classes = choiceView(
    own,
    "Class of a new point",
    CLASSES.map((k) => [k, mark(k), span("pt-digit", String(k))]),
    (adding) => change({ adding }, "new class"),
  );
  const starts = choiceView(own, "Start", Object.entries(STARTS), (start) =>
    still(() => ({ start, step: 0 }))(),
  );
  const shown = choiceView(
    own,
    "Loss of the model in the plane",
    KINDS.map((kind) => [kind, kind]),
    (loss) => change({ loss }, {}),
  );
  const count = span("sl-value pt-count");
  const [numbers, trace, panel] = [numbersView(shown), traceView(), panelView(own)];
  const why = element("p", { class: "pt-why" });
  const tools = part("tools", buttons.three, buttons.reset);
  const root = element(
    "div",
    { class: "sl-widget pt" },
    part(
      "main",
      part("left", plane.node, list.node, part("add", caption("new point"), classes.node, count)),
      part(
        "right",
        rate.node,
        part("row", caption("start"), starts.node),
        part("steer", buttons.play, buttons.step, buttons.back),
        numbers.node,
        trace.node,
      ),
    ),
    panel.node,
    why,
    tools,
  );

  /** @type {(state: State, derived: ReturnType<ReturnType<typeof deriver>>) => string} */
  const paint = (state, derived) => {
    if (state !== drawn?.state) refusal = "";
    drawn = { state, derived };
    const { points, labels, loss, selected, step } = state;
    const { paths, ends, here } = derived;
    const at = pushes(here.weights, points[selected], labels[selected]);
    plane.show(state, here, at[loss]);
    list.show(state, here);
    rate.show(state.rate);
    starts.show(state.start);
    classes.show(state.adding);
    shown.show(loss);
    numbers.show(ends, points.length);
    trace.show(paths);
    panel.show(state, at);
    count.textContent = `${points.length} of ${MOST}`;
    buttons.step.setAttribute("aria-disabled", step >= MOST_STEPS);
    buttons.play.setAttribute("aria-disabled", step >= MOST_STEPS && timer === undefined);
    buttons.back.setAttribute("aria-disabled", step === 0);
    write(why, refusal || explanation(state, paths[KINDS.indexOf(loss)], here.right));
    return `Step ${step}, ${loss}: loss ${decimals(here.loss)}, ${here.right} of ${points.length} right.`;
  };

  /** The colors are those of the place: they are known once the widget stands there, and change with the theme. */
  const begin = () => {
    plane.recolor();
    const recolor = () => {
      plane.recolor();
      repaint();
    };
    const themes = new MutationObserver(recolor);
    for (const node of [document.documentElement, document.body]) themes.observe(node, { attributes: true });
    const sight = new IntersectionObserver((entries) =>
      /** @type {IntersectionObserverEntry} */ (entries.at(-1)).isIntersecting ? recolor() : pause(),
    );
    sight.observe(root);
    document.addEventListener("visibilitychange", () => document.hidden && pause(), { signal });
    signal.addEventListener("abort", () => {
      halt();
      themes.disconnect();
      sight.disconnect();
    });
  };
  return { root, tools, paint, begin };
}

export default mountWidget({
  traits: TRAITS,
  start: () => THREE,
  read: (model, kept) =>
    sound(Object.fromEntries(Object.values(TRAITS).map((name) => [name, model.get(name)])), kept),
  deriver,
  results: ({ here: { weights, loss, right, slope } }, { points, selected }) => ({
    selected, // what was no sense is put right
    weights: [0, 3, 6].map((row) => weights.slice(row, row + 3)),
    loss_value: loss,
    accuracy: right / points.length,
    slope,
  }),
  encode,
  decode,
  view,
});
