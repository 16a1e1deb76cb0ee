"""Whatever the command is given, it tells what is wrong in a few lines and leaves nothing."""

import argparse
import io
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import xarray as xr

import sim
from sim.cli import main
from sim.cli.parser import build_parser
from sim.cli.printing import progress
from sim.results import save_results
from sim.scenario import dump_scenario, find_scenario, load_scenario
from tests.results.synthetic import synthetic

COMMAND = [sys.executable, "-m", "sim.cli"]
SHORT = ["--runs", "1", "--workers", "1", "--set", "end=2025-01-31"]
SHORT += ["--set", "measures.oxide-quota.end=2025-01-31"]
LATIN = ["sweep", "tiny-quota", "--design", "latin-hypercube", "--samples", "4"]
LEVEL = "measures.oxide-quota.level"


def save(folder: Path) -> Path:
    """Made-up results where a run would have written its own."""
    toml = dump_scenario(load_scenario(find_scenario("tiny-quota")))
    return save_results(synthetic(runs=2), folder, toml, [], lambda ds, place: None)


def without_a_record(file: Path) -> None:
    kept = sim.open_results(file.parent).drop_vars("oxide_price")
    file.unlink()
    kept.assign_attrs(exportshock_version="0.0.1").to_netcdf(file)


def other_data(file: Path) -> None:
    file.unlink()
    xr.Dataset({"a": ("x", [1])}).to_netcdf(file)


SPOILT = {
    "cut": ("results.nc", lambda file: file.write_bytes(file.read_bytes()[:5000]), "is damaged"),
    "empty": ("results.nc", lambda file: file.write_bytes(b""), "is damaged"),
    "a text": ("results.nc", lambda file: file.write_text("hello"), "is damaged"),
    "another's": ("results.nc", other_data, "was not written by exportshock"),
    "an older version's": ("results.nc", without_a_record, "oxide_price is missing"),
    "no results": ("results.nc", Path.unlink, "holds no results"),
    "no scenario": ("scenario.toml", Path.unlink, "no such file"),
    "a bad scenario": ("scenario.toml", lambda file: file.write_text("x"), "not TOML"),
}


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    return save(tmp_path_factory.mktemp("results") / "out")


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A working folder with all sorts of things that are no scenario."""
    monkeypatch.chdir(tmp_path)
    Path("empty.toml").write_text("")
    Path("binary.toml").write_bytes(bytes(range(256)))
    Path("latin.toml").write_bytes('title = "é"'.encode("latin-1"))
    Path("huge.toml").write_text("a = 1\n" * 200_000)
    Path("folder.toml").mkdir()
    os.mkfifo("pipe.toml")
    Path("round.toml").symlink_to("round.toml")
    Path("dangling.toml").symlink_to("nowhere")
    Path("file").write_text("mine")
    return tmp_path


def seen(folder: Path) -> dict[str, object]:
    """All that is in a folder, with the contents of its files."""
    return {
        str(path): path.read_bytes() if path.is_file() else path.lstat().st_mode
        for path in folder.rglob("*")
    }


def refused(arguments, words, capsys) -> None:
    """The command refuses: code 2, the words in a few lines, no answer."""
    try:
        code = main(arguments)
    except SystemExit as left:  # the parser leaves by itself
        code = left.code
    told = capsys.readouterr()
    assert code == 2
    assert words in told.err
    assert "Traceback" not in told.err
    assert len(told.err.splitlines()) < 15
    assert told.out == ""


FILES = {
    "empty.toml": "is empty",
    "binary.toml": "is a binary file",
    "latin.toml": "not UTF-8",
    "huge.toml": "larger than 1 MB",
    "folder.toml": "is a folder",
    "pipe.toml": "not a regular file",
    "round.toml": "ymlink loop",
    "dangling.toml": "no such file",
    "/dev/zero": "not a regular file",
    "tiny-qouta": "did you mean 'tiny-quota'?",
    "": "no shipped scenario",
    "x" * 5000 + ".toml": "too long",
    "no\nname": "no shipped scenario",
}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file[:20] or "nothing")
@pytest.mark.parametrize("command", ["run", "validate", "sweep", "explore", "compare"])
def test_what_is_no_scenario(command, file, place, capsys):
    before = seen(place)
    also = {"compare": ["tiny-quota"], "explore": ["--no-browser"]}.get(command, [])
    refused([command, file, *also], FILES[file], capsys)
    assert seen(place) == before


MISTAKES = [
    (["run", "tiny-quota", "--runs", ""], "not TOML"),
    (["run", "tiny-quota", "--runs", "-1"], "1 to 100,000"),
    (["run", "tiny-quota", "--runs", "9" * 30], "64 bits"),
    (["run", "tiny-quota", "--runs", "2\nseed=3"], "not an override"),
    (["run", "tiny-quota", "--seed", "9" * 5000], "too many digits"),
    (["run", "tiny-quota", "--workers", "10000"], "from 1 to 1,024"),
    (["run", "tiny-quota", "--workers", "x"], "not a whole number"),
    (["run", "tiny-quota", "--set", ""], "not an override"),
    (["run", "tiny-quota", "--set", "="], "not an override"),
    (["run", "tiny-quota", "--set", "measures=3"], "must be a table"),
    (["run", "tiny-quota", "--set", f"{LEVEL}=nan"], "finite"),
    (["run", "tiny-quota", "--set", "extends='/etc/passwd'"], "cannot be set"),
    (["run", "tiny-quota", "--set", "world='../../etc/'"], "leads out of"),
    (["run", "tiny-quota", "--record", "nonsense"], "cannot record"),
    (["run", "tiny-quota", "--out", ""], "an empty path"),
    (["run", "tiny-quota", "--out", "file"], "is a file or device"),
    (["run", "tiny-quota", "--out", "file/x"], "cannot write"),
    (["run", "tiny-quota", "--out", "."], "something else than results"),
    (["run", "tiny-quota", "--out", "round.toml"], "cannot write"),
    (["run", "tiny-quota", "--out", "x" * 300], "File name too long"),
    (["run", "tiny-quota", "--out", "/dev/null"], "is a file or device"),
    (["compare", "tiny-quota", "tiny-magnet-ban", "--out", "file"], "is a file or device"),
    (["report", "nowhere"], "holds no results"),
    (["report", "file"], "holds no results"),
    (["report", "."], "holds no results"),
    (["world", "../../etc"], "no such world"),
    (["world", ""], "no such world"),
    (["world", "2024"], "no such world"),
    (["claims", "0"], "not a whole number"),
    (["claims", "17", "--runs", "0"], "not a whole number"),
    (["claims", "10", "--seed", "-1"], "not a possible seed"),
    (["claims", "10", "--workers", "1", "--runs", "1", "--out", "file/x"], "cannot write"),
    (["claims", "17", "--markdown", "file/x"], "no file in a folder"),
    (["hindcast", "--markdown", "."], "no file in a folder"),
    (["sweep", "tiny-quota"], "has no [sweep]"),
    (["sweep", "tiny-quota", "--design", "x"], "design"),
    ([*LATIN, "--samples", "0"], "impossible number of samples"),
    ([*LATIN, "--over", "nonsense"], "nonsense"),
    ([*LATIN, "--over", f"{LEVEL}={{between = [1, 0]}}"], "two ends that rise"),
    ([*LATIN, "--over", "all", "--outputs", "zz"], "zz"),
    ([*LATIN, "--over", "all", "--out", "file"], "is a file"),
    (["explore", "tiny-quota", "--port", "99999"], "from 1 to 65,535"),
    (["hindcast", "--runs", "0"], "not a whole number"),
    (["calibrate", "--workers", "0"], "not a whole number"),
    (["completion", "powershell"], "invalid choice"),
]


@pytest.mark.parametrize(("arguments", "words"), MISTAKES, ids=lambda x: " ".join(x)[:60])
def test_mistakes(arguments, words, place, capsys, monkeypatch):
    monkeypatch.setattr("sim.ensemble.run_pairs", None)  # nothing is computed
    before = seen(place)
    refused(arguments, words, capsys)
    assert seen(place) == before


@pytest.mark.parametrize("spoilt", SPOILT)
def test_spoilt_results(spoilt, results, tmp_path, capsys):
    folder = tmp_path / "out"
    shutil.copytree(results, folder)
    file, spoil, words = SPOILT[spoilt]
    spoil(folder / file)
    before = seen(tmp_path)
    refused(["report", str(folder)], words, capsys)
    assert seen(tmp_path) == before


def test_a_page_takes_the_place_of_no_device_or_folder(results, place, capsys):
    before = seen(place)
    for out in ("pipe.toml", "folder.toml"):
        refused(["report", str(results), "--out", out], "cannot write", capsys)
    assert seen(place) == before


def shell(line: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a line in bash, in which `X` is the command."""
    return subprocess.run(
        ["bash", "-c", f'X() {{ "{sys.executable}" -m sim.cli "$@"; }}\n{line}'],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
    )


def run(arguments: list[str], **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command in an environment of its own."""
    return subprocess.run(
        [*COMMAND, *arguments], capture_output=True, text=True, env={**os.environ, **environment}
    )


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="needs Linux")
def test_a_full_disk_behind_the_answer():
    done = shell("X completion bash > /dev/full")
    assert done.returncode == 2
    assert done.stderr == "cannot print the answer: No space left on device\n"
    assert shell("X validate nowhere 2> /dev/full").returncode == 2


@pytest.mark.parametrize("end", ["| true; exit ${PIPESTATUS[0]}", ">&-"])
def test_nobody_reads_the_answer(end):
    done = shell(f"X completion bash {end}")
    assert (done.returncode, done.stderr) == (0, "")


def test_a_reader_that_leaves_loses_no_results(tmp_path):
    line = (
        f"X run tiny-quota {' '.join(SHORT)} --out {tmp_path}/out | true; exit ${{PIPESTATUS[0]}}"
    )
    done = shell(line)
    assert (done.returncode, done.stderr) == (0, "")
    assert sim.open_results(tmp_path / "out").sizes["run"] == 1


def test_names_with_spaces_and_letters_of_any_sort(tmp_path):
    file = tmp_path / "meine Quöte 政策.toml"
    shutil.copy(find_scenario("tiny-quota"), file)
    for environment in (
        {"PYTHONIOENCODING": "ascii"},
        {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
        {"LC_ALL": "xx_XX.nonsense", "TERM": "dumb", "COLUMNS": "1"},
    ):
        done = run(["validate", str(file)], **environment)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.endswith(".toml: valid\n")
        done = run(["validate", "--json", str(file)], **environment)
        assert '"valid": true' in done.stdout


def test_a_disk_that_fills_up_leaves_nothing(tmp_path):
    done = shell(f"cd {tmp_path}; ulimit -f 8; X run tiny-quota {' '.join(SHORT)}")
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        f"cannot write results to {tmp_path}/results/tiny-quota: File too large"
    ]
    assert [path.name for path in tmp_path.rglob("*")] == ["results"]


@pytest.fixture
def heeding():
    """Tests that a shell runs in the background are started deaf to the interrupt key."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_signals_end_it_in_one_line(number, code, tmp_path, monkeypatch, capsys, heeding):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sim.ensemble.run_pairs", lambda *_, **__: os.kill(os.getpid(), number))
    before = signal.getsignal(number)
    assert main(["run", "tiny-quota"]) == code
    assert capsys.readouterr().err == "exportshock: interrupted, nothing was written\n"
    assert signal.getsignal(number) == before
    assert list(tmp_path.iterdir()) == []


def test_two_runs_at_once_on_one_folder(tmp_path, monkeypatch, capsys):
    """The one that is done first keeps its results whole; the other says so."""
    out = tmp_path / "out"

    def run_pairs(*_, **__):
        save(out)
        return synthetic(runs=3)

    monkeypatch.setattr("sim.ensemble.run_pairs", run_pairs)
    monkeypatch.setattr("sim.report.figures.write_figures", lambda ds, folder: None)
    assert main(["run", "tiny-quota", "--out", str(out)]) == 2
    assert "exists already" in capsys.readouterr().err
    assert sim.open_results(out).sizes["run"] == 2
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_results_replaced_through_a_link_leave_the_link(tmp_path, monkeypatch):
    save(tmp_path / "real")
    (tmp_path / "link").symlink_to("real")
    monkeypatch.setattr("sim.ensemble.run_pairs", lambda *_, **__: synthetic(runs=3))
    monkeypatch.setattr("sim.report.figures.write_figures", lambda ds, folder: None)
    assert main(["run", "tiny-quota", "--out", str(tmp_path / "link"), "--force", "-q"]) == 0
    assert (tmp_path / "link").is_symlink()
    assert sim.open_results(tmp_path / "real").sizes["run"] == 3


def test_too_little_memory_is_told(monkeypatch, tmp_path, capsys):
    def run_pairs(*_, **__):
        raise MemoryError("Unable to allocate 2.00 TiB")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sim.ensemble.run_pairs", run_pairs)
    refused(["run", "tiny-quota"], "not enough memory", capsys)


def commands() -> dict[str, argparse.ArgumentParser]:
    (found,) = (a for a in build_parser()._actions if isinstance(a, argparse._SubParsersAction))
    return dict(found.choices)


@pytest.mark.parametrize("name", sorted(commands().keys() - {"explore", "completion"}))
def test_every_command_that_prints_takes_json_and_quiet(name):
    taken = {option for action in commands()[name]._actions for option in action.option_strings}
    assert {"--json", "--quiet", "-q"} <= taken


def test_help_names_the_exit_codes(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    text = capsys.readouterr().out
    assert "exit codes" in text
    assert all(f"  {code}  " in text for code in ("0  ", "2  ", "130"))


def test_quiet_leaves_the_answer_alone(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sim.ensemble.run_pairs", lambda *_, **__: synthetic(runs=2))
    monkeypatch.setattr("sim.report.figures.write_figures", lambda ds, folder: None)
    assert main(["run", "tiny-quota", "--record", "firms"]) == 0
    told = capsys.readouterr()
    assert "Written to" in told.out
    assert "recording firms" in told.err
    assert main(["run", "tiny-quota", "--record", "firms", "--force", "--quiet"]) == 0
    told = capsys.readouterr()
    assert "Oxide prices" in told.out
    assert "Written to" not in told.out
    assert told.err == ""
    assert main(["validate", "tiny-quota", "-q"]) == 0
    assert capsys.readouterr().out == ""


class Terminal(io.StringIO):
    """A terminal as far as programs ask."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("no_colour", "quiet", "coloured", "shown"),
    [("", False, True, True), ("1", False, False, True), ("", True, False, False)],
)
def test_progress_on_a_terminal(no_colour, quiet, coloured, shown, monkeypatch):
    monkeypatch.setenv("NO_COLOR", no_colour)
    monkeypatch.setenv("TERM", "xterm-256color")
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    with progress(argparse.Namespace(quiet=quiet)) as tick:
        if tick:
            tick(1, 2)
    assert bool(terminal.getvalue()) == shown
    assert ("\x1b[38;" in terminal.getvalue()) == coloured


def proposed(line: str, tmp_path: Path) -> list[str]:
    """What the shell is told to propose at the end of a line."""
    answer = tmp_path / "answer"
    environment = {
        "_ARGCOMPLETE": "1",
        "_ARGCOMPLETE_STDOUT_FILENAME": str(answer),
        "_ARGCOMPLETE_SUPPRESS_SPACE": "1",
        "_ARGCOMPLETE_IFS": "\n",
        "COMP_LINE": line,
        "COMP_POINT": str(len(line)),
    }
    subprocess.run(COMMAND, env={**os.environ, **environment}, cwd=tmp_path, check=True)
    return answer.read_text().split("\n")


def test_names_complete(tmp_path):
    (tmp_path / "tiny-mine.toml").write_text("")
    (tmp_path / "tiny-notes.txt").write_text("")
    assert proposed("exportshock val", tmp_path) == ["validate"]
    assert {"tiny-mine-quota", "tiny-mine.toml"} <= set(proposed("exportshock run tiny-", tmp_path))
    assert "tiny-notes.txt" not in proposed("exportshock run tiny-", tmp_path)
    assert proposed("exportshock world 20", tmp_path) == ["2009", "2017", "2023"]
    assert proposed("exportshock run seed --wor", tmp_path) == ["--workers"]


def test_shells_take_the_code(capsys):
    for name in ("bash", "zsh", "fish"):
        assert main(["completion", name]) == 0
        code = capsys.readouterr().out
        assert "exportshock" in code
        if shutil.which(name):
            subprocess.run([name, "-n"], input=code, text=True, check=True)
    done = shell('eval "$(X completion bash)" && complete -p exportshock')
    assert "-F" in done.stdout
