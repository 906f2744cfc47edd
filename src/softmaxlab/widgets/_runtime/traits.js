// A model's traits, and what a swipe did to them.

/**
 * A swipe changes nothing. Where a browser takes the pointer away from a slider, to scroll or to zoom, the traits that
 * the slider has set since the finger came down are what they were.
 * @param {Pick<TraitsOptions, "model" | "traits" | "root"> & {signal: AbortSignal, together: (set: () => void) => void}} options
 */
function undoSwipes({ model, traits, signal, root, together }) {
  /** @type {Listen<HTMLElementEventMap>} */
  const listen = (type, handler, capture) => root.addEventListener(type, handler, { signal, capture });
  const held = () => new Map(traits.map((name) => [name, model.get(name)]));
  /** @type {Map<string, unknown>} */
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

/**
 * Call `follow` for each change of these traits; returns what takes the widget away again.
 * @param {TraitsOptions} options
 */
export function followTraits({ model, traits, follow, stop, root }) {
  const changes = traits.map((name) => `change:${name}`);
  let isHeld = false;
  const onChange = () => isHeld || follow();
  /**
   * Several traits, one drawing: they may make sense only with one another.
   * @param {() => void} set
   */
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
