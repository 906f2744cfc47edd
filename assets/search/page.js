// The search page: reads ?q=…, ranks the pages of search-pages.js, and shows them with a line of each. Nothing is fetched,
// and what the reader typed or a page says only ever becomes text.
(() => {
  const { indexed, search, excerpt } = globalThis.BookSearch;
  const MORE = 3; // further places of one page

  const node = (tag, properties = {}, ...children) => {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  };

  const place = (page, section) =>
    section === page.sections[0] ? page.url : `${page.url}#${section.anchor}`;

  function named(page, section) {
    const title = page.number ? `${page.number} ${page.title}` : page.title;
    return section === page.sections[0] ? title : `${title} › ${section.heading}`;
  }

  /** One page: its name, a line from where the words stand, and further places. */
  function result({ page, named: isNamed, inText, sections }, wanted) {
    const [top] = page.sections;
    const best = isNamed > inText ? top : sections[0];
    // the line with the most of what was asked for, from the first few places that have any of it
    const quotes = [best, ...sections.slice(0, 4)].map(({ text }) => excerpt(text, wanted));
    const most = Math.max(...quotes.map(({ worth }) => worth));
    const quote =
      quotes.find(({ worth }) => worth && worth === most) ?? excerpt(page.about || best.text, wanted);
    const line = node("p", { className: "context" });
    line.append(...quote.parts.map(({ text, hit }) => (hit ? node("mark", { textContent: text }) : text)));
    const item = node("li", {}, node("a", { href: place(page, best), textContent: named(page, best) }), line);
    const others = sections.filter((section) => section !== best && section !== top).slice(0, MORE);
    if (others.length) {
      const links = others.map((section) =>
        node("li", {}, node("a", { href: place(page, section), textContent: section.heading })),
      );
      item.append(node("ul", { className: "sl-places" }, ...links));
    }
    return item;
  }

  const list = (words) => words.map((word) => `“${word}”`).join(", ");

  function summary(query, { results, unknown }) {
    const pages = results.length === 1 ? "1 page" : `${results.length} pages`;
    if (!results.length && !unknown.length) return `“${query}” has no word to search for.`;
    if (!results.length) return `No page matches “${query}”. Try another word, or look in the glossary.`;
    return `${pages} on “${query}”, the best first.${unknown.length ? ` No page has ${list(unknown)}.` : ""}`;
  }

  const query = (new URLSearchParams(location.search).get("q") ?? "").trim();
  for (const field of /** @type {NodeListOf<HTMLInputElement>} */ (
    document.querySelectorAll('input[name="q"]')
  )) {
    field.value = query;
  }
  const out = /** @type {HTMLElement} */ (document.getElementById("search-results"));
  const status = node("p", { className: "search-summary", role: "status" });
  out.append(node("h2", { textContent: "Search results" }), status);
  if (!query) return;
  const found = search(indexed(globalThis.bookPages), query);
  document.title = `${query} - ${document.title}`;
  if (found.results.length) {
    out.append(
      node("ul", { className: "search" }, ...found.results.map((page) => result(page, found.wanted))),
    );
  } else out.append(node("p", {}, node("a", { href: "glossary.html", textContent: "Glossary" })));
  // a status is spoken when it changes while it is on the page
  requestAnimationFrame(() => setTimeout(() => (status.textContent = summary(query, found))));
})();
