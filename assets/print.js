// On paper each fold is open, and nothing is cut off. Style does most of it (assets/css/site.css); this does the rest, for
// as long as the page is printed: it opens folds in browsers that have no ::details-content, and says how much smaller a
// formula that scrolls on the screen has to be.
(() => {
  const COLUMN = 45; // rem: what is left of the column between the borders of a proof, and a little for rounding
  /** @type {HTMLDetailsElement[]} */
  let opened = [];

  addEventListener("beforeprint", () => {
    opened = [
      .../** @type {NodeListOf<HTMLDetailsElement>} */ (document.querySelectorAll("details:not([open])")),
    ];
    for (const fold of opened) fold.open = true;
    document.documentElement.classList.add("is-laid"); // what is not laid out has no width
    const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
    const wide = [...document.querySelectorAll("div.math > .katex-display, .sl-proof ol")];
    const fits = wide.map((node) => (COLUMN * rem) / node.scrollWidth);
    wide.forEach((node, index) => {
      if (fits[index] < 1) node.style.setProperty("--sl-fit", fits[index].toFixed(3));
    });
  });
  addEventListener("afterprint", () => {
    for (const fold of opened) fold.open = false;
    opened = [];
  });
})();
