"""The wheel carries everything: built, installed alone in an empty environment, and asked."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

pytestmark = [pytest.mark.wheel, pytest.mark.timeout(900)]


def run(*command: str | Path, cwd: Path) -> str:
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--wheel", "--outdir", out, ROOT, cwd=out)
    return next(out.glob("*.whl"))


def test_the_wheel_holds_notes_prompts_samples_and_the_tokenizer(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("knowledge", "prompts", "samples"):
        tracked = run("git", "ls-files", folder, cwd=ROOT).split()
        assert tracked
        assert {f"copilot/_data/{name}" for name in tracked} <= names
    assert "copilot/models/data/minilm/tokenizer.json" in names
    assert "copilot/_data/streamlit_app.py" in names
    assert "copilot/py.typed" in names


def test_an_installed_wheel_answers_offline_with_a_citation(wheel: Path, tmp_path: Path) -> None:
    uv = shutil.which("uv", path=str(Path(sys.executable).parent))
    venv = tmp_path / ".venv"
    run(sys.executable, "-m", "venv", venv, cwd=tmp_path)
    python = venv / "bin" / "python"
    locked = ("-c", tmp_path / "constraints.txt", wheel)
    constraints = run("grep", "-E", "^[a-z0-9._-]+==", ROOT / "requirements.lock", cwd=tmp_path)
    pins = [line.rstrip("\\ ") for line in constraints.splitlines()]
    (tmp_path / "constraints.txt").write_text("\n".join(pins), encoding="utf-8")
    if uv:
        run(uv, "pip", "install", "-q", "--python", python, *locked, cwd=tmp_path)
    else:
        run(python, "-m", "pip", "install", "-q", *locked, cwd=tmp_path)
    command = venv / "bin" / "marketing-copilot"
    out = run(
        command, "ask", "What is micromarketing?", "--json", "--workspace", tmp_path / "w",
        cwd=tmp_path,
    )  # fmt: skip
    answer = json.loads(out)
    assert answer["refused"] is False
    assert answer["model"] == "offline"
    source = answer["citations"][0]["source"]
    assert source == "knowledge/concepts/micromarketing.md"
    note = (ROOT / source).read_text(encoding="utf-8")
    assert " ".join(answer["citations"][0]["quote"].split()) in " ".join(note.split())
