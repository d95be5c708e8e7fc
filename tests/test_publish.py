"""The files of the guide's page on publishing: what they name exists, and their commands publish a site."""

from __future__ import annotations

import re
import shutil

import pytest
import yaml
from guide.walk import ROOT, fences
from installed import prepare

PAGE = ROOT / "site" / "pages" / "authors" / "publish.md"
FILES = {fence.title: fence.text for fence in fences(PAGE) if fence.title}
GITHUB, GITLAB = (yaml.safe_load(FILES[name]) for name in (".github/workflows/publish.yml", ".gitlab-ci.yml"))
PROJECT = ROOT / "templates" / "_project"
# The actions, by the commits of what their owners have released.
RELEASED = {
    "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1",
    "actions/setup-python@5fda3b95a4ea91299a34e894583c3862153e4b97",
    "actions/upload-pages-artifact@56afc609e74202658d3ffba0e8f6dda462b719fa",
    "actions/deploy-pages@d6db90164ac5ed86f2b6aed7e0febac5b3c0c03e",
}
STEPS = [step for job in GITHUB["jobs"].values() for step in job["steps"]]


def test_a_workflow_uses_released_actions_and_jobs_that_it_has():
    assert {step["uses"] for step in STEPS if "uses" in step} == RELEASED
    for job in GITHUB["jobs"].values():
        assert job["runs-on"] == "ubuntu-24.04" and {job.get("needs", "build")} <= GITHUB["jobs"].keys()
    assert GITHUB["jobs"]["deploy"]["permissions"] == {"pages": "write", "id-token": "write"}, "what deploy-pages asks for"
    assert [step["run"] for step in STEPS if "run" in step][-1] == "make docs", "which the script of GitLab's job runs below"
    assert re.findall(r"steps\.(\w+)\.", FILES[".github/workflows/publish.yml"]) == [step["id"] for step in STEPS if "id" in step]


def test_what_is_published_is_what_a_new_project_builds():
    public = yaml.safe_load((PROJECT / "mkdocs.yml").read_text().replace("@site_url@", "").replace("@name:yaml@", "a"))[
        "site_dir"
    ]
    assert [step["with"]["path"] for step in STEPS if "pages-artifact" in step.get("uses", "")] == [public]
    assert f"mv {public} {GITLAB['pages']['artifacts']['paths'][0]}" in GITLAB["pages"]["script"]


def test_what_is_published_was_executed_by_the_run_that_publishes_it():
    """No pass is believed that another run has kept; GitLab keeps those of the default branch apart from others'."""
    assert not [step for step in STEPS if "cache" in step.get("uses", "")]
    own = yaml.safe_load((PROJECT / "dot-github" / "workflows" / "docs.yml").read_text())["jobs"]["docs"]["steps"]
    assert GITLAB["pages"]["cache"]["paths"] == [next(step["with"]["path"] for step in own if "cache" in step.get("uses", ""))]


@pytest.fixture(scope="module")
def published(installed, tmp_path_factory):
    """A new project whose pages GitLab's job has made."""
    project = tmp_path_factory.mktemp("published") / "project"
    shutil.copytree(installed.project, project, symlinks=True, ignore=shutil.ignore_patterns(".venv"))
    prepare(project / ".venv")
    done = installed.run("; ".join(["set -e", *GITLAB["pages"]["script"]]), project)
    assert done.returncode == 0, done.stdout + done.stderr
    return project


@pytest.mark.long(15)
def test_the_script_of_the_job_leaves_the_site_where_it_is_published_from(published):
    public = published / GITLAB["pages"]["artifacts"]["paths"][0]
    assert (
        (public / "index.html").is_file()
        and (public / "404.html").is_file()
        and (public / "things" / "create" / "index.html").is_file()
    )
