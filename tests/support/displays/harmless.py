r"""Edits of displayed formulas that say the same: another layout, order, letter or spelling.

Keys are as in slips.py.
"""

HARMLESS = {
    ("eq-jacobian", r"(\delta_{ij} - p_j)"): [
        r"\left(\delta_{ij} - p_j\right)", r"\bigl(\delta_{ij} - p_j\bigr)", r"\Biggl( \delta_{ij} - p_j \Biggr)",
        r"[\delta_{ij} - p_j]", r"(\delta_{ji} - p_j)", r"(-p_j + \delta_{ij})", r"(\delta_{i j} - p_{j})",
        r"(\delta_{i,j} - p_j)", r"\; (\delta_{ij}\, - p_j)", r"(\delta_{ij} - {p_j})", r"(\delta_{ij} - p_j).",
        r"(\delta_{ij} - p_j),", r"\cdot (\delta_{ij} - p_j)", r"\times (\delta_{ij} - p_j)",
        r"(\delta_{ij} - p_j) % a comment", '(\\delta_{ij} % p\n - p_j)', r"\displaystyle (\delta_{ij} - p_j)",
        r"(\delta_{ij} - p_{ j })", r"~(\delta_{ij} - p_j)",
    ],
    ("eq-jacobian", r"\frac{\partial p_i}{\partial a_j}"): [
        r"\partial p_i / \partial a_j", r"\frac{\partial}{\partial a_j} p_i", r"\dfrac{\partial p_i}{\partial a_j}",
        r"\tfrac{\partial p_i}{\partial a_j}", r"\frac {\partial p_i} {\partial a_j}",
    ],
    ("eq-sum-one", r"\sum_{i=1}^{N} p_i"): [
        r"\sum_{k=1}^{N} p_k", r"\sum_{j=1}^N p_j", r"\sum_i p_i", r"\sum_{i} p_i", r"\sum\limits_{i=1}^{N} p_i",
        r"\sum^{N}_{i=1} p_i", r"\textstyle\sum_{i=1}^{N} p_i", r"\sum_{l} p_l", r"\sum_{c=1}^{N} \, p_{c}",
        r"\displaystyle \sum_{i = 1}^{ N } p_i", r"(\sum_{i=1}^{N} p_i)",
    ],
    ("eq-sum-one", r"p_i > 0, \qquad"): [
        r"p_i \gt 0, \qquad", r"p_i > 0 \quad", r"p_i > 0, \; \qquad",
    ],
    ("eq-jacobian-off", r"(j \ne i)"): [
        r"(i \ne j)", r"(j \neq i)", r"\bigl( j \ne i \bigr)", r"\left( j \ne i \right)",
    ],
    ("eq-jacobian-off", r"-p_i\, p_j"): [
        r"-p_j p_i", r"-(p_i p_j)", r"p_i (-p_j)", r"-p_i \cdot p_j", r"-1 \cdot p_i p_j", r"-\frac{p_i p_j}{1}",
    ],
    ("eq-sigmoid", r"(N = 2)"): [
        r"\bigl( N = 2 \bigr)", r"(N=2)",
    ],
    ("eq-sigmoid", r"e^{-(a_1 - a_2)}"): [
        r"\exp(-(a_1 - a_2))", r"\mathrm{e}^{-(a_1 - a_2)}", r"e^{-\left(a_1 - a_2\right)}",
    ],
    ("eq-p-minus-y", r"\Bigl( \textstyle\sum_{j} y_j = 1 \Bigr)"): [
        r"(\sum_j y_j = 1)", r"(\sum_{k=1}^{N} y_k = 1)", r"\left( \sum_i y_i = 1 \right)",
        r"\bigl(\textstyle\sum\limits_{c} y_c = 1\bigr)",
    ],
    ("eq-p-minus-y", r"p_i - y_i"): [
        r"-y_i + p_i", r"p_i-y_i", r"(p_i - y_i)", r"\bigl(p_i - y_i\bigr)",
    ],
    ("eq-gradient-general", r"p_i \sum_{j=1}^{N} y_j - y_i"): [
        r"p_i \sum_k y_k - y_i", r"-y_i + p_i \sum_j y_j", r"\Bigl( \sum_j y_j \Bigr) p_i - y_i",
    ],
    ("eq-chain-3", r"\sum_{j \ne i} y_j\, p_i"): [
        r"\sum_{k \ne i} y_k p_i", r"\sum_{j \neq i} p_i y_j", r"\sum_{j \ne i}^{N} y_j p_i",
        r"\sum_{c\ne i}y_c p_i",
    ],
    ("eq-chain-3", r"\\[-1ex]"): [
        '\\\\', r"\\[2ex]",
    ],
    ("eq-jvp", r"\Bigl( v_i - \sum_{k=1}^{N} p_k v_k \Bigr)"): [
        r"\Bigl( v_i - \sum_{i=1}^{N} p_i v_i \Bigr)", r"\left( v_i - \sum_j v_j p_j \right)",
        r"\left( v_i - \sum_{i} p_i v_i \right)",
    ],
    ("eq-variance", r"\Bigl( \sum_{k=1}^{N} p_k v_k \Bigr)^2"): [
        r"\Bigl( \sum_{k=1}^{N} p_k v_k \Bigr)^{2}", r"\Bigl( \sum_j p_j v_j \Bigr) \Bigl( \sum_k p_k v_k \Bigr)",
        r"\Bigl( \sum_{k=1}^{N} p_k v_k \Bigr)^{(2)}",
    ],
    ("eq-variance-pairs", r"\frac{1}{2}"): [
        r"\frac12", r"\tfrac{1}{2}", r"\dfrac12", r"0.5", r"\frac{1}2", r"\frac 1 2", r"(1/2)", r"{\frac{1}{2}}",
        r"2^{-1}",
    ],
    ("eq-variance-pairs", r"(v_i - v_j)^2"): [
        r"(v_i - v_j)(v_i - v_j)", r"[v_i - v_j]^{2}",
    ],
    ("eq-jacobian-matrix", r"p\, p^{\top}"): [
        r"p p^\top", r"p \cdot p^{\top}", r"p \, {p}^{\top}",
    ],
    ("eq-jacobian-matrix", r"\operatorname{diag}(p)"): [
        r"\mathrm{diag}(p)", r"\text{diag}(p)", r"\operatorname{diag} \left( p \right)", r"\operatorname{ diag }(p)",
    ],
    ("eq-null-space", None): [
        r"J v = 0 \iff v_1 = v_2 = \dots = v_N", r"J v = 0 \quad \iff \quad v_1 = v_2 = \ldots = v_N",
        r"J\, v = 0 \Longleftrightarrow v_1 = v_2 = \cdots = v_N",
    ],
    ("eq-log-softmax", r"\log \sum_{k=1}^{N} e^{a_k}"): [
        r"\ln \sum_{k=1}^{N} e^{a_k}", r"\log \Bigl( \sum_{k=1}^{N} e^{a_k} \Bigr)", r"\log \sum_k \exp(a_k)",
        r"\operatorname{LSE}(a)", r"\log\sum_{j=1}^{N}\exp a_j", r"\log \! \sum_{k=1}^{N} e^{a_k}",
        r"\log \sum_k \mathrm{e}^{a_k}",
    ],
    ("eq-entropy", r"y_i \log y_i"): [
        r"y_i \ln y_i", r"y_i \log(y_i)", r"\log(y_i) y_i", r"\log y_i \cdot y_i", r"y_i\,\log{y_i}",
        r"y_i \log\left(y_i\right)",
    ],
    ("eq-kl", r"\log \frac{y_i}{p_i}"): [
        r"\log (y_i / p_i)", r"\log\Bigl(\frac{y_i}{p_i}\Bigr)", r"\log \dfrac{y_i}{p_i}",
    ],
    ("eq-kl", r"(y \,\|\, p)"): [
        r"(y \| p)", r"(\,y\,\|\,p\,)", r"\bigl(y \,\big\|\, p\bigr)",
    ],
    ("eq-bits", None): [
        r"-\log_{2} p = -\frac{\log p}{\log 2}", r"-\log_2(p) = -\frac{\ln p}{\ln 2}",
        r"-\log_2 p = -\log(p) / \log(2)",
    ],
    ("eq-likelihood", r"\sum_{n=1}^{m} -\log p^{(n)}_{y^{(n)}}"): [
        r"\sum_{n=1}^m -\log p_{n y_{n}}", r"\sum_{n} -\log p_{n y_n}", r"\sum_{r=1}^{m} -\log p_{r y_r}",
        r"\sum_{n=1}^{m} -\log p_{y^{(n)}}^{(n)}",
    ],
    ("eq-batch-loss", None): [
        r"\bar{L} = -\frac1m \sum_n \log p_{n y_n}", r"\bar L = \frac{-1}{m} \sum_{r=1}^{m} \log p_{r y_r}",
        r"\bar L = -\frac{\sum_{n=1}^{m} \log p_{n y_n}}{m}",
        r"\bar L = -\frac{1}{m} \sum_{n=1}^{m} \log p_{n\,y_n}",
        r"\bar L = -\frac{1}{m} \sum_{n=1}^{m} \log p_{n, y_n}",
    ],
    ("eq-batch-grad", r"\delta_{k y_n}"): [
        r"\delta_{k y_{n}}", r"\delta_{k, y_n}",
    ],
    ("eq-weights-hessian", r"\lambda\, \delta_{de}\, \delta_{kc}"): [
        r"\delta_{ed} \delta_{ck} \lambda", r"\lambda \delta_{kc} \delta_{de}", r"\lambda\,\delta_{de}\,\delta_{kc}",
    ],
    ("eq-delta", r"\text{if } i = j"): [
        r"\text{if} \; i = j", r"\text{ if } i = j", r"\text{if }i=j",
    ],
    ("eq-temperature-limits", r"\max_k a_k"): [
        r"\max_j a_j", r"\max\limits_k a_k", r"\max_{k} (a_k)", r"\max_{k}\, a_k",
    ],
    ("eq-temperature-limits", r"1/M"): [
        r"\frac{1}{M}", r"\tfrac1M", r"1 / M", r"\frac1M",
    ],
    ("eq-lse-bounds", None): [
        r"m \leqslant \operatorname{LSE}(a) \leqslant \log N + m", r"m \leq \operatorname{LSE}(a) \leq m + \log N",
        r"m \le \operatorname{LSE}(a) \le m + \ln N", r"m\le\operatorname{LSE}(a)\le m+\log(N)",
    ],
    ("eq-softmax-twice-floor", r"\ge"): [
        r"\geqslant", r"\geq",
    ],
    ("eq-softmax-twice-floor", r"e^{-1}"): [
        r"\exp(-1)", r"\mathrm{e}^{-1}",
    ],
    ("eq-complex-step", r"f'''(x)"): [
        r"f'''\left(x\right)", r"f'''(\,x\,)", r"f''' (x)",
    ],
    ("eq-relative-error", r"|g - d|"): [
        r"\left| g - d \right|", r"\bigl| g - d \bigr|", r"|-d + g|",
    ],
    ("eq-float-max", None): [
        r"w_{\max} = (2 - 2^{-52}) \times 2^{1023}", r"w_{\max} = 2^{1023} \cdot (2 - 2^{-52})",
        r"w_{\max} = 2^{1023} (-2^{-52} + 2)",
    ],
    ("eq-smoothing", r"y'_i = (1 - \varepsilon)\, y_i + \frac{\varepsilon}{N}"): [
        r"y'_i = \frac{\varepsilon}{N} + y_i (1 - \varepsilon)", r"y_i' = (1 - \varepsilon) y_i + \varepsilon / N",
        r"y'_i = (1 - \varepsilon) \cdot y_i + \tfrac{\varepsilon}{N}",
    ],
    ("eq-shift", None): [
        r"\operatorname{softmax}(c + a) = \operatorname{softmax}(a)",
        r"\operatorname{softmax}\left(a + c\right) = \operatorname{softmax}(a)",
        r"\mathrm{softmax}(a + c) = \mathrm{softmax}(a)",
        r"\operatorname{softmax}(a + c)_i = \operatorname{softmax}(a)_i",
    ],
    ("eq-errata-k-not-1", None): [
        r"\frac{\partial L}{\partial a_i} \overset{?}{=} p_i \Bigl( y_i + \sum_{k \ne 1} y_k \Bigr) - y_i",
    ],
    ("eq-errata-two-jobs", None): [
        r"\frac{\partial L}{\partial p_i} \overset{?}{=} -\sum_i y_i \frac{1}{p_i}",
    ],
    ("eq-errata-copies", None): [
        r"\sum_{k=1}^{N} p_i \overset{?}{=} 1",
    ],
    ("eq-errata-by-exponential", None): [
        r"\frac{\partial h}{\partial e^{a_j}} \overset{?}{=} e^{a_j}",
    ],
    ("eq-errata-copies", r"\sum_{k=1}^{N}"): [
        r"\sum_k", r"\sum_{j=1}^N",
    ],
}  # fmt: skip
