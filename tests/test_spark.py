"""Spark distributes the work of a build and changes nothing of it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from conftest import TINY, Command, edit_cell, snapshot
from test_portions import refused, shards_of
from withwhom.spark import SparkError, spark_shards
from withwhom.workspace import Workspace


def with_spark() -> None:
    """Skip the test where pyspark is not installed: it is an extra of 476 MB."""
    pytest.importorskip("pyspark", reason="needs the extra [spark]")


def test_shards_and_problems_of_spark(shipped_build: Path, tiny: Path, tmp_path: Path, command: Command) -> None:
    """With two cores, Spark writes the shipped workspace's shards byte for byte, and finds the problems of a bad workspace."""
    with_spark()
    ran = command("build", "--engine", "spark", "--master", "local[2]", "--sources", tmp_path, "--out", tmp_path / "shards", "--lang", "en")
    assert ran.status == 0
    assert "5 sources, " in ran.out[-1]
    assert snapshot(tmp_path / "shards") == shards_of(shipped_build)
    edit_cell(tiny / "graph" / "statements" / "warm-bridge.csv", "lead", "since", "2021-02-31")
    edit_cell(tiny / "graph" / "statements" / "lanting-notes.csv", "goods", "overlaps", "warm-bridge/nowhere")
    ran = command("build", "--engine", "spark", "--master", "local[2]", "--workspace", tiny, "--lang", "en")
    assert (ran.status, ran.err[:2]) == (1, [line for line, _ in refused(tiny)[0]])
    assert not (tiny / "shards").exists()


def test_a_task_that_fails_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error of a worker that is not of the tables is said in one line, and nothing is replaced."""
    with_spark()
    monkeypatch.setattr("withwhom.portions.portion_outcome", lambda _common, _portion: open("/nowhere/at-all"))  # noqa: SIM115, PTH123
    with pytest.raises(SparkError) as failed:
        spark_shards(Workspace(TINY), out=tmp_path / "shards", master="local[1]")
    assert "No such file or directory" in failed.value.message("en")
    assert not (tmp_path / "shards").exists()


def test_without_pyspark(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without pyspark the command says what to install."""
    monkeypatch.setitem(sys.modules, "pyspark", None)
    ran = command("build", "--engine", "spark", "--out", tmp_path / "shards", "--lang", "en")
    assert ran.status == 1
    assert 'pip install "withwhom[spark]"' in ran.err[-1]


def test_without_java(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Java the command says what to install."""
    with_spark()
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    ran = command("build", "--engine", "spark", "--out", tmp_path / "shards", "--lang", "en")
    assert ran.status == 1
    assert "Java 17" in ran.err[-1]
