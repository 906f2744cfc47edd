// Ties formulas and figures: point at p in a formula, and the bars of p light up; point at a bar, and the symbols do.
// Both carry data-sl-quantity, and data-sl-index where one class is meant: a number from 0, or "y" for the true class.
(() => {
  if (!document.querySelector(".sl-mount")) return;
  const LINKED = "[data-sl-quantity]";
  let source = null;
  let lit = [];

  const index = (node) => {
    const { slIndex } = node.dataset;
    if (slIndex !== "y") return slIndex;
    const truth = document.querySelector(`.is-true ${LINKED}[data-sl-index]`);
    return truth?.dataset.slIndex; // no figure says which class is true: then all of them
  };

  /** Light everything that shows what `node` shows; nothing for null. */
  const light = (node) => {
    if (node === source) return;
    source = node;
    for (const old of lit) old.classList.remove("is-lit");
    lit = [];
    if (!node) return;
    const own = index(node);
    for (const other of document.querySelectorAll(
      `[data-sl-quantity="${CSS.escape(node.dataset.slQuantity)}"]`,
    )) {
      const its = index(other);
      if (own === undefined || its === undefined || own === its) lit.push(other);
    }
    for (const other of lit) other.classList.add("is-lit");
  };
  const at = ({ target }) => light(target.closest?.(LINKED) ?? null);
  const leave = (
    /** @type {{relatedTarget: EventTarget | null, pointerType?: string}} */ { relatedTarget, pointerType },
  ) => {
    if (!relatedTarget && pointerType !== "touch") light(null); // a finger lifted leaves what it has lit
  };

  document.addEventListener("pointerover", at, { passive: true });
  document.addEventListener("pointerout", leave, { passive: true });
  document.addEventListener("focusin", at);
  document.addEventListener("focusout", leave);
})();
