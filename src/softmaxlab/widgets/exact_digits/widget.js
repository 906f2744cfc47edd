// ExactDigits: loss and gradient of two logits in all digits, the exact ones beside two computed ones, wrong digits
// struck out. The exact ones are computed here, in whole numbers of any size.
import { button, element, write, writeText } from "../_runtime/elements.js";
import { numberField, numberOr } from "../_runtime/fields.js";
import { plain, scientific } from "../_runtime/format.js";
import { mountWidget } from "../_runtime/mount.js";
import { slider } from "../_runtime/slider.js";

const FAR = 1000; // logits, typed
const REACH = 50; // of a logit's slider, to both sides
const FORMATS = {
  // digits of the significand, exponent of the least normal number, largest number, decimal digits it always keeps
  float16: { bits: 11, least: -14, max: 65504, shown: 3 },
  float32: { bits: 24, least: -126, max: 2 ** 128 - 2 ** 104, shown: 6 },
  float64: { bits: 53, least: -1022, max: Number.MAX_VALUE, shown: 15 },
};
const SHOWN = 22; // digits of an exact number

// ---- Exact numbers: {m, e} is m·2^(e − BITS), with a BigInt m. About 70 digits are carried. ----

const BITS = 240n;
const ONE = 1n << BITS;
/** @type {(a: bigint, b: bigint) => bigint} */
const times = (a, b) => (a * b) >> BITS; // of two numbers with e = 0

/** log 2 = 2 artanh(1/3), by its series. */
const LOG2 = (() => {
  let [power, sum] = [(2n * ONE) / 3n, 0n];
  for (let k = 1n; power; k += 2n, power /= 9n) sum += power / k;
  return sum;
})();

const float = new DataView(new ArrayBuffer(8));

/**
 * A float as {m, e} without a rounding: m·2^e.
 * @param {number} x
 */
function parts(x) {
  float.setFloat64(0, x);
  const bits = float.getBigUint64(0);
  const exponent = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & ((1n << 52n) - 1n);
  const m = exponent ? fraction | (1n << 52n) : fraction;
  return { m: x < 0 ? -m : m, e: Math.max(exponent, 1) - 1075 };
}

/**
 * Twin of softmaxlab.accuracy.reference for two logits: the loss and the gradient's two entries, as {m, e}.
 * @param {number[]} logits
 * @param {number} y
 */
export function exactResults(logits, y) {
  const fixed = logits.map((a) => {
    const { m, e } = parts(a);
    return m << (BITS + BigInt(e)); // BigInts take negative shifts
  });
  const lead = fixed[0] - fixed[1];
  const gap = lead < 0n ? -lead : lead;
  const k = gap / LOG2;
  // q = exp(−gap) is w·2^(−k), with w = exp(−r) and r below log 2
  let [w, term] = [0n, ONE];
  for (let n = 1n; term; n += 1n) {
    w += term;
    term = -times(term, gap - k * LOG2) / n;
  }
  const q = w >> k;
  // log(1 + q) = 2 artanh(q/(2 + q)), where artanh s = s (1 + s²/3 + s⁴/5 + …)
  const s = (w << BITS) / (2n * ONE + q);
  const square = times(s, s) >> (2n * k);
  let [series, power] = [0n, ONE];
  for (let n = 1n; power; n += 2n) {
    series += power / n;
    power = times(power, square);
  }
  const low = -Number(k);
  const small = { m: 2n * times(s, series), e: low }; // the winner's loss
  const lack = { m: (w << BITS) / (ONE + q), e: low }; // its 1 − p, and the loser's p
  const large = { m: (ONE << BITS) / (ONE + q), e: 0 }; // the winner's p
  const isWinner = (y === 0) === lead >= 0n;
  const loss = isWinner ? small : { m: gap + (small.m >> k), e: 0 };
  const other = isWinner ? lack : large;
  const slope = { m: -other.m, e: other.e };
  return { loss, grad: y === 0 ? [slope, other] : [other, slope] };
}

/** {digits, exponent} of |x|: so many decimal digits, rounded, the first of them before the point. */
export function decimalDigits({ m, e }, count) {
  const size = m < 0n ? -m : m;
  const shift = Number(BITS) - e; // |x| = size / 2^shift, shift > 0
  const log10 = (size.toString(2).length - 1 - shift) * Math.log10(2);
  for (let exponent = Math.floor(log10); ; exponent++) {
    const scale = count - 1 - exponent;
    const [top, bottom] = scale >= 0 ? [size * 10n ** BigInt(scale), 1n] : [size, 10n ** BigInt(-scale)];
    const unit = bottom << BigInt(shift);
    const digits = String((2n * top + unit) / (2n * unit));
    if (digits.length === count) return { digits, exponent };
  }
}

/** How far a float is from an exact number: in ulps of it, and how many of its decimal digits are right. */
export function compare(value, { m, e }, { bits, least, shown }) {
  const fine = BITS + 4000n; // places after the binary point: more than any float or exact number here has
  const { m: whole, e: power } = parts(value);
  const computed = whole << (fine + BigInt(power));
  const truth = m << (fine - BITS + BigInt(e));
  const off = computed > truth ? computed - truth : truth - computed;
  const size = truth < 0n ? -truth : truth;
  const top = size.toString(2).length - 1 - Number(fine); // ⌊log2 |x|⌋
  const ulp = 1n << (fine + BigInt(Math.max(top, least) - bits + 1));
  const ulps = Number((off << 30n) / ulp) / 2 ** 30;
  if (ulps <= 0.5) return { ulps, right: shown }; // no float of the format is nearer
  const { exponent } = decimalDigits({ m, e }, shown);
  // the digit of 10^j is right if the error is below half of 10^j
  const twice = 2n * off;
  const below = (j) => (j >= 0 ? twice < (10n ** BigInt(j)) << fine : twice * 10n ** BigInt(-j) < 1n << fine);
  let right = 0;
  while (right < shown && below(exponent - right)) right++;
  return { ulps, right };
}

// ---- Floating-point arithmetic of a format, and the two ways to compute. ----

/** The nearest float16, ties to even. */
function half(x) {
  const size = Math.abs(x);
  if (size >= 65520) return x > 0 ? Infinity : -Infinity;
  const step = 2 ** (Math.max(Math.floor(Math.log2(size || 1e-9)), -14) - 10);
  const quotient = size / step; // exact
  const floor = Math.floor(quotient);
  const up = quotient - floor > 0.5 || (quotient - floor === 0.5 && floor % 2);
  return Math.sign(x) * (floor + (up ? 1 : 0)) * step;
}

const ROUND = { float16: half, float32: Math.fround, float64: (x) => x };

/** Logits as the format stores them. */
export function stored(logits, dtype) {
  return logits.map(ROUND[dtype]);
}

/** Twin of softmaxlab.cross_entropy and its gradient, for two stored logits; float16 is computed in float32. */
export function ours(logits, y, dtype) {
  const working = dtype === "float16" ? "float32" : dtype;
  const [r, end] = [ROUND[working], ROUND[dtype]];
  const { max, bits, least } = FORMATS[working];
  const weigh = (shift) => {
    const terms = logits.map((a) => r(Math.exp(r(a - shift))));
    return { shift, terms, chosen: terms[y], rest: terms[1 - y], sum: r(terms[0] + terms[1]) };
  };
  let found = weigh(0);
  if (!(found.sum >= 0.5 && found.sum <= max)) {
    const peak = Math.max(...logits);
    const highest = Math.log(max / 2) - 2;
    found = weigh(Math.floor(peak - (peak < 2 ** (bits - 1) ? Math.min(Math.max(peak, 0), highest) : 0)));
  }
  const { terms, chosen, rest, sum, shift } = found;
  const odds = r(rest / chosen);
  const far = chosen < 2 ** least || odds > max; // exp(a_y) has lost its digits
  const loss = far ? r(r(Math.log(rest)) + r(shift - logits[y])) : r(Math.log1p(odds));
  return { loss: end(loss), grad: terms.map((term, i) => end(r((i === y ? -rest : term) / sum))) };
}

/** Twin of softmaxlab.pitfalls.max_shifted: shift by the maximum, −log p from the shifted logits, p − y as it stands. */
export function textbook(logits, y, dtype) {
  const r = ROUND[dtype];
  const f = dtype === "float16" ? (x) => r(Math.fround(x)) : r; // NumPy computes float16 in float32
  const shifted = logits.map((a) => r(a - Math.max(...logits)));
  const terms = shifted.map((x) => f(Math.exp(x)));
  const sum = r(terms[0] + terms[1]);
  const grad = terms.map((term, i) => r(f(term / sum) - (i === y ? 1 : 0)));
  return { loss: 0 - r(shifted[y] - f(Math.log(sum))), grad };
}

/**
 * All that is shown of a state.
 * @param {State} state
 */
export function derive({ logits, trueClass, dtype }) {
  const kept = stored(logits, dtype);
  const exact = exactResults(kept, trueClass);
  return { kept, exact, computed: [ours(kept, trueClass, dtype), textbook(kept, trueClass, dtype)] };
}

// ---- Text. Twins of __init__.py. ----

const superscript = (exponent) =>
  [...String(exponent)].map((c) => (c === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[c])).join("");
const spelled = (digits, exponent, isNegative) => ({
  number: `${isNegative ? "−" : ""}${digits[0]}.${digits.slice(1)}`,
  power: `×10${superscript(exponent)}`,
});

/** The text of an exact number. */
export function exactText(x) {
  const { digits, exponent } = decimalDigits(x, SHOWN);
  const { number, power } = spelled(digits, exponent, x.m < 0n);
  return number + power;
}

/** {right, wrong, power}: the text of a float, split where its digits cease to be right. */
export function split(value, right, shown) {
  if (value === 0) return { right: right ? "0" : "", wrong: right ? "" : "0", power: "" };
  const [digits, exponent] = Math.abs(value)
    .toExponential(shown - 1)
    .split("e");
  const { number, power } = spelled(digits.replace(".", ""), Number(exponent), value < 0);
  if (!right) return { right: "", wrong: number + power, power: "" };
  const cut = (value < 0) + (right > 1 ? right + 1 : 1); // neither sign nor point is a digit
  return { right: number.slice(0, cut), wrong: number.slice(cut), power };
}

/** 0.3, 480, 9×10¹⁵ */
export function ulpsText(ulps) {
  return ulps < 99.95 ? ulps.toFixed(1) : ulps < 99999.5 ? ulps.toFixed(0) : scientific(ulps, 0);
}

const WIDEN = " In favor of the true class, a wider gap is harder.";

/** What became of the textbook's loss. */
export function verdict({ right, ulps }, dtype) {
  const { shown } = FORMATS[dtype];
  if (ulps <= 0.5) return `The textbook's loss is as good as a ${dtype} can be.${WIDEN}`;
  if (right === shown) return `All ${shown} digits shown of the textbook's loss are right.${WIDEN}`;
  if (!right)
    return "No digit of the textbook's loss is right: beside 1, the rest fell below the last place.";
  return `The textbook's loss keeps ${right} of ${shown} digits. The others fell below the last place of 1 + rest.`;
}

// ---- State ----

/** @typedef {{logits: number[], trueClass: number, dtype: string}} State */

const isLogit = (x) => Number.isFinite(x) && Math.abs(x) <= FAR;
/** @type {(logits: any) => logits is number[]} */
const arePair = (logits) => logits?.length === 2 && logits.every(isLogit);

/**
 * The model's state, with what makes no sense left as it was: a link between widgets may bring anything.
 * @param {Model} model
 * @param {State} kept
 * @returns {State}
 */
function pairIn(model, kept) {
  const [logits, trueClass, dtype] = ["logits", "true_class", "dtype"].map((name) => model.get(name));
  return {
    logits: arePair(logits) ? [...logits] : kept.logits,
    trueClass: trueClass === 0 || trueClass === 1 ? trueClass : kept.trueClass,
    dtype: Object.hasOwn(FORMATS, dtype) ? dtype : kept.dtype,
  };
}

/**
 * As in the URL: x.logits=30,0.1&x.y=0&x.dtype=float64
 * @param {State} state
 */
function toPieces({ logits, trueClass, dtype }) {
  return `x.logits=${logits.join(",")}&x.y=${trueClass}&x.dtype=${dtype}`;
}

/** The pieces of a fragment that make sense; the rest is ignored. */
function fromPieces(fragment) {
  const pieces = new URLSearchParams(fragment);
  /** @type {Partial<State>} */
  const changes = {};
  const logits = pieces
    .get("x.logits")
    ?.split(",")
    .map((text) => numberOr(text, -FAR, FAR));
  if (arePair(logits)) changes.logits = logits;
  if (/^[01]$/.test(pieces.get("x.y") ?? "")) changes.trueClass = Number(pieces.get("x.y"));
  if (Object.hasOwn(FORMATS, pieces.get("x.dtype") ?? ""))
    changes.dtype = /** @type {string} */ (pieces.get("x.dtype"));
  return changes;
}

// ---- Views: each is {node, show(…)} ----

const box = (name, ...children) => element("div", { class: name }, ...children);
const span = (name, ...children) => element("span", { class: name }, ...children);

function radio(name, label, signal, choose) {
  const attributes = { type: "radio", name, "aria-label": label, "data-lm-suppress-shortcuts": "true" };
  const node = element("input", attributes);
  node.addEventListener("change", choose, { signal });
  return node;
}

/** The three formats, one of them chosen. */
function formatView({ prefix, signal, choose }) {
  const names = Object.keys(FORMATS);
  const radios = names.map((dtype) => radio(`${prefix}dtype`, dtype, signal, () => choose(dtype)));
  const labels = radios.map((node, i) => element("label", { class: "xd-dtype" }, node, names[i]));
  const node = element(
    "div",
    { class: "xd-dtypes", role: "radiogroup", "aria-label": "Number format" },
    ...labels,
  );
  const show = (chosen) =>
    radios.forEach((each, i) => {
      each.checked = names[i] === chosen;
      labels[i].classList.toggle("is-chosen", each.checked);
    });
  return { node, show };
}

/** One class: whether it is the true one, and its logit. */
function classLine(index, { prefix, signal, say, setTrue, setLogit, commit }) {
  const hooks = {
    signal,
    say,
    accept: (logit) => setLogit(index, logit),
    commit: () => commit(`logit ${index}`),
  };
  const isTrue = radio(`${prefix}true`, `class ${index} is the true class`, signal, () => setTrue(index));
  isTrue.className = "xd-radio";
  const range = slider({
    ...hooks,
    label: `class ${index}: logit`,
    min: -REACH,
    max: REACH,
    step: 0.1,
    page: 1,
  });
  const label = `class ${index}: exact logit`;
  const field = numberField({
    ...hooks,
    label,
    id: `${prefix}refusal-${index}`,
    min: -FAR,
    max: FAR,
    step: 0.1,
  });
  const [role, note] = [span("xd-role"), element("small", { class: "xd-note" })];
  const name = element("label", { class: "xd-name" }, isTrue, element("b", {}, `class ${index}`), role);
  const node = box("xd-class", name, range.node, field.node, note);
  node.style.setProperty("--c", `var(--sl-c${index})`);
  field.input.dataset.slQuantity = "logits";
  field.input.dataset.slIndex = index;
  const show = (logit, kept, roleText, chosen) => {
    range.show(logit, plain(logit));
    field.show(logit);
    isTrue.checked = chosen;
    write(role, roleText);
    write(note, kept === logit ? "" : `stored as ${plain(kept).replace("-", "−")}`);
  };
  return { node, show };
}

/** One number on a line of its own: its name, its digits, its error. */
function digitsLine(name) {
  const [right, wrong, power] = [span("xd-right"), element("span"), span("xd-power")];
  const strike = element("s", {}, span("sl-spoken", " wrong digits: "), wrong);
  const digits = span("sl-value xd-digits", right, strike, power);
  const error = span("xd-error");
  const node = element("div", { class: "xd-line" }, span("xd-who", name), digits, error);
  const show = (texts, ulps) => {
    right.replaceChildren(texts.right); // new text each time: text that stays would move as its neighbors grow
    wrong.replaceChildren(texts.wrong);
    power.replaceChildren(texts.power);
    strike.hidden = !texts.wrong;
    node.classList.toggle("is-off", ulps > 16);
    writeText(error, ulps === undefined ? "" : `${ulpsText(ulps)} ulps`);
  };
  return { node, digits, show };
}

/** A quantity three times: exact, ours, textbook. */
function quantityView(quantity, title) {
  const lines = ["exact", "softmaxlab", "textbook"].map(digitsLine);
  for (const { digits } of lines) digits.dataset.slQuantity = quantity;
  const head = element("p", { class: "xd-title" });
  const node = element("div", { class: "xd-quantity" }, head, ...lines.map((line) => line.node));
  const show = (exact, values, dtype, index) => {
    const format = FORMATS[dtype];
    write(head, title(index));
    lines[0].show({ right: exactText(exact), wrong: "", power: "" });
    return values.map((value, i) => {
      const found = compare(value, exact, format);
      lines[i + 1].show(split(value, found.right, format.shown), found.ulps);
      if (index !== undefined) lines[i + 1].digits.dataset.slIndex = index;
      return found;
    });
  };
  return { node, show };
}

// ---- The widget ----

/**
 * @param {Hooks<State>} hooks
 * @returns {View<State, ReturnType<typeof derive>>}
 */
function view({ initial, getState, update, change, ...hooks }) {
  const { signal } = hooks;
  const setTrue = (trueClass) => change({ trueClass }, "true class");
  const setLogit = (index, logit) => update({ logits: getState().logits.with(index, logit) });
  const formats = formatView({ ...hooks, choose: (dtype) => change({ dtype }, "dtype") });
  const lines = [0, 1].map((index) => classLine(index, { ...hooks, setTrue, setLogit }));
  const quantities = [
    quantityView("loss", () => "loss, −log *p* of the true class"),
    quantityView("grad", (index) => `gradient at class ${index}, the true one: *p* − 1`),
    quantityView("grad", (index) => `gradient at class ${index}, the other: *p*`),
  ];
  const hint = element("p", { class: "xd-hint" });
  const random = () => {
    const [low, gap] = [Math.random() * 10 - 5, Math.random() * 40].map((x) => Math.round(x * 10) / 10);
    return [Number((low + gap).toFixed(1)), low];
  };
  const swapped = () => change({ trueClass: 1 - getState().trueClass }, {}); // {}: each click a gesture
  const tools = box(
    "xd-tools",
    button(signal, "Reset", () => change(initial, "reset")),
    button(signal, "Random", () => change({ logits: random() }, {})),
    button(signal, "Other label", swapped),
  );
  const caption = span("xd-caption", "number format");
  const root = element(
    "div",
    { class: "sl-widget xd" },
    box("xd-top", caption, formats.node),
    box("xd-classes", ...lines.map((line) => line.node)),
    box("xd-results", ...quantities.map((quantity) => quantity.node)),
    hint,
    tools,
  );

  /** @type {View<State, ReturnType<typeof derive>>["paint"]} */
  const paint = ({ logits, trueClass, dtype }, { kept, exact, computed }) => {
    const lead = Math.sign(kept[0] - kept[1]);
    formats.show(dtype);
    lines.forEach((line, i) => {
      const place = lead ? (lead > 0 === (i === 0) ? "winner" : "loser") : "tie";
      line.show(logits[i], kept[i], i === trueClass ? `true, ${place}` : place, i === trueClass);
    });
    const [, loss] = quantities[0].show(
      exact.loss,
      computed.map(({ loss }) => loss),
      dtype,
    );
    for (const [place, index] of [
      [1, trueClass],
      [2, 1 - trueClass],
    ]) {
      quantities[place].show(
        exact.grad[index],
        computed.map(({ grad }) => grad[index]),
        dtype,
        index,
      );
    }
    write(hint, verdict(loss, dtype));
    return `Loss ${exactText(exact.loss)}. ${verdict(loss, dtype)}`;
  };
  return { root, tools, paint };
}

export default mountWidget({
  traits: { logits: "logits", trueClass: "true_class", dtype: "dtype" },
  start: () => ({ logits: [30.1, 0.3], trueClass: 0, dtype: "float64" }),
  read: pairIn,
  deriver: () => derive,
  results: ({ computed: [{ loss, grad }, classical] }) => ({
    loss,
    grad,
    textbook_loss: classical.loss,
    textbook_grad: classical.grad,
  }),
  encode: toPieces,
  decode: fromPieces,
  view,
});
