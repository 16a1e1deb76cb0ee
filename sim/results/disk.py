"""A run's folder: written whole or not at all, and read back."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import xarray as xr

from sim.errors import UserError
from sim.results.dataset import VARIABLES

DATASET = "results.nc"
FULL = 1_000_000
"""Bytes; with less left, a disk is full."""
_ENCODING = {"zlib": True, "complevel": 1}


def check_target(directory: Path, force: bool = False) -> None:
    """Refuse, before anything is computed, a folder that results may not be written to.

    `force` replaces an earlier run's folder, never one that holds anything else.
    Raises UserError.
    """
    try:
        if directory.exists() and not directory.is_dir():
            raise UserError(f"{directory} is a file or device; results need a folder of their own")
        if not directory.exists() or not any(directory.iterdir()):
            _try_to_write(directory.resolve())
            return
        holds_results = (directory / DATASET).is_file()
    except (OSError, ValueError, RuntimeError) as error:  # the last: links that go round
        why = getattr(error, "strerror", None) or error
        raise UserError(f"cannot write results to {directory}: {why}") from error
    if not holds_results:
        raise UserError(f"{directory} holds something else than results; name another folder")
    if not force:
        raise UserError(f"{directory} exists already; --force replaces it, --out names another")


def _try_to_write(target: Path) -> None:
    """Make and remove a folder where a new one is to stand; OSError where the system refuses."""
    above = next(folder for folder in target.parents if folder.exists())
    with tempfile.TemporaryDirectory(dir=above, prefix=f".{target.name}-"):
        pass


def save_results(
    dataset: xr.Dataset,
    directory: str | Path,
    scenario_toml: str,
    summary: Sequence[dict[str, Any]],
    figures_writer: Callable[[xr.Dataset, Path], None],
    force: bool = False,
) -> Path:
    """Write `results.nc`, `summary.json`, `scenario.toml` and `figures/` into `directory`.

    Everything is written into a folder beside it, which then takes its name, so that whoever
    looks finds a whole result or none. Raises UserError where the system refuses.
    """
    target = Path(directory).resolve()
    check_target(target, force)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(
            dir=target.parent, prefix=f".{target.name}-", ignore_cleanup_errors=True
        ) as beside:
            draft = Path(beside) / target.name
            _write(dataset, draft, scenario_toml, summary, figures_writer)
            if target.exists():
                target.rename(Path(beside) / "replaced")
            draft.rename(target)
    except OSError as error:
        raise UserError(f"cannot write results to {target}: {error.strerror or error}") from error
    return target


def open_results(directory: str | Path) -> xr.Dataset:
    """The dataset of a folder written by `run`, in memory, as xarray.Dataset.

    Raises UserError where the folder holds none or the file is damaged.
    """
    path = Path(directory) / DATASET
    if not path.is_file():
        raise UserError(f"{directory} holds no results ({DATASET} is missing)")
    try:
        with xr.open_dataset(path, engine="netcdf4") as dataset:
            loaded = dataset.load()
    except (OSError, RuntimeError, ValueError) as error:
        raise UserError(f"{path} is damaged or no netCDF file: {error}") from error
    if "exportshock_version" not in loaded.attrs:
        raise UserError(f"{path} was not written by exportshock")
    return loaded


def check_records(dataset: xr.Dataset, directory: Path) -> None:
    """Refuse results in which something is missing that this version computes indicators from.

    Raises UserError, as for a folder of an older version, or of a sweep.
    """
    missing = [name for name in VARIABLES if name not in dataset]
    if missing:
        raise UserError(
            f"{directory} holds no run as this version of exportshock keeps it: {missing[0]} is "
            f"missing (written by version {dataset.attrs['exportshock_version']}); run its "
            "scenario.toml again"
        )


def why_not_written(error: Exception, folder: Path) -> str:
    """What the system says; of a full disk netCDF4 says only that HDF failed."""
    if "HDF" in str(error) and shutil.disk_usage(folder).free < FULL:
        return "the disk is full"
    return getattr(error, "strerror", None) or str(error)


def _write(
    dataset: xr.Dataset,
    folder: Path,
    scenario_toml: str,
    summary: Sequence[dict[str, Any]],
    figures_writer: Callable[[xr.Dataset, Path], None],
) -> None:
    folder.mkdir()
    (folder / "scenario.toml").write_text(scenario_toml, encoding="utf-8")
    text = json.dumps({"indicators": list(summary)}, indent=1, ensure_ascii=False, allow_nan=False)
    (folder / "summary.json").write_text(text + "\n", encoding="utf-8")
    try:
        encoding = {str(name): _ENCODING for name in dataset.data_vars}
        dataset.to_netcdf(folder / DATASET, engine="netcdf4", encoding=encoding)
    except (OSError, RuntimeError) as error:
        raise OSError(why_not_written(error, folder)) from error
    (folder / "figures").mkdir()
    figures_writer(dataset, folder / "figures")
