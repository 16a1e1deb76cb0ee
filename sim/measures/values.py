"""Values of a scenario file: numbers that may be drawn, dates, names the world must know."""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

Real = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Text = Annotated[str, Field(strict=True)]
Flag = Annotated[bool, Field(strict=True)]
Day = Annotated[date, Field(strict=True)]

SHAPES = {
    "uniform": "[low, high]",
    "triangular": "[low, mode, high]",
    "normal": "[mean, standard deviation]",
    "lognormal": "[median, 95th percentile]",
}


def fault(message: str, allowed: str = "", suggestion: str = "") -> PydanticCustomError:
    """An error of a value, with what is allowed in its place and the nearest valid name."""
    # Braces are pydantic's placeholders; the message goes in as a value so that it may hold any.
    context = {"message": message, "allowed": allowed, "suggestion": suggestion}
    return PydanticCustomError("fault", "{message}", context)


def nearest(name: str, valid: Iterable[str]) -> str:
    """The valid name most like the one given; empty where none is near."""
    folded = {word.lower(): word for word in valid}
    matches = difflib.get_close_matches(name[:100].lower(), folded, 1, 0.6)
    return folded[matches[0]] if matches else ""


class Distribution(BaseModel):
    """A prior from which each run draws: one shape and its figures, in the unit of the key.

    Uniform takes [low, high], triangular [low, mode, high], normal [mean, standard deviation],
    lognormal [median, 95th percentile].
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", json_schema_extra={"minProperties": 1, "maxProperties": 1}
    )

    uniform: tuple[Real, ...] | None = Field(None, description="[low, high]")
    triangular: tuple[Real, ...] | None = Field(None, description="[low, mode, high]")
    normal: tuple[Real, ...] | None = Field(None, description="[mean, standard deviation]")
    lognormal: tuple[Real, ...] | None = Field(None, description="[median, 95th percentile]")

    @field_validator(*SHAPES)
    @classmethod
    def _figures(cls, values: tuple[float, ...] | None, info: ValidationInfo) -> tuple[float, ...]:
        if values is None:
            raise fault("must be a list of numbers")
        shape = str(info.field_name)
        form = SHAPES[shape]
        if len(values) != form.count(",") + 1:
            raise fault(f"{shape} takes {form.count(',') + 1} numbers", form)
        if shape == "normal" and values[1] <= 0:
            raise fault("a standard deviation is above 0", form)
        if shape == "lognormal" and not 0 < values[0] < values[1]:
            raise fault("a lognormal has 0 < median < 95th percentile", form)
        rising = list(values) == sorted(values) and values[0] < values[-1]
        if shape in ("uniform", "triangular") and not rising:
            raise fault("the numbers must rise from low to high", form)
        return values

    @model_validator(mode="after")
    def _one_shape(self) -> Distribution:
        if sum(getattr(self, shape) is not None for shape in SHAPES) != 1:
            raise fault("a distribution has exactly one shape", ", ".join(SHAPES))
        return self

    @property
    def shape(self) -> str:
        """Which of uniform, triangular, normal, lognormal."""
        return next(shape for shape in SHAPES if getattr(self, shape) is not None)

    @property
    def values(self) -> tuple[float, ...]:
        """The figures of the shape, in its order."""
        return tuple(getattr(self, self.shape))

    @property
    def support(self) -> tuple[float, float]:
        """The lowest and highest value that can be drawn; infinite where nothing bounds it."""
        if self.shape == "normal":
            return -math.inf, math.inf
        if self.shape == "lognormal":
            return 0.0, math.inf
        return self.values[0], self.values[-1]


def _kind_of_number(value: object) -> str:
    return "distribution" if isinstance(value, dict | Distribution) else "number"


Number = Annotated[
    Annotated[Real, Tag("number")] | Annotated[Distribution, Tag("distribution")],
    Discriminator(_kind_of_number),
]


def check_within(value: float | Distribution, low: float, high: float, unit: str) -> None:
    """Raise a fault where a number, or anything it may be drawn as, lies outside [low, high]."""
    least, most = value.support if isinstance(value, Distribution) else (value, value)
    if low <= least and most <= high:
        return
    allowed = f"{low:,g} to {high:,.10g} {unit}".strip()
    if math.isinf(most) or math.isinf(least):
        raise fault("this distribution has no bound, the value has one", allowed)
    raise fault("outside the possible range", allowed)


def within(low: float, high: float, unit: str = "") -> AfterValidator:
    """The check that a number lies in [low, high], for annotations."""

    def check(value: float | Distribution) -> float | Distribution:
        check_within(value, low, high, unit)
        return value

    return AfterValidator(check)


Share = Annotated[Number, within(0, 1)]


@dataclass(frozen=True)
class Names:
    """The names a world knows; given as validation context, files are checked against them.

    `firms` gives by stage ("mine", "separation", "magnet") the regions in which each name of a firm
    or an owner is found.
    """

    regions: tuple[str, ...]
    elements: tuple[str, ...]
    parameters: tuple[str, ...]
    firms: Mapping[str, Mapping[str, frozenset[str]]] = field(default_factory=dict)
    uses: tuple[str, ...] | None = None


LONGEST_LIST = 12


def known(what: str, label: str) -> Callable[[str, ValidationInfo], str]:
    """The check of a name against `Names.<what>`; without a context every name passes."""

    def check(name: str, info: ValidationInfo) -> str:
        names = getattr(info.context, what, None)
        if names is not None and name not in names:
            short = ", ".join(names) if len(names) <= LONGEST_LIST else ""
            raise fault(f"unknown {label}", short, nearest(name, names))
        return name

    return check


def _as_list(value: object) -> object:
    return (value,) if isinstance(value, str) else value


def _distinct(values: tuple[str, ...]) -> tuple[str, ...]:
    if not values:
        raise fault("an empty list")
    if len(set(values)) < len(values):
        twice = next(value for value in values if values.count(value) > 1)
        raise fault(f"'{twice}' stands in the list twice")
    return tuple(sorted(values))


Region = Annotated[Text, AfterValidator(known("regions", "region"))]
Element = Annotated[Text, AfterValidator(known("elements", "element"))]
Use = Annotated[Text, AfterValidator(known("uses", "end use"))]
ParameterName = Annotated[Text, AfterValidator(known("parameters", "parameter"))]
# A single name may stand for a list of one.
Regions = Annotated[
    tuple[Region, ...],
    BeforeValidator(_as_list, json_schema_input_type=str | list[str]),
    AfterValidator(_distinct),
]
Elements = Annotated[
    tuple[Element, ...],
    BeforeValidator(_as_list, json_schema_input_type=str | list[str]),
    AfterValidator(_distinct),
]

Firms = Annotated[
    tuple[Text, ...],
    BeforeValidator(_as_list, json_schema_input_type=str | list[str]),
    AfterValidator(_distinct),
]


def check_firms(
    firms: tuple[str, ...] | None, info: ValidationInfo, inside: bool
) -> tuple[str, ...] | None:
    """Faults of a measure's firms: unknown at its stage or, `inside`, outside its regions."""
    stage = info.data.get("stage")
    known_firms = getattr(info.context, "firms", {}).get(stage)
    if firms is None or known_firms is None:
        return firms
    regions = set(info.data.get("by", ()))
    for firm in firms:
        if firm not in known_firms:
            near = nearest(firm, known_firms)
            raise fault(f"'{firm}' is no firm or owner at the stage '{stage}'", "", near)
        if inside and regions and not known_firms[firm] & regions:
            where = ", ".join(sorted(known_firms[firm]))
            raise fault(f"'{firm}' does not stand in {', '.join(sorted(regions))}", where)
    return firms


MOST_TONNES = 10_000_000  # a year; above twenty times what the world mines, a slip of the unit
Tonnes = Annotated[Number, within(0, MOST_TONNES, "t REO/year")]
