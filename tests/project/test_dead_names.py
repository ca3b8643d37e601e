"""No private name of a module is written and never used: a word list that nothing reads misleads whoever reads the rules."""

from __future__ import annotations

import ast
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src"


def private_names(tree: ast.Module) -> set[str]:
    """Functions, classes and constants of a module whose names begin with one underscore."""
    names: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        names |= {t.id for t in targets if isinstance(t, ast.Name)}
    return {n for n in names if n.startswith("_") and not n.startswith("__")}


def unused(tree: ast.Module) -> set[str]:
    read = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    words = {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    return private_names(tree) - read - words


def test_every_private_name_is_used() -> None:
    shared = {n.attr for path in SOURCE.rglob("*.py") for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.Attribute)}
    imported = {
        alias.name
        for path in SOURCE.rglob("*.py")
        for n in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(n, ast.ImportFrom)
        for alias in n.names
    }
    found = {
        f"{path.relative_to(SOURCE)}: {name}"
        for path in SOURCE.rglob("*.py")
        for name in unused(ast.parse(path.read_text("utf-8"))) - shared - imported
    }
    assert found == set()


def test_the_guard_sees_an_unused_name() -> None:
    assert unused(ast.parse("_WORDS = {'a'}\n_USED = 1\n\ndef f():\n    return _USED\n")) == {"_WORDS"}
