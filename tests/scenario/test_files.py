"""What is read, from where, and what is refused without a traceback."""

from __future__ import annotations

import os
import time
from datetime import date
from pathlib import Path
from shutil import copy, copytree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.errors import ScenarioErrors
from sim.measures import ExportBan
from sim.scenario import load_scenario
from sim.scenario.files import merge
from sim.scenario.writing import toml_value
from sim.world import load_world
from sim.world.world import DATA

HEAD = """\
title = "Parent"
world = "tiny"
start = 2023-01-01
end = 2030-12-31
"""
BAN = """\
[measures.ban]
kind = "export-ban"
by = "Home"
product = "magnet"
start = 2024-01-01
"""


def write(folder: Path, **texts: str) -> Path:
    """Write NAME.toml for each text; the path of the first."""
    for name, text in texts.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return folder / f"{next(iter(texts))}.toml"


def faults(path: Path, *overrides: str) -> list[str]:
    """The messages of a file that is refused."""
    with pytest.raises(ScenarioErrors) as caught:
        load_scenario(path, overrides)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b" \n\t\n", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "is a binary file, not a text"),
        ('title = "x"\n'.encode("utf-16"), "is a binary file, not a text"),
        (b'title = "x"\n# caf\xe9\n', "is not UTF-8 text (line 2)"),
        (b"#" * 1_000_001, "is larger than 1 MB"),
    ],
)
def test_a_file_that_is_no_text(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "x.toml"
    path.write_bytes(content)
    assert faults(path) == [f"{path}: {says}"]


def test_no_file(tmp_path: Path) -> None:
    assert faults(tmp_path / "x.toml") == [f"{tmp_path}/x.toml: no such file"]
    assert faults(tmp_path) == [f"{tmp_path}: is a folder, not a file"]
    assert "\0" in faults(tmp_path / "a\0b")[0]
    assert "cannot be read: File name too long" in faults(tmp_path / ("x" * 5000))[0]
    assert faults(Path("/dev/null")) == ["/dev/null: is not a regular file"]
    os.mkfifo(tmp_path / "pipe")
    assert faults(tmp_path / "pipe") == [f"{tmp_path}/pipe: is not a regular file"]


def test_links_that_go_round(tmp_path: Path) -> None:
    (tmp_path / "a.toml").symlink_to(tmp_path / "b.toml")
    (tmp_path / "b.toml").symlink_to(tmp_path / "a.toml")
    assert len(faults(tmp_path / "a.toml")) == 1
    child = write(tmp_path, child=HEAD + 'extends = "a.toml"\n')
    assert len(faults(child)) == 1


def test_a_byte_order_mark_and_other_line_ends_do_not_matter(tmp_path: Path) -> None:
    plain = load_scenario(write(tmp_path, x=HEAD + BAN))
    (tmp_path / "x.toml").write_bytes(
        b"\xef\xbb\xbf" + (HEAD + BAN).encode().replace(b"\n", b"\r\n")
    )
    assert load_scenario(tmp_path / "x.toml") == plain
    bad = (HEAD + BAN.replace("magnet", "x")).encode().replace(b"\n", b"\r\n")
    (tmp_path / "x.toml").write_bytes(bad)
    assert faults(tmp_path / "x.toml")[0].startswith(f"{tmp_path}/x.toml:8: ")


def test_a_child_overrides_key_by_key(tmp_path: Path) -> None:
    child = write(
        tmp_path,
        child='extends = "parent.toml"\ntitle = "Child"\n'
        "[assumptions]\n'policy.quota_growth' = { uniform = [0, 0.1] }\n"
        "[measures]\nban.end = 2025-12-31\nban.enforcement = { uniform = [0.5, 1] }\n"
        "quota.schedule.2025 = 70\ntax.off = true\noxide.level = 0.7\n",
        parent=HEAD
        + 'name = "original"\n'
        + "[assumptions]\npolicy.quota_growth = { triangular = [0, 0.05, 0.1] }\n"
        + BAN
        + "enforcement = { triangular = [0.1, 0.5, 0.9] }\n"
        + '[measures.quota]\nkind = "production-quota"\nby = "Home"\nstage = "mine"\n'
        + 'class = "all"\nunit = "t REO/year"\nschedule = { 2023 = 50, 2025 = 60 }\n'
        + '[measures.oxide]\nkind = "export-quota"\nby = "Home"\nproduct = "oxide"\n'
        + 'unit = "share of pre-measure flow"\nschedule = { 2023 = 0.5 }\nstart = 2023-01-01\n'
        + BAN.replace("measures.ban", "measures.tax").replace("export-ban", "export-tax")
        + "rate = 0.25\n",
    )
    scenario = load_scenario(child)
    assert (scenario.name, scenario.title) == ("child", "Child")
    assert list(scenario.measures) == ["ban", "oxide", "quota"]
    ban, oxide, quota = scenario.measures.values()
    assert isinstance(ban, ExportBan)
    assert str(ban.end) == "2025-12-31"
    assert ban.enforcement.values == (0.5, 1)  # type: ignore[union-attr]
    assert quota.schedule == {"2023": 50, "2025": 70}  # type: ignore[attr-defined]
    assert (oxide.level, oxide.schedule) == (0.7, None)  # type: ignore[attr-defined]
    assert scenario.assumptions["policy.quota_growth"].shape == "uniform"  # type: ignore[union-attr]


def test_faults_name_the_file_they_stand_in(tmp_path: Path) -> None:
    child = write(
        tmp_path,
        child='extends = "parent.toml"\n[measures.ban]\nenforcement = 2\n',
        parent=HEAD + BAN.replace("Home", "Hom") + "[measures.x]\n",
    )
    assert [fault.partition(": ")[0] for fault in faults(child)] == [
        f"{tmp_path}/parent.toml:7",
        f"{tmp_path}/parent.toml:10",
        f"{tmp_path}/child.toml:3",
    ]


def test_a_parent_with_a_syntax_error_is_named_and_its_keys_are_not_missed(tmp_path: Path) -> None:
    child = write(
        tmp_path,
        child='extends = "parent.toml"\n[measures.ban]\nenforcement = 2\n[ensemble]\nruns = 0\n',
        parent=HEAD + "[[[\n",
    )
    told = faults(child)
    assert told[0].startswith(f"{tmp_path}/parent.toml:5: not TOML")
    assert [fault.partition(": ")[0] for fault in told[1:]] == [f"{tmp_path}/child.toml:5"]


def test_files_that_extend_one_another_in_a_circle(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        a='extends = "b.toml"\n' + HEAD,
        b='# second\nextends = "c.toml"\n',
        c='extends = "a.toml"\n',
    )
    (told,) = faults(path)
    assert told.startswith(f"{tmp_path}/c.toml:1: extends: goes round in a circle: ")
    assert "a.toml -> b.toml -> c.toml -> a.toml" in told


def test_a_long_chain_is_refused(tmp_path: Path) -> None:
    for number in range(30):
        write(tmp_path, **{f"f{number}": f'extends = "f{number + 1}.toml"\n'})
    (told,) = faults(write(tmp_path, first=HEAD + 'extends = "f0.toml"\n'))
    assert "more than 20 files extend one another" in told


def test_of_several_parents_a_later_one_overrides_and_the_child_all(tmp_path: Path) -> None:
    child = write(
        tmp_path,
        child='extends = ["one.toml", "two.toml"]\n[measures]\nban.enforcement = 0.7\n',
        one=HEAD + "[ensemble]\nruns = 5\nseed = 1\n" + BAN + "enforcement = 0.9\n",
        two='title = "Two"\n[ensemble]\nseed = 2\n[measures.ban]\nend = 2026-06-30\n',
    )
    scenario = load_scenario(child)
    ban = scenario.measures["ban"]
    assert (scenario.title, scenario.runs, scenario.seed) == ("Two", 5, 2)
    assert (ban.enforcement, ban.end) == (0.7, date(2026, 6, 30))  # type: ignore[attr-defined]
    both = faults(write(tmp_path, x=HEAD + 'extends = ["no.toml", "none.toml"]\n'))
    assert ["no such file" in told for told in both] == [True, True]
    (told,) = faults(write(tmp_path, x=HEAD + "extends = []\n"))
    assert "must be the path of a scenario file" in told


def test_a_tree_of_many_files_is_refused_at_once(tmp_path: Path) -> None:
    for number in range(18):
        twice = f'"f{number + 1}.toml"'
        write(tmp_path, **{f"f{number}": f"extends = [{twice}, {twice}]\n"})
    write(tmp_path, f18="# nothing\n")
    told = faults(write(tmp_path, first=HEAD + 'extends = "f0.toml"\n'))
    assert any("more than 100 files are taken over" in fault for fault in told)
    assert len(told) < 100


def test_a_link_does_not_lead_out_of_the_folder(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    write(tmp_path, outside=HEAD)
    (inside / "link.toml").symlink_to(tmp_path / "outside.toml")
    (inside / "folder").symlink_to(tmp_path)
    for parent in ("link.toml", "folder/outside.toml", "folder/inside/../outside.toml"):
        (told,) = faults(write(inside, x=f'extends = "{parent}"\n' + HEAD))
        assert "leads out of the scenario's folder" in told
        (told,) = faults(write(inside, x=HEAD + f'counterfactual = "{parent}"\n'))
        assert "leads out of the scenario's folder" in told
    (told,) = faults(write(inside, x=HEAD.replace("tiny", "folder/")))
    assert "leads out of the scenario's folder" in told


def test_paths_are_seen_from_the_file_in_which_they_stand(tmp_path: Path) -> None:
    below = tmp_path / "below"
    below.mkdir()
    write(below, parent=HEAD + 'counterfactual = "other.toml"\n', other=HEAD + BAN)
    scenario = load_scenario(write(tmp_path, x='extends = "below/parent.toml"\n'))
    assert scenario.counterfactual is not None
    assert list(scenario.counterfactual.measures) == ["ban"]
    back = write(below, back='extends = "../x.toml"\n')
    assert "leads out of the scenario's folder" in faults(back)[0]


def test_the_counterfactual_file_gives_its_measures_and_nothing_else(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        x=HEAD + 'counterfactual = "other.toml"\n',
        other='extends = "x.toml"\ntitle = "Other"\n[ensemble]\nruns = 9\n' + BAN,
    )
    scenario = load_scenario(path, ["ensemble.runs=3", "end=2026-12-31"])
    other = scenario.counterfactual
    assert other is not None
    assert (other.name, other.title, list(other.measures)) == ("other", "Other", ["ban"])
    assert (other.runs, other.end) == (3, scenario.end)
    assert other.counterfactual is None


def test_a_counterfactual_of_another_world_or_with_faults_is_refused(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        x=HEAD + 'counterfactual = "other.toml"\n',
        other=HEAD.replace('"tiny"', '"2023"'),
    )
    assert "stands on another world" in faults(path)[0]
    write(tmp_path, other=HEAD + BAN + "enforcement = 2\n")
    assert faults(path)[0].startswith(f"{tmp_path}/other.toml:10: measures.ban.enforcement: ")


def test_an_own_world_is_a_folder_below(tmp_path: Path) -> None:
    path = write(tmp_path, x=HEAD.replace("tiny", "./worlds/mine"))
    assert faults(path) == [
        f'{path}:2: world: no folder with a world.toml (got "./worlds/mine")',
    ]
    copytree(DATA / "tiny", tmp_path / "worlds" / "mine")
    copy(DATA / "sources.csv", tmp_path / "worlds")
    assert load_scenario(path).world == f"{tmp_path}/worlds/mine"
    (tmp_path / "worlds" / "mine" / "standing.toml").write_text(
        BAN.replace("Home", "Hom").replace("start", "enforcement = 3\nstart"), encoding="utf-8"
    )
    load_world.cache_clear()
    told = faults(path)
    assert told == [
        f"{tmp_path}/worlds/mine/standing.toml: measures.ban.by.0: unknown region",
        f"{tmp_path}/worlds/mine/standing.toml: measures.ban.enforcement: "
        "outside the possible range",
    ]
    (tmp_path / "worlds" / "mine" / "regions.csv").unlink()
    load_world.cache_clear()
    assert "regions" in faults(path)[0]


def test_too_many_measures(tmp_path: Path) -> None:
    many = "".join(f"[measures.m{number}]\n" for number in range(201))
    (told,) = faults(write(tmp_path, x=HEAD + many))
    assert "201 measures, each looked at every month" in told
    assert "allowed: up to 200" in told


@pytest.mark.parametrize(
    "text",
    [
        "[measures]\n" + "".join(f"m{number}.x = 1\n" for number in range(60_000)),
        "".join(f"key{number} = {number}\n" for number in range(50_000)),
        "x = " + "[1," * 11 + "1" + "]" * 11 + "\ny = [" + "1," * 400_000 + "]\n",
        "x" * 900_000 + " = 1\n",
        "[" + ".".join("a" * 400_000) + "]\n",
        "x = '''" + "'\n" * 400_000 + "'''\n",
        'x = "' + "\\\\" * 400_000 + '"\n',
    ],
    ids=["tables", "keys", "arrays", "long key", "deep key", "long text", "escapes"],
)
def test_large_files_are_refused_quickly(tmp_path: Path, text: str) -> None:
    begun = time.perf_counter()
    assert faults(write(tmp_path, x=HEAD + text))
    assert time.perf_counter() - begun < 20


def test_merging_leaves_its_inputs_alone() -> None:
    base = {"a": {"b": 1, "level": 2}, "c": 3}
    changes = {"a": {"schedule": {"2023": 1}}, "c": {"uniform": [0, 1]}}
    assert merge(base, changes) == {
        "a": {"b": 1, "schedule": {"2023": 1}},
        "c": {"uniform": [0, 1]},
    }
    assert base == {"a": {"b": 1, "level": 2}, "c": 3}


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_a_damaged_file_loads_or_is_refused_but_never_breaks(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    text = HEAD + BAN + "[assumptions]\npolicy.quota_growth = { uniform = [0, 0.1] }\n"
    where = data.draw(st.integers(0, len(text)))
    removed = data.draw(st.integers(0, 12))
    junk = data.draw(st.text(st.sampled_from("[]{}=.,\"'\n#0a-:_ \\é"), max_size=6))
    path = tmp_path_factory.getbasetemp() / "damaged.toml"
    path.write_text(text[:where] + junk + text[where + removed :], encoding="utf-8")
    try:
        load_scenario(path)
    except ScenarioErrors as errors:
        assert errors.problems


@settings(max_examples=150, deadline=None)
@given(content=st.binary(max_size=200))
def test_any_bytes_are_refused(content: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / "bytes.toml"
    path.write_bytes(content)
    assert faults(path)


VALUES = st.recursive(
    st.none().map(lambda _: float("nan"))
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text(max_size=5)
    | st.dates(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["uniform", "2023", "x", "a.b", "kind", "values", "between"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=6,
)
KEYS = st.sampled_from(
    [
        "title",
        "world",
        "start",
        "end",
        "name",
        "extends",
        "counterfactual",
        "ensemble",
        "assumptions",
        "measures",
        "measures.ban",
        "measures.ban.kind",
        "measures.ban.by",
        "measures.ban.targets",
        "measures.ban.start",
        "measures.ban.end",
        "measures.ban.schedule",
        "measures.ban.enforcement",
        "measures.ban.off",
        "counterfactual.measures",
        "counterfactual.measures.x",
        "sweep",
        "sweep.design",
        "sweep.over",
        "sweep.over.measures",
        "sweep.over.measures.ban.end",
    ]
)


@settings(max_examples=500, deadline=None)
@given(changes=st.dictionaries(KEYS, VALUES, min_size=1, max_size=3))
def test_any_value_at_any_key_loads_or_is_refused(
    changes: dict[str, object], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = write(tmp_path_factory.getbasetemp(), values=HEAD + BAN)
    try:
        load_scenario(path, [f"{key} = {toml_value(value)}" for key, value in changes.items()])
    except ScenarioErrors as errors:
        assert all(str(problem) for problem in errors.problems)
