// What all widgets share. Pure functions first: each is the twin of a NumPy function in softmaxlab, for one
// vector of logits, and tests/browser/test_core_js.py compares the two. Then text, typed numbers, elements,
// and the URL fragment.

/** Pairwise sum, as NumPy adds: the rounding error grows with log n, not with n. */
export function total(values, from = 0, to = values.length) {
  if (to - from <= 8) {
    let sum = 0;
    for (let i = from; i < to; i++) sum += values[i];
    return sum;
  }
  const middle = (from + to) >> 1;
  return total(values, from, middle) + total(values, middle, to);
}

function largest(values) {
  return values.reduce((a, b) => (a > b || Number.isNaN(a) ? a : b), -Infinity);
}

/** Twin of softmaxlab.logsumexp: log Σ exp(logits), in nats. */
export function logsumexp(logits) {
  const highest = largest(logits);
  const peak = Number.isFinite(highest) ? highest : 0; // inf − inf would be NaN
  return peak + Math.log(total(logits.map((a) => Math.exp(a - peak)))); // largest exponent is 0
}

/** Twin of softmaxlab.log_softmax: logits − logsumexp(logits), finite where softmax underflows to 0. */
export function logSoftmax(logits) {
  const peak = largest(logits);
  const shifted = logits.map((a) => a - peak);
  const logTotal = Math.log(total(shifted.map(Math.exp)));
  return shifted.map((a) => a - logTotal);
}

/** Twin of softmaxlab.softmax: exp(logits) / Σ exp(logits), without overflow. */
export function softmax(logits) {
  const peak = largest(logits);
  const weights = logits.map((a) => Math.exp(a - peak));
  const sum = total(weights);
  return weights.map((weight) => weight / sum);
}

/** Twin of softmaxlab.cross_entropy for a class index: −log p_y, in nats. */
export function crossEntropy(logits, target) {
  return 0 - logSoftmax(logits)[target]; // 0 − x, since −x would give −0
}

/** Twin of softmaxlab.cross_entropy_grad for a class index: p − y. */
export function crossEntropyGrad(logits, target) {
  return softmax(logits).map((p, i) => p - (i === target ? 1 : 0));
}

// ---- Numbers as text. Twins of _text.py, so that the still and the live widget print the same. ----

const MINUS = "−";
const SUPERSCRIPT = {
  "-": "⁻",
  0: "⁰",
  1: "¹",
  2: "²",
  3: "³",
  4: "⁴",
  5: "⁵",
  6: "⁶",
  7: "⁷",
  8: "⁸",
  9: "⁹",
};

/** 2.1×10⁻⁹ */
export function scientific(value, digits = 1) {
  const [mantissa, exponent] = value.toExponential(digits).replace("e+", "e").split("e");
  return `${mantissa.replace("-", MINUS)}×10${[...exponent].map((c) => SUPERSCRIPT[c]).join("")}`;
}

/** Three decimals for a number ≥ 0; a small one keeps its size: 0.659, 2.1×10⁻⁹. */
export function decimals(value) {
  return value > 0 && value < 0.0005 ? scientific(value) : value.toFixed(3);
}

/** As `decimals`, with a sign: +0.242, −0.341. */
export function signed(value) {
  return (value > 0 ? "+" : value < 0 ? MINUS : "") + decimals(Math.abs(value));
}

/** A number > 0 in about four digits. */
export function magnitude(value) {
  if (value >= 99999.5 || value < 0.001) return scientific(value, 2);
  return value.toFixed(value < 1 ? 4 : Math.max(0, 3 - Math.floor(Math.log10(value))));
}

/** e^x as {text, note}; where float64 has no number for it, the power itself, for math(), and why. */
export function exponential(x) {
  const value = Math.exp(x);
  if (value > 0 && value < Infinity) return { text: magnitude(value), note: "" };
  const power = String(Number(x.toPrecision(5))).replace("-", MINUS);
  return { text: `*e*^${power}^`, note: value ? "too large" : "too small" };
}

/** A number as a reader would type it: two decimals below 100, or as many as it has, up to twelve digits. */
export function plain(value) {
  const rounded = Number(value.toPrecision(12)); // another widget's slider may bring 1.0000000000000002
  const short = rounded.toFixed(Math.abs(rounded) < 100 ? 2 : 0);
  return Number(short) === rounded ? short : String(rounded);
}

// ---- Typed numbers ----

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const UNFINISHED = /^[+-]?(\d+\.?\d*|\.?\d*)(e[+-]?)?$/i; // "-", "1e", ".": may still become a number

/** {value}, or {error} with words for the reader; `unfinished` if more typing may mend it. */
export function parseNumber(typed, min, max) {
  const text = typed.trim().replace(/^[−–]/, "-");
  if (/^[+-]?\d*,\d+$/.test(text)) return { error: `Write ${text.replace(",", ".")}, with a point.` };
  if (!NUMBER.test(text)) {
    return { error: "Type a number, like 2 or 0.5.", unfinished: UNFINISHED.test(text) };
  }
  const value = Number(text) + 0; // + 0 turns −0 into 0
  if (value >= min && value <= max) return { value };
  return { error: `From ${min} to ${max}, please.`.replace("-", MINUS), unfinished: min > 0 && value < min };
}

/** The number in `text` if it is one within bounds, else undefined. */
export function numberOr(text, min, max) {
  return parseNumber(text ?? "", min, max).value;
}

// ---- Elements ----

function filled(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/** element("p", {class: "x"}, "text", child): attributes, then children. */
export function element(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

/** The same for SVG. */
export function svgElement(tag, attributes = {}, ...children) {
  return filled(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

/** Children from words with *x* in italics and ^x^ raised: math("*e*^*a*^"). */
export function math(text) {
  const parts = text.split(/(\^[^^]+\^|\*[^*]+\*)/).filter(Boolean);
  return parts.map((part) => {
    if (part[0] === "*") return element("i", {}, part.slice(1, -1));
    return part[0] === "^" ? element("sup", {}, ...math(part.slice(1, -1))) : part;
  });
}

let instances = 0;

/** A prefix for ids, different for each view on the page. */
export function uniquePrefix() {
  instances += 1;
  return `sl-${Math.random().toString(36).slice(2, 8)}-${instances}-`;
}

/** A polite live region that speaks the last of a run of messages once the reader pauses. */
export function announcer(signal, pause = 700) {
  const region = element("div", { class: "sl-spoken", role: "status", "aria-live": "polite" });
  let timer;
  signal.addEventListener("abort", () => clearTimeout(timer));
  const say = (message) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      region.textContent = message;
    }, pause);
  };
  return { region, say };
}

/**
 * A text field that takes numbers. What it can't take stays in the field with a message beside it, the value
 * kept; leaving the field or Escape brings the value back. Not type="number": that hides what was typed.
 * Returns {node, show(value)}. `accept(value)` runs at each good keystroke, `commit()` when one is final.
 */
export function numberField({ label, id, min, max, step, signal, accept, commit, say, keyboard }) {
  const input = element("input", {
    type: "text",
    class: "sl-number",
    autocomplete: "off",
    spellcheck: "false",
    enterkeyhint: "done",
    "aria-label": label,
    "data-lm-suppress-shortcuts": "true",
    ...(keyboard && { inputmode: keyboard }),
  });
  const message = element("span", { class: "sl-refusal", id, hidden: "" });
  const node = element("span", { class: "sl-field" }, input, message);
  const listen = (type, handler) => input.addEventListener(type, handler, { signal });
  let value;
  let waiting;
  signal.addEventListener("abort", () => clearTimeout(waiting));

  const refuse = (words) => {
    message.textContent = words;
    message.hidden = false;
    input.setAttribute("aria-invalid", "true");
    input.setAttribute("aria-describedby", id);
    say(`${words} Kept ${plain(value)}.`);
  };
  const clear = () => {
    clearTimeout(waiting);
    message.hidden = true;
    input.removeAttribute("aria-invalid");
    input.removeAttribute("aria-describedby");
  };
  const restore = () => {
    clear();
    input.value = plain(value);
  };
  const take = (next) => {
    value = next;
    accept(next);
  };
  const read = (final) => {
    clear();
    const { value: typed, error, unfinished } = parseNumber(input.value, min, max);
    if (error === undefined) take(typed);
    else if (final || !unfinished) refuse(error);
    else waiting = setTimeout(refuse, 800, error); // "-" is on its way to "-1": no scolding yet
    return error === undefined;
  };
  listen("input", () => read(false));
  listen("change", () => {
    if (read(true)) commit();
  });
  listen("blur", restore);
  listen("keydown", (event) => {
    const steps = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
    if (event.key === "Escape") restore();
    else if (event.key === "Enter") read(true);
    else if (steps) {
      event.preventDefault();
      take(Math.min(max, Math.max(min, Number((value + steps * step).toFixed(6)))));
      restore();
      commit();
    }
  });
  const show = (next) => {
    const changed = value !== next;
    value = next;
    if (document.activeElement !== input) restore();
    else if (changed) restore(); // the model changed under the caret, by a link or by the back button
  };
  return { node, input, show };
}

/** A native slider: arrows move by `step` as everywhere, Page Up and Page Down by `page`. */
export function slider({ label, min, max, step, page, signal, accept, commit }) {
  const input = element("input", {
    type: "range",
    class: "sl-range",
    min,
    max,
    step,
    "aria-label": label,
    "data-lm-suppress-shortcuts": "true",
  });
  input.addEventListener("input", () => accept(Number(input.value)), { signal });
  input.addEventListener("change", commit, { signal });
  input.addEventListener(
    "keydown",
    (event) => {
      const pages = { PageUp: 1, PageDown: -1 }[event.key];
      if (!pages) return;
      event.preventDefault();
      const before = input.value;
      input.value = (Number(before) + pages * page).toFixed(6); // the browser keeps it between min and max
      if (input.value === before) return;
      accept(Number(input.value));
      commit();
    },
    { signal },
  );
  const show = (value, words) => {
    input.value = value;
    input.setAttribute("aria-valuetext", words);
    const share = (at) => Math.min(1, Math.max(0, (at - min) / (max - min)));
    input.style.setProperty("--from", share(Math.min(0, value))); // the colored part runs from 0 to the value
    input.style.setProperty("--to", share(Math.max(0, value)));
  };
  return { node: input, show };
}

// ---- The URL fragment ----

/**
 * Keep a state in the URL fragment, one history entry for each gesture, so that the back button undoes it.
 * `encode()` gives the fragment of the present state, `restore(fragment)` takes one (any fragment: it must
 * ignore what is not its own). Nothing is written before the first `save(control)`.
 */
export function fragmentHistory({ encode, restore, signal }) {
  let last = encode();
  let lastControl;
  let lastTime = 0;
  let timer;

  const write = (control) => {
    const now = encode();
    if (now === last) return;
    const sameGesture = control === lastControl && Date.now() - lastTime < 1000; // an arrow key held down
    try {
      if (!sameGesture) {
        history.replaceState({ ...history.state, softmaxlab: last }, ""); // what Back returns to
        history.pushState({ softmaxlab: now }, "", `#${now}`);
      } else history.replaceState({ softmaxlab: now }, "", `#${now}`);
    } catch {
      return; // some browsers refuse a hundred writes in a few seconds: the next one will do
    }
    [last, lastControl, lastTime] = [now, control, Date.now()];
  };
  const read = () => {
    clearTimeout(timer);
    restore(history.state?.softmaxlab ?? location.hash.slice(1));
    last = encode();
    lastControl = undefined;
  };
  window.addEventListener("popstate", read, { signal });
  window.addEventListener("hashchange", read, { signal });
  signal.addEventListener("abort", () => clearTimeout(timer));
  return {
    read,
    save(control) {
      clearTimeout(timer);
      timer = setTimeout(write, 250, control);
    },
  };
}
