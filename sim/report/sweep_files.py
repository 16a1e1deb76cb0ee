"""What a finished sweep writes beside its chunks."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path

import xarray as xr

from sim.ensemble.discovery import Box
from sim.errors import UserError
from sim.report.sweep_figures import write_sweep_figures
from sim.report.sweep_text import sweep_summary
from sim.results.disk import DATASET, why_not_written


def write_sweep(ds: xr.Dataset, folder: Path, scenario_toml: str, box: Box | None) -> None:
    """Write `results.nc`, `summary.json`, `scenario.toml` and `figures/` into the sweep's folder.

    Each is made beside and then takes its place. Raises UserError where the system refuses.
    """
    text = json.dumps(sweep_summary(ds, box), indent=1, ensure_ascii=False, allow_nan=False)
    try:
        with tempfile.TemporaryDirectory(dir=folder, prefix=".draft-") as place:
            draft = Path(place)
            (draft / "scenario.toml").write_text(scenario_toml, encoding="utf-8")
            (draft / "summary.json").write_text(text + "\n", encoding="utf-8")
            ds.to_netcdf(draft / DATASET, engine="netcdf4")
            (draft / "figures").mkdir()
            write_sweep_figures(ds, draft / "figures")
            shutil.rmtree(folder / "figures", ignore_errors=True)
            for path in draft.iterdir():
                path.replace(folder / path.name)
    except (OSError, RuntimeError) as error:  # netCDF4 tells of a full disk by the latter
        raise UserError(
            f"cannot write to {folder}: {why_not_written(error, folder)}; the chunks "
            "are kept, and the same command goes on from there"
        ) from error
