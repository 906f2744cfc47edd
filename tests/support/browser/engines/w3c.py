"""What WebDriver and WebDriver BiDi share: how keys and pointers are written, and how values travel as JSON."""

import json
import math

# Playwright's names, as the tests write them, and the code points of https://www.w3.org/TR/webdriver2/#keyboard-actions
KEYS = {
    "Backspace": "\ue003", "Tab": "\ue004", "Enter": "\ue007", "Shift": "\ue008", "Control": "\ue009",
    "Alt": "\ue00a", "Escape": "\ue00c", "Space": " ", "PageUp": "\ue00e", "PageDown": "\ue00f", "End": "\ue010",
    "Home": "\ue011", "ArrowLeft": "\ue012", "ArrowUp": "\ue013", "ArrowRight": "\ue014", "ArrowDown": "\ue015",
    "Delete": "\ue017",
}  # fmt: skip
# JSON has no -0, NaN or infinity, and no undefined: they travel by name.
CALL = """async (sent) => {
    const named = { "NaN": NaN, "Infinity": Infinity, "-Infinity": -Infinity, "-0": -0 };
    const take = (_, value) => value !== null && typeof value === "object" && "$number" in value
        ? named[value.$number] : value;
    const give = (_, value) => typeof value !== "number" || (Number.isFinite(value) && !Object.is(value, -0))
        ? value : { $number: Object.is(value, -0) ? "-0" : String(value) };
    const [argument] = JSON.parse(sent, take);
    const told = (%s);
    return JSON.stringify([(await (typeof told === "function" ? told(argument) : told)) ?? null], give);
}"""


def call(expression):
    """Return the function that evaluates an expression, or calls a function, as Playwright's `evaluate` does."""
    return CALL % expression


def packed(argument):
    """Return an argument of `call` as text."""
    return json.dumps([named(argument)])


def named(value):
    """Replace what JSON can't say."""
    if isinstance(value, float) and not math.isfinite(value):
        return {"$number": {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}[str(float(value))]}
    if isinstance(value, dict):
        return {key: named(part) for key, part in value.items()}
    return [named(part) for part in value] if isinstance(value, (list, tuple)) else value


def unpacked(answer):
    """Return what `call` answered."""

    def take(read):
        return float(read["$number"].replace("Infinity", "inf")) if "$number" in read else read

    return json.loads(answer, object_hook=take)[0]


def keys(*names):
    """Return the actions that press one key after the other; "Shift+Tab" holds the first."""
    actions = []
    for name in names:
        *held, last = name.split("+") if len(name) > 1 else [name]
        pressed = [KEYS.get(key, key) for key in (*held, last)]
        actions += [{"type": "keyDown", "value": key} for key in pressed]
        actions += [{"type": "keyUp", "value": key} for key in reversed(pressed)]
    return [{"type": "key", "id": "keyboard", "actions": actions}]


def moves(*points):
    """Return the parts of a pointer's way through these points of the window."""
    return [{"type": "pointerMove", "x": round(x), "y": round(y), "duration": 0} for x, y in points]


DOWN, UP = {"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}


def pointer(*parts):
    """Return the actions of a mouse."""
    return [{"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": list(parts)}]
