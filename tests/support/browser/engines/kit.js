// What the engine suite asks of a widget in a page. `kit` is made anew on each page.
globalThis.kit = (() => {
  const CONTROLS = "input, select, button, [role=slider], [role=gridcell][tabindex], svg [tabindex]";
  const place = (i) => document.querySelectorAll(".sl-mount")[i];
  const isSeen = (node) =>
    node.getClientRects().length > 0 && getComputedStyle(node).visibility === "visible";
  const painted = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  /** Wait until a widget has stood in the same place for ten frames: the theme's sidebar slides in and out of a window. */
  async function rested(i) {
    const where = () => JSON.stringify(place(i).getBoundingClientRect());
    for (let last, calm = 0; calm < 5; last = where()) {
      await painted();
      calm = where() === last ? calm + 1 : 0;
    }
  }

  /** @returns {HTMLInputElement | null} a control, of whatever kind */
  const control = (i, k) => place(i).querySelector(`[data-kit="${k}"]`);

  /** What a reader sees: texts, and what stands in fields and on sliders. Not formulas, nor what is spoken after a pause. */
  function text(i) {
    const parts = [];
    const walk = (node) => {
      if (node.nodeType === Node.TEXT_NODE) parts.push(node.data.trim());
      if (node.nodeType === Node.ELEMENT_NODE && node.matches("math, .katex, [aria-live], [role=status]"))
        return;
      if (node.nodeType !== Node.ELEMENT_NODE || node.hidden || getComputedStyle(node).display === "none")
        return;
      if (node.matches("input[type=radio], input[type=checkbox]")) parts.push(node.checked ? "(x)" : "( )");
      else if (node.type === "text" && node.getAttribute("aria-invalid") === "true") parts.push("[refused]");
      else if (node.matches("input, select"))
        parts.push(`[${node.value}]`, node.getAttribute("aria-valuetext") ?? "");
      for (const child of node.childNodes) walk(child);
    };
    walk(place(i));
    return parts.filter((part) => part).join(" ");
  }

  /** Number the controls that a reader can see now; say what each is. */
  function controls(i) {
    /** @type {NodeListOf<HTMLInputElement>} */
    const all = place(i).querySelectorAll(CONTROLS);
    return [...all].filter(isSeen).map((node, k) => {
      node.dataset.kit = String(k);
      const kind =
        node.localName === "input" ? node.type : node.localName === "button" ? "button" : node.localName;
      const name = node.getAttribute("aria-label") ?? node.labels?.[0]?.textContent ?? node.textContent;
      return { k, kind, name: name.trim().replace(/\s+/g, " ") };
    });
  }

  /** What a reader touches of a control: a radio or a checkbox may be hidden behind its label. */
  const touched = (node) =>
    node.type === "radio" || node.type === "checkbox" ? (node.labels?.[0] ?? node) : node;

  /** Bring a node into the middle of the window, and wait until it rests there. */
  async function bring(node) {
    const where = () => Object.values(node.getBoundingClientRect().toJSON()).join();
    for (let last; last !== where(); ) {
      last = where(); // what is above it may still be on its way
      node.scrollIntoView({ block: "center", behavior: "instant" });
      await painted();
    }
  }

  /** Bring a control into view and say where to touch it: a slider at its thumb, a radio at what is shown of it. */
  async function spot(i, k) {
    const node = control(i, k);
    if (!node || !isSeen(node)) return null;
    await bring(touched(node));
    return target(node);
  }

  /** Where to touch a control that is in view, and what is met there. */
  function target(node) {
    const shown = touched(node);
    const { left, top, width, height } = shown.getBoundingClientRect();
    const thumb = Number.parseFloat(getComputedStyle(node).getPropertyValue("--thumb")) || 24;
    const share = node.type === "range" ? (node.value - node.min) / (node.max - node.min) : undefined;
    const along = share === undefined ? width / 2 : thumb / 2 + share * (width - thumb);
    const [x, y] = [left + along, top + height / 2];
    const hit = document.elementFromPoint(x, y);
    const isFree = shown.contains(hit) || hit?.closest("label")?.control === node || hit === node;
    return {
      x,
      y,
      left: left + thumb / 2,
      right: left + width - thumb / 2,
      share,
      isFree,
      hit: hit?.outerHTML.slice(0, 200),
    };
  }

  /** Give a control the focus; an input's text is selected. */
  function focus(i, k) {
    const node = control(i, k);
    node?.focus();
    if (node?.type === "text") node.select();
    return document.activeElement === node;
  }

  const state = (i, k) => {
    const node = control(i, k);
    return node && { value: node.value, checked: node.checked, pressed: node.getAttribute("aria-disabled") };
  };

  /** What a widget says and what a control has come to, in one answer. */
  const read = (i, k) => ({ text: text(i), ...state(i, k) });

  /** What a field is left with; then it has the focus again, if it takes it. */
  const refocus = (i, k) => ({ value: state(i, k)?.value, isFocused: focus(i, k) });

  /** Press what brings a widget back to its beginning, if it has that. */
  function restart(i) {
    const node = [...place(i).querySelectorAll("button")].find((button) =>
      /^Reset/.test(button.textContent.trim()),
    );
    if (node && isSeen(node)) node.click();
    return painted();
  }

  /** Put the still back in the place of the living widget, as the page brought it. */
  async function showStill(i) {
    const source = await (await fetch(location.pathname)).text();
    const page = new DOMParser().parseFromString(source, "text/html");
    place(i).replaceChildren(...page.querySelectorAll(".sl-mount")[i].childNodes);
  }

  /**
   * What of a widget is drawn or takes the pointer outside its own box. Everything drawn is made to take the pointer,
   * then asked for in a grid; a shape may be met as far from its box as its line is wide, and never outside the svg.
   */
  async function strays(i) {
    // Boxes and styles are asked for once for each screen: nothing moves while a screen is looked at.
    let boxes = new Map();
    const kept = (node) => {
      if (!boxes.has(node)) {
        const { strokeWidth, overflow } = getComputedStyle(node);
        const room = Number.parseFloat(strokeWidth) || 0;
        boxes.set(node, { box: node.getBoundingClientRect(), room, isCut: overflow === "hidden" });
      }
      return boxes.get(node);
    };
    const style = document.createElement("style");
    style.textContent = ".sl-mount svg * { pointer-events: visiblePainted !important; }";
    document.head.append(style);
    const mount = place(i);
    const found = new Map();
    const within = (box, x, y, room) =>
      x >= box.left - room && x <= box.right + room && y >= box.top - room && y <= box.bottom + room;
    const look = (x, y) => {
      const hit = document.elementFromPoint(x, y);
      if (!hit || !mount.contains(hit) || hit === mount) return;
      const svg = /** @type {SVGElement} */ (hit).ownerSVGElement; // none, where it is HTML
      const { box, room } = kept(hit);
      const isStray =
        !within(kept(mount).box, x, y, 1) ||
        (svg && !within(box, x, y, room + 4)) ||
        (svg && kept(svg).isCut && !within(kept(svg).box, x, y, 1));
      if (isStray && !found.has(hit)) {
        const boxed = [box.left, box.top, box.right, box.bottom].map(Math.round);
        found.set(hit, `${hit.outerHTML.slice(0, 160)} at ${x}, ${y}, its box is ${boxed}`);
      }
    };
    const step = 16;
    const first = mount.getBoundingClientRect().top + scrollY - 40;
    const last = mount.getBoundingClientRect().bottom + scrollY + 40;
    for (let at = first; at < last; at += innerHeight - 200) {
      scrollTo({ top: Math.max(0, at - 100), behavior: "instant" });
      await painted();
      boxes = new Map();
      const { left, right, top, bottom } = mount.getBoundingClientRect();
      for (let y = Math.max(100, top - 40); y < Math.min(innerHeight - 20, bottom + 40); y += step) {
        for (let x = Math.max(0, left - 40); x < Math.min(innerWidth, right + 40); x += step) look(x, y);
      }
    }
    style.remove();
    return [...found.values()];
  }

  /**
   * The controls that something else covers. Those that are in view together are looked at without a scroll between;
   * at the window's ends the theme has a bar and a button of its own over the text.
   */
  async function covered(i) {
    const found = [];
    for (const { k, name } of controls(i)) {
      const node = control(i, k);
      const { left, right, top, bottom } = touched(node).getBoundingClientRect();
      const isInView = left >= 0 && right <= innerWidth && top >= 120 && bottom <= 0.85 * innerHeight;
      if (!isInView) await bring(touched(node));
      const { isFree, hit } = target(node);
      if (!isFree) found.push(`${name}: ${hit}`);
    }
    return found;
  }

  /** Wait until a test of the page holds; say after a while what there is instead. */
  function until(test, what) {
    const asked = performance.now();
    return new Promise((resolve, reject) => {
      const look = () => {
        if (test()) resolve(true);
        else if (performance.now() - asked > 30_000) reject(new Error(`in vain: ${what()}`));
        else setTimeout(look, 20);
      };
      look();
    });
  }

  /** Wait until the address is another, or a given one; return it. */
  const address = (before) =>
    until(
      () => location.hash !== before,
      () => location.hash,
    ).then(() => location.hash);
  const shows = (i, hash, words) =>
    until(
      () => location.hash === hash && text(i) === words,
      () => {
        const there = text(i);
        const from = [...there].findIndex((letter, at) => letter !== words[at]);
        const differs =
          there === words ? "" : `, where it says ${there.slice(Math.max(0, from - 30), from + 60)}`;
        return `the address is ${location.hash}, not ${hash}${differs}, not ${words.slice(Math.max(0, from - 30), from + 60)}`;
      },
    );
  /** Wait until the text of a widget rests. */
  async function settled(i) {
    for (let last, rests = 0; rests < 3; last = text(i)) {
      await new Promise((resolve) => setTimeout(resolve, 60));
      rests = text(i) === last ? rests + 1 : 0;
    }
    return text(i);
  }
  return {
    place,
    text,
    controls,
    spot,
    focus,
    state,
    read,
    refocus,
    restart,
    showStill,
    strays,
    covered,
    until,
    address,
    shows,
    settled,
    painted,
    rested,
  };
})();
