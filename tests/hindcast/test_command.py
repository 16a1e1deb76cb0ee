"""The command as users meet it, and the page that it writes."""

import json
import pickle

from sim.cli import main
from sim.hindcast.ensemble import run_job


def test_hindcast_prints_the_scoreboard_as_data(capsys):
    assert main(["hindcast", "--runs", "2", "--workers", "1", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    keys = {"series", "period", "metric", "value", "naive", "aim", "met"}
    assert all(set(row) == keys for row in told["scores"])
    assert {"2009-2013", "2014-2016", "2017-2024"} <= {row["period"] for row in told["scores"]}
    keys = {"id", "text", "low", "high", "value", "met"}
    assert all(set(row) == keys for row in told["patterns"])
    assert len(told["patterns"]) >= 15
    for row in told["patterns"]:
        assert row["met"] == (
            row["value"] is not None and row["low"] <= row["value"] <= row["high"]
        )


def test_what_a_worker_returns_travels_between_processes():
    records = run_job(("episode-2010", [0], {"policy.news_gain": 0.0}, True))
    again = pickle.loads(pickle.dumps(records))
    assert (again[0]["price"] == records[0]["price"]).all()
