"""Which way imports run, what importing costs, how large modules are; each rule seen to fail."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "copilot"
MOST_LINES = 400
MOST_FUNCTION_LINES = 60


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    command = Path(sys.executable).parent / "lint-imports"
    return subprocess.run(
        [str(command), "--no-cache", "--config", str(folder / ".importlinter")],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def copied(folder: Path) -> Path:
    """The package's skeleton: every module with its imports and nothing else."""
    for path in PACKAGE.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        imports = [n for n in ast.walk(tree) if isinstance(n, ast.Import | ast.ImportFrom)]
        target = folder / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        guarded = {
            id(n) for block in ast.walk(tree) if _type_checking(block) for n in ast.walk(block)
        }
        kept = [ast.unparse(n) for n in imports if id(n) not in guarded]
        target.write_text("\n".join(kept), encoding="utf-8")
    contracts = (ROOT / ".importlinter").read_text(encoding="utf-8")
    (folder / ".importlinter").write_text(contracts, encoding="utf-8")
    return folder


def _type_checking(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.If)
        and isinstance(node.test, ast.Name)
        and node.test.id == "TYPE_CHECKING"
    )


def test_imports_keep_to_the_contracts() -> None:
    done = lint_imports(ROOT)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("rag/split.py", "import copilot.customers.engine"),
        ("campaigns/brief.py", "import copilot.rag.notes"),
        ("records/base.py", "import copilot.settings"),
        ("customers/store.py", "import copilot.service"),
        ("rag/split.py", "import chromadb"),
        ("service/__init__.py", "import streamlit"),
        ("campaigns/brief.py", "import langchain_openai"),
        ("rag/split.py", "import ibis"),
        ("stray.py", ""),
    ],
)
def test_a_wrong_import_breaks_a_contract(tmp_path: Path, module: str, line: str) -> None:
    folder = copied(tmp_path)
    with (folder / "copilot" / module).open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")
    done = lint_imports(folder)
    assert done.returncode == 1, done.stdout
    assert (line.split()[-1].split(".")[-1] if line else "stray") in done.stdout


def test_the_public_names_are_importable_and_listed() -> None:
    import copilot

    assert copilot.__all__ == sorted(copilot.__all__)
    assert all(getattr(copilot, name) is not None for name in copilot.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        copilot.nothing  # noqa: B018 - the access is the test


HEAVY = (
    "chromadb",
    "streamlit",
    "ibis",
    "duckdb",
    "langchain_openai",
    "openai",
    "mcp",
    "onnxruntime",
)


@pytest.mark.parametrize("module", ["copilot", "copilot.cli", "copilot.service"])
def test_importing_a_surface_loads_nothing_heavy(module: str) -> None:
    code = f"import sys, {module}; print([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8", check=True
    )
    assert done.stdout.strip() == "[]"


def too_large(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8")
    found = [f"{path.name} has {len(text.splitlines())} lines"] * (
        len(text.splitlines()) > MOST_LINES
    )
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef) and node.end_lineno is not None:
            size = node.end_lineno - node.lineno
            if size > MOST_FUNCTION_LINES and path.name != "mcp_server.py":
                found.append(f"{path.name}:{node.name} has {size} lines")
    return found


def test_modules_and_functions_stay_small() -> None:
    assert [problem for path in PACKAGE.rglob("*.py") for problem in too_large(path)] == []


def test_a_large_module_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "large.py"
    path.write_text("def f() -> None:\n" + "    pass\n" * 450, encoding="utf-8")
    assert len(too_large(path)) == 2


def loose_strings(source: str) -> list[str]:
    """Strings that stand alone in a module, its docstring left out."""
    body = ast.parse(source).body[1:]
    return [
        one.value.value
        for one in body
        if isinstance(one, ast.Expr)
        and isinstance(one.value, ast.Constant)
        and isinstance(one.value.value, str)
    ]


def test_no_page_shows_its_own_comments() -> None:
    """Streamlit draws a string that stands alone in a page's script."""
    pages = sorted((PACKAGE / "app").glob("[!_]*.py"))
    assert len(pages) > 6
    shown = [text for path in pages for text in loose_strings(path.read_text(encoding="utf-8"))]
    assert shown == []


def test_a_string_that_stands_alone_is_noticed() -> None:
    assert loose_strings('"""Page."""\nKEPT = 1\n"""Kept."""\n') == ["Kept."]
