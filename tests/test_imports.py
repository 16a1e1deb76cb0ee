"""A package imports only what stands to its left, and what is light stays light."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import sim

ROOT = Path(__file__).parents[1] / "sim"
ORDER = [
    ["errors", "shipped"],
    ["measures"],
    ["world"],
    ["scenario"],
    ["chain"],
    ["results"],
    ["ensemble"],
    ["hindcast", "claims"],
    ["report"],
    ["dashboard"],
    ["cli"],
]
RANK = {name: rank for rank, names in enumerate(ORDER) for name in names}


def imported(tree):
    """Names of the packages below `sim` that a module imports, anywhere in its text."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative import"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            if name.split(".")[0] == "sim":
                yield name.split(".")[1] if "." in name else ""


def faults(package, text):
    """Imports of a module of `package` that point to the right."""
    return [
        other
        for other in imported(ast.parse(text))
        if other != package and not RANK.get(other, len(ORDER)) < RANK[package]
    ]


MODULES = [path for path in sorted(ROOT.rglob("*.py")) if path != ROOT / "__init__.py"]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_package_imports_only_what_stands_to_its_left(path):
    package = path.relative_to(ROOT).parts[0].removesuffix(".py")
    assert package in RANK, f"{package} has no place in the order"
    assert faults(package, path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "text",
    [
        "import sim.report",
        "from sim.report.text import table",
        "from sim import report",
        "import sim",
        "def f():\n    from sim.cli import main",
        "if TYPE_CHECKING:\n    from sim.ensemble import run_pairs",
        "from sim.nowhere import x",
    ],
)
def test_an_import_to_the_right_is_seen(text):
    assert faults("results", text)


def test_an_import_to_the_left_is_allowed():
    assert faults("results", "from sim.chain import ACCOUNTS\nimport numpy, sim.errors") == []


def loaded_by(code):
    """Top-level modules that a fresh interpreter has loaded after running some code."""
    code += "\nimport sys\nprint(*{name.split('.')[0] for name in sys.modules})"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT.parent
    )
    return set(done.stdout.split())


HEAVY = {"numpy", "pandas", "xarray", "mesa", "matplotlib", "pydantic", "rich", "scipy"}


def test_importing_sim_loads_nothing_heavy():
    assert not loaded_by("import sim") & HEAVY


def test_help_loads_nothing_heavy():
    code = "import contextlib, io\nfrom sim.cli import main\n"
    code += "with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):\n"
    assert not loaded_by(code + "    main(['--help'])") & HEAVY


def test_checking_a_scenario_loads_neither_mesa_nor_matplotlib():
    code = "import contextlib, io\nfrom sim.cli import main\n"
    code += "with contextlib.redirect_stdout(io.StringIO()):\n    main(['validate', 'no-shock'])"
    assert not loaded_by(code) & {"mesa", "matplotlib", "xarray"}


def test_public_names_are_there():
    for name in sim.__all__:
        assert callable(getattr(sim, name))
    assert set(sim.__all__) <= set(dir(sim))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        sim.nothing  # noqa: B018
