"""The page in the browser: `exportshock explore`."""

from sim.dashboard.server import serve

__all__ = ["serve"]
