"""The shock accounting: where the supply that the imposing regions withheld was found."""

from __future__ import annotations

import xarray as xr

from sim.results.dataset import abroad_regions, effect

SOURCES = (
    "other_mines",
    "recycling",
    "leakage",
    "stocks_drawn",
    "lower_losses",
    "lower_need",
    "thrift",
    "substitution",
    "unmet",
)
"""What fills the gap of `lost_supply`, in the order in which it is shown."""


def shock_accounting(ds: xr.Dataset) -> xr.DataArray:
    """Lost supply of all regions but the home regions, and what made up for it.

    Returns tonnes of contained oxide with dimensions (term, element, run): `lost_supply`, each of
    SOURCES, and `residual`, all as policy minus counterfactual over the whole span; before the
    first announcement the paths are the same. Supply and disposal of the group balance,

        imports from home + mines + recycling + leakage = use + stock change + losses + discards
        use = need - thrift - substitution - unmet,

    so that lost supply = the sum of SOURCES; need differs only where a mandate changes how many
    vehicles are sold. Every term is recorded on its own and the residual is what they leave: 0 but
    for rounding. `unmet` is what stood idle for want of a magnet or of oxide at any price: a quota
    that raises prices makes users of oxide give way before that, which is `substitution`; it leaves
    `unmet` at 0 but for the tail of the backstop's soft edge (1e-17 t).
    Source: Sprecher et al. 2017, ES&T 51:3860-3870; identity of the model's mass ledger.
    """
    abroad = ds.sel(region=abroad_regions(ds))
    change = effect(abroad["accounts"].sum(["year", "region"]))
    imports = effect(abroad["imposer_imports"].sum(["year", "region", "form"]))

    def account(name: str) -> xr.DataArray:
        return change.sel(account=name, drop=True)

    terms = {
        "lost_supply": -imports,
        "other_mines": account("mine"),
        "recycling": account("scrap_collected"),
        "leakage": account("import_leakage") - account("export_leakage"),
        "stocks_drawn": -account("stock_change"),
        "lower_losses": -account("losses") - account("discards"),
        "lower_need": -account("need"),
        "thrift": account("thrift"),
        "substitution": account("substitution"),
        "unmet": account("unmet"),
    }
    found = sum((terms[name] for name in SOURCES), xr.zeros_like(imports))
    terms["residual"] = terms["lost_supply"] - found
    return xr.concat(terms.values(), "term").assign_coords(term=list(terms))
