// Numbers that a reader types.

import { element } from "./elements.js";
import { MINUS, plain } from "./format.js";

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const UNFINISHED = /^[+-]?(\d+\.?\d*|\.?\d*)(e[+-]?)?$/i; // "-", "1e", ".": may still become a number

/**
 * {value}, or {error} with words for the reader; `unfinished` if more typing may mend it.
 * @param {string} typed
 * @param {number} min
 * @param {number} max
 * @returns {{value: number, error?: undefined, unfinished?: undefined} | {value?: undefined, error: string, unfinished?: boolean}}
 */
export function parseNumber(typed, min, max) {
  const text = typed.trim().replace(/^[−–]/, "-");
  if (/^[+-]?\d{1,3},\d{3}$/.test(text)) {
    return { error: `Write ${text.replace(",", "")} or ${text.replace(",", ".")}: no comma.` };
  }
  if (/^[+-]?\d*,\d+$/.test(text)) return { error: `Write ${text.replace(",", ".")}, with a point.` };
  if (!NUMBER.test(text)) {
    return { error: "Type a number, like 2 or 0.5.", unfinished: UNFINISHED.test(text) };
  }
  const value = Number(text) + 0; // + 0 turns −0 into 0
  if (value >= min && value <= max) return { value };
  return { error: `From ${min} to ${max}, please.`.replace("-", MINUS), unfinished: min > 0 && value < min };
}

/**
 * The number in `text` if it is one within bounds, else undefined.
 * @param {string | null | undefined} text
 * @param {number} min
 * @param {number} max
 */
export function numberOr(text, min, max) {
  return parseNumber(text ?? "", min, max).value;
}

/**
 * A text field that takes numbers. What it can't take stays in the field with a message beside it, the value
 * kept; leaving the field or Escape brings the value back. Not type="number": that hides what was typed.
 * Returns {node, show(value)}. `accept(value)` runs at each good keystroke, `commit()` when one is final.
 * `format` writes the value into the field; `accept` takes only what was typed, however the field rounds.
 * @param {NumberFieldOptions} options
 */
export function numberField({
  label,
  id,
  min,
  max,
  step,
  signal,
  accept,
  commit,
  say,
  keyboard,
  format = plain,
}) {
  const input = element("input", {
    type: "text",
    class: "sl-number",
    autocomplete: "off",
    spellcheck: "false",
    enterkeyhint: "done",
    "aria-label": /** @type {string} */ (label),
    "data-lm-suppress-shortcuts": "true",
    ...(keyboard && { inputmode: keyboard }),
  });
  const message = element("span", { class: "sl-refusal", id, hidden: "" });
  const node = element("span", { class: "sl-field" }, input, message);
  /** @type {Listen<HTMLElementEventMap>} */
  const listen = (type, handler) => input.addEventListener(type, handler, { signal });
  /** @type {number} */
  let value;
  /** @type {Timer} */
  let waiting;
  signal.addEventListener("abort", () => clearTimeout(waiting));

  /** @type {Say} */
  const refuse = (words) => {
    message.textContent = words;
    message.hidden = false;
    input.setAttribute("aria-invalid", "true");
    input.setAttribute("aria-describedby", id);
    say(`${words} Kept ${format(value)}.`);
  };
  const clear = () => {
    clearTimeout(waiting);
    message.hidden = true;
    input.removeAttribute("aria-invalid");
    input.removeAttribute("aria-describedby");
  };
  const restore = () => {
    clear();
    input.value = format(value);
  };
  const take = (/** @type {number} */ next) => {
    value = next;
    accept(next);
  };
  const read = (/** @type {boolean} */ final) => {
    clear();
    const { value: typed, error, unfinished } = parseNumber(input.value, min, max);
    if (error === undefined) take(typed);
    else if (final || !unfinished) refuse(error);
    else waiting = setTimeout(refuse, 800, error); // "-" is on its way to "-1": no scolding yet
    return error === undefined;
  };
  listen("input", () => read(false));
  listen("change", () => {
    if (read(true)) commit();
  });
  listen("blur", restore);
  listen("keydown", (event) => {
    const steps = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
    if (event.key === "Escape") restore();
    else if (event.key === "Enter") read(true);
    else if (steps) {
      event.preventDefault();
      take(Math.min(max, Math.max(min, Number((value + steps * /** @type {number} */ (step)).toFixed(6)))));
      restore();
      commit();
    }
  });
  const show = (/** @type {number} */ next) => {
    if (value === next) return; // what is typed here stays, until the reader leaves
    value = next;
    restore();
  };
  return { node, input, show };
}
