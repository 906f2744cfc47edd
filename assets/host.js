// Brings the widgets of a built page to life without a kernel. The page holds the widgets' state as JSON, a
// <div class="sl-mount"> with a still for each place, and the widgets' styles in its head. The scripts before this one
// have set softmaxlab.widgets, the module of each kind (tools/bundle.mjs).
// A widget that can't start leaves its still and a line that says so. A classic script: it works from file:// too.
(() => {
  const STATE = 'script[type="application/vnd.jupyter.widget-state+json"]';

  /**
   * What a front end sees of a widget's state, as in JupyterLab, with nobody at the other end.
   * @implements {Model}
   */
  class Model {
    constructor(state) {
      this.state = state;
      this.listeners = [];
    }
    get(name) {
      return this.state[name];
    }
    set(name, value) {
      if (JSON.stringify(this.state[name]) === JSON.stringify(value)) return;
      this.state[name] = value;
      this.emit(`change:${name}`, value);
      this.emit("change");
    }
    save_changes() {}
    send() {}
    on(event, callback) {
      this.listeners.push({ event, callback });
    }
    off(event, callback) {
      this.listeners = this.listeners.filter(
        (l) => (event && l.event !== event) || (callback && l.callback !== callback),
      );
    }
    emit(event, value) {
      for (const listener of [...this.listeners]) {
        if (listener.event === event) listener.callback(this, value);
      }
    }
  }

  const models = new Map();

  function readStates() {
    for (const script of document.querySelectorAll(STATE)) {
      const { state: states } = JSON.parse(script.textContent);
      for (const [id, { model_name, state }] of Object.entries(states)) {
        models.set(id, Object.assign(new Model(state), { name: model_name }));
      }
    }
  }

  /** ipywidgets' jslink and jsdlink: copy a trait when it changes, and once at the start. */
  function link({ name, state }) {
    if (name !== "LinkModel" && name !== "DirectionalLinkModel") return;
    const [source, target] = [state.source, state.target].map(([ref, trait]) => ({
      model: models.get(ref.replace("IPY_MODEL_", "")),
      trait,
    }));
    if (!source.model || !target.model) return;
    const copy = (from, to) => () => to.model.set(to.trait, from.model.get(from.trait));
    source.model.on(`change:${source.trait}`, copy(source, target));
    if (name === "LinkModel") target.model.on(`change:${target.trait}`, copy(target, source));
    copy(source, target)();
  }

  async function mount(place) {
    const model = models.get(place.dataset.modelId);
    if (!model) throw new Error("the page does not hold its state");
    const module = globalThis.softmaxlab?.widgets?.[place.dataset.widget];
    if (!module) throw new Error("its script did not arrive");
    const widget = module.default;
    const el = document.createElement("div");
    el.dataset.host = "static";
    el.hidden = true; // the still stays in view until the widget is whole
    place.append(el);
    try {
      model.initialized ??= widget.initialize?.({ model, experimental: {} }) ?? true; // once for all its views
      await model.initialized;
      await widget.render({ model, el, experimental: {} });
    } catch (error) {
      el.remove();
      throw error;
    }
    // Some widgets draw once they are measured. A page that is shorter until then would be scrolled back by WebKit.
    place.style.minHeight = `${place.offsetHeight}px`;
    el.hidden = false;
    place.replaceChildren(el);
    place.dataset.slReady = "";
    requestAnimationFrame(() => requestAnimationFrame(() => place.style.removeProperty("min-height")));
  }

  function apologize(place, error) {
    const words = `The live version of this picture could not start: ${error.message}.`;
    place.append(Object.assign(document.createElement("p"), { className: "sl-failed", textContent: words }));
  }

  const places = [...document.querySelectorAll(".sl-mount")];
  const waiting = new Set(places);

  async function awaken(place) {
    if (!waiting.delete(place)) return;
    near.unobserve(place);
    await mount(place).catch((error) => apologize(place, error));
  }

  // On a slow phone a widget takes a while to build. So it comes alive a screen before the reader gets to it, and at the
  // reader's first move the others do, one after the other, whenever there is nothing else to do: none is missed by Tab.
  const near = new IntersectionObserver(
    (seen) => seen.filter((entry) => entry.isIntersecting).forEach((entry) => void awaken(entry.target)),
    { rootMargin: "100% 0px" },
  );
  const MOVES = ["scroll", "wheel", "pointermove", "pointerdown", "keydown"];
  // Only the page's own scroll gets up to the window: the theme scrolls its sidebar, and that is no move of the reader.
  const isEarly = (type) => ({ capture: type !== "scroll", passive: true });
  const idle = () => new Promise((resume) => (globalThis.requestIdleCallback ?? setTimeout)(resume));
  async function awakenAll() {
    for (const type of MOVES) removeEventListener(type, awakenAll, isEarly(type));
    for (const place of places) {
      await idle();
      await awaken(place);
    }
  }

  try {
    readStates();
    for (const model of models.values()) link(model);
  } catch {
    models.clear(); // each place then says that its state is missing
  }
  for (const place of places) near.observe(place);
  for (const type of MOVES) addEventListener(type, awakenAll, isEarly(type));
  // The address holds a state, or gets one: its widget is to show it, and to be shown.
  const awakenAsked = () => location.hash.includes("=") && awakenAll();
  addEventListener("hashchange", awakenAsked);
  awakenAsked();
})();
