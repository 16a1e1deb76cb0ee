"""How numbers are written for people."""

from __future__ import annotations


def short(value: float | None) -> str:
    """Three significant digits, from 10,000 in thousands (k) or millions (M); "-" for no value."""
    if value is None:
        return "-"
    size = abs(value)
    for unit, letter in ((1e6, "M"), (1e3, "k")):
        if size >= max(0.9995 * unit, 9_995):
            digits = max(0, 3 - len(str(round(size / unit))))
            return f"{value / unit:,.{digits}f}{letter}"
    if size >= 99.95:
        return f"{float(f'{value:.3g}'):,.0f}"
    if size < 5e-7:
        return "0"
    if size < 1e-3:
        return f"{value:.1e}"
    return f"{value:.3g}"


def interval(median: float | None, low: float | None, high: float | None) -> str:
    """A median and, on a second line, its interval unless that is a point."""
    middle = short(median)
    if (short(low), short(high)) == (middle, middle):
        return middle
    return f"{middle}\n{short(low)} to {short(high)}"
