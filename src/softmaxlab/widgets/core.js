// What all widgets share. Pure functions first: each is the twin of a NumPy function in softmaxlab, for one
// vector of logits, and tests/widgets/test_browser_core_js.py compares the two. Then text, typed numbers, elements,
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

/** Class of the largest logit, the first of them in a tie; NaN counts as the largest. */
function winner(logits) {
  let best = 0;
  for (let i = 1; i < logits.length; i++) {
    if (logits[i] > logits[best] || (Number.isNaN(logits[i]) && !Number.isNaN(logits[best]))) best = i;
  }
  return best;
}

/** exp(logits − shift), its sum, and the sum without one class: where 1 − p is lost, rest / sum is not. */
function weighed(logits, choice, shift) {
  const terms = [...logits]; // and a loop: widgets that train come here 2,000 times a pixel
  for (let i = 0; i < terms.length; i++) terms[i] = Math.exp(terms[i] - shift);
  const chosen = terms[choice];
  terms[choice] = 0;
  const rest = total(terms);
  terms[choice] = chosen;
  return { terms, shift, chosen, rest, sum: rest + chosen };
}

/** Twin of softmaxlab's weigh: no shift unless exp leaves its range, and then by a whole number, as small as can be.
    Only that one adds subnormal terms again: ten of them, the most a widget has, are five steps of the format off. */
function weigh(logits, choice) {
  const plain = weighed(logits, choice, 0);
  if (plain.sum >= 0.5 && plain.sum < Infinity) return plain;
  const peak = logits[winner(logits)];
  const highest = Math.log(Number.MAX_VALUE / logits.length) - 2;
  const lift = peak < 2 ** 52 ? Math.min(Math.max(peak, 0), highest) : 0; // from there on, all numbers are whole
  return weighed(logits, choice, Math.floor(peak - lift));
}

/** Twin of softmaxlab.logsumexp: log Σ exp(logits), in nats. */
export function logsumexp(logits) {
  const first = winner(logits);
  const peak = logits[first];
  if (!Number.isFinite(peak)) return peak;
  const { rest, chosen } = weigh(logits, first);
  return peak + Math.log1p(rest / chosen);
}

/** Twin of softmaxlab.log_softmax: logits − logsumexp(logits), finite where softmax underflows to 0. */
export function logSoftmax(logits) {
  const first = winner(logits);
  const { rest, chosen } = weigh(logits, first);
  const excess = Math.log1p(rest / chosen); // of logsumexp over the maximum
  return logits.map((a) => a - logits[first] - excess);
}

/** Twin of softmaxlab.softmax: exp(logits) / Σ exp(logits), without overflow. */
export function softmax(logits) {
  const { terms, sum } = weigh(logits, winner(logits));
  for (let i = 0; i < terms.length; i++) terms[i] /= sum;
  return terms;
}

/** Twin of softmaxlab.cross_entropy for a class index: −log p_y, in nats. */
export function crossEntropy(logits, target) {
  const { rest, chosen, shift } = weigh(logits, target);
  const odds = rest / chosen;
  const far = chosen < 2 ** -1022 || odds === Infinity; // exp(a_y) has lost its digits
  return far ? Math.log(rest) + (shift - logits[target]) : Math.log1p(odds);
}

/** Twin of softmaxlab.cross_entropy_grad for a class index: p − y, where p_y − 1 is what the others have. */
export function crossEntropyGrad(logits, target) {
  const { terms, rest, sum } = weigh(logits, target);
  return terms.map((term, i) => (i === target ? 0 - rest : term) / sum); // 0 − 0 has no sign
}

// ---- Shares that sum to 1 ----

const SLACK = 1e-6; // how far a sum may be from 1: what is rounded to six digits is taken as it is

/** Whether these are probabilities, of so many classes. */
export function areShares(shares, fewest, most) {
  const count = shares?.length ?? 0;
  if (count < fewest || count > most) return false;
  const isShare = (share) => Number.isFinite(share) && share >= 0;
  return shares.every(isShare) && Math.abs(total(shares) - 1) <= SLACK;
}

/** One share set to a value; the others keep their proportions, or have equal parts if they had nothing. */
export function moved(shares, index, value) {
  const rest = total(shares.with(index, 0));
  const part = (share) => (rest > 0 ? share / rest : 1 / (shares.length - 1));
  return shares.map((share, i) => (i === index ? value : part(share) * (1 - value)));
}

/** These shares for `count` classes: new ones get 0, and what removed ones had goes to the rest. */
export function fitted(shares, count) {
  const kept = Array.from({ length: count }, (_, i) => shares[i] ?? 0);
  const whole = total(kept);
  return kept.map((share) => (whole > 0 ? share / whole : 1 / count));
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
  if (/^[+-]?\d{1,3},\d{3}$/.test(text)) {
    return { error: `Write ${text.replace(",", "")} or ${text.replace(",", ".")}: no comma.` };
  }
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

/** Words for who listens: what the number behind them is, where a picture shows it by its place. */
export function unseen(words) {
  return element("span", { class: "sl-unseen" }, `${words} `);
}

/**
 * Change the text of a node that holds nothing else. The browser keeps what it knows of it, which saves half of the
 * layout; but it counts the text as moved if that starts elsewhere now. So this is for text whose place is fixed.
 */
export function writeText(node, text) {
  if (!node.firstChild) node.append("");
  if (node.firstChild.data !== String(text)) node.firstChild.data = text;
}

/** Give a node a text, as math() reads it, if it has another one: text that stays is not laid out again. */
export function write(node, text) {
  if (node.slText === text) return;
  node.slText = text;
  node.replaceChildren(...math(text));
}

/** Set a CSS variable, where it changed, on the element that uses it: all elements within are styled again. */
export function setVariable(node, name, value) {
  const text = String(value);
  if (node.style.getPropertyValue(name) !== text) node.style.setProperty(name, text);
}

/**
 * A bar from one share of its track to another, {node, show(from, to)}; CSS says what it looks like, and may turn its
 * group upright. The place is written on the bar itself: a browser then styles nothing else.
 */
export function bar(name) {
  const rect = svgElement("rect", { width: 1, height: 1 });
  const frame = { viewBox: "0 0 1 1", preserveAspectRatio: "none", "aria-hidden": "true" };
  const node = svgElement("svg", { class: name, ...frame }, svgElement("g", {}, rect));
  let shown;
  const show = (from, to) => {
    const place = `translate(${from}px) scale(${(to - from).toFixed(4)}, 1)`;
    if (place !== shown) rect.style.transform = place;
    shown = place;
  };
  return { node, show };
}

/**
 * Points of a curve in the unit square, for a polyline. It starts a hair before the first one, so that a point alone
 * shows. Not in the same place: WebKit draws the round caps of a line without length as large as the viewBox is scaled.
 */
export function polyline(points) {
  const [[x, y]] = points;
  return [[x - 0.0001, y], ...points].map((point) => point.map((at) => at.toFixed(4)).join(",")).join(" ");
}

/**
 * Draw parts of a widget: at once, unless a hand drags something and the part is out of sight. Then it is drawn when
 * the hand lets go or rests, or as soon as it comes into sight. Returns (part, draw) => nothing.
 */
export function drawer(signal) {
  const waiting = new Map();
  const away = new WeakSet();
  let held = false;
  let timer;
  const catchUp = () => {
    clearTimeout(timer);
    for (const [part, draw] of [...waiting]) {
      waiting.delete(part);
      draw();
    }
  };
  const watch = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) away.delete(target);
      else away.add(target);
    }
    if ([...waiting.keys()].some((part) => !away.has(part))) catchUp();
  });
  const watched = new WeakSet();
  const hold = (holds) => () => {
    held = holds;
    if (!held) catchUp();
  };
  const options = { signal, capture: true, passive: true };
  addEventListener("pointerdown", hold(true), options);
  for (const type of ["pointerup", "pointercancel"]) addEventListener(type, hold(false), options);
  signal.addEventListener("abort", () => {
    watch.disconnect();
    clearTimeout(timer);
  });
  return (part, draw) => {
    if (!watched.has(part)) {
      watched.add(part);
      watch.observe(part);
    }
    waiting.delete(part);
    if (!held || !away.has(part)) return draw();
    waiting.set(part, draw);
    clearTimeout(timer);
    timer = setTimeout(catchUp, 150);
  };
}

let instances = 0;

/** A prefix for ids, different for each view on the page. */
export function uniquePrefix() {
  instances += 1;
  return `sl-${Math.random().toString(36).slice(2, 8)}-${instances}-`;
}

/**
 * A polite live region that speaks the last of a run of messages once the reader pauses. It is silent while a finger is
 * down, and what a finger did that turned out to scroll the page is not spoken at all.
 */
export function announcer(signal, pause = 700) {
  const region = element("div", { class: "sl-spoken", role: "status", "aria-live": "polite" });
  let message;
  let before; // what was to be said when the finger came down
  let isDown = false;
  let timer;
  signal.addEventListener("abort", () => clearTimeout(timer));
  const speak = () => {
    region.textContent = message;
    message = undefined;
  };
  const wait = () => {
    clearTimeout(timer);
    if (message !== undefined && !isDown) timer = setTimeout(speak, pause);
  };
  const say = (words) => {
    message = words;
    wait();
  };
  const onFinger = (type, action, more) =>
    addEventListener(type, ({ pointerType }) => pointerType !== "mouse" && action(), { signal, ...more });
  const down = () => {
    [isDown, before] = [true, message];
    wait();
  };
  const up = () => {
    isDown = false;
    wait();
  };
  onFinger("pointerdown", down, { capture: true });
  onFinger("pointerup", up);
  onFinger("pointercancel", () => {
    message = before;
    up();
  });
  return { region, say };
}

/**
 * A text field that takes numbers. What it can't take stays in the field with a message beside it, the value
 * kept; leaving the field or Escape brings the value back. Not type="number": that hides what was typed.
 * Returns {node, show(value)}. `accept(value)` runs at each good keystroke, `commit()` when one is final.
 * `format` writes the value into the field; `accept` takes only what was typed, however the field rounds.
 */
export function numberField({
  label,
  id,
  min,
  max,
  step,
  signal,
  accept,
  commit,
  say,
  keyboard,
  format = plain,
}) {
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
    say(`${words} Kept ${format(value)}.`);
  };
  const clear = () => {
    clearTimeout(waiting);
    message.hidden = true;
    input.removeAttribute("aria-invalid");
    input.removeAttribute("aria-describedby");
  };
  const restore = () => {
    clear();
    input.value = format(value);
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
    if (value === next) return; // what is typed here stays, until the reader leaves
    value = next;
    restore();
  };
  return { node, input, show };
}

/**
 * What a finger or a pen that came down at an event is about to do, {told(event)}: undefined as long as it may yet
 * scroll the page, "drag" once it goes sideways, and when it is lifted, "tap" or, for a swipe that had nothing to
 * scroll, "swipe". A mouse drags from the start.
 */
export function intent({ pointerType, clientX, clientY }) {
  let known = pointerType === "mouse" ? "drag" : undefined;
  const told = (event) => {
    const [across, along] = [Math.abs(event.clientX - clientX), Math.abs(event.clientY - clientY)];
    if (!known && across > Math.max(along, 3)) known = "drag";
    if (!known && event.type === "pointerup") known = Math.max(across, along) > 12 ? "swipe" : "tap";
    return known;
  };
  return { told };
}

/**
 * A native slider: arrows move by `step` as everywhere, Page Up and Page Down by `page`. A browser moves the thumb as
 * soon as a finger comes down; the value waits until the finger goes sideways or is lifted, for it may scroll the page.
 */
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
  const listen = (type, handler) => input.addEventListener(type, handler, { signal });
  let shown;
  let finger; // that may yet scroll the page: its intent, and the slider's text when it came down
  let isSwipe = false; // a gesture of which nothing counts
  const forget = () => {
    finger = undefined;
    isSwipe = true;
    input.value = shown;
  };
  const settle = (event) => {
    const told = finger?.intent.told(event);
    if (told === "swipe") return forget();
    if (!told) return undefined;
    const hasMoved = finger.text !== input.value;
    finger = undefined;
    return hasMoved && input.dispatchEvent(new Event("input", { bubbles: true }));
  };
  listen("pointerdown", (event) => {
    isSwipe = false;
    finger = event.pointerType === "mouse" ? undefined : { intent: intent(event), text: input.value };
  });
  listen("pointermove", settle);
  listen("pointerup", settle);
  listen("pointercancel", forget);
  for (const type of ["touchend", "touchcancel"]) listen(type, () => (isSwipe = false));
  listen("input", () => {
    if (isSwipe) input.value = shown;
    else if (!finger) accept(Number(input.value));
  });
  listen("change", () => isSwipe || commit());
  listen("keydown", (event) => {
    [isSwipe, finger] = [false, undefined];
    const pages = { PageUp: 1, PageDown: -1 }[event.key];
    if (!pages) return;
    event.preventDefault();
    const before = input.value;
    input.value = Number((Number(before) + pages * page).toFixed(6)); // the browser keeps it between min and max
    if (input.value === before) return;
    accept(Number(input.value));
    commit();
  });
  const show = (value, words) => {
    if (input.getAttribute("aria-valuetext") !== words) input.setAttribute("aria-valuetext", words);
    if (Number(input.value) !== value) input.value = value;
    if (value === shown) return;
    shown = value;
    const share = (at) => Math.min(1, Math.max(0, (at - min) / (max - min)));
    setVariable(input, "--from", share(Math.min(0, value))); // the colored part runs from 0 to the value
    setVariable(input, "--to", share(Math.max(0, value)));
  };
  return { node: input, show };
}

// ---- The URL fragment ----

/** On a static page one widget of a kind has a place in the URL: the one that asks for it, else the first that may. */
function ownsFragment(el) {
  const own = el.closest(".sl-mount");
  if (el.dataset.host !== "static" || !own) return false;
  const mounts = [...document.querySelectorAll(".sl-mount")].filter(
    (mount) => mount.dataset.widget === own.dataset.widget,
  );
  const first = (wish) => mounts.find((mount) => mount.dataset.fragment === wish);
  return own === (first("own") ?? first("auto"));
}

/**
 * A fragment with these pieces in place of those of the same names: other widgets' pieces stay. A piece without a value
 * is not written.
 */
function withPieces(fragment, pieces) {
  const name = (piece) => piece.split("=")[0];
  const mine = new Set(pieces.split("&").map(name));
  const others = fragment.split("&").filter((piece) => piece.includes("=") && !mine.has(name(piece)));
  return [...others, ...pieces.split("&").filter((piece) => !piece.endsWith("="))].join("&");
}

const MOST_WRITES = 80; // in ten seconds: from a hundred on, browsers refuse them, or complain in the console

/** Write the address; false if the browser refuses. Some throw, some do nothing. */
function wrote(way, state, address) {
  const now = performance.now();
  document.slWrites = (document.slWrites ?? []).filter((time) => time > now - 10000); // of all widgets of the page
  if (document.slWrites.length >= MOST_WRITES) return false;
  document.slWrites.push(now);
  try {
    history[way](state, "", address);
  } catch {
    return false;
  }
  return history.state?.softmaxlab === state.softmaxlab;
}

/**
 * Keep a state in the URL fragment, one history entry for each gesture, so that the back button undoes it.
 * `encode()` gives the pieces of the present state, "a=1&b=2", always of the same names, which no other kind of
 * widget uses; "a=" for what goes without saying. `restore(fragment)` takes a fragment: it must ignore what is not its own. Nothing is written before
 * the first `save(control)`.
 *
 * A gesture is what the reader does with one control until a pointer goes down, Tab is pressed or another control is
 * used; clicks on one button are one, too. No clock decides that: a slow page has the same steps back as a fast one.
 */
function fragmentHistory({ encode, restore, signal }) {
  let last = encode(); // as in the address
  let gesture; // {control}
  let entry; // {gesture, fragment} of the newest history entry
  let waiting = []; // {gesture, pieces}: states that are to be written
  const down = new Set(); // pointers
  let timer;
  const fragment = () => history.state?.softmaxlab ?? location.hash.slice(1);

  const put = ({ gesture: own, pieces }) => {
    const [before, after] = [last, pieces].map((each) => withPieces(fragment(), each));
    const goesOn = entry?.gesture === own && entry.fragment === fragment();
    if (!goesOn && history.state?.softmaxlab !== before) {
      if (!wrote("replaceState", { ...history.state, softmaxlab: before })) return false; // what Back returns to
    }
    if (!wrote(goesOn ? "replaceState" : "pushState", { softmaxlab: after }, `#${after}`)) return false;
    [last, entry] = [pieces, { gesture: own, fragment: after }];
    return true;
  };
  const write = () => {
    clearTimeout(timer);
    while (waiting.length) {
      if (waiting[0].pieces !== last && !put(waiting[0])) {
        waiting = waiting.slice(-1); // the newest state has to get there; steps on the way to it may be lost
        timer = setTimeout(write, 1000);
        return;
      }
      waiting.shift();
    }
  };
  /** Not while a finger is down: it may turn out to scroll the page, and then nothing has happened. */
  const writeSoon = (pause = 0) => {
    clearTimeout(timer);
    if (down.size === 0 && waiting.length) timer = setTimeout(write, pause);
  };
  const read = () => {
    clearTimeout(timer);
    restore(fragment());
    [last, waiting, gesture, entry] = [encode(), [], undefined, undefined];
  };
  const listen = (type, handler) => addEventListener(type, handler, { signal, capture: true });
  listen("popstate", read);
  listen("hashchange", read);
  listen("pointerdown", ({ pointerId, target }) => {
    write();
    if (!target.closest?.("button")) gesture = undefined;
    down.add(pointerId);
  });
  for (const type of ["pointerup", "pointercancel"]) {
    listen(type, ({ pointerId }) => {
      down.delete(pointerId);
      writeSoon();
    });
  }
  listen("keydown", ({ key }) => {
    down.clear(); // a pointer whose end was missed holds nothing up
    if (key !== "Tab") return;
    write();
    gesture = undefined;
  });
  listen("pagehide", write);
  document.addEventListener("visibilitychange", () => document.hidden && write(), { signal });
  signal.addEventListener("abort", () => clearTimeout(timer));
  return {
    read,
    save(control) {
      if (gesture?.control !== control) gesture = { control };
      if (waiting.at(-1)?.gesture !== gesture) waiting.push({ gesture });
      waiting.at(-1).pieces = encode();
      writeSoon(entry?.gesture === gesture ? 250 : 0); // a key held down writes once it rests
    },
  };
}

/**
 * A swipe changes nothing. Where a browser takes the pointer away from a slider, to scroll or to zoom, the traits that
 * the slider has set since the finger came down are what they were.
 */
function undoSwipes({ model, traits, signal, root, together }) {
  const listen = (type, handler, capture) => root.addEventListener(type, handler, { signal, capture });
  const held = () => new Map(traits.map((name) => [name, model.get(name)]));
  let before; // an input, all traits
  let old = new Map(); // those that this gesture has set
  listen("pointerdown", () => old.clear(), true);
  listen("input", () => (before = held()), true);
  listen("input", () => {
    for (const [name, value] of held()) {
      if (before.get(name) !== value && !old.has(name)) old.set(name, before.get(name));
    }
  });
  listen("pointercancel", () => {
    const changed = [...old];
    old = new Map();
    if (!changed.length) return;
    together(() => {
      for (const [name, value] of changed) model.set(name, value);
    });
    model.save_changes();
  });
}

/** Call `follow` for each change of these traits; returns what takes the widget away again. */
export function followTraits({ model, traits, follow, stop, root }) {
  const changes = traits.map((name) => `change:${name}`);
  let isHeld = false;
  const onChange = () => isHeld || follow();
  /** Several traits, one drawing: they may make sense only with one another. */
  const together = (set) => {
    isHeld = true;
    set();
    isHeld = false;
    follow();
  };
  for (const change of changes) model.on(change, onChange);
  undoSwipes({ model, traits, signal: stop.signal, root, together });
  return () => {
    stop.abort();
    for (const change of changes) model.off(change, onChange);
    root.remove();
  };
}

/** How far behind the last piece of a widget stands in a fragment; −1: it has none. The newest is written last. */
function lastPiece(fragment, pieces) {
  const name = (piece) => piece.split("=")[0];
  const mine = new Set(pieces.split("&").map(name));
  return fragment.split("&").findLastIndex((piece) => piece.includes("=") && mine.has(name(piece)));
}

/**
 * Show the widget of a shared link, of several the one whose pieces come last. What is above it finds its height only
 * as it comes near, so the page is scrolled until all is calm; but not once the reader does something.
 */
function bringIntoView(root, fragment, order, signal) {
  const shown = document.slShown; // by whichever widget
  if (shown?.fragment === fragment && shown.order > order) return;
  shown?.stop.abort();
  const stop = new AbortController();
  document.slShown = { fragment, order, stop };
  const end = () => stop.abort();
  signal.addEventListener("abort", end, { signal: stop.signal });
  for (const type of ["wheel", "touchstart", "pointerdown", "keydown"]) {
    const byHand = ({ isTrusted }) => isTrusted && end();
    addEventListener(type, byHand, { signal: stop.signal, capture: true, passive: true });
  }
  const page = document.documentElement;
  let [at, height, calm] = [undefined, 0, 0];
  const look = () => {
    if (stop.signal.aborted) return;
    const tall = page.scrollHeight;
    if (at !== undefined && scrollY !== at && tall === height) return end(); // by the reader, with the scroll bar
    const { top } = root.getBoundingClientRect(); // it is laid out now: Firefox does not scroll to what is not
    root.scrollIntoView({ block: "nearest", behavior: "instant" });
    const isCalm = tall === height && root.getBoundingClientRect().top === top;
    calm = isCalm && document.readyState === "complete" ? calm + 1 : 0;
    [at, height] = [scrollY, page.scrollHeight];
    if (calm < CALM) requestAnimationFrame(look);
    else end();
  };
  requestAnimationFrame(look);
}
const CALM = 10; // frames

/**
 * Whether the page was opened anew and the reader has done nothing yet: after a reload or a step back, the browser
 * brings the place where they were.
 */
function isNewHere() {
  const isOpened = performance.getEntriesByType("navigation")[0]?.type === "navigate";
  const isUntouched = scrollY === 0 && document.activeElement === document.body;
  return isOpened && (document.slShown !== undefined || isUntouched);
}

/**
 * Keep a widget's state in the address of the page, if it has a place there, and add a button that copies it.
 * `encode` is that of fragmentHistory; `decode(fragment)` gives the changes that a fragment asks for, for `update`.
 * Returns what to call with a control's name, or with {} for a gesture of its own, when the reader has set something.
 */
export function keepInAddress({ el, root, tools, signal, say, encode, decode, update }) {
  if (!ownsFragment(el)) return () => {};
  const asks = (fragment) => Object.keys(decode(fragment)).length > 0;
  const restore = (fragment) => {
    if (asks(fragment)) update(decode(fragment));
  };
  const link = location.hash.slice(1); // of this widget, too, if it asks for the state that is there
  const url = fragmentHistory({ signal, encode, restore });
  tools.append(copyLinkButton(signal, encode, say));
  url.read();
  const show = (fragment) => {
    const order = lastPiece(fragment, encode());
    if (order >= 0) bringIntoView(root, fragment, order, signal);
  };
  if (isNewHere()) show(link);
  const isStep = () => history.state?.softmaxlab !== undefined; // back or forward: the reader is where they were
  addEventListener("hashchange", () => isStep() || show(location.hash.slice(1)), { signal });
  return url.save;
}

// ---- Buttons ----

/** A button. Use aria-disabled, not disabled: a button must not lose the focus because it did its work. */
export function button(signal, text, action) {
  const node = element("button", { type: "button", class: "sl-button" }, text);
  node.addEventListener("click", () => node.getAttribute("aria-disabled") !== "true" && action(node), {
    signal,
  });
  return node;
}

/** A button that copies the address of the page with these pieces in its fragment. */
function copyLinkButton(signal, encode, say) {
  return button(signal, "Copy link", async (node) => {
    const link = `${location.href.split("#")[0]}#${withPieces(location.hash.slice(1), encode())}`;
    const label = node.textContent;
    let words = "Copied";
    try {
      await navigator.clipboard.writeText(link);
    } catch {
      // no clipboard here, but an address bar
      words = wrote("replaceState", { softmaxlab: link.split("#")[1] }, link) ? "See address" : "Try again";
    }
    node.textContent = words;
    node.setAttribute("aria-disabled", "true");
    say(words);
    setTimeout(() => {
      node.textContent = label;
      node.removeAttribute("aria-disabled");
    }, 1500);
  });
}
