"""Every key is found at its line."""

from __future__ import annotations

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from sim.scenario.lines import key_lines
from sim.scenario.writing import toml_key, toml_value

TEXT = '''\
# a comment [with] "brackets"
title = "a = b # c"   # d = 1
text = """
multi
k = 3
"quoted" """"
[ensemble] # x = 1
runs = 2.5
"quoted key".sub = 1
[measures."a.b"]
schedule = { 2023 = 1.5, 2024 = { uniform = [1, 2] }, x = [ {a=1}, {b=[2,
3]} ] }
elements = [
  "a",  # [
  "b",
]
\t[ measures . 'q' . schedule ]
2023 = 3
'e' = {}
[measures.q]
by = 'C # no'
when = 2023-01-01 07:32:00
[[list]]
z = 1
'''


def test_every_form_of_key() -> None:
    assert key_lines(TEXT) == {
        (): 1,
        ("title",): 2,
        ("text",): 3,
        ("ensemble",): 7,
        ("ensemble", "runs"): 8,
        ("ensemble", "quoted key"): 9,
        ("ensemble", "quoted key", "sub"): 9,
        ("measures",): 10,
        ("measures", "a.b"): 10,
        ("measures", "a.b", "schedule"): 11,
        ("measures", "a.b", "schedule", "2023"): 11,
        ("measures", "a.b", "schedule", "2024"): 11,
        ("measures", "a.b", "schedule", "2024", "uniform"): 11,
        ("measures", "a.b", "schedule", "x"): 11,
        ("measures", "a.b", "schedule", "x", "a"): 11,
        ("measures", "a.b", "schedule", "x", "b"): 11,
        ("measures", "a.b", "elements"): 13,
        ("measures", "q"): 20,
        ("measures", "q", "schedule"): 17,
        ("measures", "q", "schedule", "2023"): 18,
        ("measures", "q", "schedule", "e"): 19,
        ("measures", "q", "by"): 21,
        ("measures", "q", "when"): 22,
        ("list",): 23,
        ("list", "z"): 24,
    }


KEYS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=6)
VALUES = st.recursive(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=8)
    | st.integers(-5, 5)
    | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=5,
)


@given(table=st.dictionaries(KEYS, VALUES, max_size=6), blank=st.integers(0, 3))
def test_any_table_is_found_line_by_line(table: dict[str, object], blank: int) -> None:
    gap = "\n" * blank + "# x = [ { \" '\n"
    text = "".join(f"{gap}{toml_key(key)} = {toml_value(value)}\n" for key, value in table.items())
    assert tomllib.loads(text) == table
    lines = key_lines(text)
    for number, key in enumerate(table, start=1):
        assert lines[(key,)] == number * (blank + 2)
