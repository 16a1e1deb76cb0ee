"""What comes with the program, by name, found without loading anything else."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
DATA = PACKAGE / "world" / "data"


def scenario_folder() -> Path | None:
    """Where the shipped scenarios lie: in a wheel inside the package, in a checkout beside it."""
    places = (PACKAGE / "scenarios", PACKAGE.parent / "scenarios")
    return next((place for place in places if place.is_dir()), None)


def shipped_scenarios() -> dict[str, Path]:
    """The scenario files that come with the program, by name, whatever folder they lie in."""
    folder = scenario_folder()
    paths = folder.rglob("*.toml") if folder else ()
    return {path.stem: path for path in sorted(paths, key=lambda path: path.stem)}


def list_worlds() -> list[str]:
    """Names of the shipped worlds."""
    return sorted(folder.name for folder in DATA.iterdir() if (folder / "world.toml").is_file())
