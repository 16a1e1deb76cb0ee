"""Stepping through one run month by month, and looking at one firm."""

from __future__ import annotations

import numpy as np
import solara
from matplotlib import rc_context
from matplotlib.figure import Figure
from mesa.visualization.solara_viz import ModelController
from mesa.visualization.utils import update_counter

from sim.dashboard.draft import Draft
from sim.dashboard.watched import WatchedChain
from sim.errors import UserError
from sim.report.style import BLUE, SETTINGS

LISTED = 60
"""Most firms in the list."""


@solara.component
def Firms(draft: Draft) -> None:
    """One run of the policy path, and its firms."""
    started, set_started = solara.use_state(False)
    solara.Text("One run of the scenario's policy path, one month a step.")
    solara.Button("Start", on_click=lambda: set_started(True), disabled=started)
    if started:
        Stepped(draft).key(str(draft))


@solara.component
def Stepped(draft: Draft) -> None:
    """Mesa's controls over a chain, and the firm that was clicked; or what is wrong."""
    made = solara.use_memo(lambda: _chain(draft), [draft])
    if isinstance(made, UserError):
        solara.Error(str(made))
    else:
        Controlled(made)


def _chain(draft: Draft) -> WatchedChain | UserError:
    try:
        return WatchedChain(draft.scenario())
    except UserError as error:
        return error


@solara.component
def Controlled(chain: WatchedChain) -> None:
    """A chain under Mesa's controls."""
    model: solara.Reactive[WatchedChain] = solara.use_reactive(chain)
    pace, months, threads = (solara.use_reactive(v) for v in (50, 1, False))
    with solara.Row():
        ModelController(
            model,
            model_parameters={"scenario": chain.scenario},
            play_interval=pace,
            render_interval=months,
            use_threads=threads,
        )
    Watched(model)


@solara.component
def Watched(model: solara.Reactive[WatchedChain]) -> None:
    """The list of firms of one kind, and the one that was chosen."""
    update_counter.get()
    chain = model.value
    kinds = list(chain.chain.populations)
    kind, set_kind = solara.use_state(kinds[0])
    row, set_row = solara.use_state(0)

    def choose(chosen: str) -> None:
        set_row(0)
        set_kind(chosen)

    month = chain.months[chain.t - 1] if chain.t else None
    solara.Text(f"{month:%B %Y} is done" if month else "nothing has happened yet")
    solara.ToggleButtonsSingle(kind, values=kinds, on_value=choose)
    names = chain.chain.populations[kind].names[:LISTED]
    with solara.Columns([3, 9]):
        with solara.Column(style={"max-height": "32rem", "overflow-y": "auto"}, gap="0px"):
            for k, name in enumerate(names):
                solara.Button(
                    name,
                    text=k != row,
                    small=True,
                    on_click=lambda k=k: set_row(k),
                    style={"justify-content": "flex-start", "text-transform": "none"},
                )
        Firm(chain, kind, row, chain.t)


@solara.component
def Firm(chain: WatchedChain, kind: str, row: int, months: int) -> None:
    """A firm's state now and over the months stepped."""
    population = chain.chain.populations[kind]
    agent = next(a for a in chain.agents if a.population is population and a.row == row)
    with solara.Column():
        solara.Text(f"{agent.name}, {kind} in {agent.region}", style={"font-weight": "bold"})
        for name in population.state:
            now = float(getattr(population, name)[row, 0])
            solara.Text(f"{name.replace('_', ' ')}: {now:,.6g}")
        if months:
            History(chain, kind, row, months)


@solara.component
def History(chain: WatchedChain, kind: str, row: int, months: int) -> None:
    """A firm's state over the months stepped."""
    key = [id(chain), kind, row, months]
    figure = solara.use_memo(lambda: _history(chain, kind, row), key)
    solara.FigureMatplotlib(figure, dependencies=key, format="svg")


def _history(chain: WatchedChain, kind: str, row: int) -> Figure:
    series = chain.history[kind]
    months = np.array(chain.months[: chain.t], dtype="datetime64[M]")
    with rc_context(SETTINGS):
        figure = Figure((7.0, 1.5 * -(-len(series) // 2)), layout="constrained")
        axes = figure.subplots(-(-len(series) // 2), 2, squeeze=False).ravel()
        for ax, (name, values) in zip(axes, series.items()):
            ax.plot(months, [value[row] for value in values], color=BLUE)
            ax.set_title(name.replace("_", " "))
            ax.set_ylim(bottom=min(0.0, ax.get_ylim()[0]))
        for ax in axes[len(series) :]:
            ax.set_axis_off()
        return figure
