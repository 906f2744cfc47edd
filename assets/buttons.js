// Prints the page, and shows it on the full screen. The theme writes both into the buttons themselves (onclick), which the
// page's policy refuses: see _ext/delivery/content_policy.py.
(() => {
  const whole = document.documentElement;
  /** @type {Function | undefined} */
  const enter = whole.requestFullscreen ?? whole.webkitRequestFullscreen;
  const leave = document.exitFullscreen ?? document.webkitExitFullscreen;
  const isFull = () => document.fullscreenElement ?? document.webkitFullscreenElement;

  const PRESSES = {
    print: () => print(),
    "full-screen": () =>
      // a browser may refuse, in a frame for example; older ones return no promise
      Promise.resolve(isFull() ? leave.call(document) : enter.call(whole)).catch(() => {}),
  };
  for (const button of document.querySelectorAll("[data-sl-press]")) {
    const kind = button.dataset.slPress;
    if (kind === "full-screen" && !(enter && leave)) button.hidden = true; // an iPhone
    button.addEventListener("click", () => PRESSES[kind]());
  }
})();
