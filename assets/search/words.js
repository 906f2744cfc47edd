// What counts as a word in the search of the book, and which words mean the same. The words of a page and those of a
// query go through the same functions. A classic script, as all of the search: it works from file:// too.
globalThis.BookWords = (() => {
  const SILENT_WORDS = `a about after all an and any are as at be been but by can could did do does doing for from get gets
    getting go goes going had has have he her how i if in into is isn it its me my no not of on
    one's or our own should so some such than that the their them then there these they this to too
    us use used using was we were what when where which who whose why will with would you your
    explain explained explanation function formula meaning definition define tutorial compute
    calculate vs versus`;
  const SAME = [
    ["derivative", "slope", "differentiate", "differentiation", "differential", "dx", "backward"],
    ["gradient", "grad", "backward", "nabla"],
    ["kl", "kullback", "kullbackleibler"],
    ["pytorch", "torch"],
    ["maximum", "max", "largest"],
    ["minimum", "min", "smallest"],
    ["logarithm", "log", "ln"],
    ["exponential", "exp", "exponent"],
    ["probability", "prob"],
    ["infinity", "inf", "infinite"],
    ["float16", "fp16", "half"],
    ["float32", "fp32"],
    ["float64", "fp64"],
    ["temperature", "temp"],
    ["crossentropy", "xent", "ce"],
    ["logsumexp", "lse"],
    ["stable", "stability", "safe", "stably", "unstable", "instability"],
    ["subtract", "minus", "subtraction"],
    ["rise", "up", "increase", "diverge", "grow"],
    ["fall", "down", "decrease"],
    ["wrong", "error", "mistake", "incorrect", "bug", "fault"],
    ["confident", "confidence", "sure", "overconfident"],
    ["label", "target"],
    ["logit", "score"],
    ["image", "picture"],
    ["train", "fit", "learn"],
    ["invariance", "invariant"],
    ["inverse", "invert"],
    ["zero", "0"],
  ];
  const GREEK =
    "α alpha β beta γ gamma δ delta ε epsilon ϵ epsilon ζ zeta η eta θ theta κ kappa λ lambda μ mu µ mu ν nu ξ xi π pi ρ rho σ sigma ς sigma τ tau φ phi ϕ phi χ chi ψ psi ω omega ∂ partial ∇ nabla ∞ infinity √ sqrt ∑ sum ∏ product".split(
      " ",
    );
  const NAMES = new Map(
    GREEK.flatMap((name, i) => (i % 2 ? [] : [[name, GREEK[i + 1]]])), // letter → name
  );
  const LETTER = String.raw`(?:\p{L}|[01]|sigma|softmax)`;
  const SUBSCRIPT = String.raw`(?:_(?:\w+|\(\w+\)))?`;
  const MINUS = "[-−–—‐‑﹣－]";
  const EDGE = String.raw`[\p{L}\p{N}_]`;
  // p − y, p_i − y_i, 1 − p, σ − y: a difference is one word
  const DIFFERENCE = String.raw`(?<!${EDGE}|${EDGE}${MINUS})${LETTER}${SUBSCRIPT}\s*(?:${MINUS}|\bminus\b)\s*${LETTER}${SUBSCRIPT}(?!${EDGE}|${MINUS}${EDGE})`;
  const WORD = String.raw`[\p{L}\p{N}_∂∇∞√∑∏]+(?:[-‐‑–’']${EDGE}+)*`;
  const PIECE = new RegExp(`${DIFFERENCE}|${WORD}`, "giu");
  const IS_DIFFERENCE = new RegExp(`^(?:${DIFFERENCE})$`, "iu");
  const BETWEEN = new RegExp(`${MINUS}|\\bminus\\b`);

  const lower = (text) =>
    text
      .normalize("NFKD")
      .replace(/\p{M}/gu, "")
      .toLowerCase()
      .replace(/[^\p{ASCII}]/gu, (letter) => NAMES.get(letter) ?? letter);

  /** Rewrite TeX as it may be typed: \frac{\partial L}{\partial a_i} is partial L, partial a_i. */
  const plain = (text) =>
    text
      .replace(
        /\\(?:d?frac|left|right|big[lr]?|mathrm|mathbf|bm|boldsymbol|text|operatorname|hat|bar|displaystyle|limits|[,;!: ])/gi,
        " ",
      )
      .replace(/\\([a-z]+)/gi, " $1 ")
      .replace(/\}\s*\{/g, " ")
      .replace(/[{}$]/g, "");

  /** Drop an ending: gradients, smoothing and smoothed become gradient and smooth. The same for both sides is enough. */
  function stem(word) {
    if (word.length < 4 || !/^[a-z]+$/.test(word)) return word;
    let root = word.replace(/(?<=..)ies$/, "y").replace(/(?<=ss|x|ch|sh)es$/, "");
    if (!/(?:ss|us|is)$/.test(root)) root = root.replace(/s$/, "");
    root = root.replace(/(?<=[aeiouy].*..)(?:ing|ed|ly)$/, "");
    if (root !== word && /([bdgmnprt])\1$/.test(root)) root = root.slice(0, -1); // dropped → drop
    return root.length > 4 ? root.replace(/e$/, "") : root;
  }

  const SILENT = new Set(SILENT_WORDS.split(/\s+/).map(stem)); // what a question is made of, and says nothing

  const synonyms = new Map();
  for (const group of SAME) {
    const stems = group.map(stem);
    for (const word of stems)
      synonyms.set(word, [...(synonyms.get(word) ?? []), ...stems.filter((s) => s !== word)]);
  }

  /** Read one piece of a text: its whole as one word, and its parts if it is made of some. */
  function read(piece) {
    if (/^_/.test(piece)) return { whole: piece.toLowerCase(), parts: [], shown: piece }; // __init__: a name, as it is
    if (IS_DIFFERENCE.test(piece)) {
      const [left, right] = lower(piece)
        .split(BETWEEN)
        .map((side) => side.trim().replace(/_.*$/, ""));
      return { whole: `${left}-${right}`, parts: [], shown: piece };
    }
    const bare = piece.replace(/[’']s?$/, "").replace(/[’'](?:s|t|re|ve|ll|d)$/, "");
    const parts = bare
      .replace(/(?<=\p{Ll})(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/gu, " ") // CrossEntropyLoss
      .split(/[-‐‑–’'._ ]+/u)
      .map(lower)
      .filter(Boolean);
    return {
      whole: parts.length > 1 ? parts.join("") : stem(parts[0] ?? ""),
      parts: parts.length > 1 ? parts : [],
      shown: piece,
    };
  }

  const known = new Map(); // a word is read once, however often it stands in the book
  function pieces(text) {
    return Array.from(text.matchAll(PIECE), ({ 0: piece, index }) => {
      if (!known.has(piece)) known.set(piece, read(piece));
      return { ...known.get(piece), at: index };
    });
  }

  /** Return the words that a piece counts for: cross-entropy is crossentropy, cross and entropy. */
  const words = ({ whole, parts }) => [whole, ...parts.map(stem)];

  return { SILENT, synonyms, lower, plain, stem, pieces, words };
})();
