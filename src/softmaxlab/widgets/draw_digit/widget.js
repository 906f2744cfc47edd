// DrawDigit: a pad to draw a digit on, and what softmax regression says of it while you draw.
import { button, element, math, setVariable, svgElement, unseen, write } from "../_runtime/elements.js";
import { numberField, numberOr } from "../_runtime/fields.js";
import { decimals, plain } from "../_runtime/format.js";
import { mountWidget } from "../_runtime/mount.js";
import { slider } from "../_runtime/slider.js";
import { crossEntropy, crossEntropyGrad, softmax } from "../_runtime/softmax.js";

const [SIDE, DOTS, INK] = [8, 32, 16]; // cells and dots along an edge, dots of a cell
const CLASSES = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
const [COLDEST, HOTTEST] = [0.1, 10]; // temperatures
const FULL = 2; // evidence that fills its cell
// How a drawing is made like the data's: see `prepared`.
const [WIDTH, DARK] = [20, 310]; // dots: of its width at most, and black in all
const [THIN, THICK] = [1.8, 4.5]; // radius of the brush
const LARGER = 5; // times, at most
const [NEAR, MOST_POINTS] = [0.6, 1000]; // points closer than that are one; as many as a drawing may have
const MOST_UNDONE = 100;

// ---- The model. Twins of softmaxlab.learning.digit_classifier; tests/widgets/draw_digit/test_browser.py compares them. ----

/** The ten logits of 64 counts: the bias, and each feature x = count / 16 times its row of weights. */
export function logitsOf(weights, pixels) {
  const logits = new Array(CLASSES.length).fill(0);
  pixels.forEach((count, d) => {
    if (count) for (const k of CLASSES) logits[k] += (count / INK) * weights[d][k];
  });
  return logits.map((sum, k) => sum + weights[pixels.length][k]);
}

/** {logits, probs, loss, grad} at a temperature. */
export function read(weights, { pixels, label, temperature }) {
  const logits = logitsOf(weights, pixels);
  const scaled = logits.map((a) => a / temperature);
  return {
    logits,
    probs: softmax(scaled),
    loss: crossEntropy(scaled, label),
    grad: crossEntropyGrad(scaled, label),
  };
}

/** What each cell adds to the logit of a class. */
export const evidence = (weights, pixels, k) => pixels.map((count, d) => (count / INK) * weights[d][k]);

const largest = (values) => values.indexOf(Math.max(...values));

// ---- From a drawing to 64 counts. A stroke is [[x, y], …] in dots, from 0 to 32. ----

/** For each dot, the squared distance of its middle to the strokes. */
function distances(strokes) {
  const found = new Float64Array(DOTS * DOTS).fill(Infinity);
  for (const stroke of strokes) {
    for (let i = stroke.length > 1 ? 1 : 0; i < stroke.length; i++) {
      const [bx, by] = stroke[i];
      const [ax, ay] = stroke[Math.max(0, i - 1)];
      const [dx, dy] = [bx - ax, by - ay];
      const scale = 1 / (dx * dx + dy * dy || 1);
      // Dots farther than the thickest brush do not count.
      const from = (a, b) => Math.max(0, Math.floor(Math.min(a, b) - THICK - 0.5));
      const to = (a, b) => Math.min(DOTS - 1, Math.ceil(Math.max(a, b) + THICK));
      for (let row = from(ay, by), last = to(ay, by); row <= last; row++) {
        const y = row + 0.5 - ay;
        for (let column = from(ax, bx), end = to(ax, bx); column <= end; column++) {
          const x = column + 0.5 - ax;
          const along = Math.min(1, Math.max(0, (x * dx + y * dy) * scale));
          const away = (x - along * dx) ** 2 + (y - along * dy) ** 2;
          if (away < found[row * DOTS + column]) found[row * DOTS + column] = away;
        }
      }
    }
  }
  return found;
}

/** Count the black dots of each block of 4 × 4: what was done to the data. */
export function pooled(dots) {
  const counts = new Array(SIDE * SIDE).fill(0);
  dots.forEach((black, i) => {
    if (black) counts[Math.floor(i / (4 * DOTS)) * SIDE + Math.floor((i % DOTS) / 4)] += 1;
  });
  return counts;
}

/** The brush that makes as many dots black as the data's digits have, within limits. */
function radiusOf(away) {
  const enough = Math.sqrt(Float64Array.from(away).sort()[DARK - 1]);
  return Math.min(THICK, Math.max(THIN, enough));
}

/** Middle and slant of strokes: how far x goes along with y. Each piece counts by its length. */
function slantOf(strokes) {
  let [mass, mx, my] = [0, 0, 0];
  const pieces = strokes.flatMap((stroke) =>
    stroke.map(([x, y], i) => {
      const [px, py] = stroke[Math.max(0, i - 1)];
      return { x: (x + px) / 2, y: (y + py) / 2, length: Math.hypot(x - px, y - py) + 1e-6 };
    }),
  );
  for (const { x, y, length } of pieces) {
    mass += length;
    mx += x * length;
    my += y * length;
  }
  [mx, my] = [mx / mass, my / mass];
  let [xy, yy] = [0, 1e-9];
  for (const { x, y, length } of pieces) {
    xy += (x - mx) * (y - my) * length;
    yy += (y - my) ** 2 * length;
  }
  return { mx, my, slant: Math.min(0.6, Math.max(-0.6, xy / yy)) };
}

/**
 * A drawing as the data's digits were made: upright, 32 dots high, at most 20 wide, and about 310 of the dots black.
 * {dots, frame}: 1,024 of them, and the corners, in the drawing, of what was stretched.
 */
export function prepared(strokes) {
  const { mx, my, slant } = slantOf(strokes);
  const upright = strokes.map((stroke) => stroke.map(([x, y]) => [x - slant * (y - my), y]));
  const points = upright.flat();
  const ends = (axis) => [
    points.reduce((low, point) => Math.min(low, point[axis]), Infinity),
    points.reduce((high, point) => Math.max(high, point[axis]), -Infinity),
  ];
  const [[left, right], [top, bottom]] = [ends(0), ends(1)];
  const x0 = (mx + (left + right) / 2) / 2; // between the middle of the ink and that of the box
  const y0 = (top + bottom) / 2;
  let radius = 2.5;
  let away;
  for (let turn = 0; turn < 3; turn++) {
    const [sx, sy] = scales(right - left, bottom - top, radius);
    const half = DOTS / 2;
    away = distances(
      upright.map((stroke) => stroke.map(([x, y]) => [half + (x - x0) * sx, half + (y - y0) * sy])),
    );
    const wanted = radiusOf(away);
    const settled = Math.abs(wanted - radius) < 0.1;
    radius = wanted;
    if (settled) break;
  }
  const frame = [
    [left, top],
    [right, top],
    [right, bottom],
    [left, bottom],
  ].map(([x, y]) => [x + slant * (y - my), y]);
  return {
    dots: Array.from(/** @type {Float64Array} */ (away), (square) => square <= radius * radius),
    frame,
  };
}

/** How much larger a drawing becomes, across and down: the brush must fit in, too. */
function scales(width, height, radius) {
  const down = Math.min(LARGER, (DOTS - 2 * radius) / Math.max(height, 1e-9));
  return [Math.min(down, Math.max(4, WIDTH - 2 * radius) / Math.max(width, 1e-9)), down];
}

/** Strokes where they were drawn, with a brush as wide as the one on the pad. */
const inPlace = (strokes) => Array.from(distances(strokes), (square) => square <= 2.25);

/** The counts of a drawing: of strokes alone, prepared; on top of counts that were there, in place. */
export function countsOf({ base, strokes }) {
  if (!strokes.length) return { pixels: base };
  if (base.some(Boolean)) {
    const added = pooled(inPlace(strokes));
    return { pixels: base.map((count, d) => Math.min(INK, count + added[d])) };
  }
  const { dots, frame } = prepared(strokes);
  return { pixels: pooled(dots), frame };
}

// ---- State ----

/** @typedef {{pixels: number[], label: number, temperature: number, shown: number | null}} State */

const BLANK = new Array(SIDE * SIDE).fill(0);
const isClass = (k) => CLASSES.includes(k);
const arePixels = (pixels) =>
  pixels?.length === BLANK.length && pixels.every((n) => Number.isInteger(n) && n >= 0 && n <= INK);
const isTemperature = (t) => Number.isFinite(t) && t >= COLDEST && t <= HOTTEST;

/**
 * The model's state, with what makes no sense left as it was: a link between widgets may bring anything.
 * @param {Model} model
 * @param {State} kept
 * @returns {State}
 */
function readModel(model, kept) {
  const [pixels, label, t, shown] = ["pixels", "label", "temperature", "shown"].map((name) =>
    model.get(name),
  );
  return {
    pixels: arePixels(pixels) ? pixels : kept.pixels,
    label: isClass(label) ? label : kept.label,
    temperature: isTemperature(t) ? t : kept.temperature,
    shown: shown === null || isClass(shown) ? shown : kept.shown,
  };
}

export const pack = (pixels) => pixels.map((count) => count.toString(INK + 1)).join("");
export const unpack = (text) => [...text.slice(0, SIDE * SIDE)].map((letter) => parseInt(letter, INK + 1));

/** As in the URL: w.x=00c8…&w.y=7&w.t=1&w.k=answer */
const encode = ({ pixels, label, temperature, shown }) =>
  `w.x=${pack(pixels)}&w.y=${label}&w.t=${temperature}&w.k=${shown ?? "answer"}`;

/** The pieces of a fragment that make sense; the rest is ignored. */
function decode(fragment) {
  const pieces = new URLSearchParams(fragment);
  const changes = {};
  const text = pieces.get("w.x") ?? "";
  if (/^[0-9a-g]{64}$/.test(text)) changes.pixels = unpack(text);
  if (/^\d$/.test(pieces.get("w.y") ?? "")) changes.label = Number(pieces.get("w.y"));
  const temperature = numberOr(pieces.get("w.t"), COLDEST, HOTTEST);
  if (temperature !== undefined) changes.temperature = temperature;
  const shown = pieces.get("w.k") ?? "";
  if (shown === "answer") changes.shown = null;
  else if (/^\d$/.test(shown)) changes.shown = Number(shown);
  return changes;
}

// ---- Words and pictures. Twins of those in __init__.py and picture.py. ----

function fixed(value, places = 3) {
  const text = Math.abs(value).toFixed(places);
  return value < 0 && /[1-9]/.test(text) ? `−${text}` : text;
}

function withSign(value) {
  const text = Math.abs(value).toFixed(2);
  return (/[1-9]/.test(text) ? (value > 0 ? "+" : "−") : "") + text;
}

const slopeText = (slope) => (slope > 0 ? "+" : slope < 0 ? "−" : "") + Math.abs(slope).toFixed(3);

/** Where the image comes from, as far as the image itself tells. */
export function stateText(pixels, label, samples, whole = true) {
  if (!pixels.some(Boolean)) return "No ink: the features are all 0, and the logits are the bias alone.";
  const packed = pack(pixels);
  const sample = samples.find((one) => one.startsWith(packed));
  if (sample) {
    const meant = `A digit the model was not trained on, meant as ${sample[64]}.`;
    if (sample.endsWith("!")) return `${meant} One of its worst mistakes.`;
    return whole ? `${meant} Your first stroke replaces it.` : meant;
  }
  return `A digit of your own. Not meant as ${label}? Then say so in the table.`;
}

/** The logit as a sum: ink that speaks for the class, ink that speaks against it, bias. */
export function sumsText(weights, pixels, k) {
  const parts = evidence(weights, pixels, k);
  const sum = (sign) => parts.reduce((all, part) => all + (part * sign > 0 ? part : 0), 0);
  const logit = logitsOf(weights, pixels)[k];
  return `For ${k}: ink ${withSign(sum(1))}, against it ${withSign(sum(-1))}, bias ${withSign(weights[64][k])}. Logit ${withSign(logit)}.`;
}

const placeText = (cell) => `Row ${Math.floor(cell / SIDE) + 1}, column ${(cell % SIDE) + 1}`;

/** What one cell says for a class. */
export function cellText(weights, pixels, k, cell) {
  const x = pixels[cell] / INK;
  const w = weights[cell][k];
  return `${placeText(cell)}: ${pixels[cell]} of ${INK} dots. *x* · *w* = ${fixed(x, 2)} × ${fixed(w, 2)} = ${withSign(x * w)}`;
}

/** Two paths: squares for what is positive, disks for what is negative, their area by size. */
export function marks(parts) {
  const paths = ["", ""];
  parts.forEach((part, cell) => {
    const size = 0.46 * Math.sqrt(Math.min(1, Math.abs(part) / FULL));
    if (size < 0.02) return; // nothing to see
    const [x, y] = [(cell % SIDE) + 0.5, Math.floor(cell / SIDE) + 0.5];
    const [s, d] = [size.toFixed(3), (2 * size).toFixed(3)];
    if (part > 0) paths[0] += `M${(x - size).toFixed(3)} ${(y - size).toFixed(3)}h${d}v${d}h-${d}z`;
    else
      paths[1] += `M${(x - size).toFixed(3)} ${y.toFixed(3)}a${s} ${s} 0 1 0 ${d} 0a${s} ${s} 0 1 0 -${d} 0`;
  });
  return paths;
}

// ---- Views: each is {node, show(…)} ----

const box = (name, ...children) => element("div", { class: `dd-${name}` }, ...children);
const caption = (text, more = "") => element("span", { class: `dd-caption${more}` }, ...math(text));
const value = (name = "", more = {}) =>
  element("span", { class: `sl-value${name && ` dd-${name}`}`, ...more });
const kept = { "data-lm-suppress-shortcuts": "true" }; // JupyterLab must leave the keys alone

/**
 * 64 squares, as dark as there is ink.
 * @param {(cell: number) => Attributes} [attributes]
 */
function cellsView(attributes = () => ({})) {
  const rects = BLANK.map((_, cell) =>
    svgElement("rect", {
      class: "dd-ink",
      x: cell % SIDE,
      y: Math.floor(cell / SIDE),
      width: 1,
      height: 1,
      "fill-opacity": 0,
      ...attributes(cell),
    }),
  );
  let shown = BLANK;
  const show = (pixels) => {
    pixels.forEach((count, cell) => {
      if (count !== shown[cell]) rects[cell].setAttribute("fill-opacity", count / INK);
    });
    shown = pixels;
  };
  return { rects, show };
}

/** The pad: calls begin(point), go(points) and end() as the reader draws, points in dots; or undo(), for no stroke. */
function padView({ signal, begin, go, end, undo }) {
  const cells = cellsView();
  const path = svgElement("path", { class: "dd-stroke" });
  const frame = svgElement("polygon", { class: "dd-frame" });
  const ask = svgElement("text", { class: "dd-ask", x: 16, y: 17.5 }, "Draw here");
  const blocks = svgElement("svg", { width: DOTS, height: DOTS, viewBox: "0 0 8 8" }, ...cells.rects);
  const node = svgElement(
    "svg",
    { class: "dd-pad", viewBox: "0 0 32 32", role: "img", "aria-label": "Drawing pad" },
    ask,
    blocks,
    path,
    frame,
  );
  let pointer;
  let area;
  const pointOf = ({ clientX, clientY }) =>
    [(clientX - area.left) / area.width, (clientY - area.top) / area.height].map(
      (share) => Math.min(1, Math.max(0, share)) * DOTS,
    );
  const listen = (type, handler) => node.addEventListener(type, handler, { signal });
  listen("pointerdown", (event) => {
    if (pointer !== undefined || event.button !== 0) return;
    event.preventDefault(); // selects no text
    pointer = event.pointerId;
    area = node.getBoundingClientRect();
    try {
      node.setPointerCapture(pointer); // the stroke goes on outside
    } catch {} // a pointer that is gone, or made by a script
    begin(pointOf(event));
  });
  listen("pointermove", (event) => {
    if (event.pointerId !== pointer) return;
    const events = event.getCoalescedEvents?.() ?? [];
    go((events.length ? events : [event]).map(pointOf));
  });
  for (const [type, finish] of Object.entries({
    pointerup: end,
    pointercancel: undo,
    lostpointercapture: end,
  })) {
    listen(type, (event) => {
      if (event.pointerId !== pointer) return;
      pointer = undefined;
      finish();
    });
  }
  let shown;
  const show = (drawing, corners) => {
    if (drawing === shown) return;
    shown = drawing;
    const { base, strokes } = drawing;
    cells.show(base);
    ask.style.display = strokes.length || base.some(Boolean) ? "none" : "";
    path.setAttribute(
      "d",
      strokes
        .map((stroke) => `M${stroke.map(brief).join("L")}z`)
        .map(open)
        .join(""),
    );
    frame.setAttribute("points", (corners ?? []).map(brief).join(" "));
  };
  return { node, show };
}

const brief = ([x, y]) => `${x.toFixed(2)} ${y.toFixed(2)}`;
/** A path that is not closed, but where it is a single point: only a closed one shows as a dot. */
const open = (path) => (path.includes("L") ? path.slice(0, -1) : path);

const LINES = [1, 2, 3, 4, 5, 6, 7].map((at) => `M0 ${at}H8M${at} 0V8`).join("");
const gridOf = (attributes, ...children) => {
  const cursor = svgElement("rect", { class: "dd-cursor", width: 1, height: 1 });
  const lines = svgElement("path", { class: "dd-lines", d: LINES });
  const node = svgElement(
    "svg",
    { class: "dd-grid", viewBox: "0 0 8 8", ...attributes },
    lines,
    ...children,
    cursor,
  );
  const point = (cell) => {
    cursor.setAttribute("x", cell % SIDE);
    cursor.setAttribute("y", Math.floor(cell / SIDE));
  };
  return { node, point };
};

/** Under a mouse, or where a finger taps, the cell is told to `pick`. */
function picked(node, signal, pick) {
  const at = (event) => {
    const area = node.getBoundingClientRect();
    const [x, y] = [(event.clientX - area.left) / area.width, (event.clientY - area.top) / area.height].map(
      (share) => Math.min(SIDE - 1, Math.max(0, Math.floor(share * SIDE))),
    );
    pick(y * SIDE + x);
  };
  node.addEventListener("pointermove", (event) => event.pointerType === "mouse" && at(event), { signal });
  node.addEventListener("click", at, { signal });
}

/** What the model gets: a grid with a cell that arrows move and +, − and Space ink. */
function inkView({ prefix, signal, pick, setInk }) {
  const cells = cellsView((cell) => ({ role: "gridcell", id: `${prefix}cell-${cell}` }));
  const rows = Array.from({ length: SIDE }, (_, row) =>
    svgElement("g", { role: "row" }, ...cells.rects.slice(row * SIDE, (row + 1) * SIDE)),
  );
  const { node, point } = gridOf(
    {
      role: "grid",
      tabindex: 0,
      "aria-label":
        "Ink in 8 by 8 cells. Arrows move, plus and minus change the ink, Space fills or empties.",
      ...kept,
    },
    ...rows,
  );
  picked(node, signal, pick);
  let [at, counts] = [0, BLANK];
  node.addEventListener(
    "keydown",
    (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const [row, column] = [Math.floor(at / SIDE), at % SIDE];
      const edge = SIDE - 1;
      const moves = {
        ArrowUp: row > 0 ? at - SIDE : at,
        ArrowDown: row < edge ? at + SIDE : at,
        ArrowLeft: column > 0 ? at - 1 : at,
        ArrowRight: column < edge ? at + 1 : at,
        Home: row * SIDE,
        End: row * SIDE + edge,
      };
      const inks = {
        "+": counts[at] + 4,
        "=": counts[at] + 4,
        "-": counts[at] - 4,
        " ": counts[at] ? 0 : INK,
        Delete: 0,
        Backspace: 0,
      };
      if (event.key in moves) pick(moves[event.key]);
      else if (event.key in inks) setInk(at, Math.min(INK, Math.max(0, inks[event.key])));
      else return;
      event.preventDefault();
    },
    { signal },
  );
  const named = [];
  const show = (pixels, cell) => {
    [at, counts] = [cell, pixels];
    cells.show(pixels);
    point(cell);
    node.setAttribute("aria-activedescendant", `${prefix}cell-${cell}`);
    pixels.forEach((count, d) => {
      if (named[d] === count) return;
      named[d] = count;
      cells.rects[d].setAttribute("aria-label", `${placeText(d)}: ${count} of ${INK}`);
    });
  };
  return { node, show };
}

function evidenceView({ signal, pick }) {
  const paths = ["for", "against"].map((name) => svgElement("path", { class: `dd-${name}` }));
  const { node, point } = gridOf({ role: "img" }, ...paths);
  picked(node, signal, pick);
  let shown;
  const show = (pixels, parts, cell, k) => {
    point(cell);
    if (pixels === shown?.pixels && k === shown.k) return;
    shown = { pixels, k };
    marks(parts).forEach((d, i) => {
      paths[i].setAttribute("d", d);
    });
    const [most, least] = [largest(parts), largest(parts.map((part) => -part))];
    const at = (d) => `${placeText(d).toLowerCase()}, ${withSign(parts[d])}`;
    node.setAttribute(
      "aria-label",
      `Evidence for ${k}. Most for it: ${at(most)}. Most against it: ${at(least)}.`,
    );
  };
  return { node, show };
}

/** One class: its logit, its probability and p − y. */
function rowView(k, { prefix, signal, choose }) {
  const radio = element("input", {
    type: "radio",
    class: "dd-radio",
    name: `${prefix}label`,
    value: k,
    ...kept,
  });
  radio.addEventListener("change", () => choose(k), { signal });
  const quantity = (name) => ({ "data-sl-quantity": name, "data-sl-index": k });
  const [logit, prob, slope] = [
    value("", quantity("logits")),
    value("", quantity("probs")),
    value("slope", quantity("grad")),
  ];
  const [share, pull] = [element("span", { class: "dd-fill" }), element("span", { class: "dd-fill" })];
  const bar = (name, fill) => element("span", { class: `dd-bar dd-${name}` }, fill);
  const pair = (...children) => element("span", { class: "dd-pair" }, ...children);
  const node = element(
    "tr",
    { class: "dd-row", style: `--c: var(--sl-c${k})` },
    element("th", { scope: "row" }, element("label", { class: "dd-choice" }, radio, String(k))),
    element("td", {}, logit),
    element("td", {}, pair(prob, bar("p", share))),
    element("td", {}, pair(slope, bar("g", pull))),
  );
  const show = (reading, isLabel) => {
    const [p, g] = [reading.probs[k], reading.grad[k]];
    radio.checked = isLabel;
    node.classList.toggle("is-label", isLabel);
    write(logit, fixed(reading.logits[k], 2));
    write(prob, fixed(p));
    write(slope, slopeText(g));
    share.style.transform = `scaleX(${p.toFixed(4)})`;
    pull.style.transform = `scaleX(${g.toFixed(4)})`;
    for (const node_ of [slope, pull]) node_.classList.toggle("is-down", g < 0);
  };
  return { node, show };
}

function tableView(hooks) {
  const rows = CLASSES.map((k) => rowView(k, hooks));
  const heads = ["you say", "logit *a*", "*p*", "*p* − *y*"].map((text) =>
    element("th", { scope: "col" }, ...math(text)),
  );
  const node = element(
    "table",
    { class: "dd-table", "aria-label": "What the model says of each digit" },
    element("thead", {}, element("tr", {}, ...heads)),
    element("tbody", {}, ...rows.map((row) => row.node)),
  );
  const show = (reading, label) => {
    for (const [k, row] of rows.entries()) row.show(reading, k === label);
  };
  return { node, show };
}

function heatView({ prefix, signal, say, setTemperature, commit }) {
  const hooks = { signal, say, commit: () => commit("temperature") };
  const range = slider({
    ...hooks,
    label: "Temperature",
    min: -1,
    max: 1,
    step: 0.02,
    page: 0.2,
    accept: (power) => setTemperature(Number((10 ** power).toPrecision(3))),
  });
  const field = numberField({
    ...hooks,
    label: "Exact temperature",
    id: `${prefix}refusal-temperature`,
    min: COLDEST,
    max: HOTTEST,
    step: 0.1,
    keyboard: "decimal",
    accept: setTemperature,
  });
  const show = (temperature) => {
    range.show(Math.log10(temperature), plain(temperature));
    field.show(temperature);
  };
  return { node: box("heat", caption("temperature *T*"), range.node, field.node), show };
}

/** The class whose evidence is shown. */
function shownView({ signal, setShown }) {
  const options = ["the answer", ...CLASSES].map((text, i) =>
    element("option", { value: i ? text : "" }, String(text)),
  );
  const node = element("select", { class: "dd-select", "aria-label": "Evidence for", ...kept }, ...options);
  node.addEventListener("change", () => setShown(node.value === "" ? null : Number(node.value)), { signal });
  const show = (shown) => {
    node.value = shown ?? "";
  };
  return { node, show };
}

const NOTE =
  "Before it is counted, a drawing on an empty pad (its dashed frame) is set upright, enlarged toward 32 dots high and at most 20 wide, and inked with up to some 310 dots, like most of the data’s digits. A cell counts 4 × 4 dots.";

function legend() {
  const part = (text, more) => element("span", {}, element("span", { class: `dd-key${more}` }), text);
  return element(
    "p",
    { class: "dd-legend" },
    part("speaks for it", ""),
    " ",
    part("against it", " is-against"),
  );
}

// ---- The widget ----

/** @param {Model} model */
function deriver(model) {
  const weights = model.get("weights");
  return (/** @type {State} */ state) => read(weights, state);
}

/**
 * @param {Hooks<State>} hooks
 * @returns {View<State, ReturnType<ReturnType<typeof deriver>>>}
 */
function view({ initial, getState, update, change, get, ...hooks }) {
  const { signal, say, commit } = hooks;
  const [weights, samples] = [get("weights"), get("samples")];
  const whole = (pixels) => ({ base: pixels, strokes: [], whole: true });

  // The drawing behind the pixels. `whole`: it came as one, and the first stroke replaces it.
  let drawing = whole(initial.pixels);
  let counted = { pixels: initial.pixels }; // its counts, and the frame of what was stretched
  let past = []; // drawings before, for Undo
  let cell; // that the reader looks at
  let next = 0; // sample
  let reading; // as it is drawn

  const remember = () => {
    past = [...past.slice(1 - MOST_UNDONE), { drawing, label: getState().label }];
  };
  const redraw = (to, more = {}) => {
    drawing = to;
    counted = countsOf(to);
    update({ ...more, pixels: counted.pixels });
  };
  const undo = () => {
    const { drawing: before, label } = past.pop();
    redraw(before, { label });
  };

  const pad = padView({
    signal,
    begin(point) {
      remember();
      const { base, strokes } = drawing.whole ? whole(BLANK) : drawing;
      redraw({ base, strokes: [...strokes, [point]], whole: false });
    },
    go(points) {
      const strokes = drawing.strokes.slice();
      let room = MOST_POINTS - strokes.flat().length;
      if (!strokes.length || room <= 0) return;
      const stroke = strokes.at(-1).slice();
      for (const [x, y] of points) {
        const [px, py] = stroke.at(-1);
        if (Math.hypot(x - px, y - py) < NEAR || room-- <= 0) continue;
        stroke.push([x, y]);
      }
      if (stroke.length === strokes.at(-1).length) return;
      redraw({ ...drawing, strokes: [...strokes.slice(0, -1), stroke] });
    },
    end: () => commit({}), // {}: a gesture of its own
    undo: () => undo(),
  });
  const own = {
    ...hooks,
    choose: (label) => change({ label }, "label"),
    setTemperature: (temperature) => update({ temperature }),
    setShown: (shown) => change({ shown }, "shown"),
    pick(to) {
      if (to === cell) return;
      cell = to;
      paint(getState(), reading, getState());
    },
    setInk(at, count) {
      const { pixels } = getState();
      if (count === pixels[at]) return;
      cell = at;
      remember();
      redraw({ base: pixels.with(at, count), strokes: [], whole: false });
      say(`${count} of ${INK}. ${spoken(getState())}`);
      commit("ink");
    },
  };

  const buttons = {
    sample: button(signal, "Show me one", () => {
      const packed = pack(getState().pixels);
      if (samples[next % samples.length].startsWith(packed)) next += 1; // it is there already
      const sample = samples[next % samples.length];
      next += 1;
      remember();
      redraw(whole(unpack(sample)), { label: Number(sample[64]) });
      commit({});
    }),
    undo: button(signal, "Undo", () => {
      undo();
      commit({});
    }),
    clear: button(signal, "Clear", () => {
      remember();
      redraw({ base: BLANK, strokes: [], whole: false });
      commit({});
    }),
  };

  const [table, heat, shown] = [tableView(own), heatView(own), shownView(own)];
  const [ink, map] = [inkView(own), evidenceView(own)];
  const [digit, sure, loss] = [
    element("b", { class: "sl-value dd-digit" }),
    value(),
    element("b", { class: "sl-value dd-loss", "data-sl-quantity": "loss" }),
  ];
  const lossCaption = caption("");
  const [hint, sums, most] = ["hint", "sums", "cell"].map((name) => element("p", { class: `dd-${name}` }));
  const says = element(
    "span",
    { class: "dd-says" },
    unseen("digit"),
    digit,
    element("span", { class: "dd-sure" }, ...math("*p* "), sure),
  );
  const title = (...children) => element("span", { class: "dd-caption dd-title" }, ...children);
  const tools = box(
    "tools",
    button(signal, "Reset", () => {
      remember();
      redraw(whole(initial.pixels), initial);
      commit("reset");
    }),
  );
  const root = element(
    "div",
    { class: "sl-widget dd" },
    box(
      "main",
      box("draw", caption("Draw a digit"), pad.node, box("tools", ...Object.values(buttons)), hint),
      box(
        "answer",
        box(
          "head",
          element("div", {}, caption("the model says"), says),
          element("div", {}, lossCaption, loss),
        ),
        table.node,
        heat.node,
      ),
    ),
    box(
      "maps",
      box("map", title("what the model gets: ink"), ink.node),
      box("map", title("evidence for ", shown.node), map.node),
      box("words", legend(), sums, most),
      element("p", { class: "dd-note" }, NOTE),
    ),
    tools,
  );

  const spoken = ({ label }) => {
    const answer = largest(reading.logits);
    return `The model says ${answer}, probability ${decimals(reading.probs[answer])}. Loss of ${label}: ${decimals(reading.loss)}.`;
  };
  /** @type {View<State, ReturnType<ReturnType<typeof deriver>>>["paint"]} */
  const paint = (state, found) => {
    const { pixels, label } = state;
    reading = found;
    if (String(pixels) !== String(counted.pixels)) {
      [drawing, counted] = [whole(pixels), { pixels }]; // from Python, from the address, from another view
    }
    const answer = largest(reading.logits);
    const k = state.shown ?? answer;
    const parts = evidence(weights, pixels, k);
    const at = cell ?? largest(parts);
    pad.show(drawing, counted.frame);
    table.show(reading, label);
    heat.show(state.temperature);
    shown.show(state.shown);
    ink.show(pixels, at);
    map.show(pixels, parts, at, k);
    setVariable(digit, "--c", `var(--sl-c${answer})`);
    write(digit, String(answer));
    write(sure, decimals(reading.probs[answer]));
    write(lossCaption, `loss: −log *p* of ${label}`);
    write(loss, decimals(reading.loss));
    write(hint, stateText(pixels, label, samples, drawing.whole));
    write(sums, sumsText(weights, pixels, k));
    write(most, cellText(weights, pixels, k, at));
    buttons.undo.setAttribute("aria-disabled", past.length === 0);
    buttons.clear.setAttribute("aria-disabled", !pixels.some(Boolean));
    return spoken(state);
  };
  return { root, tools, paint };
}

export default mountWidget({
  traits: { pixels: "pixels", label: "label", temperature: "temperature", shown: "shown" },
  start: () => ({ pixels: BLANK, label: 0, temperature: 1, shown: null }),
  read: readModel,
  deriver,
  results: (reading) => reading,
  encode,
  decode,
  view,
});
