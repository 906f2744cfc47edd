// A slider: a swipe that passes over it is not a drag.

import { element, setVariable } from "./elements.js";

/**
 * What a finger or a pen that came down at an event is about to do, {told(event)}: undefined as long as it may yet
 * scroll the page, "drag" once it goes sideways, and when it is lifted, "tap" or, for a swipe that had nothing to
 * scroll, "swipe". A mouse drags from the start.
 * @param {PointerEvent} event
 * @returns {Intent}
 */
export function intent({ pointerType, clientX, clientY }) {
  /** @type {"drag" | "tap" | "swipe" | undefined} */
  let known = pointerType === "mouse" ? "drag" : undefined;
  const told = (/** @type {PointerEvent} */ event) => {
    const [across, along] = [Math.abs(event.clientX - clientX), Math.abs(event.clientY - clientY)];
    if (!known && across > Math.max(along, 3)) known = "drag";
    if (!known && event.type === "pointerup") known = Math.max(across, along) > 12 ? "swipe" : "tap";
    return known;
  };
  return { told };
}

/**
 * A native slider: arrows move by `step` as everywhere, Page Up and Page Down by `page`. A browser moves the thumb as
 * soon as a finger comes down; the value waits until the finger goes sideways or is lifted, for it may scroll the page.
 * @param {SliderOptions} options
 */
export function slider({ label, min, max, step, page, signal, accept, commit }) {
  /** @type {RangeInput} */
  const input = element("input", {
    type: "range",
    class: "sl-range",
    min,
    max,
    step,
    "aria-label": /** @type {string} */ (label),
    "data-lm-suppress-shortcuts": "true",
  });
  /** @type {Listen<HTMLElementEventMap>} */
  const listen = (type, handler) => input.addEventListener(type, handler, { signal });
  /** @type {number} */
  let shown;
  /** @type {Finger | undefined} */
  let finger;
  let isSwipe = false; // a gesture of which nothing counts
  const forget = () => {
    finger = undefined;
    isSwipe = true;
    input.value = shown;
  };
  const settle = (/** @type {PointerEvent} */ event) => {
    const told = finger?.intent.told(event);
    if (told === "swipe") return forget();
    if (!told) return undefined;
    const hasMoved = /** @type {Finger} */ (finger).text !== input.value;
    finger = undefined;
    return hasMoved && input.dispatchEvent(new Event("input", { bubbles: true }));
  };
  listen("pointerdown", (event) => {
    isSwipe = false;
    finger = event.pointerType === "mouse" ? undefined : { intent: intent(event), text: input.value };
  });
  listen("pointermove", settle);
  listen("pointerup", settle);
  listen("pointercancel", forget);
  for (const type of /** @type {const} */ (["touchend", "touchcancel"]))
    listen(type, () => (isSwipe = false));
  listen("input", () => {
    if (isSwipe) input.value = shown;
    else if (!finger) accept(Number(input.value));
  });
  listen("change", () => isSwipe || commit());
  listen("keydown", (event) => {
    [isSwipe, finger] = [false, undefined];
    const pages = { PageUp: 1, PageDown: -1 }[event.key];
    if (!pages) return;
    event.preventDefault();
    const before = input.value;
    input.value = Number((Number(before) + pages * page).toFixed(6)); // the browser keeps it between min and max
    if (input.value === before) return;
    accept(Number(input.value));
    commit();
  });
  /** @type {(value: number, words: string) => void} */
  const show = (value, words) => {
    if (input.getAttribute("aria-valuetext") !== words) input.setAttribute("aria-valuetext", words);
    if (Number(input.value) !== value) input.value = value;
    if (value === shown) return;
    shown = value;
    const share = (/** @type {number} */ at) => Math.min(1, Math.max(0, (at - min) / (max - min)));
    setVariable(input, "--from", share(Math.min(0, value))); // the colored part runs from 0 to the value
    setVariable(input, "--to", share(Math.max(0, value)));
  };
  return { node: input, show };
}
