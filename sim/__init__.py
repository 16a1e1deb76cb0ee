"""exportshock: what export restrictions do to the rare-earth magnet chain.

    import sim
    scenario = sim.load_scenario("scenarios/technology-ban-2023.toml")
    results = sim.run(scenario)          # an xarray.Dataset of both paths

Names are loaded when they are first used, so that `import sim` is quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.chain import SupplyChain
    from sim.ensemble import run_pairs as run
    from sim.ensemble.compare import compare
    from sim.ensemble.sweep import sweep
    from sim.results import open_results
    from sim.scenario import load_scenario

_PLACES = {
    "SupplyChain": ("sim.chain", "SupplyChain"),
    "compare": ("sim.ensemble.compare", "compare"),
    "load_scenario": ("sim.scenario", "load_scenario"),
    "open_results": ("sim.results", "open_results"),
    "run": ("sim.ensemble", "run_pairs"),
    "sweep": ("sim.ensemble.sweep", "sweep"),
}

__all__ = ["SupplyChain", "compare", "load_scenario", "open_results", "run", "sweep"]


def __getattr__(name: str) -> Any:  # noqa: ANN401
    if name not in _PLACES:
        raise AttributeError(f"module 'sim' has no attribute {name!r}")
    module, attribute = _PLACES[name]
    return getattr(import_module(module), attribute)


def __dir__() -> list[str]:
    return sorted(_PLACES)
