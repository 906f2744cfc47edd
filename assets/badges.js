// The badge of an equation opens by itself, in site.css: where the pointer or the focus is. This lets Esc and a second
// press shut it, and says to the ear whether it is open.
(() => {
  const badges = [...document.querySelectorAll("div.sl-badge")];
  let pressed = null; // the badge that was open by focus when a finger or the mouse came down on its words

  const isOpen = (badge) => badge.matches(":is(:hover, :focus-within):not(.is-shut)");
  const settle = () => {
    for (const badge of badges) {
      if (!badge.matches(":is(:hover, :focus-within)")) badge.classList.remove("is-shut");
      /** @type {HTMLElement} */ (badge.querySelector("button")).setAttribute("aria-expanded", isOpen(badge));
    }
  };

  document.addEventListener("pointerdown", ({ target }) => {
    const badge = target.closest?.("div.sl-badge");
    pressed = badge?.matches(":focus-within:not(.is-shut)") ? badge : null;
  });
  document.addEventListener("click", ({ target, detail }) => {
    const button = target.closest?.(".sl-badge > button");
    if (!button) return;
    const badge = /** @type {HTMLElement} */ (button.parentElement);
    const wasOpen = detail === 0 ? isOpen(badge) : pressed === badge; // 0: a key, or a reader's voice
    button.focus({ preventScroll: true }); // Safari does not do so by itself
    badge.classList.toggle("is-shut", wasOpen);
    settle();
  });
  document.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape") return;
    for (const badge of badges.filter(isOpen)) {
      if (badge.contains(document.activeElement))
        /** @type {HTMLElement} */ (badge.querySelector("button")).focus();
      badge.classList.add("is-shut");
    }
    settle();
  });
  for (const event of ["focusin", "focusout"]) document.addEventListener(event, () => setTimeout(settle));
  for (const badge of badges) {
    badge.addEventListener("pointerenter", settle);
    badge.addEventListener("pointerleave", settle);
  }
  settle();
})();
