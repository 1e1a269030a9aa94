"""What an installation can use: a report that is never an error, and says what to do about what is missing."""

import json
import sys

import pytest
from packaging.requirements import Requirement

from regretlab.cli import app, doctor
from regretlab.engines.compiled import compilation
from regretlab.engines.cuda import engine as cuda


def told(monkeypatch, capsys, *arguments):
    monkeypatch.setattr(sys, "argv", ["regretlab", "doctor", *arguments])
    with pytest.raises(SystemExit) as stop:
        app.main()
    assert not stop.value.code
    return capsys.readouterr().out


def test_it_says_what_there_is(monkeypatch, capsys):
    text = told(monkeypatch, capsys)
    for words in ("python", "cores", "numpy", "extras", "compiled engine", "CUDA engine", "nvrtc", "nvcc"):
        assert words in text
    assert str(compilation.cache_folder()) in text
    missing = cuda.unavailable()
    assert missing is None or f"none: {missing}" in " ".join(text.split())


def test_as_json(monkeypatch, capsys):
    found = json.loads(told(monkeypatch, capsys, "--format", "json"))
    assert set(found) == {"system", "dependencies", "extras", "compiled", "gpu"}
    assert {d["name"] for d in found["dependencies"] if d["ok"]} >= {"numpy", "xarray"} or not found["dependencies"]
    assert found["gpu"]["missing"] == cuda.unavailable()
    assert bool(found["gpu"]["devices"]) == (cuda.unavailable() is None)


def test_an_unknown_format_is_bad_input(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["regretlab", "doctor", "--format", "jsn"])
    with pytest.raises(SystemExit) as stop:
        app.main()
    assert stop.value.code == 2
    assert "did you mean 'json'" in capsys.readouterr().err


def test_what_is_missing_comes_with_what_to_do(monkeypatch):
    monkeypatch.setattr(
        doctor,
        "_requirements",
        lambda: ["numpy>=99", "no-such-package>=1", 'cupy-cuda12x>=13.3; extra == "gpu"', 'pytest; extra == "test"'],
    )
    monkeypatch.setattr(doctor, "_provided", lambda: ["gpu", "test"])
    monkeypatch.setattr(doctor, "_version", lambda name: {"numpy": "2.1", "pytest": "8"}.get(name))
    monkeypatch.setattr(cuda, "unavailable", lambda: "CuPy is not installed")
    parts = {title: dict(rows) for title, rows in doctor.parts(doctor.examine()).items()}
    assert parts["dependencies"] == {
        "numpy": "2.1, but >=99 is needed: pip install 'numpy>=99'",
        "no-such-package": "missing, but >=1 is needed: pip install 'no-such-package>=1'",
    }
    assert parts["extras"] == {"gpu": "missing cupy-cuda12x: pip install 'regretlab[gpu]'", "test": "present"}
    assert parts["CUDA engine"]["CuPy"] == "not installed: pip install 'regretlab[gpu]'"
    assert parts["CUDA engine"]["GPU"] == "none: CuPy is not installed"


def test_a_gpu_is_named(monkeypatch):
    card = {"name": "NVIDIA H100", "memory_gib": 79.6, "capability": "9.0"}
    monkeypatch.setattr(cuda, "unavailable", lambda: None)
    monkeypatch.setattr(cuda, "devices", lambda: [card])
    rows = doctor.parts(doctor.examine())["CUDA engine"]
    assert ("NVIDIA H100", "79.6 GiB, compute capability 9.0") in rows


def test_any_wheel_of_cupy_will_do(monkeypatch):
    distribution = type("Distribution", (), {"name": "cupy-cuda13x", "version": "14.0"})
    monkeypatch.setattr(doctor.metadata, "distributions", lambda: [distribution])
    assert doctor._dependency(Requirement("cupy-cuda12x>=13.3"))["ok"]


def test_a_cache_that_cannot_be_written(tmp_path):
    (tmp_path / "file").touch()
    found = doctor._compiled(tmp_path / "file" / "kernels")
    assert (found["writable"], found["cached"]) == (False, [])
    for entry in ("advance", "advance_lanes"):
        (tmp_path / f"_kernels.{entry}-12.py311.nbi").touch()
    assert doctor._compiled(tmp_path)["cached"] == ["advance", "advance_lanes"]


def test_a_checkout_that_was_never_installed(monkeypatch):
    def none(name):
        raise doctor.metadata.PackageNotFoundError

    monkeypatch.setattr(doctor.metadata, "requires", none)
    assert doctor.examine()["dependencies"] == []
