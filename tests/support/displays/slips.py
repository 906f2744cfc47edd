r"""Edits of displayed formulas: what an author mistypes, what TeX sets unlike its source.

Keys are a label and the part of its TeX that is put in another way, None for all of it.
"""

FALSE = {
    ("eq-jacobian", r"(\delta_{ij} - p_j)"): [
        r"{\delta_{ij} - p_j}", r"(\delta_{ij}' - p_j)", r"(\delta_{i,j,} - p_j)", r"(\delta_{ij} - \mathbf{p}_j)",
        r"(\delta_{ij} - \text{p}_j)", r"(\delta_{ij} - \mathrm{p}_j)", r"(\delta_{ij} - \operatorname{p}_j)",
        r"(\delta_{ij} - p_\,j)", r"(\delta_{ij} - p_~j)", r"(\delta_i_j - p_j)", r"(\delta_{ij} + - p_j)",
        r"\left(\delta_{ij} - p_j)", r"(\delta_{ij} - p_j) \limits", '(\\delta_{ij}\n\n - p_j)',
        r"\delta_{ij} - p_j", r"(\delta_{ij} \pm p_j)", r"(\delta_{ij} - p_j) \qquad p_i > 0",
    ],
    ("eq-jacobian", r"\partial p_i"): [
        r"\mathrm{d} p_i", r"\partial p_j", r"\partial", r"\delta p_i",
    ],
    ("eq-jacobian", r"\partial a_j"): [
        r"\partial a^{(j)}", r"\partial a", r"\partial a_{ij}", r"a_j",
    ],
    ("eq-jacobian", r"="): [
        r"", r"\ne", r"\le", r"==",
    ],
    ("eq-sum-one", r"\sum_{i=1}^{N} p_i"): [
        r"\sum_{i=1}^{N}^{N} p_i", r"\sum_{i=1}^N_i p_i", r"\sum_{}^{N} p_i", r"\sum_\,{i=1}^{N} p_i",
        r"\sum_{i=1}^{N} p_k", r"\sum_{i < N} p_i", r"\sum_i=1^N p_i",
    ],
    ("eq-sum-one", r"= 1"): [
        r"= 1 1", r"", r"= １", r"= 0", r"< 1", '= 1 %\n+ 1',
    ],
    ("eq-sum-one", r"p_i > 0, \qquad"): [
        r"", r"p_i \ge 0, \qquad", r"p > 0, \qquad", r"p_i > 0,",
    ],
    ("eq-jacobian-off", r"(j \ne i)"): [
        r"", r"(j \ne i) \qquad (j \ne i)", r"(j \ne i) \qquad (i \ne j)", r"(j = i)", r"(j_i \ne i)",
        r"(\neg j \ne i)",
    ],
    ("eq-jacobian-off", r"-p_i\, p_j"): [
        r"p_i p_j", r"-p_i + p_j", r"-p_{ij}",
    ],
    ("eq-sigmoid", r"(N = 2)"): [
        r"", r"(N = 3)", r"(m = 2)", r"(n = 2)",
    ],
    ("eq-sigmoid", r"e^{-(a_1 - a_2)}"): [
        r"e'^{-(a_1 - a_2)}", r"\exp{-(a_1 - a_2)}", r"e^{-{a_1 - a_2}}", r"e^{-a_1 - a_2}", r"e_{-(a_1 - a_2)}",
        r"e^{-(a_11 - a_2)}",
    ],
    ("eq-p-minus-y", r"\Bigl( \textstyle\sum_{j} y_j = 1 \Bigr)"): [
        r"", r"(\sum_j y_j = 1) \qquad (\sum_i y_i = 1)", r"(\sum_j y_j = １)", r"(\sum_j y_j = 2)",
        r"(\sum_{j=1}^{N-1} y_j = 1)", r"(\sum_j \bar y_j = 1)",
    ],
    ("eq-p-minus-y", r"p_i - y_i"): [
        r"y_i - p_i", r"\hat p_i - y_i", r"p_i - 1",
    ],
    ("eq-gradient-general", r"p_i \sum_{j=1}^{N} y_j - y_i"): [
        r"\sum_{j=1}^{N} p_j y_j - y_i", r"\sum_{i=1}^{N} p_i y_i - y_i", r"p_i {\sum_{j=1}^{N} y_j - y_i}",
    ],
    ("eq-chain-3", r"\sum_{j \ne i} y_j\, p_i"): [
        r"\sum_{j \ne} y_j p_i", r"\sum_{j \ne i} y_i p_i", r"\sum_{j \ne k} y_j p_i", r"\sum_{j \not= i} y_j p_i",
    ],
    ("eq-chain-3", r"\\[-1ex]"): [
        r"\\ p_i", r"\\ \cdot", r"&",
    ],
    ("eq-chain-3", '-y_i\\, (1 - p_i) \\\\'): [
        '-y_i\\, {1 - p_i} \\\\', '-y_i\\, (1 - p_&i) \\\\', '-y_&i\\, (1 - p_i) \\\\',
        '-y_i\\, \\left(1 \\\\ - p_i\\right) \\\\', '-y_i\\, (1 - p_i) \\begin{x} \\\\',
    ],
    ("eq-jvp", r"\Bigl( v_i - \sum_{k=1}^{N} p_k v_k \Bigr)"): [
        r"{ v_i - \sum_{k=1}^{N} p_k v_k }", r"v_i - \sum_{k=1}^{N} p_k v_k",
        r"\Bigl( \sum_{k=1}^{N} v_i - p_k v_k \Bigr)", r"\Bigl( v_i - p_k v_k \Bigr)",
    ],
    ("eq-variance", r"\Bigl( \sum_{k=1}^{N} p_k v_k \Bigr)^2"): [
        r"{ \sum_{k=1}^{N} p_k v_k }^2", r"\Bigl( \sum_{k=1}^{N} p_k v_k \Bigr)^{2}^{1}",
        r"\Bigl( \sum_{k=1}^{N} p_k v_k \Bigr)^\,2", r"\sum_{k=1}^{N} (p_k v_k)^2",
        r"\Bigl( \sum_{k=1}^{N} p_k v_k \Bigr)^3", r"\Bigl( \sum_{k=1}^{N} p_k v_k \Bigr)^{9^{9^{9}}}",
    ],
    ("eq-variance-pairs", r"\frac{1}{2}"): [
        r"", r"1/2", r"\frac\,12", r"\frac{1}\,2", r"\frac{1}{4}", r"-\frac{1}{2}", r"\frac{}{2}",
    ],
    ("eq-variance-pairs", r"(v_i - v_j)^2"): [
        r"{v_i - v_j}^2", r"(v_i - v_j)", r"v_i - v_j^2", r"|v_i - v_j|",
    ],
    ("eq-jacobian-matrix", r"p\, p^{\top}"): [
        r"p^{\top} p", r"p\, p^{t}", r"p p'",
    ],
    ("eq-jacobian-matrix", r"\operatorname{diag}(p)"): [
        r"\operatorname{diag}(y)", r"I p", r"\operatorname{diag}\{p\}",
    ],
    ("eq-cancel", None): [
        r"\operatorname{diag}(p)^{-1} J = I - p\, \mathbf{1}^{\top}",
        r"J \operatorname{diag}(p) = I - p\, \mathbf{1}^{\top}",
        r"J \operatorname{diag}(p)^-1 = I - p\, \mathbf{1}^{\top}",
    ],
    ("eq-null-space", None): [
        r"J v = 0 \quad \Longrightarrow \quad v_1 = v_2 = \dots = v_N",
        r"J v = 0 \quad \Longleftrightarrow \quad v = 0", r"J v = 0 \qquad v_1 = v_2 = \dots = v_N",
    ],
    ("eq-newton", None): [
        r"W_{t+1} = W_t - G(W_t)\, H(W_t)^{-1}", r"W_{t-1} = W_t - H(W_t)^{-1}\, G(W_t)",
        r"W_{t+1} = W_t - H(W_t)^{-1}\, G(W)",
    ],
    ("eq-log-softmax", r"\log \sum_{k=1}^{N} e^{a_k}"): [
        r"\sum_{k=1}^{N} \log e^{a_k}", r"\log \sum_{i=1}^{N} e^{a_k}", r"\lg \sum_{k=1}^{N} e^{a_k}",
    ],
    ("eq-entropy", r"y_i \log y_i"): [
        r"\log y_i y_i", r"y_i \log p_i", r"\log (y_i y_i)", r"y_i \log(y_i) y_i",
    ],
    ("eq-kl", r"\frac{y_i}{p_i}"): [
        r"\frac{p_i}{y_i}", r"y_i - p_i", r"\frac{1}{p_i}",
    ],
    ("eq-kl", r"(y \,\|\, p)"): [
        r"(y, p)", r"(p \,\|\, y)", r"(y | p)", r"(y \,\|\, p) + 1",
    ],
    ("eq-bits", None): [
        r"-\log_2 p = \frac{\log p}{\log 2}", r"-\log p = \frac{-\log p}{\log 2}", r"-\log_2 p = -\log \frac{p}{2}",
    ],
    ("eq-likelihood", r"\prod_{n=1}^{m}"): [
        r"", r"\sum_{n=1}^{m}", r"\prod_{n=1}^{N}", r"\prod_{n=2}^{m}",
    ],
    ("eq-likelihood", r"\sum_{n=1}^{m} -\log p^{(n)}_{y^{(n)}}"): [
        r"\sum_{n=1}^{m} \log p^{(n)}_{y^{(n)}}", r"\sum_{n=1}^{m} -\log p^{(n)}_{p^{(n)}}",
        r"\sum_{n=1}^{m} -\log p^{(n)}_{y^{(n)}}^2",
    ],
    ("eq-batch-loss", None): [
        r"\bar{\bar L} = -\frac{1}{m} \sum_{n=1}^{m} \log p_{n y_n}",
        r"\bar{L = -\frac{1}{m}} \sum_{n=1}^{m} \log p_{n y_n}",
        r"\bar\,L = -\frac{1}{m} \sum_{n=1}^{m} \log p_{n y_n}", r"\bar{} = 1",
        r"\bar L = -\frac{1}{m} \sum_{n=1}^{m} \log p_{n y_}", r"\bar L = -\sum_{n=1}^{m} \log p_{n y_n}",
        r"L = -\frac{1}{m} \sum_{n=1}^{m} \log p_{n y_n}", r"\bar L = \frac{1}{m} \sum_{n=1}^{m} \log p_{n y_n}",
    ],
    ("eq-batch-grad", r"\delta_{k y_n}"): [
        r"\delta_{n y_k}", r"y_n", r"\delta'_{k y_n}",
    ],
    ("eq-batch-grad", r"{m}"): [
        r"{N}", r"{1}", r"{m^2}",
    ],
    ("eq-weights-hessian", r"\lambda\, \delta_{de}\, \delta_{kc}"): [
        r"\lambda\, \delta_{de}", r"\lambda\, \delta_{dd}\, \delta_{kc}", r"\lambda_d\, \delta_{de}\, \delta_{kc}",
    ],
    ("eq-weights-hessian", r"x_{nd}\, p_{nk}\, (\delta_{kc} - p_{nc})\, x_{ne}"): [
        r"x_{nd}\, p_{nk}\, (\delta_{kc} - p_{nk})\, x_{ne}", r"x_{dn}\, p_{nk}\, (\delta_{kc} - p_{nc})\, x_{ne}",
        r"x_{nd}\, p_{kn}\, (\delta_{kc} - p_{nc})\, x_{ne}",
    ],
    ("eq-delta", r"\text{if } i = j"): [
        r"", r"\text{if } i \ne j", r"\text{otherwise}", r"\text{if }",
    ],
    ("eq-delta", r"\begin{cases}"): [
        r"\begin{array}", r"\left\{ \begin{cases}", r"-\begin{cases}",
    ],
    ("eq-temperature-limits", r"0^+"): [
        r"0^\,+", r"0^-", r"\infty", r"0+",
    ],
    ("eq-temperature-limits", r"\lim_{T \to \infty}"): [
        r"", r"\lim_{T \to 0^+}", r"\lim_{a \to \infty}", r"\lim_{T}",
    ],
    ("eq-temperature-limits", r"\max_k a_k"): [
        r"\max_d a_d", r"\max_\,k a_k", r"\min_k a_k", r"\max_k -a_k", r"\max_{k,i} a_k",
    ],
    ("eq-temperature-limits", r"1/M"): [
        r"1/N", r"1/M^2", r"\frac{M}{1}",
    ],
    ("eq-lse-bounds", None): [
        r"m \le \operatorname{LSE}(a) \le m", r"m + \log N \le \operatorname{LSE}(a) \le m",
        r"m \lesssim \operatorname{LSE}(a) \le m + \log N",
    ],
    ("eq-softmax-twice-floor", r"\ge"): [
        r"\le", r"=", r"\ne",
    ],
    ("eq-softmax-twice-floor", r"e^{-1}"): [
        r"e'^{-1}", r"e^1", r"e^{1}", r"e^{-i}",
    ],
    ("eq-complex-step", r"O(h^4)"): [
        r"O(h^2)", r"O(1)", r"O(h_4)",
    ],
    ("eq-complex-step", r"f'''(x)"): [
        r"f''(x)", r"f'''(h)", r"f_3(x)",
    ],
    ("eq-error-forward", r"\lesssim"): [
        r"\le", r"=", r"\approx",
    ],
    ("eq-error-forward", r"\frac{2u\, |f|}{h}"): [
        r"\frac{u\, |f|}{h}", r"\frac{2u\, |f'|}{h}", r"\frac{2^u |f|}{h}",
    ],
    ("eq-relative-error", r"\max(\varepsilon,\; |g| + |d|)"): [
        r"\min(\varepsilon,\; |g| + |d|)", r"\max(\varepsilon,\; |g + d|)", r"\max(\varepsilon, |g|, |d|)",
    ],
    ("eq-relative-error", r"|g - d|"): [
        r"|g + d|", r"|g| - |d|", r"|g - d|^2",
    ],
    ("eq-sum-pairwise", r"\lceil \log_2 n \rceil"): [
        r"\lfloor \log_2 n \rfloor", r"\lceil \log_2 n", r"[\log_2 n]",
    ],
    ("eq-float-max", None): [
        r"w_\max = {2 - 2^{-52}} \cdot 2^{1023}", r"w_{\max} = (2 - 2^{-52}) 2^{1023} 1",
        r"w_{\max} = \left(2 - 2^{-52}\right) \cdot 2^{10 23}",
        r"w_{\min} = \left(2 - 2^{-52}\right) \cdot 2^{1023}", r"w_{max} = \left(2 - 2^{-52}\right) \cdot 2^{1023}",
    ],
    ("eq-smoothing", r"y'_i = (1 - \varepsilon)\, y_i + \frac{\varepsilon}{N}"): [
        r"y'_i = {1 - \varepsilon}\, y_i + \frac{\varepsilon}{N}", r"",
        r"y'_i = (1 - \varepsilon)\, y_i + \varepsilon", r"y'_i = (1 - \varepsilon)\, y_j + \frac{\varepsilon}{N}",
        r"y'_i = (1 - \varepsilon)\, (y_i + \frac{\varepsilon}{N})",
    ],
    ("eq-smoothing", r"p_i - y'_i"): [
        r"p_i - y_i", r"p'_i - y'_i", r"p_i - y^1_i",
    ],
    ("eq-shift", None): [
        r"\operatorname{softmax}(a + c) = \operatorname{softmax}(c)",
        r"\operatorname{softmax}(a + c)_i = \operatorname{softmax}(a)_j",
        r"\operatorname{softmax}(a + y) = \operatorname{softmax}(a)",
    ],
    ("eq-errata-k-not-1", r"\overset{?}{=}"): [
        r"=", r"\ne", r"\overset{!}{=}",
    ],
    ("eq-errata-k-not-1", None): [
        r"\frac{\partial L}{\partial a_i} \;\overset{?}{=}\; p_i \Bigl( y_i + \sum_{k \ne 1} y_k \Bigr) - y_i + 1",
        r"\frac{\partial L}{\partial a_i} \;\overset{?}{=}\; p_i \Bigl( y_i + \sum_{k \ne 1} y_k \Bigr) - y_i = 0",
        r"p_i = 1",
    ],
    ("eq-errata-chain", r"\overset{?}{=}"): [
        r"=", r"\ne", r"\overset{!}{=}",
    ],
    ("eq-errata-chain", None): [
        r"p_i = 1",
    ],
    ("eq-errata-two-jobs", r"\overset{?}{=}"): [
        r"=", r"\ne", r"\overset{!}{=}",
    ],
    ("eq-errata-two-jobs", None): [
        r"\frac{\partial L}{\partial p_i} \;\overset{?}{=}\; -\sum_i y_i \frac{1}{p_i} \qquad (\sum_k y_k = 1)",
        r"\frac{\partial L}{\partial p_i} \;\overset{?}{=}\; -\sum_i y_i \frac{1}{p_i} + 1",
        r"\frac{\partial L}{\partial p_i} \;\overset{?}{=}\; -\sum_i y_i \frac{1}{p_i} = 0",
    ],
    ("eq-errata-one-path", r"\overset{?}{=}"): [
        r"=", r"\ne", r"\overset{!}{=}",
    ],
    ("eq-errata-one-path", None): [
        r"p_i = 1",
    ],
    ("eq-errata-vanishing", r"\overset{?}{=}"): [
        r"=", r"\ne", r"\overset{!}{=}",
    ],
    ("eq-errata-vanishing", None): [
        r"p_i = 1",
    ],
    ("eq-errata-copies", r"\overset{?}{=}"): [
        r"=", r"\ne", r"\overset{!}{=}",
    ],
    ("eq-errata-copies", None): [
        r"\sum_{k=1}^{N} p_i \;\overset{?}{=}\; 1 \qquad (\sum_k y_k = 1)",
        r"\sum_{k=1}^{N} p_i \;\overset{?}{=}\; 1 + 1", r"\sum_{k=1}^{N} p_i \;\overset{?}{=}\; 1 = 0",
    ],
    ("eq-errata-by-exponential", r"\overset{?}{=}"): [
        r"=", r"\ne", r"\overset{!}{=}",
    ],
    ("eq-errata-by-exponential", None): [
        r"\frac{\partial h}{\partial e^{a_j}} \;\overset{?}{=}\; e^{a_j} \qquad (\sum_k y_k = 1)",
        r"\frac{\partial h}{\partial e^{a_j}} \;\overset{?}{=}\; e^{a_j} + 1",
        r"\frac{\partial h}{\partial e^{a_j}} \;\overset{?}{=}\; e^{a_j} = 0",
    ],
    ("eq-errata-k-not-1", r"k \ne 1"): [
        r"k \ne i", r"k \ne 2", r"k",
    ],
    ("eq-errata-copies", r"p_i"): [
        r"p_k", r"p_j p_i", r"p",
    ],
    ("eq-errata-k-not-1", r"p_i \Bigl("): [r"p \Bigl(", r"p_{} \Bigl(", r"p_{ } \Bigl("],
    ("eq-errata-k-not-1", r"\Bigl( y_i"): [r"\Bigl( y"],
    ("eq-errata-k-not-1", r"- y_i"): [r"- y", r"- y_", r"- y_{}"],
    ("eq-errata-vanishing", r"-\frac{y_i}{p_i}"): [r"-\frac{y}{p_i}", r"-\frac{y_i}{p}"],
    ("eq-errata-vanishing", r"(1 - p_i)"): [r"(1 - p)", r"(1 - p_i"],
    ("eq-binary-loss", r"[1ex]"): [r"[1xe]", r"[[1ex]", r"[1-ex]", r"[1]", r"[x_i]"],
    ("eq-growth", "f(t),"): ["f(t),,", "f(t).,"],
    ("eq-delta", r"\\ 0"): [r"\\ 00", r"\\ 0.", r"\\ 01"],
    ("eq-shift-slopes", r"\frac{\partial}{\partial a_j}\,"): [
        r"\frac{\partial}{\partial a_j} +", r"\frac{\partial}{\partial a_j} -", r"\frac{\partial}{\partial a_j} \cdot",
    ],
    ("eq-sum-one", r"\sum_{i=1}^{N}"): [r"\sum_{i=1}^{N} +", r"\sum_{i=1}^{N} -", r"\sum_{i=1}^{N} \cdot"],
}  # fmt: skip
