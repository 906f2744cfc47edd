// Softmax and its relatives, for one vector of logits: each is the twin of a NumPy function in softmaxlab.

/**
 * Pairwise sum, as NumPy adds: the rounding error grows with log n, not with n.
 * @param {Numbers} values
 * @returns {number}
 */
export function total(values, from = 0, to = values.length) {
  if (to - from <= 8) {
    let sum = 0;
    for (let i = from; i < to; i++) sum += values[i];
    return sum;
  }
  const middle = (from + to) >> 1;
  return total(values, from, middle) + total(values, middle, to);
}

/**
 * Class of the largest logit, the first of them in a tie; NaN counts as the largest.
 * @param {Numbers} logits
 */
function winner(logits) {
  let best = 0;
  for (let i = 1; i < logits.length; i++) {
    if (logits[i] > logits[best] || (Number.isNaN(logits[i]) && !Number.isNaN(logits[best]))) best = i;
  }
  return best;
}

/**
 * exp(logits − shift), its sum, and the sum without one class: where 1 − p is lost, rest / sum is not.
 * @param {number[]} logits
 * @param {number} choice
 * @param {number} shift
 */
function weighed(logits, choice, shift) {
  const terms = [...logits]; // and a loop: widgets that train come here 2,000 times a pixel
  for (let i = 0; i < terms.length; i++) terms[i] = Math.exp(terms[i] - shift);
  const chosen = terms[choice];
  terms[choice] = 0;
  const rest = total(terms);
  terms[choice] = chosen;
  return { terms, shift, chosen, rest, sum: rest + chosen };
}

/**
 * Twin of softmaxlab's weigh: no shift unless exp leaves its range, and then by a whole number, as small as can be.
 * Only that one adds subnormal terms again: ten of them, the most a widget has, are five steps of the format off.
 * @param {number[]} logits
 * @param {number} choice
 */
function weigh(logits, choice) {
  const plain = weighed(logits, choice, 0);
  if (plain.sum >= 0.5 && plain.sum < Infinity) return plain;
  const peak = logits[winner(logits)];
  const highest = Math.log(Number.MAX_VALUE / logits.length) - 2;
  const lift = peak < 2 ** 52 ? Math.min(Math.max(peak, 0), highest) : 0; // from there on, all numbers are whole
  return weighed(logits, choice, Math.floor(peak - lift));
}

/**
 * Twin of softmaxlab.logsumexp: log Σ exp(logits), in nats.
 * @param {number[]} logits
 */
export function logsumexp(logits) {
  const first = winner(logits);
  const peak = logits[first];
  if (!Number.isFinite(peak)) return peak;
  const { rest, chosen } = weigh(logits, first);
  return peak + Math.log1p(rest / chosen);
}

/**
 * Twin of softmaxlab.log_softmax: logits − logsumexp(logits), finite where softmax underflows to 0.
 * @param {number[]} logits
 */
export function logSoftmax(logits) {
  const first = winner(logits);
  const { rest, chosen } = weigh(logits, first);
  const excess = Math.log1p(rest / chosen); // of logsumexp over the maximum
  return logits.map((a) => a - logits[first] - excess);
}

/**
 * Twin of softmaxlab.softmax: exp(logits) / Σ exp(logits), without overflow.
 * @param {number[]} logits
 */
export function softmax(logits) {
  const { terms, sum } = weigh(logits, winner(logits));
  for (let i = 0; i < terms.length; i++) terms[i] /= sum;
  return terms;
}

/**
 * Twin of softmaxlab.cross_entropy for a class index: −log p_y, in nats.
 * @param {number[]} logits
 * @param {number} target
 */
export function crossEntropy(logits, target) {
  const { rest, chosen, shift } = weigh(logits, target);
  const odds = rest / chosen;
  const far = chosen < 2 ** -1022 || odds === Infinity; // exp(a_y) has lost its digits
  return far ? Math.log(rest) + (shift - logits[target]) : Math.log1p(odds);
}

/**
 * Twin of softmaxlab.cross_entropy_grad for a class index: p − y, where p_y − 1 is what the others have.
 * @param {number[]} logits
 * @param {number} target
 */
export function crossEntropyGrad(logits, target) {
  const { terms, rest, sum } = weigh(logits, target);
  return terms.map((term, i) => (i === target ? 0 - rest : term) / sum); // 0 − 0 has no sign
}
