"""What a screen reader gets of a page: Chromium's accessibility tree, and the numbers in it without a name."""

LEAVES = {"image", "textbox", "button", "slider", "combobox", "MathMLMath"}  # spoken as one, by name and value

# Of the text nodes that are spoken, in their order: the numbers that no word is spoken with. A number has a name if
#   it is a cell of a named table, in a column with a head (and in a row with one, if it is no head itself);
#   it is part of a control's own label;
#   words come right before it, beside it in the same element; or the smallest element around it that holds words
#   begins with them, and holds no other number; or it is a paragraph, and the number is part of its sentence.
# The name of the group that it is in says whose the number is, not what it is: it does not count.
NAMELESS = r"""(...spoken) => {
    const isWord = (node) => /\p{L}/u.test(node.data);
    const isNumber = (node) => /[\d½]/.test(node.data) && !isWord(node);
    const clean = (text) => text.replace(/\s+/g, " ").trim();
    const control = "button, label, select, option, a, summary";
    const cells = "td, th, [role=cell], [role=gridcell], [role=columnheader], [role=rowheader]";
    const heads = "th, [role=columnheader], [role=rowheader]";

    // Pieces of one number, or of one expression: ×10⁻¹³, = 0, and the 0.665 of 0.245 × 0.665
    const goesOn = (node) => {
        const at = spoken.indexOf(node);
        return /^\s*[×=(]/.test(node.data)
            || (/^\s*[×+−=≈/·]\s*$/.test(spoken[at - 1]?.data) && isNumber(spoken[at - 2]));
    };
    const isOwn = (node) => isNumber(node) && !goesOn(node);
    const textOf = (around, place) => spoken.filter((each) => around.contains(each)
        && !each.parentElement.closest(control)
        && (!each.parentElement.closest("del, s") || spoken[place].parentElement.closest("del, s")));

    const inTable = (node) => {
        const cell = node.parentElement.closest(cells);
        const table = cell?.closest("table, [role=table], [role=grid]");
        if (!table) return false;
        const named = table.getAttribute("aria-label") || table.querySelector("caption")?.textContent;
        const rows = [...table.querySelectorAll("tr, [role=row]")];
        const row = [...rows.find((each) => each.contains(cell)).querySelectorAll(cells)];
        const isHead = (head) => Boolean(head?.matches(heads) && clean(head.textContent));
        const below = isHead(rows[0].querySelectorAll(cells)[row.indexOf(cell)]);
        if (named && cell.matches(heads) && /\p{L}/u.test(cell.getAttribute("aria-label"))) return true;
        return Boolean(named && below && (cell.matches(heads) || isHead(row[0])));
    };

    const hasName = (node, place) => {
        if (node.parentElement.closest(control) || inTable(node)) return true;
        const group = clean(node.parentElement.closest("[role=group]")?.getAttribute("aria-label") ?? "");
        const isName = (each) => isWord(each) && clean(each.data) !== group;
        const before = spoken[place - 1];
        const beside = node.parentElement.parentElement;
        const places = before && [before.parentElement, before.parentElement.parentElement];
        if (before && isName(before) && places.some((each) => [node.parentElement, beside].includes(each))
            && !before.parentElement.closest(control)) return true;
        for (let around = node.parentElement; around && !around.matches("main"); around = around.parentElement) {
            const inside = textOf(around, place);
            const words = inside.filter(isName);
            if (words.length) {
                const first = spoken.indexOf(words[0]) < place;
                return around.matches("p") || (first && inside.filter(isOwn).length === 1);
            }
            if (around.matches("[role=group]")) return false;
        }
        return false;
    };

    return spoken
        .map((node, place) => isOwn(node) && !hasName(node, place)
            && `${clean(node.data)} in ${clean(node.parentElement.parentElement.textContent).slice(0, 90)}`)
        .filter(Boolean);
}"""


def spoken(page):
    """The accessibility tree of the page's top frame: its nodes that a reader gets, in their order."""
    page = getattr(page, "page", page)  # Playwright's own, where it is lent
    cdp = page.context.new_cdp_session(page)
    nodes = {node["nodeId"]: node for node in cdp.send("Accessibility.getFullAXTree")["nodes"]}
    root = next(node for node in nodes.values() if "parentId" not in node)
    found = []

    def walk(node):
        if not node["ignored"]:
            found.append(node)
        if not (role(node) in LEAVES and (name(node) or role(node) == "MathMLMath")):
            for child in node.get("childIds", []):
                if child in nodes:
                    walk(nodes[child])

    walk(root)
    return cdp, found


def role(node):
    """Role of a node, as Chromium calls it."""
    return node["role"]["value"]


def name(node):
    """What a node is called."""
    return node.get("name", {}).get("value", "")


def of_node(cdp, backend_node, function):
    """Value of a JavaScript function of a node of the page."""
    handle = cdp.send("DOM.resolveNode", {"backendNodeId": backend_node})["object"]["objectId"]
    call = {"functionDeclaration": f"function () {{ return ({function})(this); }}", "returnByValue": True}
    answer = cdp.send("Runtime.callFunctionOn", {**call, "objectId": handle})
    assert "exceptionDetails" not in answer, answer
    return answer["result"].get("value")


def nameless_numbers(page):
    """Numbers that are spoken without a word that says what they are."""
    cdp, nodes = spoken(page)
    texts = [node["backendDOMNodeId"] for node in nodes if role(node) == "StaticText" and "backendDOMNodeId" in node]
    handles = [cdp.send("DOM.resolveNode", {"backendNodeId": text})["object"]["objectId"] for text in texts]
    # Texts that a style sheet writes have no node in the page: what they say may not be needed.
    answer = cdp.send(
        "Runtime.callFunctionOn",
        {
            "functionDeclaration": f"function (...nodes) {{ return ({NAMELESS})("
            "...nodes.filter((node) => node.nodeType === Node.TEXT_NODE && node.parentElement)); }",
            "objectId": handles[0],
            "arguments": [{"objectId": handle} for handle in handles],
            "returnByValue": True,
        },
    )
    cdp.detach()
    assert "exceptionDetails" not in answer, answer
    return answer["result"]["value"]
