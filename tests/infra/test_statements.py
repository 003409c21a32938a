import os
import subprocess
import sys
from importlib.resources import files
from pathlib import Path


def test_the_machines_time_zones_are_not_looked_at(tmp_path: Path) -> None:
    wrong = tmp_path / "America" / "New_York"
    wrong.parent.mkdir()
    wrong.write_bytes(files("tzdata").joinpath("zoneinfo", "Asia", "Tokyo").read_bytes())

    code = ("import infra.statements as t", "import datetime as d")
    script = "\n".join((*code, "print(d.datetime(2026, 7, 1, tzinfo=t.ZONE).isoformat())"))
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=Path(__file__).parents[2],
        env=os.environ | {"PYTHONTZPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "2026-07-01T00:00:00-04:00\n"
