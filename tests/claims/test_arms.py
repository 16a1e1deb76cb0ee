"""Arms on the teaching world: kept, found again, and run anew when something has changed."""

import numpy as np
import pytest

import sim.claims.arms as arms
from sim.claims.table import Arm
from sim.errors import UserError

SHORT = ("end=2024-12-31", "measures.oxide-quota.start=2024-01-01")
ARM = Arm("quota", "tiny-quota", (*SHORT, "measures.oxide-quota.end=2024-10-31"))


def run(folder, *chosen, runs=3):
    return arms.run_arms(chosen, {}, runs, 7, folder, workers=1)[1]


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    folder = tmp_path_factory.mktemp("claims")
    return folder, run(folder, ARM)["quota"]


def test_years_are_made_of_months(kept):
    records = kept[1]
    assert dict(records.sizes)["year"] == 2
    scenario = arms.arm_scenario(ARM, {}, 3, 7, kept[0])
    whole = arms.SupplyChain(scenario, "policy", [0, 1, 2]).run()
    price = whole["oxide_price"][12:].mean(axis=0)
    np.testing.assert_allclose(records["oxide_price"].sel(year=2025 - 1), price)
    made = whole["separation_output"][:12].sum(axis=0)
    np.testing.assert_allclose(records["separation_output"].sel(year=2023), made)
    np.testing.assert_array_equal(records["vehicles_built"], whole["vehicles_built"])


@pytest.fixture
def counted(monkeypatch):
    """The scenarios of the arms that are run."""
    seen = []
    real = arms.run_arm
    monkeypatch.setattr(arms, "run_arm", lambda scenario: seen.append(scenario) or real(scenario))
    return seen


def test_a_kept_arm_is_not_run_again(kept, counted):
    again = run(kept[0], ARM)["quota"]
    assert not counted
    assert again.identical(kept[1].assign_attrs(again.attrs))


def test_an_interrupted_ensemble_goes_on(kept, counted):
    other = Arm("looser", "tiny-quota", (*ARM.set, "measures.oxide-quota.level=0.8"))
    found = run(kept[0], ARM, other)
    assert [scenario.measures["oxide-quota"].level for scenario in counted] == [0.8]
    assert list(found) == ["quota", "looser"]


@pytest.mark.parametrize("what", ["scenario", "runs", "program", "damage"])
def test_what_has_changed_is_run_anew(what, tmp_path, counted, monkeypatch):
    run(tmp_path, ARM, runs=2)
    chosen, runs = ARM, 2
    if what == "scenario":
        chosen = Arm("quota", "tiny-quota", (*ARM.set, "measures.oxide-quota.level=0.6"))
    if what == "runs":
        runs = 3
    if what == "program":
        monkeypatch.setattr(arms, "fingerprint", lambda scenario: "of another version")
    if what == "damage":
        (tmp_path / "arms" / "quota.nc").write_bytes(b"nothing")
    run(tmp_path, chosen, runs=runs)
    assert len(counted) == 2


def test_an_interrupt_says_what_is_kept(tmp_path, monkeypatch):
    def stop(scenario):
        raise KeyboardInterrupt

    monkeypatch.setattr(arms, "run_arm", stop)
    with pytest.raises(
        KeyboardInterrupt, match=f"kept in {tmp_path}, and the same command goes on"
    ):
        run(tmp_path, ARM, runs=1)


def test_a_batch_more_does_not_change_the_runs(kept, monkeypatch, tmp_path):
    monkeypatch.setattr(arms, "BATCH", 2)
    found = run(tmp_path, ARM)["quota"]
    assert found.equals(kept[1])


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "arms").write_text("in the way")
    with pytest.raises(UserError, match="cannot write to"):
        run(tmp_path, ARM, runs=1)
    (tmp_path / "worlds").write_text("in the way")
    elsewhere = Arm("elsewhere", ARM.scenario, ARM.set, "derived")
    with pytest.raises(UserError, match="cannot write to"):
        arms.run_arms([elsewhere], {"derived": ()}, 1, 7, tmp_path, workers=1)
