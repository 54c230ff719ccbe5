"""The repository as text and as syntax trees, for the tests that read it."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
NOT_OURS = {"node_modules", "var", "__pycache__"}
OURS_THOUGH_HIDDEN = {".ci", ".importlinter", ".gitignore", ".github"}


def files(*folders):
    """Every file of the repository, or of these folders; nothing that is built, fetched or kept by tools."""
    starts = [ROOT / folder for folder in folders] or [ROOT]
    return sorted(path for start in starts for path in _walk(start))


def _walk(path):
    if path.name in NOT_OURS or (path.name.startswith(".") and path.name not in OURS_THOUGH_HIDDEN):
        return
    if path.is_file():
        yield path
    elif path.is_dir():
        for child in path.iterdir():
            yield from _walk(child)


def modules(*folders):
    return [path for path in files(*folders) if path.suffix == ".py"]


def named(path):
    return str(path.relative_to(ROOT))


@cache
def tree(path):
    return ast.parse(path.read_text("utf-8"), filename=str(path))


def functions(path):
    """Every function of a module, at any depth, with its name as one would say it."""
    return _functions(tree(path), "")


def _functions(node, prefix):
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{prefix}{child.name}", child
        if isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _functions(child, f"{prefix}{child.name}.")


def calls(node):
    """What a piece of code calls, as it is written: `db.commit`, `writing`, `datetime.now`."""
    return {ast.unparse(call.func) for call in ast.walk(node) if isinstance(call, ast.Call)}


def imports(path):
    """The modules a file imports, whole names."""
    found = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found
