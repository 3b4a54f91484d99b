"""Tables, reports and pictures of trajectories."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from symdsl.artifact.figure import check_can_draw
from symdsl.data import spring
from symdsl.data.source import parse_reference
from symdsl.data.system import System, find_system
from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.simulation.animate import animate_rollout
from symdsl.simulation.methods import METHODS
from symdsl.simulation.plot import curves_of, plot_rollout
from symdsl.simulation.report import rollout_record, rollout_text
from symdsl.simulation.rollout import Quantity, Trajectories, roll_out
from symdsl.simulation.write import write_trajectories
from tests.unit.simulation.models import HAMILTONIAN, motion_of, spec_of

TIMES = np.linspace(0, 2, 9)
STARTS = {"z": np.array([[[1.0], [0.0]], [[0.0], [0.5]]])}
PNG = b"\x89PNG\r\n"
TWO_BODY = HAMILTONIAN.replace("dim = 1", "dim = 4")
PER_BODY = HAMILTONIAN.replace("phase_space(dim = 1)", "phase_space(dim = 2) per 2")


def system_of(text: str) -> System:
    found = find_system(parse_reference(text))
    assert found is not None
    return found


@pytest.fixture(scope="module")
def found() -> Trajectories:
    """A spring that the model takes to be a little weaker."""
    motion = motion_of(lambda z: 0.9 * spring.field(z))
    return roll_out(motion, STARTS, TIMES, METHODS["rk45"], system=system_of("spring"))


def test_a_table_has_a_row_for_each_state(found: Trajectories, tmp_path: Path) -> None:
    names = write_trajectories(found, str(tmp_path / "out.npz"))
    assert names == ("trajectory", "z", "time", "true_energy", "true_z")
    arrays = np.load(tmp_path / "out.npz")
    assert arrays["trajectory"].tolist() == [0] * 9 + [1] * 9
    assert np.array_equal(arrays["time"], np.tile(TIMES, 2))
    assert np.array_equal(arrays["z"], found.states["z"].reshape(18, 2, 1))
    assert np.array_equal(arrays["true_energy"], found.quantities[0].values.ravel())
    write_trajectories(found, str(tmp_path / "out.csv"))
    lines = (tmp_path / "out.csv").read_text().splitlines()
    assert lines[0] == "trajectory,z_0_0,z_1_0,time,true_energy,true_z_0_0,true_z_1_0"
    assert len(lines) == 19


def test_names_of_columns_do_not_clash(tmp_path: Path) -> None:
    states = {"time": np.zeros((1, 3)), "trajectory": np.ones((1, 3))}
    names = write_trajectories(Trajectories(np.arange(3.0), states), str(tmp_path / "out.npz"))
    assert set(names) == {"time", "trajectory", "time_", "trajectory_"}
    assert np.load(tmp_path / "out.npz")["trajectory"].tolist() == [1.0, 1.0, 1.0]


def test_the_report_measures_changes_from_the_start() -> None:
    values = np.array([[[1.0, 0.0], [1.0, 2.0], [4.0, 4.0]]])
    states = {"z": np.array([[0.0, 1.0, 2.0]])}
    found = Trajectories(np.arange(3.0), states, (Quantity("momentum", "true", values),), {"z": states["z"] * 0.5})
    said = rollout_record(found)
    (quantity,) = said["quantities"]
    assert quantity["initial"] == [1.0]
    assert quantity["largest_change"] == quantity["final_change"] == [5.0]
    assert quantity["mean_square_change"] == pytest.approx([(4 + 25) / 3])
    assert said["distance"]["final"] == [1.0]
    assert said["distance"]["root_mean_square"] == pytest.approx([np.sqrt((0.25 + 1) / 3)])
    text = rollout_text(found)
    assert "true momentum" in text
    assert "5.00e+00" in text
    assert "distance from the truth" in text


def test_nothing_to_say_is_said() -> None:
    assert "nothing is known" in rollout_text(Trajectories(np.arange(2.0), {"z": np.zeros((1, 2))}))


def test_pictures(found: Trajectories, tmp_path: Path) -> None:
    model, system = spec_of(HAMILTONIAN), system_of("spring")
    plot_rollout(model, found, system, tmp_path / "out.png")
    assert (tmp_path / "out.png").read_bytes().startswith(PNG)
    animate_rollout("spring", curves_of(model, found, system), tmp_path / "out.gif")
    with Image.open(tmp_path / "out.gif") as picture:
        assert getattr(picture, "n_frames", 1) == len(TIMES)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.gif", "out.png"]


def test_a_picture_of_what_stands_still_and_of_one_number(tmp_path: Path) -> None:
    model = spec_of("model m {\n  data {\n    x: scalar\n    dx: derivative(x)\n  }\n  predict dx from x\n}\n")
    still = Trajectories(np.arange(4.0), {"x": np.ones((2, 4))}, (Quantity("x", "learned", np.ones((2, 4, 1))),))
    plot_rollout(model, still, None, tmp_path / "out.png")
    curves = curves_of(model, still, None)
    assert (curves.across, curves.up, curves.model.shape) == ("t", "x", (2, 4, 1, 2))
    animate_rollout("m", curves, tmp_path / "out.gif")


def test_what_is_drawn() -> None:
    flat = Trajectories(TIMES, {"z": np.random.default_rng(0).standard_normal((3, 9, 2, 4))})
    portrait = curves_of(spec_of(TWO_BODY), flat, None)
    assert (portrait.across, portrait.model.shape) == ("q", (3, 9, 4, 2))
    assert np.array_equal(portrait.model[:, :, 2, 1], flat.states["z"][:, :, 1, 2])
    known = Trajectories(TIMES, flat.states, truth=flat.states)
    bodies = curves_of(spec_of(TWO_BODY), known, system_of("two_body"))
    assert (bodies.across, bodies.model.shape) == ("x", (3, 9, 2, 2))
    assert np.array_equal(bodies.model[:, :, 1, 1], flat.states["z"][:, :, 0, 3])
    per_body = Trajectories(TIMES, {"z": np.random.default_rng(0).standard_normal((3, 9, 2, 2, 2))})
    plane = curves_of(spec_of(PER_BODY), per_body, None)
    assert np.array_equal(plane.model, per_body.states["z"][:, :, :, 0])


def test_a_missing_matplotlib_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(SymdslError, match="SYM1009") as caught:
        check_can_draw("--plot")
    assert caught.value.exit_code == 4
