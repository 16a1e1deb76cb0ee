"""The sourced starting point: tables, standing policy, parameters and their priors."""

from sim.world.parameters import PARAMETERS, Parameter
from sim.world.tables import rows
from sim.world.world import World, list_worlds, load_world

__all__ = ["PARAMETERS", "Parameter", "World", "list_worlds", "load_world", "rows"]
