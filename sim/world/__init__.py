"""The sourced starting point: tables, standing policy, parameters and their priors."""

from sim.shipped import list_worlds
from sim.world.parameters import PARAMETERS, Parameter
from sim.world.posterior import Posterior, load_posterior
from sim.world.tables import rows
from sim.world.world import World, load_sources, load_world

__all__ = [
    "PARAMETERS",
    "Parameter",
    "Posterior",
    "World",
    "list_worlds",
    "load_posterior",
    "load_sources",
    "load_world",
    "rows",
]
