"""The page: choose a scenario, move its measures and assumptions, see what follows.

Solara draws it, with Mesa's controls for stepping through a chain firm by firm.
"""

from __future__ import annotations

import atexit
from collections.abc import Callable
from pathlib import Path

import solara
import solara.lab
import xarray as xr
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.dashboard import server
from sim.dashboard.controls import Controls
from sim.dashboard.draft import Draft, begin
from sim.dashboard.explorer import Cancelled, Explorer
from sim.dashboard.firms import Firms
from sim.errors import UserError
from sim.report import figures
from sim.report.answer import answer
from sim.report.style import SETTINGS
from sim.results import open_results
from sim.results.disk import check_records
from sim.scenario import find_scenario

PANELS: dict[str, Callable[[xr.Dataset, Axes], Axes]] = {
    "prices": figures.two_tier,
    "vehicles lost": figures.vehicles_missing,
    "vehicles": figures.vehicles_built,
    "magnet capacity abroad": figures.capacity_abroad,
    "cost per vehicle": figures.cost_per_vehicle,
    "flows": figures.flows,
}

FIRST = "technology-ban-2023"

explorer = Explorer()
atexit.register(explorer.close)


@solara.component
def Page() -> None:
    """The whole page."""
    draft, set_draft = solara.use_state(
        solara.use_memo(
            lambda: begin(server.first_file or find_scenario("technology-ban-2023")), []
        )
    )
    solara.Title("exportshock")
    with solara.Sidebar():
        Controls(draft, set_draft)
    with solara.lab.Tabs():
        with solara.lab.Tab("Answer"):
            Answer(draft)
        with solara.lab.Tab("Firm by firm"):
            Firms(draft)
        with solara.lab.Tab("Finished results"):
            Finished()


@solara.component
def Answer(draft: Draft) -> None:
    """The answer to a draft, as soon as its runs are done; the last one stands until then."""
    done = solara.use_reactive(0.0)
    shown: solara.Reactive[tuple[Draft, xr.Dataset] | None] = solara.use_reactive(None)

    def work() -> None:
        done.value = 0.0
        scenario = draft.scenario()
        shown.value = (draft, explorer.answer(scenario, done.set))

    task = solara.lab.use_task(work, dependencies=[draft], raise_error=False, prefer_threaded=True)
    if task.error and isinstance(task.exception, UserError):
        solara.Error(str(task.exception))
    elif task.error and isinstance(task.exception, Cancelled):
        solara.Warning("Given up: move a slider to ask again.")
    elif task.error:
        solara.Error(f"The run failed: {task.exception}")
    with solara.Row(style={"min-height": "40px"}):
        if task.pending:
            solara.ProgressLinear(value=100 * done.value)
            solara.Button("Cancel", on_click=explorer.cancel, text=True)
    if shown.value:
        Panels(*shown.value)


@solara.component
def Panels(key: object, ds: xr.Dataset) -> None:
    """The sentences and figures of a dataset; `key` says when they are to be drawn anew."""
    for sentence in solara.use_memo(lambda: answer(ds), [key]):
        solara.Text(sentence, style={"max-width": "60rem"})
    with solara.ColumnsResponsive([12], large=[6, 6]):
        for name in PANELS:
            Panel(key, name, ds)


@solara.component
def Panel(key: object, name: str, ds: xr.Dataset) -> None:
    """One figure of a dataset."""
    figure = solara.use_memo(lambda: _drawn(PANELS[name], ds), [key, name])
    with solara.Div(classes=["panel"], attributes={"aria-label": name}):
        solara.FigureMatplotlib(figure, dependencies=[key], format="svg")


def _drawn(draw: Callable[[xr.Dataset, Axes], Axes], ds: xr.Dataset) -> Figure:
    with rc_context(SETTINGS):
        figure = Figure((5.2, 3.2), layout="constrained")
        draw(ds, figure.subplots())
        return figure


@solara.component
def Finished() -> None:
    """The figures of a folder that `exportshock run` wrote."""
    folder, set_folder = solara.use_state("")
    solara.InputText("folder of results, then Enter", value=folder, on_value=set_folder)
    found = solara.use_memo(lambda: _opened(folder), [folder])
    if isinstance(found, UserError):
        solara.Error(str(found))
    elif found is not None:
        solara.Markdown(f"**{_plain(str(found.attrs['title']))}**, {found.sizes['run']} pairs")
        Panels(folder, found)


def _opened(folder: str) -> xr.Dataset | UserError | None:
    try:
        if not folder:
            return None
        place = Path(folder).expanduser()
        results = open_results(place)
        check_records(results, place)
        return results
    except UserError as error:
        return error


def _plain(text: str) -> str:
    """Text that Markdown leaves as it is."""
    return "".join(f"\\{c}" if c in "\\`*_{}[]<>()#+-.!|&" else c for c in text)
