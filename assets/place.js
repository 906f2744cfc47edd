// Keeps the reader's place. After a reload, "back" or a restored session the same lines stand where they stood, with the
// same folds open; a link into a fold opens it; and what changes its height above the window (a font that comes late, a
// window that is turned, a section that is laid out at last) moves nothing that is being read.
// A place is a block of the text and how far it is from the top of the window: no number of pixels from the top of the
// page says as much, since that depends on the window, the fonts, the folds, and on what has been laid out.
(() => {
  const article = document.querySelector("article.bd-article");
  if (!article) return;
  const html = document.documentElement;
  const folds = [...article.querySelectorAll("details")];
  const WHOLE =
    "p, li, dt, dd, pre, table, svg, img, summary, h1, h2, h3, h4, div.math, .sl-badge, .sl-mount";
  const MOVES = ["wheel", "touchmove", "pointerdown", "keydown"];
  const FIRST_MOVES = [...MOVES, "scroll", "pointermove"];
  // Only the page's own scroll gets up to the window: the theme scrolls its sidebar, and that is no move of the reader.
  const isEarly = (type) => ({ capture: type !== "scroll", passive: true });

  let seen = null; // the place that is being read
  let aim = null; // the place that was asked for, until the page has come to rest
  let turned = false; // the window has a new width, so a block that began above its top has another height

  // ---- A place ----

  /** The first block that shows below what stands at the top of the window. Asks for no box in what is not laid out. */
  function look() {
    const top = Number.parseFloat(getComputedStyle(html).scrollPaddingTop) || 0;
    const shows = (node) => {
      const { height, bottom } = node.getBoundingClientRect();
      return height > 0 && bottom > top;
    };
    let block = /** @type {Element} */ (article);
    while (!block.matches(WHOLE)) {
      const next = [...block.children].find(shows);
      if (!next) break;
      block = next;
    }
    const { top: offset, height } = block.getBoundingClientRect();
    return { block, offset, height, top, scrolled: scrollY };
  }

  /** Scroll until the block is where it was. A place without an offset is what a link points at. */
  function put({ block, offset, height, top }, isTurned = false) {
    if (!block.getClientRects().length) return; // it is no longer there, or in a closed fold
    if (offset === undefined) {
      block.scrollIntoView({ block: "start", behavior: "instant" });
      return;
    }
    const box = block.getBoundingClientRect();
    const above = top - offset; // what has been read of it
    const wanted = isTurned && above > 0 && height > 0 ? top - (above * box.height) / height : offset;
    if (Math.abs(box.top - wanted) >= 1) scrollBy({ top: box.top - wanted, behavior: "instant" });
  }

  /** Change something, with the reader's place kept. */
  function keep(change) {
    const place = aim ?? (scrollY > 0 ? look() : null);
    change();
    if (place) put(place);
  }

  // ---- What is far from the window is laid out at the reader's first move, a piece whenever there is nothing to do ----

  function layOutAll() {
    keep(() => html.classList.add("is-laid"));
  }

  async function layOut() {
    for (const type of FIRST_MOVES) removeEventListener(type, layOut, isEarly(type));
    const idle = () => new Promise((resume) => (globalThis.requestIdleCallback ?? setTimeout)(resume));
    const inView = (node) => {
      const { top, bottom } = node.getBoundingClientRect();
      return top < innerHeight && bottom > 0;
    };
    const sections = [...document.querySelectorAll("article.bd-article > section > section")];
    for (const section of sections.filter(inView)) section.classList.add("is-laid");
    for (const section of sections) {
      for (const part of [section, ...section.querySelectorAll("div.math, .sl-proof ol")]) {
        if (html.classList.contains("is-laid")) return;
        await idle();
        keep(() => part.classList.add("is-laid"));
      }
    }
    layOutAll();
  }

  // ---- Where a place is kept: with the entry of the tab's history ----

  const entry = () => `softmaxlab place ${globalThis.navigation?.currentEntry?.key ?? location.href}`;

  function save() {
    const place = aim?.offset === undefined ? look() : aim;
    const path = [];
    let node = place.block;
    for (; node !== article && !node.matches("section[id]"); node = node.parentElement) {
      path.unshift([...node.parentElement.children].indexOf(node));
    }
    const open = folds.flatMap((fold, index) => (fold.open ? [index] : []));
    const { offset, height, top } = place;
    const kept = { path, offset, height, top, section: node.id, width: innerWidth, open };
    try {
      sessionStorage.setItem(entry(), JSON.stringify(kept));
    } catch {} // a browser that keeps nothing: it does what it can by itself
  }

  function recall() {
    try {
      return JSON.parse(/** @type {string} */ (sessionStorage.getItem(entry())));
    } catch {
      return null;
    }
  }

  /** Go back to a place of this entry; false if there is none. */
  function restore() {
    const kept = recall();
    if (!kept) return false;
    /** @type {Element | null | undefined} */
    let block = kept.section ? document.getElementById(kept.section) : article;
    for (const index of kept.path) block = block?.children[index];
    if (!block) return false; // the book has changed
    folds.forEach((fold, index) => {
      fold.open = kept.open.includes(index);
    });
    turned = kept.width !== innerWidth;
    aimAt({ ...kept, block });
    return true;
  }

  // ---- A place that was asked for ----

  let resting;

  /** Bring this into place, and bring it back there, until the page is at rest or the reader moves on. */
  function aimAt(place, isThere = false) {
    html.classList.add("is-laid");
    aim = place;
    if (!isThere) put(aim, turned);
    rest();
  }

  /** Wait until nothing has scrolled for a while; smooth scrolling is many scrolls. */
  function rest() {
    clearTimeout(resting);
    resting = setTimeout(async () => {
      if (document.readyState !== "complete") return rest();
      const mine = resting;
      await document.fonts?.ready;
      if (mine !== resting || !aim) return;
      put(aim, turned);
      arrive();
    }, 250);
  }

  function arrive() {
    clearTimeout(resting);
    aim = null;
    turned = false;
    history.scrollRestoration = "auto"; // within this page the browser does well
    seen = look();
  }

  /** What the address points at, if it is in this page and no state of a widget. */
  function target(hash) {
    if (hash.length < 2 || hash.includes("=")) return null;
    try {
      return document.getElementById(decodeURIComponent(hash.slice(1)));
    } catch {
      return null;
    }
  }

  /** Open the folds that something is in; false if they were open. */
  function unfold(node) {
    const closed = folds.filter((fold) => !fold.open && fold !== node && fold.contains(node));
    for (const fold of closed) fold.open = true;
    return closed.length > 0;
  }

  document.addEventListener("click", (event) => {
    /** @type {HTMLAnchorElement | null | undefined} */
    const link = event.target.closest?.('a[href*="#"]');
    if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const node = link.pathname === location.pathname && target(link.hash);
    if (!node) return;
    save();
    layOutAll();
    unfold(node);
    aimAt({ block: node }, true); // the browser goes there by itself
  });
  addEventListener("hashchange", () => {
    const node = target(location.hash);
    if (node && unfold(node)) aimAt({ block: node });
  });

  // ---- What moves the page ----

  let width = innerWidth;

  /** The window may have a new width, and the browser its own idea of what to show then. */
  function turn() {
    if (width === innerWidth) return false;
    width = innerWidth;
    turned = Boolean(aim);
    const place = aim ?? (scrollY > 0 ? seen : null);
    if (place) put(place, true);
    seen = look();
    return true;
  }

  addEventListener("resize", turn);
  addEventListener(
    "scroll",
    () => {
      if (turn()) return;
      if (!aim) {
        if (scrollY !== seen?.scrolled) seen = look(); // else it is our own scroll, told late: what grew since is not read
      } else if (document.readyState === "complete") rest();
      else put(aim, turned); // the browser's own idea of the place, taken from a page half loaded
    },
    { passive: true },
  );
  for (const type of MOVES) addEventListener(type, () => aim && arrive(), { capture: true, passive: true });

  const observer = new ResizeObserver(() => {
    if (turn()) return;
    if (aim) put(aim, turned);
    else if (seen) {
      const isCared = scrollY !== seen.scrolled; // by the browser, or something scrolls at this moment
      if (!isCared && scrollY > 0) put(seen);
      seen = look();
    }
  });
  for (const part of [article, ...article.querySelectorAll("section")]) observer.observe(part);

  addEventListener("pagehide", save);
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && save());

  // ---- The start ----

  const [{ type = "navigate" } = {}] = performance.getEntriesByType("navigation");
  const wasHere = type === "reload" || type === "back_forward";
  const node = target(location.hash);
  for (const type of FIRST_MOVES) addEventListener(type, layOut, isEarly(type));
  if (wasHere && restore()) history.scrollRestoration = "manual";
  else if (node) {
    unfold(node);
    aimAt({ block: node });
  } else if (location.hash) html.classList.add("is-laid"); // a widget's state: it brings its widget into view
})();
