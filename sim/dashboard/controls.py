"""The controls: which scenario, which measure, which assumption, and how large."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import solara

from sim.dashboard.draft import Draft, begin, scaled_schedule, shifted, sizes
from sim.errors import UserError
from sim.measures import Measure
from sim.scenario import Scenario, dump_scenario, find_scenario, shipped_scenarios
from sim.scenario.writing import toml_key
from sim.world import PARAMETERS

SetDraft = Callable[[Draft], None]
EARLIER, LATER = -12, 36
"""Months by which a slider moves a measure."""


@solara.component
def Controls(draft: Draft, set_draft: SetDraft) -> None:
    """All controls beside the answer."""
    problem, set_problem = solara.use_state("")
    scenario = solara.use_memo(lambda: _readable(draft), [draft])

    def choose(name: str) -> None:
        try:
            set_draft(begin(find_scenario(name)))
            set_problem("")
        except UserError as error:
            set_problem(str(error))

    names = sorted(shipped_scenarios())
    own = str(draft.path)
    shown = draft.path.stem if draft.path.stem in names else own
    solara.Select("scenario", value=shown, values=[*names, own], on_value=choose)
    file, set_file = solara.use_state("")
    solara.InputText("or a file of your own, then Enter", value=file, on_value=set_file)
    solara.use_effect(lambda: choose(file) if file else None, [file])
    if problem:
        solara.Error(problem)
    if scenario:
        if scenario.measures:
            Measures(draft, set_draft, scenario).key(str(draft.path))
        Assumption(draft, set_draft)
        Save(scenario)


def _readable(draft: Draft) -> Scenario | None:
    """The scenario, or None where it has faults: those are told with the answer."""
    try:
        return draft.scenario()
    except UserError:
        return None


@solara.component
def Measures(draft: Draft, set_draft: SetDraft, scenario: Scenario) -> None:
    """One measure of the scenario: its sizes and its date."""
    names = list(scenario.measures)
    name, set_name = solara.use_state(names[0])
    first = solara.use_memo(draft_as_written(draft), [str(draft.path)])
    solara.Select("measure", value=name, values=names, on_value=set_name)
    if name in first:
        MeasureSliders(draft, set_draft, name, first[name]).key(name)


def draft_as_written(draft: Draft) -> Callable[[], dict[str, Measure]]:
    """A function that reads the measures as they stand in the draft's file, without edits."""
    return lambda: dict(begin(draft.path).scenario().measures)


@solara.component
def MeasureSliders(draft: Draft, set_draft: SetDraft, name: str, written: Measure) -> None:
    """Sliders for what a measure says in numbers, and for when it starts."""
    place = f"measures.{toml_key(name)}"
    for key, (value, highest) in sizes(written).items():
        _slider(
            f"{name}: {key}",
            value,
            0.0,
            highest,
            partial(_edit, draft, set_draft, f"{place}.{key}"),
        )
    if scaled_schedule(written, 1.0):
        _slider(
            f"{name}: all levels, % of those in the file",
            100.0,
            0.0,
            200.0,
            lambda moved: set_draft(
                draft.edited({f"{place}.schedule": scaled_schedule(written, moved / 100)})
            ),
        )
    else:
        _slider(
            f"{name}: later by months",
            0,
            EARLIER,
            LATER,
            lambda moved: set_draft(draft.edited(shifted(name, written, int(moved)))),
        )


@solara.component
def Assumption(draft: Draft, set_draft: SetDraft) -> None:
    """One assumption of the model, held at a value."""
    names = [name for name, p in PARAMETERS.items() if p.distribution != "fixed"]
    name, set_name = solara.use_state("technology.cost_penalty")
    solara.Select("assumption", value=name, values=names, on_value=set_name)
    p = PARAMETERS[name]
    solara.Text(f"{p.meaning} ({p.unit}, evidence {p.grade})", style={"font-size": "0.8rem"})
    AssumptionSlider(draft, set_draft, name).key(name)


@solara.component
def AssumptionSlider(draft: Draft, set_draft: SetDraft, name: str) -> None:
    """The slider of one assumption, over its range."""
    p = PARAMETERS[name]
    _slider(
        f"{name}, drawn unless held at",
        p.mode,
        p.low,
        p.high,
        partial(_edit, draft, set_draft, f"assumptions.{name}"),
    )


@solara.component
def Save(scenario: Scenario) -> None:
    """What was built, as a file."""
    name, set_name = solara.use_state(f"{scenario.name}-mine")
    solara.InputText("save as", value=name, on_value=set_name, continuous_update=True)
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", name):
        solara.Error("A name has letters, digits, - and _, at most 64 of them.")
        return
    text = dump_scenario(scenario)
    solara.FileDownload(text, filename=f"{name}.toml", label="Save scenario file")


def _edit(draft: Draft, set_draft: SetDraft, key: str, value: float) -> None:
    set_draft(draft.edited({key: value}))


def _slider(
    label: str, value: float, low: float, high: float, moved: Callable[[Any], None]
) -> None:
    whole = isinstance(value, int)
    step = 1 if whole else (high - low) / 100
    make = solara.SliderInt if whole else solara.SliderFloat
    Moved(label, value, low, high, step, make, moved)


@solara.component
def Moved(
    label: str,
    value: float,
    low: float,
    high: float,
    step: float,
    make: Callable[..., Any],
    moved: Callable[[Any], None],
) -> None:
    """A slider that keeps where it stands."""
    at, set_at = solara.use_state(value)

    def take(new: float) -> None:
        set_at(new)
        moved(new)

    with solara.Div(classes=["moved"], attributes={"aria-label": label}):
        solara.Text(f"{label}: {at:.4g}", style={"font-size": "0.85rem"})
        make("", value=at, min=low, max=high, step=step, on_value=take, thumb_label=False)
