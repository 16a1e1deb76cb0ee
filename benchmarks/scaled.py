"""The tiny world with more firms or more regions of the same total size."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

import sim.world

TINY = Path(sim.world.__file__).parent / "data" / "tiny"
FIRMS = {"mines": "mine", "separators": "separator", "magnet_makers": "maker", "ev_makers": "plant"}
AMOUNTS = {
    "output", "capacity", "max_capacity", "building", "light_capacity", "heavy_capacity",
    "light_max", "heavy_max", "light_building", "heavy_building", "bev", "phev", "vehicles",
    "demand", "stock", "scrap_stock", "end_of_life", "flow",
}  # fmt: skip


def copy(table: pd.DataFrame, chosen: pd.Series, column: str, times: int) -> pd.DataFrame:
    """The table with each chosen row cut into so many, named apart in a column."""
    parts = [table[~chosen]]
    for k in range(times):
        part = table[chosen].copy()
        part[column] = part[column] + f" {k + 1}"
        for amount in AMOUNTS & set(table.columns):
            part[amount] = pd.to_numeric(part[amount]) / times
        if column == "origin" and "share" in table:
            part["share"] = pd.to_numeric(part["share"]) / times
        parts.append(part)
    return pd.concat(parts)


def scaled(folder: Path, firms: int = 1, regions: int = 2) -> Path:
    """Write the tiny world with each firm cut into `firms` and Abroad into `regions` - 1."""
    folder.mkdir(parents=True)
    for path in TINY.iterdir():
        if path.suffix == ".toml":
            (folder / path.name).write_text(path.read_text())
            continue
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
        if path.stem == "offtakes":
            table = table.iloc[:0]
        for column in ("region", "origin", "destination"):
            if column in table and regions > 2:
                table = copy(table, table[column] == "Abroad", column, regions - 1)
        name = FIRMS.get(path.stem)
        if name and regions > 2:
            table[name] = table[name] + table["region"].str.removeprefix("Abroad")
        if name and firms > 1:
            table = copy(table, table[name] != "", name, firms)
        table.to_csv(folder / path.name, index=False)
    return folder
