"""What a built page says, as plain text: section by section, each formula once and readable, no buttons, no pictures.

KaTeX writes a formula three times: for the eye, as MathML and as TeX. The MathML is the one that a line of text can be
made of: `p_i − y_i`, `∂L/∂a_i`, `e^x/(1 + e^x)`.
"""

import re
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from xml.etree import ElementTree

from softmaxlab._page_names import Class

MATH = re.compile(r"<math\b.*?</math>", re.DOTALL)
NAMESPACE = "{http://www.w3.org/1998/Math/MathML}"
ARTICLE = re.compile(r'<article class="bd-article">(.*?)</article>', re.DOTALL)
SPACED = set("=≠≈≡<>≤≥≪≫+−±·×∣∥‖→⟶⟹⇒⟺↦∈∉⊂∪∩≔:≳≲∝⇔⟵←⊙⊗⊕∘")
OPENING = set("([{,=<>≤≥≈→∣|")
BIG = re.compile(r"(?:[∑∏∫]|[^\W\d_]{2,})[_^]\S+$")  # a sum or a limit, and what stands below it and above
SUPERSCRIPT = str.maketrans("0123456789+−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻")
ACCENTS = set("¯^~ˉˆ˜→˙⏞⏟‾_¨")


def needs_room(text: str, piece: str) -> bool:
    """Say whether a name would run into the name before it: log x, y log p, ∑_j y_j."""
    if not piece[:1].isalnum() and piece[:1] not in "∂∑":
        return False
    before = re.search(r"\w+$", text)
    return bool(BIG.search(text) or (before and (len(before[0]) > 1 or re.match(r"[^\W\d_]{2}", piece))))


def joined(children: list[ElementTree.Element]) -> str:
    """Return a row of MathML as text, with room around its relations and its operations of two sides."""
    text = ""
    for child in children:
        piece = readable(child)
        if child.tag == NAMESPACE + "mo" and piece in SPACED:
            sign = piece in "+−±" and (not text.strip() or text.rstrip()[-1] in OPENING)  # −x, not a − x
            piece = piece if sign else f" {piece} "
        elif child.tag == NAMESPACE + "mo" and piece in {",", ";"}:
            piece += " "
        elif needs_room(text, piece):
            piece = f" {piece}"
        text += piece
    return re.sub(r"(?<=[^\W\d_]{2}) \((?=[^=≠∈]*\))", "(", re.sub(r"\s+", " ", text))  # log(x); but y_i (j ≠ i)


def grouped(text: str) -> str:
    """Return a part of a fraction or of a root in parentheses, if it needs them."""
    text = text.strip()
    return f"({text})" if re.search(r"[\s/]", text) else text


def raised(text: str) -> str:
    """Return an exponent."""
    text = text.strip()
    if text in {"′", "″"}:
        return text
    if re.fullmatch(r"[+−]?\d+", text):
        return text.translate(SUPERSCRIPT)
    return f"^{text}" if re.fullmatch(r"\w|\W|\w_\w+", text) else f"^({text})"


def lowered(text: str) -> str:
    """Return an index, or what stands below a sum."""
    text = text.replace(" ", "")
    return f"_{text}" if re.fullmatch(r"\w+", text) else f"_({text})"


def rows(table: list[str]) -> str:
    """Return the rows of a table in one line: a comma between two, if the second does not go on with the first."""
    text = ""
    for row in filter(None, table):
        if not text:
            text = row
        elif row[0] in "+−=≤≥≈":
            text += f" {row[0]} {row[1:].lstrip()}"
        else:
            text += f" {row}" if row[0] == "(" else f", {row}"
    return text


def readable(element: ElementTree.Element) -> str:
    """Return one element of MathML as text.

    >>> readable(ElementTree.fromstring(f'<mfrac xmlns="{NAMESPACE[1:-1]}"><mi>a</mi><mi>b</mi></mfrac>'))
    'a/b'
    """
    name, parts = element.tag.removeprefix(NAMESPACE), list(element)
    match name:
        case "mi" | "mn" | "mo" | "mtext" | "ms":
            return (element.text or "").replace("\u2061", "").replace("\xa0", " ")  # 2061: f applied to x, unseen
        case "annotation" | "mphantom":
            return ""
        case "mspace":
            return " "
        case "mfrac":
            return "/".join(grouped(readable(part)) for part in parts)
        case "msqrt":
            return f"√{grouped(joined(parts))}"
        case "mroot":
            return f"{readable(parts[1])}√{grouped(readable(parts[0]))}"
        case "msub" | "munder":
            return readable(parts[0]).strip() + lowered(readable(parts[1]))
        case "msup":
            return readable(parts[0]) + raised(readable(parts[1]))
        case "mover":
            above = readable(parts[1])
            return readable(parts[0]) + ("" if above in ACCENTS else raised(above))
        case "msubsup" | "munderover":
            base, below, above = map(readable, parts)
            return base.strip() + lowered(below) + raised(above)
        case "mtable":
            return rows([" ".join(joined(list(cell)).strip() for cell in row).strip() for row in parts])
        case _:
            return joined(parts)


def with_readable_formulas(body: str) -> str:
    """Return a page's HTML with the text of each formula in the place of its MathML."""
    return MATH.sub(lambda math: escape(f" {readable(ElementTree.fromstring(math[0])).strip()} "), body)


@dataclass
class Section:
    """A piece of a page that has an address of its own."""

    anchor: str
    heading: str = ""
    text: str = ""
    code: str = ""
    is_term: bool = False


SKIPPED_TAGS = {"script", "style", "svg", "button", "noscript", "nav", "template", "form"}
SKIPPED_CLASSES = {
    "headerlink",
    "katex-html",
    Class.MOUNT,  # its still is a picture
    Class.BADGE,
    Class.ASLEEP_NOTE,
    "section-number",
    "admonition-title",
    "eqno",
    "cell_output",
    "copybtn",
    "toctree-wrapper",
    "linenos",
}
BLOCKS = {"p", "li", "dt", "dd", "div", "td", "th", "tr", "pre", "details", "summary", "figcaption", "section"}
HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
VOID = {"br", "img", "input", "hr", "wbr", "meta", "link", "col", "area", "base", "embed", "source", "track"}


@dataclass
class Reader(HTMLParser):
    """Reads the body of a page into sections."""

    sections: list[Section] = field(default_factory=list)
    number: str = ""

    def __post_init__(self) -> None:
        """Begin outside of everything."""
        super().__init__(convert_charrefs=True)
        self.open: list[Section] = []
        self.path: list[str] = []  # tags that are open
        self.skipped = 0  # how deep below a skipped element
        self.into = "text"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a section, a heading, a term, or skip."""
        given = dict(attrs)
        classes = set((given.get("class") or "").split())
        if tag in VOID:
            self.handle_data(" ")
            return
        self.path.append(tag)
        if self.skipped or tag in SKIPPED_TAGS or classes & SKIPPED_CLASSES:
            self.skipped += 1
        elif tag == "section":
            self.begin(Section(given.get("id") or ""))
        elif tag == "dt" and (given.get("id") or "").startswith("term-"):
            self.into = "heading"
            if self.open and self.open[-1].is_term and not self.open[-1].text.strip():
                self.open[-1].heading += ", "  # two words with one explanation
                return
            if self.open and self.open[-1].is_term:
                self.open.pop()
            self.begin(Section(given["id"] or "", is_term=True))
        elif tag in HEADINGS:
            self.into = "heading"
        elif tag == "pre":
            self.into = "code"

    def begin(self, section: Section) -> None:
        """Let what follows belong to this section."""
        self.open.append(section)
        self.sections.append(section)

    def handle_endtag(self, tag: str) -> None:
        """Go back to what is around."""
        if tag in VOID or tag not in self.path:
            return
        while self.path.pop() != tag:  # an element that HTML lets end by itself, such as dt
            self.skipped = max(self.skipped - 1, 0)
        if self.skipped:
            self.skipped -= 1
            return
        if tag in HEADINGS or tag in {"dt", "pre"}:
            self.into = "text"
        if tag in BLOCKS and self.open:
            self.add("\n")
        if (tag == "section" and self.open) or (tag == "dl" and self.open and self.open[-1].is_term):
            self.open.pop()

    def handle_data(self, data: str) -> None:
        """Keep the words."""
        if self.path and self.path[-1] == "span" and self.skipped == 1 and re.fullmatch(r"[\d.]+ ", data):
            self.number = self.number or data.strip()
        elif not self.skipped and self.open:
            self.add(data)

    def add(self, data: str) -> None:
        """Add to the part that is being read."""
        setattr(self.open[-1], self.into, getattr(self.open[-1], self.into) + data)


def tidy(text: str, keep: str = "\n") -> str:
    """Return text with one space between words, and one line a block."""
    lines = (re.sub(r"\s+", " ", line).strip() for line in text.split("\n"))
    lines = (re.sub(r" (?=[.,;:!?)])|(?<=[(“]) ", "", line) for line in lines)
    return keep.join(line for line in lines if line)


def sections_of(page: str) -> tuple[str, list[Section]]:
    """Return the number of a built page's chapter ("6.", or nothing), and its sections."""
    article = ARTICLE.search(page)
    reader = Reader()
    reader.feed(with_readable_formulas(article[1] if article else ""))
    for section in reader.sections:
        section.heading = tidy(section.heading, " ").removesuffix("#").strip()
        section.text, section.code = tidy(section.text), tidy(section.code)
    return reader.number, [section for section in reader.sections if section.heading]
