// A widget's state in the page's address.

import { button } from "./elements.js";

/**
 * On a static page one widget of a kind has a place in the URL: the one that asks for it, else the first that may.
 * @param {HTMLElement} el
 */
function ownsFragment(el) {
  const own = el.closest(".sl-mount");
  if (el.dataset.host !== "static" || !own) return false;
  const mounts = [...document.querySelectorAll(".sl-mount")].filter(
    (mount) => mount.dataset.widget === own.dataset.widget,
  );
  const first = (/** @type {string} */ wish) => mounts.find((mount) => mount.dataset.fragment === wish);
  return own === (first("own") ?? first("auto"));
}

/**
 * A fragment with these pieces in place of those of the same names: other widgets' pieces stay. A piece without a value
 * is not written.
 * @param {string} fragment
 * @param {string} pieces
 */
function withPieces(fragment, pieces) {
  const name = (/** @type {string} */ piece) => piece.split("=")[0];
  const mine = new Set(pieces.split("&").map(name));
  const others = fragment.split("&").filter((piece) => piece.includes("=") && !mine.has(name(piece)));
  return [...others, ...pieces.split("&").filter((piece) => !piece.endsWith("="))].join("&");
}

const MOST_WRITES = 80; // in ten seconds: from a hundred on, browsers refuse them, or complain in the console

/**
 * Write the address; false if the browser refuses. Some throw, some do nothing.
 * @param {"pushState" | "replaceState"} way
 * @param {{softmaxlab: string}} state
 * @param {string} [address]
 */
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
 * @param {AddressState & {restore: (fragment: string) => void}} options
 */
function fragmentHistory({ encode, restore, signal }) {
  let last = encode(); // as in the address
  /** @type {Gesture | undefined} */
  let gesture;
  /** @type {{gesture: Gesture, fragment: string} | undefined} */
  let entry; // the newest history entry
  /** @type {Waiting[]} */
  let waiting = [];
  const down = new Set(); // pointers
  /** @type {Timer} */
  let timer;
  /** @returns {string} */
  const fragment = () => history.state?.softmaxlab ?? location.hash.slice(1);

  const put = (/** @type {Waiting} */ { gesture: own, pieces }) => {
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
  /** @type {Listen<WindowEventMap>} */
  const listen = (type, handler) => addEventListener(type, handler, { signal, capture: true });
  listen("popstate", read);
  listen("hashchange", read);
  listen("pointerdown", ({ pointerId, target }) => {
    write();
    if (!target.closest?.("button")) gesture = undefined;
    down.add(pointerId);
  });
  for (const type of /** @type {const} */ (["pointerup", "pointercancel"])) {
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
    /** @type {Keep} */
    save(control) {
      if (gesture?.control !== control) gesture = { control };
      if (waiting.at(-1)?.gesture !== gesture) waiting.push(/** @type {Waiting} */ ({ gesture }));
      /** @type {Waiting} */ (waiting.at(-1)).pieces = encode();
      writeSoon(entry?.gesture === gesture ? 250 : 0); // a key held down writes once it rests
    },
  };
}

/**
 * How far behind the last piece of a widget stands in a fragment; −1: it has none. The newest is written last.
 * @param {string} fragment
 * @param {string} pieces
 */
function lastPiece(fragment, pieces) {
  const name = (/** @type {string} */ piece) => piece.split("=")[0];
  const mine = new Set(pieces.split("&").map(name));
  return fragment.split("&").findLastIndex((piece) => piece.includes("=") && mine.has(name(piece)));
}

/**
 * Show the widget of a shared link, of several the one whose pieces come last. What is above it finds its height only
 * as it comes near, so the page is scrolled until all is calm; but not once the reader does something.
 * @param {HTMLElement} root
 * @param {string} fragment
 * @param {number} order
 * @param {AbortSignal} signal
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
    const byHand = (/** @type {Event} */ { isTrusted }) => isTrusted && end();
    addEventListener(type, byHand, { signal: stop.signal, capture: true, passive: true });
  }
  const page = document.documentElement;
  let [at, height, calm] = [/** @type {number | undefined} */ (undefined), 0, 0];
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
 * @template {Record<string, unknown>} Changes what a fragment asks for
 * @param {AddressOptions<Changes>} options
 * @returns {Keep}
 */
export function keepInAddress({ el, root, tools, signal, say, encode, decode, update }) {
  if (!ownsFragment(el)) return () => {};
  const asks = (/** @type {string} */ fragment) => Object.keys(decode(fragment)).length > 0;
  const restore = (/** @type {string} */ fragment) => {
    if (asks(fragment)) update(decode(fragment));
  };
  const link = location.hash.slice(1); // of this widget, too, if it asks for the state that is there
  const url = fragmentHistory({ signal, encode, restore });
  tools.append(copyLinkButton(signal, encode, say));
  url.read();
  const show = (/** @type {string} */ fragment) => {
    const order = lastPiece(fragment, encode());
    if (order >= 0) bringIntoView(root, fragment, order, signal);
  };
  if (isNewHere()) show(link);
  const isStep = () => history.state?.softmaxlab !== undefined; // back or forward: the reader is where they were
  addEventListener("hashchange", () => isStep() || show(location.hash.slice(1)), { signal });
  return url.save;
}

/**
 * A button that copies the address of the page with these pieces in its fragment.
 * @param {AbortSignal} signal
 * @param {() => string} encode
 * @param {Say} say
 */
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
