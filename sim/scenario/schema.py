"""What a scenario is, and what may stand in its file."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import date
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    ValidationInfo,
    field_validator,
    model_validator,
)

from sim.measures import AnyMeasure, Measure, Number
from sim.measures.values import Day, ParameterName, Real, Text, fault
from sim.scenario.answers import Answer

EARLIEST, LATEST = date(2005, 1, 1), date(2050, 12, 31)
MOST_RUNS = 100_000
MOST_MEASURES = 200
MOST_SAMPLES = 100_000
LARGEST_SEED = 2**63 - 1  # results keep it as a 64-bit integer
# A result keeps about 400 monthly series of 8 bytes for each run and each of the two paths.
BYTES_PER_RUN_AND_YEAR = 400 * 12 * 8 * 2

FROZEN = ConfigDict(frozen=True, extra="forbid")


def _check_name(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", name):
        raise fault("not a usable name", "letters, digits, - and _, at most 64 of them")
    return name


Name = Annotated[Text, AfterValidator(_check_name)]


def _check_file_name(name: str) -> str:
    if not re.fullmatch(r"[^/\\.\x00-\x1f][^/\\\x00-\x1f]{0,99}", name):
        raise fault("not usable as the name of a folder")
    return name


def file_name(stem: str) -> str:
    """The stem of a file's name as the name of its scenario, made usable for a folder."""
    return re.sub(r"[/\\\x00-\x1f]", "_", stem).lstrip(".")[:100] or "scenario"


FileName = Annotated[Text, AfterValidator(_check_file_name)]


def _not_blank(text: str) -> str:
    if not text.strip():
        raise fault("an empty text")
    return text


Title = Annotated[Text, AfterValidator(_not_blank)]


class Ensemble(BaseModel):
    """How many runs, and the seed from which all their random draws follow."""

    model_config = FROZEN

    runs: Annotated[int, Field(strict=True)] = Field(200, description="number of paired runs")
    seed: Annotated[int, Field(strict=True)] = Field(7, description="seed of all random draws")

    @field_validator("runs")
    @classmethod
    def _possible(cls, runs: int) -> int:
        allowed = f"1 to {MOST_RUNS:,}"
        if runs < 1:
            raise fault("at least one run is needed", allowed)
        if runs > MOST_RUNS:
            need = runs * BYTES_PER_RUN_AND_YEAR / 1e9
            raise fault(f"too many runs: would need {need:,.0f} GB per simulated year", allowed)
        return runs

    @field_validator("seed")
    @classmethod
    def _storable(cls, seed: int) -> int:
        if not 0 <= seed <= LARGEST_SEED:
            raise fault("not a possible seed", "whole numbers from 0")
        return seed


def _kind_of_point(value: object) -> str:
    return "date" if isinstance(value, date) else "number"


Point = Annotated[
    Annotated[Real, Tag("number")] | Annotated[Day, Tag("date")], Discriminator(_kind_of_point)
]


class Swept(BaseModel):
    """The values a sweep gives to one key: a range to draw from, or a list."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", json_schema_extra={"minProperties": 1, "maxProperties": 1}
    )

    between: tuple[Point, ...] | None = Field(None, description="[low, high]: numbers or dates")
    values: tuple[Point, ...] | None = Field(None, description="list of numbers or dates")

    @field_validator("between", "values")
    @classmethod
    def _of_one_sort(
        cls, points: tuple[float | date, ...] | None, info: ValidationInfo
    ) -> tuple[float | date, ...]:
        if not points:
            raise fault("needs numbers or dates")
        if len({type(point) for point in points}) > 1:
            raise fault("numbers and dates are mixed")
        rising = len(points) == 2 and float(_ordinal(points[0])) < float(_ordinal(points[1]))
        if info.field_name == "between" and not rising:
            raise fault("a range has two ends that rise", "[low, high]")
        return points

    @model_validator(mode="after")
    def _one_form(self) -> Swept:
        if (self.between is None) == (self.values is None):
            raise fault("exactly one form is needed", "between = [low, high] or values = [...]")
        return self

    @property
    def points(self) -> tuple[float | date, ...]:
        """The listed values, or the two ends of the range."""
        return self.values or self.between or ()


def _ordinal(point: float | date) -> float:
    return point.toordinal() if isinstance(point, date) else point


def _kind_of_sweep(value: object) -> str:
    return "range" if isinstance(value, dict | Swept) else "prior"


SweptOrPrior = Annotated[
    Annotated[Literal["prior"], Tag("prior")] | Annotated[Swept, Tag("range")],
    Discriminator(_kind_of_sweep),
]


class Alternative(BaseModel):
    """Measures that a sweep runs in the place of the file's own."""

    model_config = FROZEN

    title: Text = Field("", description="one line")
    measures: dict[Name, AnyMeasure] = Field({}, description="the measures, each by its name")


def _kind_of_alternative(value: object) -> str:
    return "table" if isinstance(value, dict | Alternative) else "path"


PathOrAlternative = Annotated[
    Annotated[Text, Tag("path")] | Annotated[Alternative, Tag("table")],
    Discriminator(_kind_of_alternative),
]


class Sweep(BaseModel):
    """What a sweep varies, and how its points are chosen.

    `over` maps `measures.NAME.KEY` or a parameter to the values it takes; without it the
    assumptions are swept that the file gives as distributions. `samples` is the base number N:
    Sobol runs N(D+2) pairs and Morris N(D+1) for D inputs, which are the keys and the seed.
    `alternatives` are other sets of measures, each run at every point beside the file's own; a
    swept key of a measure counts in every alternative that has a measure of that name.
    """

    model_config = FROZEN

    design: Literal["grid", "latin-hypercube", "sobol", "morris"] = Field(
        description="grid, latin-hypercube, sobol or morris"
    )
    samples: Annotated[int, Field(strict=True)] | None = Field(
        None, description="base number of points N; not used by a grid"
    )
    over: dict[Text, SweptOrPrior] = Field(
        {}, validate_default=True, description="keys and the values they take"
    )
    alternatives: dict[Name, PathOrAlternative] = Field(
        {}, description="other measures by name: a scenario file, or a table of measures"
    )

    @field_validator("samples")
    @classmethod
    def _possible(cls, samples: int | None, info: ValidationInfo) -> int | None:
        if samples is None:
            return None
        if not 1 <= samples <= MOST_SAMPLES:
            raise fault("impossible number of samples", f"1 to {MOST_SAMPLES:,}")
        if info.data.get("design") == "sobol" and samples.bit_count() != 1:
            near = 2 ** (samples.bit_length() - 1)
            raise fault("a Sobol sequence needs a power of two", f"{near:,} or {2 * near:,}")
        return samples

    @field_validator("over")
    @classmethod
    def _suits_design(
        cls, over: dict[str, str | Swept], info: ValidationInfo
    ) -> dict[str, str | Swept]:
        design, samples = info.data.get("design"), info.data.get("samples", 0)
        if design == "grid":
            for key, values in over.items():
                if not isinstance(values, Swept) or values.values is None:
                    raise fault(f"a grid needs a list for '{key}'", "values = [...]")
        elif design and samples is None:
            raise fault(f"a {design} design needs `samples`")
        return over

    @model_validator(mode="after")
    def _varies_something(self) -> Sweep:
        if self.design == "grid" and not self.over and not self.alternatives:
            raise fault("a grid needs the values of at least one key, or alternatives")
        return self


class Common(BaseModel):
    """What stands in a scenario and in its file alike."""

    model_config = FROZEN

    title: Title = Field(description="one line that says what is asked")
    description: Text = Field("", description="what happens, in a few sentences")
    world: Title = Field(
        description="the starting point: a shipped name, or the path of a folder (with a /)"
    )
    start: Day = Field(description="first day; the simulation runs over whole months")
    end: Day = Field(description="last day, its month included")
    assumptions: dict[ParameterName, Number] = Field(
        {}, description="model parameters: a number, or a distribution to draw from"
    )
    measures: dict[Name, AnyMeasure] = Field({}, description="the measures, each by its name")
    answers: dict[Name, Answer] = Field(
        {}, description="governments that answer by rule, each by its name"
    )
    sweep: Sweep | None = Field(None, description="what `sweep` varies")

    @field_validator("start", "end")
    @classmethod
    def _within_limits(cls, day: date, info: ValidationInfo) -> date:
        if not EARLIEST <= day <= LATEST:
            raise fault("outside the years the model covers", f"{EARLIEST} to {LATEST}")
        start = info.data.get("start")
        if start is not None and day < start:
            raise fault(f"the end lies before the start, {start}")
        return day

    @field_validator("measures", mode="before")
    @classmethod
    def _not_too_many(cls, measures: object) -> object:
        if isinstance(measures, dict) and len(measures) > MOST_MEASURES:
            raise fault(
                f"{len(measures):,} measures, each looked at every month", f"up to {MOST_MEASURES}"
            )
        return measures

    @field_validator("answers")
    @classmethod
    def _answers_by_name(cls, answers: dict[str, Answer]) -> dict[str, Answer]:
        return {name: answers[name] for name in sorted(answers) if not answers[name].off}

    @field_validator("measures")
    @classmethod
    def _in_force_by_name(cls, measures: dict[str, Measure]) -> dict[str, Measure]:
        return {name: measures[name] for name in sorted(measures) if not measures[name].off}


class Scenario(Common):
    """A question to the model: a world, a span, assumptions, and measures against a counterfactual.

    Measures are sorted by name. `counterfactual` is the path the scenario is compared with; None
    stands for the same scenario without its measures, on the world's standing policy.
    """

    name: FileName
    runs: int
    seed: int
    counterfactual: Scenario | None = None

    def digest(self) -> str:
        """SHA-256 of everything the scenario says but its name."""
        content = self.model_dump(mode="json", by_alias=True, exclude={"name"})
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


class CounterfactualTable(BaseModel):
    """A counterfactual written into the file itself: other measures, and all else the same."""

    model_config = FROZEN

    name: FileName = Field("counterfactual", description="short name in results")
    title: Title = Field("Counterfactual", description="one line")
    description: Text = Field("", description="a few sentences")
    measures: dict[Name, AnyMeasure] = Field({}, description="the measures, each by its name")


def _kind_of_counterfactual(value: object) -> str:
    return "table" if isinstance(value, dict | CounterfactualTable) else "path"


class ScenarioFile(Common):
    """A scenario file of exportshock."""

    name: FileName | None = Field(None, description="name in results; default: the file's")
    extends: Text | list[Text] | None = Field(
        None,
        description="another scenario file, taken over and overridden key by key; or a list of "
        "them, of which a later one overrides",
    )
    counterfactual: (
        Annotated[
            Annotated[Text, Tag("path")] | Annotated[CounterfactualTable, Tag("table")],
            Discriminator(_kind_of_counterfactual),
        ]
        | None
    ) = Field(None, description="scenario file to compare with; default: no measures")
    ensemble: Ensemble = Field(Ensemble(), description="number of runs and seed")
