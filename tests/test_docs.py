"""The documentation builds without a warning, is current, and every command in it runs.

Blocks of a page run in their order in one empty folder: `sh` in a shell, `python` in one namespace.
A `toml` block with a title is a file of that name. A block that cannot run here says why in a
comment before it: `<!-- not run: ... -->`. `run` and `compare` take two runs where a page names
none.
"""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
BLOCK = re.compile(
    r"(?:<!-- not run: (?P<why>[^>]+) -->\n+)?"
    r"^ *```(?P<kind>sh|python|toml)(?: title=\"(?P<title>[^\"]+)\")?\n(?P<text>.*?)^ *```$",
    re.MULTILINE | re.DOTALL,
)
SLOW = {"README.md", "docs/tutorial.md", "docs/the-seed.md", "docs/how-to/sweep.md"}
"""Pages that run the world of 2023, or many points."""
INSTALL = "python3.11 -m venv .venv && .venv/bin/pip install . && .venv/bin/"
"""How README's first line begins; what follows it is run."""
TEST_LINE = ".venv/bin/pytest"
"""README's line that runs these tests; `.ci/run` runs it."""


class Block(NamedTuple):
    """A block of a page: its language, the reason why it is not run, its file's name, its text."""

    kind: str
    why: str | None
    title: str | None
    text: str


def blocks(page: Path) -> list[Block]:
    """The blocks of a page that a reader could run or save."""
    found = BLOCK.finditer(page.read_text(encoding="utf-8"))
    return [Block(m["kind"], m["why"], m["title"], m["text"]) for m in found]


PAGES = {
    page.relative_to(ROOT).as_posix(): page
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(DOCS.rglob("*.md"))]
    if any(block.kind != "toml" for block in blocks(page))
}


def as_run(line: str) -> str:
    """A command as the test runs it: with two runs where the page leaves their number to the file.

    README's installation is left to `.ci/run`.
    """
    line = line.removeprefix(INSTALL)
    if TEST_LINE in line:
        return ""
    many = re.match(r"exportshock (run|compare) ", line) and "--runs" not in line
    return line.partition(" #")[0] + " --runs 2" if many else line


def run_shell(text: str, folder: Path) -> None:
    """Run a block of commands; fails with what they said."""
    lines = "\n".join(as_run(line) for line in text.splitlines())
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), "MPLBACKEND": "Agg"}
    ran = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", lines],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, f"{text}\n{ran.stdout[-2000:]}\n{ran.stderr[-2000:]}"


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=pytest.mark.slow if n in SLOW else ()) for n in PAGES]
)
def test_blocks_run(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "Agg")
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    names: dict[str, object] = {"__name__": "page"}
    for block in blocks(PAGES[name]):
        if block.why:
            continue
        if block.kind == "toml" and block.title:
            Path(block.title).parent.mkdir(parents=True, exist_ok=True)
            Path(block.title).write_text(block.text, encoding="utf-8")
        elif block.kind == "sh":
            run_shell(block.text, tmp_path)
        elif block.kind == "python":
            exec(compile(block.text, name, "exec", dont_inherit=True), names)


def test_a_block_that_fails_is_caught(tmp_path):
    with pytest.raises(AssertionError, match="no-such-measure"):
        run_shell("exportshock validate no-such-measure", tmp_path)


def test_the_site_builds_without_a_warning(tmp_path):
    """Links, anchors and navigation are strict; nothing is fetched from elsewhere."""
    ran = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "-d", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "true"},
    )
    assert ran.returncode == 0, ran.stderr
    outside = re.compile(r"<(?:script|link|img|iframe|source)[^>]+(?:src|href)=\"?(https?:)?//")
    built = list(tmp_path.rglob("*.html"))
    assert len(built) > 15
    for page in built:
        assert not outside.search(page.read_text(encoding="utf-8")), page.name


def test_links_of_the_root_lead_somewhere():
    for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        for link in re.findall(r"\]\(([^)#]+)[^)]*\)", text):
            assert link.startswith("https://") or (ROOT / link).exists(), f"{name}: {link}"


spec = importlib.util.spec_from_file_location("reference_pages", DOCS / "reference.py")
assert spec is not None
assert spec.loader is not None
reference = importlib.util.module_from_spec(spec)
spec.loader.exec_module(reference)


@pytest.mark.parametrize("page", reference.PAGES)
def test_the_reference_is_as_the_code_says(page):
    written = (DOCS / "reference" / page).read_text(encoding="utf-8")
    assert written == reference.PAGES[page](), "stale: python docs/reference.py"
