// Written into the head of 404.html, in front of everything (_ext/delivery/unknown_address.py): the page is shown at
// addresses of any depth, and its links count from the top of the site. data-root is that top, where the build knew it.
(() => {
  const { root } = /** @type {HTMLScriptElement} */ (document.currentScript).dataset;
  const slBase = () => {
    const here = location.pathname;
    if (root && here.startsWith(root)) return root;
    const known = here.search(/\/(?:chapters|_static|_sources)\//);
    if (known >= 0) return here.slice(0, known + 1); // /book/chapters/misspelt.html
    if (location.hostname.endsWith(".github.io")) return here.replace(/^(\/[^/]*\/).*$/, "$1");
    return here.replace(/[^/]*$/, ""); // /book/misspelt.html
  };
  const isItself = location.protocol === "file:" || location.pathname.endsWith("/404.html");
  if (!isItself && !document.querySelector("base")) {
    document.head.prepend(Object.assign(document.createElement("base"), { href: slBase() }));
  }
  // "#main-content" is a place of this page, wherever the others count from
  addEventListener("DOMContentLoaded", () => {
    for (const link of /** @type {NodeListOf<HTMLAnchorElement>} */ (
      document.querySelectorAll('a[href^="#"]')
    )) {
      link.href = location.pathname + location.search + link.getAttribute("href");
    }
  });
})();
