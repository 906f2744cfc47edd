// Shares that sum to 1.

import { total } from "./softmax.js";

const SLACK = 1e-6; // how far a sum may be from 1: what is rounded to six digits is taken as it is

/**
 * Whether these are probabilities, of so many classes; a link between widgets may bring anything.
 * @param {any} shares
 * @param {number} fewest
 * @param {number} most
 * @returns {shares is number[]}
 */
export function areShares(shares, fewest, most) {
  const count = shares?.length ?? 0;
  if (count < fewest || count > most) return false;
  const isShare = (/** @type {number} */ share) => Number.isFinite(share) && share >= 0;
  return shares.every(isShare) && Math.abs(total(shares) - 1) <= SLACK;
}

/**
 * One share set to a value; the others keep their proportions, or have equal parts if they had nothing.
 * @param {number[]} shares
 * @param {number} index
 * @param {number} value
 */
export function moved(shares, index, value) {
  const rest = total(shares.with(index, 0));
  const part = (/** @type {number} */ share) => (rest > 0 ? share / rest : 1 / (shares.length - 1));
  return shares.map((share, i) => (i === index ? value : part(share) * (1 - value)));
}

/**
 * These shares for `count` classes: new ones get 0, and what removed ones had goes to the rest.
 * @param {number[]} shares
 * @param {number} count
 */
export function fitted(shares, count) {
  const kept = Array.from({ length: count }, (_, i) => shares[i] ?? 0);
  const whole = total(kept);
  return kept.map((share) => (whole > 0 ? share / whole : 1 / count));
}
