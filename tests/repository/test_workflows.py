"""What the workflows promise: no code that somebody can exchange, no right and no secret that a step does not need."""

import re
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
TEXTS = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / ".github" / "workflows").glob("*.yml")}
WORKFLOWS = {name: yaml.safe_load(text) for name, text in TEXTS.items()}
JOBS = [(name, job) for name, workflow in WORKFLOWS.items() for job in workflow["jobs"]]


def job_of(name, job):
    return WORKFLOWS[name]["jobs"][job]


def test_workflow_pins_each_action_to_a_version():
    lines = [line.strip() for text in TEXTS.values() for line in text.splitlines() if "uses:" in line]
    assert len(lines) >= 9
    pinned = re.compile(r"(- )?uses: [\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
    assert [line for line in lines if not pinned.fullmatch(line)] == []


def test_one_version_of_an_action_is_used_everywhere():
    uses = {tuple(use.split("@")) for text in TEXTS.values() for use in re.findall(r"uses: (\S+)", text)}
    assert len(uses) == len(dict(uses))


@pytest.mark.parametrize(("name", "job"), JOBS)
def test_no_checkout_leaves_its_token_behind(name, job):
    for step in job_of(name, job)["steps"]:
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False


@pytest.mark.parametrize(("name", "job"), JOBS)
def test_a_job_may_read_the_repository_and_only_publishing_may_do_more(name, job):
    assert WORKFLOWS[name]["permissions"] == {"contents": "read"}
    own = job_of(name, job).get("permissions", {})
    assert own == ({"pages": "write", "id-token": "write"} if job == "publish" else {})
    assert "secrets." not in TEXTS[name]
    assert "pull_request_target" not in TEXTS[name]


@pytest.mark.parametrize(("name", "job"), JOBS)
def test_a_job_names_its_system_and_ends(name, job):
    systems = [job_of(name, job)["runs-on"]]
    if systems == ["${{ matrix.os }}"]:
        matrix = job_of(name, job)["strategy"]["matrix"]
        systems = [*matrix["os"], *(more["os"] for more in matrix["include"])]
    assert [system for system in systems if not re.fullmatch(r"(ubuntu|windows|macos)-[\d.]+", system)] == []
    assert job_of(name, job)["timeout-minutes"] <= 120


@pytest.mark.parametrize(("name", "job"), JOBS)
def test_no_step_pastes_what_others_can_write_into_a_script(name, job):
    assert [step["run"] for step in job_of(name, job)["steps"] if "${{" in step.get("run", "")] == []


@pytest.mark.parametrize(("name", "job"), JOBS)
def test_each_command_of_a_step_is_there(name, job, monkeypatch):
    for module in ("dev", "release", "environments", "steps", "npm"):
        monkeypatch.delitem(sys.modules, module, raising=False)
    from dev import COMMANDS

    offered = re.search(r"^COMMANDS = (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)[1].split()
    assert set(offered) == set(COMMANDS)
    scripts = "\n".join(step.get("run", "") for step in job_of(name, job)["steps"])
    wanted = re.findall(r"(?:make|tools/dev\.py) ([\w-]+)", scripts)
    assert [command for command in wanted if command not in COMMANDS] == []
    assert wanted or job == "publish"


def test_every_python_that_the_readme_names_is_tried_and_one_windows_and_one_mac():
    matrix = job_of("site.yml", "unit")["strategy"]["matrix"]
    first, last = re.search(r"Python 3\.(\d+) to 3\.(\d+)", (ROOT / "README.md").read_text(encoding="utf-8")).groups()
    assert matrix["python"] == [f"3.{minor}" for minor in range(int(first), int(last) + 1)]
    assert {more["os"].split("-")[0] for more in matrix["include"]} == {"windows", "macos"}


def test_the_published_site_is_the_tested_one_and_measures_all_peers():
    job = job_of("site.yml", "test")
    runs = [step.get("run", "") for step in job["steps"]]
    assert job["env"] == {"ENGINES": "all", "SOFTMAXLAB_PEERS": "required"}
    assert runs.index("make peers") < runs.index("make test")  # the book is built by the second
    (packed,) = [index for index, run in enumerate(runs) if "_build/html" in run]
    assert packed > runs.index("make test")
    assert set(job_of("site.yml", "publish")["needs"]) == {"test", "unit"}


def test_what_is_too_slow_for_every_submission_runs_every_week():
    triggers = WORKFLOWS["weekly.yml"][True]  # YAML's `on`
    assert re.fullmatch(r"\d+ \d+ \* \* [0-6]", triggers["schedule"][0]["cron"])
    assert "make release-check" in [step.get("run") for step in job_of("weekly.yml", "release-check")["steps"]]
