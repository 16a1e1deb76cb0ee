"""Results open in the tools that people have: plain xarray, pandas, netCDF4; names are few."""

import inspect
from importlib.resources import files
from typing import Any

import netCDF4
import numpy as np
import pandas as pd
import pytest
import xarray as xr

import sim
from sim.results import VARIABLES, save_results
from tests.results.synthetic import synthetic


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    folder = tmp_path_factory.mktemp("results") / "out"
    save_results(synthetic(runs=2), folder, "", [], lambda ds, place: None)
    return folder / "results.nc"


def test_xarray_opens_it_by_itself(file):
    with xr.open_dataset(file) as dataset:
        assert dataset.sizes["run"] == 2
        assert np.issubdtype(dataset["time"].dtype, np.datetime64)
        assert list(dataset["path"].values) == ["counterfactual", "policy"]
        assert all(dataset[name].attrs["units"] == unit for name, (_, unit) in VARIABLES.items())
        assert dataset.attrs["exportshock_version"]
        price = dataset["oxide_price"].sel(path="policy", element="Dy", region="Europe")
        assert price.sel(time="2024").mean().item() > 0


def test_pandas_makes_a_table_of_a_variable(file):
    with xr.open_dataset(file) as dataset:
        table = dataset["oxide_price"].to_dataframe()
    assert table.index.names == ["path", "time", "region", "element", "run"]
    tidy = table.reset_index()
    assert pd.api.types.is_datetime64_any_dtype(tidy["time"])
    medians = tidy.groupby(["path", "element"])["oxide_price"].median()
    assert np.isfinite(medians).all()


def test_netcdf_tools_read_names_units_and_numbers(file):
    with netCDF4.Dataset(file) as dataset, xr.open_dataset(file) as same:
        price = dataset["oxide_price"]
        assert price.dimensions == ("path", "time", "region", "element", "run")
        assert price.units == "USD/kg"
        assert "since" in dataset["time"].units
        np.testing.assert_array_equal(np.asarray(price[:]), same["oxide_price"].values)


def test_public_names_are_few_and_typed():
    assert len(sim.__all__) <= 10
    assert files("sim").joinpath("py.typed").is_file()
    for name in sim.__all__:
        thing = getattr(sim, name)
        function = thing.__init__ if inspect.isclass(thing) else thing
        signature = inspect.signature(function)
        empty = inspect.Parameter.empty
        assert thing.__doc__
        assert signature.return_annotation is not empty
        typed = [p for p in signature.parameters.values() if p.name != "self"]
        assert all(p.annotation not in (empty, Any, "Any") for p in typed), name
