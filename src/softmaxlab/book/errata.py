"""The remarks of the page of errata: of what kind each is, in which posts, and what evidence there is.

Titles are those of the page. A remark is about something *wrong*: false, without meaning, or failing when run; about
something *unclear*: true in one reading, or a matter of words and signs; or about something *missing*: true as far
as it goes, and the reader needed more.

The evidence is the strongest there is: the prover, a run on the page, a test of the book, or an explanation alone.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

WRONG, UNCLEAR, MISSING = KINDS = ("wrong", "unclear", "missing")
PROVER, RUN, TEST, STATED = EVIDENCE = ("prover", "run", "test", "stated")


class Remark(NamedTuple):
    """One numbered remark of the page."""

    title: str
    posts: str  # letters of the posts that it is about
    kind: str
    evidence: str = STATED
    held_by: tuple[str, ...] = ()  # for the prover keys of `proofs.catalogue.misprints.PRINTED`, for a test its name

    @property
    def tag(self) -> str:
        """Return what stands beside the title on the page: posts, kind and evidence."""
        told = {
            PROVER: "refused by the prover" if self.kind == WRONG else "shown by the prover",
            RUN: "seen in a run on this page",
            TEST: "held by a test",
            STATED: "only stated",
        }
        return f"{posts_in_words(self.posts)}, {self.kind}, {told[self.evidence]}"


def posts_in_words(letters: str) -> str:
    """Write the letters of posts as words.

    Examples
    --------
    >>> posts_in_words("A"), posts_in_words("BC"), posts_in_words("ABC")
    ('post A', 'posts B and C', 'all posts')
    """
    if letters == "ABC":
        return "all posts"
    return ("posts " if len(letters) > 1 else "post ") + " and ".join(letters)


REMARKS = dict(
    enumerate(
        [
            Remark("A parenthesis in the wrong place", "A", WRONG, RUN),
            Remark("The softmax that forgot its rows", "AB", WRONG, RUN),
            Remark("A gradient of some other loss", "AB", WRONG, RUN),
            Remark("“y is one hot encoded”", "A", WRONG, RUN),
            Remark("“num_examples x 1”", "B", WRONG, RUN),
            Remark("The label −1", "ABC", MISSING, RUN),
            Remark("A stable softmax, and then its logarithm", "ABC", WRONG, RUN),
            Remark(
                "Written and not used",
                "AB",
                WRONG,
                TEST,
                ("test_a_loss_that_calls_the_first_softmax_is_nan_where_the_stable_one_would_do",),
            ),
            Remark("The upper bound", "B", UNCLEAR, RUN),
            Remark(
                "“Python returns nan”",
                "AB",
                WRONG,
                TEST,
                ("test_numpy_returns_inf_python_raises_and_three_logits_of_709_give_zeros",),
            ),
            Remark(
                "Zero times the logarithm of zero",
                "ABC",
                MISSING,
                TEST,
                ("test_zero_times_the_logarithm_of_zero_is_nan_as_typed_and_zero_here",),
            ),
            Remark("“In range (0,1)”", "ABC", MISSING, RUN),
            Remark(
                "Infinite logits",
                "ABC",
                MISSING,
                TEST,
                ("test_rows_of_infinities_without_a_meaning_are_nan",),
            ),
            Remark("One vector only", "C", MISSING, TEST, ("test_indexing_a_batch_by_labels_picks_rows",)),
            Remark(
                "Where 1/m comes from",
                "AB",
                MISSING,
                TEST,
                (
                    "test_without_one_over_m_the_gradient_grows_with_the_batch",
                    "test_p_minus_y_over_m_is_the_gradient_of_the_mean",
                ),
            ),
            Remark(
                "“Arbitrary” on paper",
                "AB",
                MISSING,
                TEST,
                ("test_a_shift_far_from_the_maximum_leaves_the_window_of_exp",),
            ),
            Remark("A one in place of an i", "B", WRONG, PROVER, ("k-not-1",)),
            Remark("The chain rule without its sum", "C", WRONG, PROVER, ("chain",)),
            Remark("An index with two jobs", "C", WRONG, PROVER, ("two-jobs",)),
            Remark("Only one path", "C", WRONG, PROVER, ("one-path",)),
            Remark("A line that is always zero", "C", WRONG, PROVER, ("vanishing",)),
            Remark("A sum of copies", "C", WRONG, PROVER, ("copies",)),
            Remark("The derivative with respect to an exponential", "B", WRONG, PROVER, ("by-exponential",)),
            Remark("One-hot is more than you need", "AB", MISSING, PROVER, ("any-total",)),
            Remark("The lines after erratum 21", "C", WRONG, PROVER, ("third-line", "fourth-line")),
            Remark("An index in the wrong place", "B", UNCLEAR),
            Remark("The quotient rule", "AB", MISSING),
            Remark("A silent swap", "B", UNCLEAR),
            Remark("One letter, two roles", "B", UNCLEAR),
            Remark("i, j and the label", "C", UNCLEAR),
            Remark("Three names for the logits", "B", UNCLEAR),
            Remark("Copies of lines", "B", UNCLEAR),
            Remark("“The derivative or gradient”", "AB", UNCLEAR),
            Remark("Soft max, or soft arg max?", "AB", UNCLEAR, RUN),
            Remark("“Each hypothesis might be true”", "AB", UNCLEAR),
            Remark("Cross-entropy as a “distance”", "AB", UNCLEAR, RUN),
            Remark("“Means the probability”", "C", UNCLEAR),
            Remark(
                "Better than squared error, and why?",
                "AB",
                MISSING,
                TEST,
                ("test_squared_error_gives_no_gradient_to_a_model_that_is_certain_and_wrong",),
            ),
            Remark("“Normalize the value”", "ABC", UNCLEAR),
            Remark("“Negatives with large exponents”", "AB", UNCLEAR),
            Remark(
                "Which logarithm?",
                "ABC",
                MISSING,
                TEST,
                ("test_a_logarithm_to_base_two_makes_loss_and_gradient_larger_by_one_over_log_two",),
            ),
            Remark(
                "The name delta_entropy",
                "C",
                UNCLEAR,
                TEST,
                ("test_the_gradient_of_the_entropy_is_another_function",),
            ),
            Remark("Lost on the way", "AB", MISSING),
            Remark("One-hot labels in the gradient", "A", WRONG, RUN),
            Remark("One name for two kinds of labels", "BC", UNCLEAR),
            Remark("Slips of words", "ABC", UNCLEAR),
            Remark("Slips of signs", "BC", UNCLEAR),
        ],
        start=1,
    )
)  # number -> remark

# Which remark tells of a planted fault of `softmaxlab.pitfalls.mutants`: because a post has it, or one much
# like it.
IN_A_POST = {
    "no shift": 8,
    "misplaced parenthesis": 1,
    "whole-batch softmax": 2,
    "log of softmax": 7,
    "chain rule, no sum": 18,
    "1 for i in a sum": 17,
    "whole-batch loss": 3,
    "label −1 allowed": 6,
    "labels of any shape": 4,
}
LIKE_A_POST = {
    "one maximum for all": 2,
    "sum over examples": 2,
    "base 2 for e": 41,
    "log(p + tiny)": 7,
    "log to base 2": 41,
    "no 1/m": 15,
    "P − Y/m": 15,
    "p − y for any Σy": 24,
}


def numbered(kind: str, evidence: Collection[str] = EVIDENCE) -> list[int]:
    """Return the numbers of the remarks of one kind, or of one kind and some evidence.

    Parameters
    ----------
    kind : {"wrong", "unclear", "missing"}
    evidence : collection of {"prover", "run", "test", "stated"}, default all

    Returns
    -------
    list of int

    Examples
    --------
    >>> numbered(WRONG, {PROVER})
    [17, 18, 19, 20, 21, 22, 23, 25]
    """
    return [number for number, remark in REMARKS.items() if remark.kind == kind and remark.evidence in evidence]
