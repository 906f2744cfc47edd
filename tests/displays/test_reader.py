import pytest

from softmaxlab.displays.reader import read
from softmaxlab.displays.readings import reading
from softmaxlab.displays.tokens import UnreadableError

RANGES = {**dict.fromkeys("ijkc", "N"), "n": "m"}
FUNCTIONS = {"f", "softmax", "KL", "O"}


def said(tex):
    return reading(read(tex, FUNCTIONS), RANGES)


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (r"p_i = \frac{e^{a_i}}{\sum_{k=1}^{N} e^{a_k}}", "p_i = exp(a_i)/(Σ_{k=1..N} exp(a_k))"),
        (r"\frac12 x = x/2", "x/2 = x/2"),
        (r"\frac{\partial^2 L}{\partial a_k^2} = 0", "(∂∂/∂a_k ∂a_k)(L) = 0"),
        (r"\frac{\partial}{\partial a_i} \log p_j = 0", "(∂/∂a_i)(log(p_j)) = 0"),
        (r"\partial p_i / \partial a_j = 0", "(∂/∂a_j)(p_i) = 0"),
        (r"q = \sum_{j \ne i} y_j p_i", "q = Σ_{k=1..N, k≠i} p_i·y_k"),
        (r"p_{n y_n} = p^{(n)}_{y^{(n)}}", "p_{n,y[n]} = p_{n,y[n]}"),
        (r"W_{t+1} = W_t", "W_{t+1} = W_t"),
        (r"\bar L_w = L_{\text{batch}}", "bar L_w = L_{batch}"),
        (r"|x| = \lfloor x \rfloor", "|x| = ⌊x⌋"),
        (r"f(x) = 2 f(x)", "f(x) = 2·f(x)"),
        (r"g(x) = 2", "g·x = 2"),
        (r"J v = 0 \quad \Longleftrightarrow \quad v_1 = \dots = v_N", "J·v = 0 ⇔ v_1 = … = v_N"),
        (r"x \;\overset{?}{=}\; y", "x ≟ y"),
        (r"a = b \qquad (j \ne i)", "a = b; (j ≠ i)"),
        (r"a > 0, \qquad b = 1", "a > 0; b = 1"),
        (r"\begin{aligned} a &= b \\[-1ex] &\quad + c \\ d &= e_k \end{aligned}", "a = b + c; d = e_k"),
        (r"\log_2 x = \tanh^2 x", "log(x)/log(2) = tanh(x)^2"),
        (r"\sqrt[3]{x} = \sqrt{x}", "root3(x) = root2(x)"),
    ],
)  # fmt: skip
def test_constructs_of_the_book_are_read_for_what_they_say(tex, expected):
    assert said(tex) == expected


@pytest.mark.parametrize(
    "tex",
    [
        r"p_i \oplus p_j = 0",  # a command it does not know
        r"p_i = \text{the probability of } i",  # words
        r"p_i",  # states nothing
        r"p_i = \frac{1}{2",  # breaks off
        r"p_i = (1 - p_j",
        r"\sum p_k = 1",  # a sum over what
        r"\sum_{k \mid n} p_k = 1",
        r"\frac{\partial^2 L}{\partial a_i} = 0",  # two above, one below
        r"a = b \quad c",  # what does the space set apart
        r"x^2_i = 1",
        r"\begin{cases} 1 & \text{when } i = j \end{cases} = 1",
        r"\lim_{x \to 3} x = 3",
        "p_i = 1; p_j = 2",
    ],
)
def test_what_the_reader_does_not_know_is_an_error(tex):
    with pytest.raises(UnreadableError):
        read(tex, FUNCTIONS)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (r"x = p_i\, q_i", r"x = q_i p_i"),
        (r"x = a + b - c", r"x = -c + b + a"),
        (r"x = \sum_{k=1}^{N} p_k", r"x = \sum_{j=1}^N p_j"),
        (r"x = \sum_{k=1}^{N} p_k", r"x = \sum_k p_k"),
        (r"x = \bigl( a \bigr) b", r"x = \left( a \right) \cdot b"),
        (r"x = \frac{a}{b} c", r"x = \frac{a\, c}{b}"),
        (r"x = -\frac{a}{b}", r"x = \frac{-a}{b}"),
    ],
)
def test_two_ways_of_printing_one_claim_have_one_reading(one, other):
    assert said(one) == said(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (r"x = p_i / p_j", r"x = p_j / p_i"),
        (r"x = \sum_{k=1}^{N} p_k", r"x = \sum_{k=1}^{m} p_k"),
        (r"x = \sum_{k=1}^{N} \sum_{j=1}^{N} p_{kj}", r"x = \sum_{k=1}^{N} \sum_{j=1}^{N} p_{jk} q_j"),
        (r"x = \sum_{k} p_i", r"x = \sum_{k} p_k"),
        (r"x = (a + b) c", r"x = a + b c"),
        (r"x = a - (b - c)", r"x = a - b - c"),
        (r"x = p_{ij}", r"x = p_{ji}"),
        (r"x = f'(x)", r"x = f''(x)"),
    ],
)
def test_two_claims_have_two_readings(one, other):
    assert said(one) != said(other)
