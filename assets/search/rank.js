// Ranks the pages of the book for a query: BM25 over the sections, and on top what a page, a section or a term is called.
// Everything that is looked up by a reader's word is a Map: "constructor" and "__proto__" are words like any other.
globalThis.BookSearch = (() => {
  const { SILENT, synonyms, plain, stem, pieces, words } = globalThis.BookWords;
  const FIELDS = { heading: 3, title: 1.5, keywords: 1, text: 1, code: 0.4 }; // how much a word counts, by where it stands
  const NAMED = { title: 4, keyword: 4, term: 2.5, heading: 1.5 }; // how much a name counts that is what was asked for
  const SATURATION = 1.2; // BM25's k1: the tenth time that a word stands in a section adds little
  const LENGTH = 0.4; // BM25's b: a long section has a word sooner
  const WEAK = { synonym: 0.55, reversed: 0.5, part: 0.4, beginning: 0.6, misspelt: 0.6 };
  const MOST = 8; // pages in an answer
  const LEAST = 0.25; // of what the best page has in its text
  const MANY_WORDS = 0.5; // of the words of a query, by weight, that a page must have

  /** Return what one piece after the other counts for, and for each two or three that are one word elsewhere: that word. */
  function counted(found, compounds) {
    const all = found.flatMap(words);
    for (let i = 0; i < found.length; i += 1) {
      for (const size of [2, 3]) {
        const run = found.slice(i, i + size);
        if (run.length === size && run.every(({ parts }) => !parts.length) && compounds.has(glued(run)))
          all.push(glued(run));
      }
    }
    return all;
  }

  /** Return the index of the pages: their sections, with words counted, and in how many sections each word is. */
  function indexed(pages) {
    const compounds = new Set(); // logsumexp, onehot: what is one word somewhere may be written in two
    const sections = pages.flatMap((page) =>
      page.sections.map((section, i) => {
        const about = i ? [] : [page.about, ...page.keywords];
        /** @type {[number, Piece[]][]} */
        const parts = [
          [FIELDS.heading, pieces(section.heading)],
          [FIELDS.title, pieces(page.title)],
          [FIELDS.keywords, about.flatMap(pieces)],
          [FIELDS.text, pieces(section.text)],
          [FIELDS.code, pieces(section.code)],
        ];
        for (const [, found] of parts)
          for (const { whole, parts } of found) if (parts.length) compounds.add(whole);
        return { page, section, parts };
      }),
    );
    const holding = new Map(); // word → in how many sections
    for (const entry of sections) {
      entry.counts = new Map();
      for (const [weight, found] of entry.parts) {
        for (const word of counted(found, compounds))
          entry.counts.set(word, (entry.counts.get(word) ?? 0) + weight);
      }
      entry.length = entry.parts.reduce((sum, [weight, found]) => sum + weight * found.length, 0);
      entry.parts = null;
      for (const word of entry.counts.keys()) holding.set(word, (holding.get(word) ?? 0) + 1);
    }
    const mean = sections.reduce((sum, { length }) => sum + length, 0) / sections.length;
    const index = { pages, sections, holding, compounds, mean };
    index.names = pages.flatMap((page) => namesOf(index, page));
    index.known = new Set(index.names.flatMap(({ wholes }) => [...wholes])); // what a misspelt word may have meant
    return index;
  }

  /** Return what a page and its sections are called. "Log-sum-exp and log-softmax" is two names more. */
  function namesOf(index, page) {
    const name = (kind, section) => (text) => ({ kind, page, section, wholes: wholes(index, text) });
    const titles = new Set([page.title, ...page.title.split(/ and /)]);
    return [
      ...[...titles].map(name("title", null)),
      ...(page.number ? [name("title", null)(`chapter ${page.number}`)] : []),
      ...page.keywords.map(name("keyword", null)),
      ...page.sections.slice(1).flatMap((section) =>
        section.term
          ? section.heading.split(", ").map(name("term", section)) // two words with one explanation
          : [name("heading", section)(section.heading)],
      ),
    ];
  }

  const rarity = ({ sections, holding }, word) => {
    const n = holding.get(word) ?? 0;
    return Math.log(1 + (sections.length - n + 0.5) / (n + 0.5));
  };

  /** Return the pieces of a query that count, with neighbors joined where the book has them as one word. */
  function asked(index, query) {
    let found = pieces(plain(query)).filter(({ whole }) => whole);
    const telling = found.filter(({ whole, parts }) => parts.length || !SILENT.has(whole));
    found = telling;
    // CrossEntropyLoss, which no page has in one word, is cross entropy loss; valueOf, which is no English, stays
    found = found.flatMap((piece) =>
      piece.parts.length &&
      !index.holding.has(piece.whole) &&
      !piece.parts.some((part) => SILENT.has(stem(part)))
        ? piece.parts.map((part) => ({ whole: stem(part), raw: part, parts: [], shown: piece.shown }))
        : [piece],
    );
    const joined = [];
    for (let i = 0; i < found.length; ) {
      const size = [3, 2].find((n) => {
        const run = found.slice(i, i + n);
        return run.length === n && run.every(({ parts }) => !parts.length) && index.compounds.has(glued(run));
      });
      if (size) {
        const run = found.slice(i, i + size);
        joined.push({
          whole: glued(run),
          parts: run.map(raw),
          shown: run.map(({ shown }) => shown).join(" "),
        });
      } else joined.push(found[i]);
      i += size ?? 1;
    }
    return joined;
  }
  const raw = ({ raw: word, shown }) => (word ?? shown).toLowerCase();
  const glued = (run) => run.map(raw).join("");
  const wholes = (index, text) => new Set(asked(index, text).map(({ whole }) => whole));

  /** Return whether two words differ by few slips: a letter more, less, other, or two exchanged. */
  function near(a, b) {
    const most = a.length < 4 ? 0 : a.length < 9 ? 1 : 2;
    if (!most || a[0] !== b[0] || Math.abs(a.length - b.length) > most) return false;
    let [before, last] = [/** @type {number[] | null} */ (null), [...Array(b.length + 1).keys()]];
    for (let i = 1; i <= a.length; i += 1) {
      const row = [i];
      for (let j = 1; j <= b.length; j += 1) {
        row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
        if (before && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
          row[j] = Math.min(row[j], before[j - 2] + 1);
      }
      [before, last] = [last, row];
    }
    return last[b.length] <= most;
  }

  /** Return what may stand for one piece of a query, and how well: Map of word → weight. */
  function options(index, { whole, parts }) {
    const found = new Map();
    const add = (word, weight) =>
      index.holding.has(word) && found.set(word, Math.max(weight, found.get(word) ?? 0));
    add(whole, 1);
    for (const word of synonyms.get(whole) ?? []) add(word, WEAK.synonym);
    const [left, right] = whole.split("-"); // y − p
    if (right) add(`${right}-${left}`, WEAK.reversed);
    if (!parts.some((part) => SILENT.has(stem(part)))) for (const part of parts) add(stem(part), WEAK.part);
    if (found.size || parts.length || !/^[\p{L}\p{N}]/u.test(whole)) return found;
    if (whole.length >= 3) {
      for (const word of index.holding.keys()) if (word.startsWith(whole)) add(word, WEAK.beginning);
    }
    if (!found.size) for (const word of index.known) if (near(whole, word)) add(word, WEAK.misspelt);
    return found;
  }

  /** Return how much a section has of each concept of a query, and how much of the query that is. */
  function scored(index, { counts, length }, concepts) {
    let [sum, had] = [0, 0];
    for (const { choices, worth } of concepts) {
      let best = 0;
      for (const [word, weight] of choices) {
        const times = counts.get(word);
        if (!times) continue;
        const long = 1 - LENGTH + (LENGTH * length) / index.mean;
        best = Math.max(
          best,
          (weight * rarity(index, word) * times * (1 + SATURATION)) / (times + SATURATION * long),
        );
      }
      sum += best;
      if (best) had += worth;
    }
    return { sum, had };
  }

  /** Return how much of a name was asked for, and of the question is a name: 1 if they are the same words. */
  function likeness(concepts, { wholes }) {
    let shared = 0;
    for (const { choices } of concepts) {
      const words = [...choices].filter(([word]) => wholes.has(word)).map(([, weight]) => weight);
      shared += Math.max(0, ...words);
    }
    return (2 * shared) / (concepts.length + wholes.size);
  }

  /**
   * Search. Returns the pages that answer, best first, each with its best sections, and the words that no page has:
   * {results: [{page, named, inText, sections, score}], unknown: [text], wanted: Map of the words to mark}.
   */
  function search(index, query) {
    const all = asked(index, query).map((piece) => {
      const choices = options(index, piece);
      const worth = choices.size
        ? Math.max(...[...choices].map(([word, weight]) => weight * rarity(index, word)))
        : 0;
      return { ...piece, choices, worth };
    });
    const unknown = [...new Set(all.filter(({ choices }) => !choices.size).map(({ shown }) => shown))];
    const concepts = all.filter(({ choices }) => choices.size);
    const wanted = new Map(); // word → what of the query it stands for, and how well
    concepts.forEach(({ choices }, concept) => {
      for (const [word, weight] of choices) {
        if (weight > (wanted.get(word)?.weight ?? 0)) wanted.set(word, { concept, weight });
      }
    });
    if (!concepts.length || unknown.length > concepts.length) return { results: [], unknown, wanted };
    const worth = concepts.reduce((sum, concept) => sum + concept.worth, 0);

    const byPage = new Map(index.pages.map((page) => [page, { page, score: 0, named: 0, found: [] }]));
    const bySection = new Map();
    for (const name of index.names) {
      const like = likeness(concepts, name);
      if (like < 0.5) continue;
      const bonus = NAMED[name.kind] * like ** 3 * worth;
      if (name.section) bySection.set(name.section, Math.max(bonus, bySection.get(name.section) ?? 0));
      else byPage.get(name.page).named = Math.max(bonus, byPage.get(name.page).named);
    }
    for (const entry of index.sections) {
      const { sum, had } = scored(index, entry, concepts);
      const score = sum * (had / worth) ** 1.5 + (bySection.get(entry.section) ?? 0);
      if (score && had / worth >= MANY_WORDS)
        byPage.get(entry.page).found.push({ section: entry.section, score });
    }
    const results = [];
    for (const { page, named, found } of byPage.values()) {
      found.sort((a, b) => b.score - a.score);
      if (named && !found.length) found.push({ section: page.sections[0], score: 0 });
      if (!found.length) continue;
      const more = found.slice(1, 4).reduce((sum, { score }) => sum + score, 0);
      const inText = found[0].score + 0.2 * more;
      results.push({
        page,
        named,
        inText,
        sections: found.map(({ section }) => section),
        score: named + inText,
      });
    }
    results.sort((a, b) => b.score - a.score);
    const most = Math.max(...results.map(({ inText }) => inText));
    const enough = results.filter(({ score }) => score >= LEAST * most);
    return { results: enough.slice(0, MOST), unknown, wanted };
  }

  /** Return how much of the query a sentence has: each part of it once, as well as it is there. */
  function had(sentence, wanted) {
    const best = new Map();
    for (const word of pieces(sentence).flatMap(words)) {
      const { concept, weight } = wanted.get(word) ?? { weight: 0 };
      if (weight > (best.get(concept) ?? 0)) best.set(concept, weight);
    }
    return [...best.values()].reduce((sum, weight) => sum + weight, 0);
  }

  /** Return a line or two of a text around what was asked for, and how much of it they have: {parts: [{text, hit}], worth}. */
  function excerpt(text, wanted, longest = 230) {
    const sentences = text.split(/\n|(?<=[.!?:]) (?=[^a-z])/).filter(Boolean);
    const worths = sentences.map((sentence) => had(sentence, wanted));
    const worth = Math.max(0, ...worths);
    let at = worths.indexOf(worth);
    let line = sentences[at] ?? "";
    while (line.length < longest / 2 && sentences[at + 1]) {
      at += 1;
      line += ` ${sentences[at]}`;
    }
    return { parts: marked(line, wanted, longest), worth };
  }

  function marked(line, wanted, longest) {
    const found = pieces(line).filter((piece) => words(piece).some((word) => wanted.has(word)));
    const start =
      found.length && found[0].at > longest * 0.7 ? line.lastIndexOf(" ", found[0].at - 40) + 1 : 0;
    const stop = line.length - start <= longest ? line.length : line.lastIndexOf(" ", start + longest);
    const parts = [];
    const add = (piece, hit) => piece && parts.push({ text: piece, hit });
    let at = start;
    for (const { shown, at: where } of found) {
      if (where < start || where + shown.length > stop) continue;
      add(line.slice(at, where), false);
      add(shown, true);
      at = where + shown.length;
    }
    add(line.slice(at, stop), false);
    if (start) parts.unshift({ text: "… ", hit: false });
    if (stop < line.length) parts.push({ text: " …", hit: false });
    return parts;
  }

  return { indexed, search, excerpt };
})();
