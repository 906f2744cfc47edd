// Numbers as text: the twins of softmaxlab._formatting, so that the still and the live widget print the same.

export const MINUS = "−";

/** @type {Record<string, string>} */
const SUPERSCRIPT = {
  "-": "⁻",
  0: "⁰",
  1: "¹",
  2: "²",
  3: "³",
  4: "⁴",
  5: "⁵",
  6: "⁶",
  7: "⁷",
  8: "⁸",
  9: "⁹",
};

/**
 * 2.1×10⁻⁹
 * @param {number} value
 */
export function scientific(value, digits = 1) {
  const [mantissa, exponent] = value.toExponential(digits).replace("e+", "e").split("e");
  return `${mantissa.replace("-", MINUS)}×10${[...exponent].map((c) => SUPERSCRIPT[c]).join("")}`;
}

/**
 * Three decimals for a number ≥ 0; a small one keeps its size: 0.659, 2.1×10⁻⁹.
 * @param {number} value
 */
export function decimals(value) {
  return value > 0 && value < 0.0005 ? scientific(value) : value.toFixed(3);
}

/**
 * As `decimals`, with a sign: +0.242, −0.341.
 * @param {number} value
 */
export function signed(value) {
  return (value > 0 ? "+" : value < 0 ? MINUS : "") + decimals(Math.abs(value));
}

/**
 * A number > 0 in about four digits.
 * @param {number} value
 */
export function magnitude(value) {
  if (value >= 99999.5 || value < 0.001) return scientific(value, 2);
  return value.toFixed(value < 1 ? 4 : Math.max(0, 3 - Math.floor(Math.log10(value))));
}

/**
 * e^x as {text, note}; where float64 has no number for it, the power itself, for math(), and why.
 * @param {number} x
 */
export function exponential(x) {
  const value = Math.exp(x);
  if (value > 0 && value < Infinity) return { text: magnitude(value), note: "" };
  const power = String(Number(x.toPrecision(5))).replace("-", MINUS);
  return { text: `*e*^${power}^`, note: value ? "too large" : "too small" };
}

/**
 * A number as a reader would type it: two decimals below 100, or as many as it has, up to twelve digits.
 * @param {number} value
 */
export function plain(value) {
  const rounded = Number(value.toPrecision(12)); // another widget's slider may bring 1.0000000000000002
  const short = rounded.toFixed(Math.abs(rounded) < 100 ? 2 : 0);
  return Number(short) === rounded ? short : String(rounded);
}
