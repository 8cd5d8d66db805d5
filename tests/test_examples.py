"""The examples in docstrings are run."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
from pathlib import Path

import pytest

import withwhom

MODULES = sorted(f"withwhom.{module.name}" for module in pkgutil.iter_modules(withwhom.__path__))


@pytest.mark.parametrize("name", ["withwhom", *MODULES])
def test_examples_are_what_happens(name: str, shipped_build: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each example of a docstring gives what it shows; those that open a graph open the shipped one."""
    monkeypatch.setattr("withwhom.knowledge.build_folder", lambda _workspace: shipped_build)
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_there_are_examples() -> None:
    """The examples are found at all."""
    found = sum(len(test.examples) for name in ["withwhom", *MODULES] for test in doctest.DocTestFinder().find(importlib.import_module(name)))
    assert found >= 10
