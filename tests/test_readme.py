"""The README's Python runs as it stands, block after block in one session."""

import re
from pathlib import Path

BLOCKS = re.findall(r"```python\n(.*?)```", (Path(__file__).parents[1] / "README.md").read_text(), re.DOTALL)


def test_the_readme_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    space = {"__name__": "readme"}
    for block in BLOCKS:
        exec(compile(block, "README.md", "exec"), space)
    for name, value in list(space.items()):
        if name.startswith("test_"):
            value()
    assert (tmp_path / "reddi.nc").is_file()
    assert (space["freezes"].regret[:, -1] > 300).all(), "the arm freezes in every run"
    assert len(BLOCKS) == 5
