"""Random formulas in the vocabulary of `softmaxlab.proofs`, equal pairs, mutated pairs, and an evaluator of its own.

The evaluator knows nothing of the engine or of SymPy: it loops over indices in mpmath, and takes derivatives by a
central difference at 60 digits.
"""

import random
from fractions import Fraction

import mpmath as mp

from softmaxlab.proofs import N, define, delta, derivative, exp, indices, log, total, vector
from softmaxlab.proofs.language.terms import (
    Add,
    Defined,
    Delta,
    Derivative,
    Entry,
    Exp,
    Index,
    Log,
    Mul,
    Number,
    Power,
    Size,
    Term,
    Total,
)

i, j = indices("i j")
BOUND = indices("k l q r s t u v w x z g h d e f") + indices("kk ll qq rr ss tt uu vv ww xx zz gg hh dd ee ff")
c = indices("c")
a, y, w = vector("a"), vector("y"), vector("w", positive=True)
p = define("p", i, exp(a[i]) / total(exp(a[c]), c))
DIGITS = 60
STEP = mp.mpf(10) ** -20  # a central difference is then off by some 1e-40


class Maker:
    """Makes random formulas; every Σ gets a letter of its own."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.letters = iter(BOUND)

    def pick(self, things):
        return self.random.choice(things)

    def leaf(self, scope):
        index = self.pick(scope)
        kind = self.random.randrange(9)
        if kind == 0:
            return a[index]
        if kind in (1, 2):
            return y[index]
        if kind in (3, 4):
            return p[index]
        if kind == 5:
            return exp(a[index])
        if kind == 6:
            return delta(index, self.pick(scope))
        return w[index] if kind == 7 else Number(Fraction(self.random.choice([1, 2, -1, 3])))

    def formula(self, depth, scope):
        kind = self.random.randrange(12) if depth else 0
        if kind <= 1:
            return self.leaf(scope)
        if kind <= 3:
            return self.formula(depth - 1, scope) + self.formula(depth - 1, scope)
        if kind <= 5:
            return self.formula(depth - 1, scope) * self.formula(depth - 1, scope)
        if kind <= 7:
            index = next(self.letters)
            but = self.pick([None, None, self.pick(scope)])
            return total(self.formula(depth - 1, [*scope, index]), index, but=but)
        if kind == 8:
            return self.formula(depth - 1, scope) / self.positive(scope)
        if kind == 9:
            return self.pick([log, lambda value: 1 / value])(self.positive(scope))
        if kind == 10:
            return exp(self.pick([a[self.pick(scope)] - a[self.pick(scope)], 2 * a[self.pick(scope)]]))
        return derivative(self.smooth(depth - 1, scope), a[self.pick(scope)])

    def smooth(self, depth, scope):
        body = self.formula(min(depth, 1), scope)
        return p[self.pick(scope)] if has(body, Derivative) else body

    def positive(self, scope):
        index = next(self.letters)
        return self.pick([p[self.pick(scope)], w[self.pick(scope)], total(exp(a[index]), index),
                          total(w[index] * exp(a[index]), index), exp(a[self.pick(scope)])])  # fmt: skip

    def disguise(self, term):
        """Return the same value, written differently."""
        kind = self.random.randrange(8)
        index = next(self.letters)
        if kind == 0:
            return term * total(p[index], index)
        if kind == 1:
            other = self.leaf([i, j])
            return (term + other) - other
        if kind == 2:
            return total(delta(index, i) * term, index)
        if kind == 3:
            return exp(a[i]) * term * exp(-a[i])
        if kind == 4:
            return total(term, index) / N
        if kind == 5:
            return term * exp(log(w[j])) / w[j]
        return self.inside(term) if kind == 6 else self.respelled(term)

    def respelled(self, term):
        """Turn every Σ into the summand i plus the rest, and swap the parts of sums and products."""
        if isinstance(term, Total) and term.args[2] is None and i not in indices_of(term):
            index, body, _ = term.args
            return replaced_index(body, index, i) + total(body, index, but=i)
        return rebuilt(term, [self.respelled(part) for part in parts_of(term)][::-1], flip=True)

    def inside(self, term):
        """Disguise one part of a sum or product."""
        if isinstance(term, Add | Mul):
            parts = list(term.args)
            parts[0] = self.disguise(parts[0])
            return rebuilt(term, parts)
        return term * 1

    def mutate(self, term):
        """Return a formula with one thing changed: an index, a sign, a factor, a bound."""
        places = list(subterms(term))
        victim = self.pick(places)
        changed = self.changed(victim)
        return swapped(term, victim, changed)

    def changed(self, victim):
        if isinstance(victim, Log):
            return 2 * victim
        if isinstance(victim, Entry | Defined):
            head, spots = victim.args
            other = j if spots[0] == i else i
            return self.pick([type(victim)(head, (other,)), type(victim)(head, (other,)), victim * 2])
        if isinstance(victim, Total):
            index, body, but = victim.args
            return Total(index, body, None if but is not None else self.pick([i, j]))
        if isinstance(victim, Delta):
            return 1 - victim
        return self.pick([3 * victim, victim + 1, 2 * victim])


class SmallEndMaker(Maker):
    """Makes formulas that go wrong at few classes: sums over nothing, N − 1 below a bar, classes named by number."""

    def leaf(self, scope):
        index = self.pick([1, 2, 3])
        named = [N + 0, a[index], p[index], delta(self.pick(scope), index)]
        return self.pick([super().leaf(scope), super().leaf(scope), *named])

    def positive(self, scope):
        index = next(self.letters)
        rest = total(exp(a[index]), index, but=self.pick([1, 2, *scope]))
        return self.pick([super().positive(scope), N - 1, N - 2, 1 - p[self.pick(scope)], rest])

    def formula(self, depth, scope):
        if depth and self.random.random() < 0.25:
            index = next(self.letters)
            body = self.formula(depth - 1, [*scope, index]) / self.positive(scope)
            return total(body, index, but=self.pick([1, 2, *scope]))
        return super().formula(depth, scope)

    def disguise(self, term):
        kind = self.random.randrange(6)
        index, other = next(self.letters), next(self.letters)
        rest = total(exp(a[other]), other, but=i)
        return [
            lambda: total(term / (N - 1), index, but=self.pick([1, 3, i])),
            lambda: total(term * exp(a[index]) / rest, index, but=i),
            lambda: term * (1 - p[j]) / (1 - p[j]),
            lambda: total(delta(index, self.pick([1, 2, 3])) * term, index),
            lambda: term * rest / rest,
            lambda: super(SmallEndMaker, self).disguise(term),
        ][kind]()


def pair(seed, kind=Maker):
    """Return (left, right, whether they were made equal): every third pair is a mutant of an equal one."""
    maker = kind(seed)
    left = maker.formula(3, [i, j])
    right, same = maker.disguise(left), True
    if seed % 3 == 0:
        right, same = maker.mutate(right), False
    ballast = y[i] * w[j]  # both free indices on both sides, so that the pair is well typed
    return left + ballast, right + ballast, same


def has(term, kind):
    return isinstance(term, kind) or any(has(part, kind) for part in parts_of(term))


def parts_of(term):
    parts = term.args[:1] if isinstance(term, Derivative) else term.args
    return [part for part in parts if isinstance(part, Term)]


def subterms(term):
    yield term
    for part in parts_of(term):
        yield from subterms(part)


def rebuilt(term, parts, flip=False):
    if isinstance(term, Add):
        return sum(parts[1:], parts[0])
    if isinstance(term, Mul):
        result = parts[0]
        for part in parts[1:]:
            result = result * part
        return result
    parts = parts[::-1] if flip else parts
    if isinstance(term, Power):
        return parts[0] ** term.args[1]
    if isinstance(term, Exp | Log):
        return type(term)(parts[0])
    if isinstance(term, Total):
        return Total(term.args[0], parts[0], term.args[2])
    if isinstance(term, Derivative):
        return Derivative(parts[0], term.args[1])
    return term


def swapped(term, victim, new):
    if term is victim:
        return new
    return rebuilt(term, [swapped(part, victim, new) for part in parts_of(term)])


def indices_of(term):
    found = set()
    for part in subterms(term):
        for thing in part.args:
            found |= {x for x in (thing if isinstance(thing, tuple) else (thing,)) if isinstance(x, Index)}
        if isinstance(part, Derivative):
            found |= indices_of(part.args[1])
    return found


def replaced_index(term, old, new):
    """Put an index for another; `new` occurs nowhere in the term, so nothing can be captured."""

    def swap(index):
        return new if index == old else index

    if isinstance(term, Entry | Defined):
        return type(term)(term.args[0], tuple(swap(index) for index in term.args[1]))
    if isinstance(term, Delta):
        return delta(*(swap(index) for index in term.args))
    if isinstance(term, Total):
        return Total(term.args[0], replaced_index(term.args[1], old, new), swap(term.args[2]))
    if isinstance(term, Derivative):
        return Derivative(*(replaced_index(part, old, new) for part in term.args))
    return rebuilt(term, [replaced_index(part, old, new) for part in parts_of(term)])


def values(n, seed):
    """Return numbers for every vector at size n."""
    numbers = random.Random(seed)
    real = [mp.mpf(numbers.randint(-1500, 1500)) / 1000 for _ in range(2 * n)]
    return {"a": real[:n], "y": real[n:], "w": [mp.mpf(numbers.randint(200, 2000)) / 1000 for _ in range(n)]}


def evaluate(term, numbers, at):
    """Return the value of a formula; `at` maps indices to 1..n."""
    n = len(numbers["a"])

    def value(part):
        return evaluate(part, numbers, at)

    def place(index):
        return at.get(index, index)  # a class named by number stays

    match term:
        case Number():
            return mp.mpf(term.args[0].numerator) / term.args[0].denominator
        case Size():
            return mp.mpf(n)
        case Entry():
            return numbers[term.args[0].name][place(term.args[1][0]) - 1]
        case Defined():
            bottom = sum(mp.exp(x) for x in numbers["a"])
            return mp.exp(numbers["a"][place(term.args[1][0]) - 1]) / bottom
        case Add():
            return mp.fsum(value(part) for part in term.args)
        case Mul():
            return mp.fprod(value(part) for part in term.args)
        case Power():
            return value(term.args[0]) ** int(term.args[1])
        case Exp():
            return mp.exp(value(term.args[0]))
        case Log():
            return mp.log(value(term.args[0]))
        case Delta():
            return mp.mpf(place(term.args[0]) == place(term.args[1]))
        case Total():
            index, body, but = term.args
            return mp.fsum(evaluate(body, numbers, {**at, index: x}) for x in range(1, n + 1) if x != place(but))
        case Derivative():
            body, variable = term.args
            moved = place(variable.args[1][0]) - 1
            up, down = ({**numbers, "a": list(numbers["a"])} for _ in range(2))
            up["a"][moved] += STEP
            down["a"][moved] -= STEP
            return (evaluate(body, up, at) - evaluate(body, down, at)) / (2 * STEP)
    raise TypeError(type(term).__name__)


def undefined(left, right, numbers):
    """Whether a side divides by 0 at N = 1, where a Σ that leaves one summand out is empty."""
    try:
        evaluate(left, numbers, {i: 1, j: 1}), evaluate(right, numbers, {i: 1, j: 1})
    except (ZeroDivisionError, ValueError):
        return True
    return False


def highest_class(term):
    """Return the largest number used as an index, 1 if there is none."""
    found = [1]
    for part in subterms(term):
        for thing in part.args:
            found += [x for x in (thing if isinstance(thing, tuple) else (thing,)) if type(x) is int]
        if isinstance(part, Derivative):
            found.append(highest_class(part.args[1]))
    return max(found)


def equal_at(left, right, n):
    """Whether two formulas agree at random numbers, for N = n and every choice of i and j; None if undefined."""
    if n < max(highest_class(left), highest_class(right)):
        return None  # there is no such class
    with mp.workdps(DIGITS):
        numbers = values(n, n)
        for at in ({i: x, j: z} for x in range(1, n + 1) for z in range(1, n + 1)):
            try:
                x, z = evaluate(left, numbers, at), evaluate(right, numbers, at)
            except (ZeroDivisionError, ValueError):
                return None
            if isinstance(x, mp.mpc) or abs(x) > mp.mpf(10) ** 18 or abs(z) > mp.mpf(10) ** 18:
                return None  # a log of what is not positive; or 1 − p at one class, 1e-60 by rounding
            if abs(x - z) > mp.mpf(10) ** -25 * (1 + abs(x) + abs(z)):
                return False
    return True


def equal_everywhere(left, right):
    """Whether two formulas agree at random numbers, for N = 1, 2, 3, 4 and every choice of i and j."""
    with mp.workdps(DIGITS):
        for n in (1, 2, 3, 4):
            numbers = values(n, n)
            if n == 1 and undefined(left, right, numbers):
                continue  # an empty Σ under a fraction bar
            for first in {1, n}:
                for second in {1, n}:
                    at = {i: first, j: second}
                    x, z = evaluate(left, numbers, at), evaluate(right, numbers, at)
                    if abs(x - z) > mp.mpf(10) ** -25 * (1 + abs(x) + abs(z)):
                        return False
    return True
