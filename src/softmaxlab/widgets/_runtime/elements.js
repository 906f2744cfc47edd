// Elements of a page, and what is written, drawn and spoken in them.

/**
 * @template {Element} Filled
 * @param {Filled} node
 * @param {Attributes} attributes
 * @param {Child[]} children
 */
function filled(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/**
 * element("p", {class: "x"}, "text", child): attributes, then children.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Attributes} [attributes]
 * @param {...Child} children
 */
export function element(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

/**
 * The same for SVG.
 * @template {keyof SVGElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Attributes} [attributes]
 * @param {...Child} children
 */
export function svgElement(tag, attributes = {}, ...children) {
  return filled(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

/**
 * Children from words with *x* in italics and ^x^ raised: math("*e*^*a*^").
 * @param {string} text
 * @returns {(HTMLElement | string)[]}
 */
export function math(text) {
  const parts = text.split(/(\^[^^]+\^|\*[^*]+\*)/).filter(Boolean);
  return parts.map((part) => {
    if (part[0] === "*") return element("i", {}, part.slice(1, -1));
    return part[0] === "^" ? element("sup", {}, ...math(part.slice(1, -1))) : part;
  });
}

/**
 * Words for who listens: what the number behind them is, where a picture shows it by its place.
 * @param {string} words
 */
export function unseen(words) {
  return element("span", { class: "sl-unseen" }, `${words} `);
}

/**
 * Change the text of a node that holds nothing else. The browser keeps what it knows of it, which saves half of the
 * layout; but it counts the text as moved if that starts elsewhere now. So this is for text whose place is fixed.
 * @param {Element} node
 * @param {string | number} text
 */
export function writeText(node, text) {
  if (!node.firstChild) node.append("");
  const only = /** @type {Text} */ (node.firstChild);
  if (only.data !== String(text)) only.data = /** @type {string} */ (text);
}

/**
 * Give a node a text, as math() reads it, if it has another one: text that stays is not laid out again.
 * @param {Element} node
 * @param {string} text
 */
export function write(node, text) {
  if (node.slText === text) return;
  node.slText = text;
  node.replaceChildren(...math(text));
}

/**
 * Set a CSS variable, where it changed, on the element that uses it: all elements within are styled again.
 * @param {HTMLElement | SVGElement} node
 * @param {string} name
 * @param {string | number} value
 */
export function setVariable(node, name, value) {
  const text = String(value);
  if (node.style.getPropertyValue(name) !== text) node.style.setProperty(name, text);
}

/**
 * A bar from one share of its track to another, {node, show(from, to)}; CSS says what it looks like, and may turn its
 * group upright. The place is written on the bar itself: a browser then styles nothing else.
 * @param {string} name
 */
export function bar(name) {
  const rect = svgElement("rect", { width: 1, height: 1 });
  const frame = { viewBox: "0 0 1 1", preserveAspectRatio: "none", "aria-hidden": "true" };
  const node = svgElement("svg", { class: name, ...frame }, svgElement("g", {}, rect));
  /** @type {string} */
  let shown;
  /** @type {(from: number, to: number) => void} */
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
 * @param {number[][]} points
 */
export function polyline(points) {
  const [[x, y]] = points;
  return [[x - 0.0001, y], ...points].map((point) => point.map((at) => at.toFixed(4)).join(",")).join(" ");
}

/**
 * Draw parts of a widget: at once, unless a hand drags something and the part is out of sight. Then it is drawn when
 * the hand lets go or rests, or as soon as it comes into sight.
 * @param {AbortSignal} signal
 * @returns {(part: Element, draw: () => void) => void}
 */
export function drawer(signal) {
  const waiting = new Map();
  const away = new WeakSet();
  let held = false;
  /** @type {Timer} */
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
  const hold = (/** @type {boolean} */ holds) => () => {
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
 * @param {AbortSignal} signal
 */
export function announcer(signal, pause = 700) {
  const region = element("div", { class: "sl-spoken", role: "status", "aria-live": "polite" });
  /** @type {string | undefined} */
  let message;
  /** @type {string | undefined} */
  let before; // what was to be said when the finger came down
  let isDown = false;
  /** @type {Timer} */
  let timer;
  signal.addEventListener("abort", () => clearTimeout(timer));
  const speak = () => {
    region.textContent = /** @type {string} */ (message);
    message = undefined;
  };
  const wait = () => {
    clearTimeout(timer);
    if (message !== undefined && !isDown) timer = setTimeout(speak, pause);
  };
  /** @type {Say} */
  const say = (words) => {
    message = words;
    wait();
  };
  /** @type {(type: "pointerdown" | "pointerup" | "pointercancel", action: () => void, more?: {capture: true}) => void} */
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
 * A button. Use aria-disabled, not disabled: a button must not lose the focus because it did its work.
 * @param {AbortSignal} signal
 * @param {string} text
 * @param {(node: HTMLButtonElement) => unknown} action
 */
export function button(signal, text, action) {
  const node = element("button", { type: "button", class: "sl-button" }, text);
  node.addEventListener("click", () => node.getAttribute("aria-disabled") !== "true" && action(node), {
    signal,
  });
  return node;
}
