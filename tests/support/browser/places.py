"""Where a reader is in a page: JavaScript that any engine can be asked to run, without a word of assets/place.js."""

# What is told apart: the text's own blocks. A widget is one of them, whatever it holds.
BLOCKS = """[...document.querySelectorAll(
  "article.bd-article :is(h1, h2, h3, p, li, dt, pre, table, figcaption, summary, div.math, .sl-mount)"
)].filter((block) => !block.parentElement.closest(".sl-mount, .sl-badge"))"""

# {index, text, top} of the first block that shows below the bar at the top.
FIRST_BLOCK = f"""() => {{
  const blocks = {BLOCKS};
  const shows = (block) => block.checkVisibility() && block.getBoundingClientRect().bottom > 80;
  const index = blocks.findIndex(shows);
  const words = blocks[index].matches(".sl-mount") ? "a widget" : blocks[index].textContent.trim();
  return {{ index, text: words.slice(0, 60), top: blocks[index].getBoundingClientRect().top }};
}}"""

# Resolves when the page has stood still for half a second of frames: no height, no scroll, no image, no font to come.
STEADY = """async () => {
  const state = () => [document.readyState, document.fonts.status, scrollX, scrollY, innerWidth,
    document.documentElement.scrollHeight, document.querySelectorAll(".sl-mount[data-sl-ready]").length].join();
  let last = "", same = 0;
  while (same < 30) {
    await new Promise((resume) => requestAnimationFrame(resume));
    const now = state();
    same = now === last && document.readyState === "complete" ? same + 1 : 0;
    last = now;
  }
}"""


def first_block(page):
    """What a reader of this Playwright page sees first, once the page stands still."""
    page.evaluate(STEADY)
    return page.evaluate(FIRST_BLOCK)


def the_same(before, after):
    """The same block within two pixels: browsers scroll by whole ones, and so may be off by one at each end."""
    return before["index"] == after["index"] and abs(before["top"] - after["top"]) <= 2
