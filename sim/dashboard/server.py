"""Serving the page, on this machine alone unless told otherwise."""

from __future__ import annotations

import os
import socket
import warnings
import webbrowser
from pathlib import Path
from threading import Timer

from sim.errors import UserError
from sim.scenario import find_scenario, load_scenario

LOOPBACK = "127.0.0.1"
PORT = 8765
SETTINGS = {
    "SOLARA_APP": "sim.dashboard.page",
    "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "False",
    "SOLARA_THEME_SHOW_BANNER": "False",
}
EXTRA = "pip install 'exportshock[explore]'"

first_file: Path | None = None
"""The scenario with which the page begins."""


def serve(file: str, host: str = LOOPBACK, port: int = PORT, show: bool = True) -> None:
    """Serve the page until interrupted, beginning with a scenario; `show` opens a browser.

    Raises UserError where the scenario is faulty, the port is taken, or Solara is not installed.
    """
    global first_file
    first_file = find_scenario(file)
    load_scenario(first_file)
    os.environ.update(SETTINGS)
    warnings.filterwarnings("ignore", module="solara")
    try:
        import mesa.visualization  # noqa: F401 (whether all of it is there)
        import uvicorn
        from solara.server.starlette import app
    except ImportError as error:
        raise UserError(f"the page needs {error.name}, which is not installed: {EXTRA}") from error
    _check_free(host, port)
    address = f"http://{host}:{port}"
    print(f"exportshock at {address}, Ctrl+C ends it")  # noqa: T201
    if show:
        Timer(1.5, webbrowser.open, (address,)).start()
    uvicorn.run(app, host=host, port=port, log_level="warning")


def _check_free(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise UserError(
                f"cannot serve at {host}:{port}: {error.strerror}; --port names another"
            ) from error
