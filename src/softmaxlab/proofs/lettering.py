"""Letters for bound indices: from the depth names #1, #2, … of the normal form back to the k, l of the claim."""

from .indexing import LETTERS, bound_indices, children, free_indices, rebuild, substitute
from .terms import Index, Total
from .text import text


class Letters:
    """The letters of a claim, per range: those its own sums use come first; its free indices are never taken."""

    def __init__(self, *terms):
        """Collect them."""
        self.taken = {i.name for t in terms for i in free_indices(t)}
        self.pools = {}
        for index in sorted({i for t in terms for i in bound_indices(t)}, key=lambda i: i.key):
            if index.name not in self.taken:
                self.pools.setdefault(index.size.args[0], []).append(index.name)
                self.taken.add(index.name)

    def letter(self, index, used):
        """Return a letter of the range that no sum around it uses; a new one if there is none."""
        pool = self.pools.setdefault(index.size.args[0], [])
        for name in pool:
            if name not in used:
                return Index(name, index.size)
        pool.append(next(c for c in LETTERS if c not in self.taken))
        self.taken.add(pool[-1])
        return Index(pool[-1], index.size)

    def write(self, term, used=frozenset()):
        """Return a term with letters for its depth names, the outermost sum first."""
        if not isinstance(term, Total):
            return rebuild(term, [self.write(part, used) for part in children(term)])
        index, body, but = term.args
        letter = self.letter(index, used) if index.name.startswith("#") else index
        return Total(letter, self.write(substitute(body, {index: letter}), used | {letter.name}), but)


def by_depth(term):
    """Return a term as written, except that bound indices are named by depth."""
    term = rebuild(term, [by_depth(part) for part in children(term)])
    if not isinstance(term, Total):
        return term
    index, body, but = term.args
    depth = max((int(i.name[1:]) for i in bound_indices(body) if i.name.startswith("#")), default=0) + 1
    name = Index(f"#{depth}", index.size)
    return Total(name, substitute(body, {index: name}), but)


def alike(one, other):
    """Whether two terms read the same up to letters of bound indices and the order of factors and summands."""
    return one == other or sorted(text(by_depth(one))) == sorted(text(by_depth(other)))
