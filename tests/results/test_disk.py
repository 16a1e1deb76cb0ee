import json
import shutil

import pytest
import xarray as xr

from sim.errors import UserError
from sim.results import build_dataset, open_results, save_results
from sim.results.disk import why_not_written
from tests.results.synthetic import synthetic

SUMMARY = [{"name": "x", "median": 1.0}]


def no_figures(dataset, folder):
    (folder / "a.png").write_bytes(b"")


@pytest.fixture
def dataset():
    return synthetic(runs=2)


def save(dataset, folder, force=False, figures=no_figures):
    return save_results(dataset, folder, 'title = "x"\n', SUMMARY, figures, force)


def test_what_is_saved_comes_back(dataset, tmp_path):
    folder = save(dataset, tmp_path / "deep" / "out")
    xr.testing.assert_identical(open_results(folder), dataset)
    assert json.loads((folder / "summary.json").read_text()) == {"indicators": SUMMARY}
    assert (folder / "scenario.toml").read_text() == 'title = "x"\n'
    assert sorted(p.name for p in folder.iterdir()) == [
        "figures",
        "results.nc",
        "scenario.toml",
        "summary.json",
    ]


def test_a_dataset_without_quotas_comes_back(dataset, tmp_path):
    dataset = dataset.isel(quota=slice(0))
    xr.testing.assert_identical(open_results(save(dataset, tmp_path / "out")), dataset)


def test_the_same_results_are_the_same_bytes(dataset, tmp_path):
    first, second = save(dataset, tmp_path / "a"), save(dataset, tmp_path / "b")
    assert (first / "results.nc").read_bytes() == (second / "results.nc").read_bytes()


def test_a_failure_leaves_nothing(dataset, tmp_path):
    def broken(dataset, folder):
        raise OSError(28, "No space left on device")

    with pytest.raises(UserError, match="No space left"):
        save(dataset, tmp_path / "out", figures=broken)
    assert list(tmp_path.iterdir()) == []


def test_a_failure_keeps_the_earlier_run(dataset, tmp_path):
    def broken(dataset, folder):
        raise KeyboardInterrupt

    folder = save(dataset, tmp_path / "out")
    with pytest.raises(KeyboardInterrupt):
        save(dataset, folder, force=True, figures=broken)
    assert [p.name for p in tmp_path.iterdir()] == ["out"]
    assert open_results(folder).sizes == dataset.sizes


def test_an_earlier_run_is_replaced_only_by_force(dataset, tmp_path):
    folder = save(dataset, tmp_path / "out")
    (folder / "note.txt").write_text("mine")
    with pytest.raises(UserError, match="--force"):
        save(dataset, folder)
    save(dataset, folder, force=True)
    assert not (folder / "note.txt").exists()
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_a_folder_with_other_things_is_never_replaced(dataset, tmp_path):
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(UserError, match="something else"):
        save(dataset, tmp_path, force=True)
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.tex"]


def test_an_empty_folder_is_used(dataset, tmp_path):
    (tmp_path / "out").mkdir()
    open_results(save(dataset, tmp_path / "out"))


def test_a_file_in_the_way_is_told(dataset, tmp_path):
    (tmp_path / "out").write_text("")
    with pytest.raises(UserError, match="is a file"):
        save(dataset, tmp_path / "out")
    with pytest.raises(UserError, match="cannot write"):
        save(dataset, tmp_path / "out" / "below")


def test_missing_and_damaged_results_are_told(dataset, tmp_path):
    with pytest.raises(UserError, match="holds no results"):
        open_results(tmp_path / "nowhere")
    folder = save(dataset, tmp_path / "out")
    whole = (folder / "results.nc").read_bytes()
    for damage in (b"", b"no netCDF", whole[: len(whole) // 2]):
        (folder / "results.nc").write_bytes(damage)
        with pytest.raises(UserError, match="damaged"):
            open_results(folder)


def test_a_netcdf_file_of_something_else_is_told(tmp_path):
    xr.Dataset({"a": 1}).to_netcdf(tmp_path / "results.nc", engine="netcdf4")
    with pytest.raises(UserError, match="not written by exportshock"):
        open_results(tmp_path)


def test_records_must_be_named_and_laid_out_as_stated(dataset):
    price = dataset["oxide_price"]
    with pytest.raises(ValueError, match="no dimensions and unit"):
        build_dataset({"prize": (price.dims, price.values)}, {})
    with pytest.raises(ValueError, match="has dimensions"):
        build_dataset({"oxide_price": (price.dims[::-1], price.values.T)}, {})


def test_a_full_disk_is_called_so(tmp_path, monkeypatch):
    error = RuntimeError("NetCDF: HDF error")
    assert why_not_written(error, tmp_path) == "NetCDF: HDF error"
    full = shutil.disk_usage(tmp_path)._replace(free=4096)
    monkeypatch.setattr("shutil.disk_usage", lambda folder: full)
    assert why_not_written(error, tmp_path) == "the disk is full"
