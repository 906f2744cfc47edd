// What every widget does, whatever it shows: follow its traits and set them, derive once what follows from them, draw it,
// say it, and keep the state in the page's address.

import { keepInAddress } from "./address.js";
import { announcer, uniquePrefix } from "./elements.js";
import { followTraits } from "./traits.js";

/**
 * Views, one for each class: `resize(count)` gives as many, in `parent`. Each gets a signal that ends with it, or with
 * the widget.
 * @template {{node: Node}} View
 * @param {Element} parent
 * @param {AbortSignal} signal
 * @param {(index: number, signal: AbortSignal) => View} make
 * @returns {(count: number) => View[]}
 */
export function viewList(parent, signal, make) {
  /** @type {View[]} */
  const views = [];
  /** @type {AbortController[]} */
  const ends = [];
  return (count) => {
    while (views.length > count) {
      ends.pop()?.abort();
      parent.removeChild(/** @type {View} */ (views.pop()).node);
    }
    while (views.length < count) {
      const end = new AbortController();
      signal.addEventListener("abort", () => end.abort(), { signal: end.signal });
      ends.push(end);
      views.push(make(views.length, end.signal));
      parent.append(views[views.length - 1].node);
    }
    return views;
  };
}

/**
 * @template Value
 * @param {Value} value
 */
const same = (value) => value;

/**
 * A front end out of what is its own: the parts of its state and what they are called in Python, what follows from a
 * state, its pieces of the address, and a view. See WidgetParts.
 * @template {Record<string, unknown>} State
 * @template Derived
 * @param {WidgetParts<State, Derived>} parts
 */
export function mountWidget(parts) {
  const {
    traits,
    alsoShown = [],
    start,
    read,
    deriver,
    results,
    encode,
    decode,
    view,
    keepsOthers = false,
    fit = same,
  } = parts;
  const followed = /** @type {string[]} */ ([...Object.values(traits), ...alsoShown]);

  /** @param {Place} place */
  const render = ({ model, el }) => {
    const stop = new AbortController();
    const { signal } = stop;
    const isStatic = el.dataset.host === "static"; // assets/host.js says so; JupyterLab does not
    const { region, say } = announcer(signal);
    const derive = deriver(model);
    let state = read(model, start(model));
    /** @type {Keep} */
    let record = () => {}; // into the address, where this widget has a place there
    let isSetting = false;

    /** @type {(name: string, value: unknown) => void} */
    const setQuietly = (name, value) => {
      isSetting = true;
      model.set(name, value);
      isSetting = false;
    };

    /** Draw what the model holds now, and say it once the reader pauses. */
    const follow = () => {
      const before = state;
      state = read(model, state);
      const derived = derive(state);
      say(shown.paint(state, derived, before));
      if (!isStatic) return; // Python computes these
      for (const [name, value] of Object.entries(results(derived, state))) {
        if (followed.includes(name))
          setQuietly(name, value); // what made no sense is put right
        else model.set(name, value); // for widgets linked to this one
      }
    };
    const followOthers = () => {
      if (isSetting) return;
      follow();
      if (keepsOthers) record("elsewhere");
    };

    /** @type {Hooks<State>["assign"]} */
    const assign = (changes) => {
      for (const [name, value] of Object.entries(fit({ ...state, ...changes }, model))) {
        const trait = traits[name];
        if (trait)
          setQuietly(trait, value); // several traits, one drawing
        else state = { ...state, [name]: value }; // the page alone knows it
      }
      follow();
    };
    /** @type {Hooks<State>["update"]} */
    const update = (changes) => {
      shown.halt?.();
      assign(changes);
      model.save_changes();
    };
    const shown = view({
      prefix: uniquePrefix(),
      signal,
      say,
      initial: state,
      getState: () => state,
      get: (name) => model.get(name),
      assign,
      update,
      change(changes, control) {
        update(changes);
        record(control);
      },
      commit: (control) => record(control),
      keep() {
        model.save_changes();
        record({});
      },
    });
    const { root, tools } = shown;
    root.append(region);
    el.replaceChildren(root);
    shown.begin?.();
    shown.paint(state, derive(state), state);
    const takeAway = followTraits({ model, traits: followed, follow: followOthers, stop, root });
    record = keepInAddress({
      el,
      root,
      tools,
      signal,
      say,
      update,
      encode: () => encode(state),
      decode: (fragment) => decode(fragment, state, model),
    });
    return takeAway;
  };
  return { render };
}
