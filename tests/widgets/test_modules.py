"""A widget's front end as one text: each of its modules, behind those that it imports."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from softmaxlab.widgets._runtime import modules

ROOT = Path(__file__).parents[2]
FOUND = """
import { build } from "esbuild";
const [folder, ...names] = process.argv.slice(1);
const entryPoints = names.map((name) => `${folder}/${name}/widget.js`);
const { metafile } = await build({ entryPoints, bundle: true, write: false, metafile: true, outdir: "made" });
const found = Object.entries(metafile.inputs).map(([path, { imports }]) => [path, imports.map(({ path }) => path)]);
process.stdout.write(JSON.stringify(Object.fromEntries(found)));
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder of widgets; returns a function that writes modules into it."""
    monkeypatch.setattr(modules, "WIDGETS", tmp_path)
    modules.compose_module.cache_clear()

    def write(texts):
        for name, text in texts.items():
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text(text, encoding="utf-8")

    yield write
    modules.compose_module.cache_clear()


def texts_of(composed):
    """Read the modules out of a composed text."""
    return dict(json.loads(re.match("const texts = (.*);\n", composed)[1]))


def test_what_a_module_imports_is_what_esbuild_finds(needs_javascript):
    command = ["node", "--input-type=module", "-e", FOUND, str(modules.WIDGETS), *modules.module_names()]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=True).stdout
    for path, found in json.loads(said).items():
        text = (ROOT / path).read_text(encoding="utf-8")
        asked = [(ROOT / path).parent / name for name, _, _ in modules.imports(text)]
        assert [name.resolve().relative_to(ROOT).as_posix() for name in asked] == found


def test_each_module_comes_behind_those_that_it_imports_and_stays_as_it_is(folder):
    tricky = 'const text = `\n  // no comment\n  import "./c.js";\n</script>`;\n'
    folder(
        {
            "n/widget.js": f'// Words.\nimport {{ b }} from "../_runtime/b.js";\nimport "./a.js";\n{tricky}',
            "n/a.js": 'import * as b from "../_runtime/b.js";',
            "_runtime/b.js": "export const b = 1;",
        }
    )
    composed = modules.compose_module("n")
    assert "</" not in composed
    texts = texts_of(composed)
    assert list(texts) == ["_runtime/b.js", "n/a.js", "n/widget.js"]
    assert texts["n/widget.js"] == [
        "// Words.\nimport { b } from ", {"of": "_runtime/b.js"}, ";\nimport ", {"of": "n/a.js"}, f";\n{tricky}",
    ]  # fmt: skip


def test_modules_in_a_circle_are_named(folder):
    folder({"n/widget.js": 'import "./a.js";', "n/a.js": 'import "./widget.js";'})
    with pytest.raises(ValueError, match=r"^n/widget\.js imports n/a\.js imports n/widget\.js: modules can't import"):
        modules.compose_module("n")


def test_a_module_that_is_not_there_is_named(folder):
    folder({"n/widget.js": 'import "./gone.js";'})
    with pytest.raises(ValueError, match=r"^n/widget\.js imports n/gone\.js, and there is no such file$"):
        modules.compose_module("n")
