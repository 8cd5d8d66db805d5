"""Writes the shards of a workspace with Apache Spark: each task checks and compiles some sources, by the functions of the build."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from withwhom.build import Step, silent
from withwhom.portions import Common, Outcome, Portion, Shards, Work, write_shards
from withwhom.problems import SaidError
from withwhom.workspace import Workspace

if TYPE_CHECKING:
    from pyspark import SparkContext

LOCAL = "local[*]"
# Portions for each core: a few more than one, so that no core waits long for the largest.
A_CORE = 2


class SparkError(SaidError):
    """Spark is not there, or did not do its work."""


def spark_shards(workspace: Workspace, *, out: Path, texts: Path | None = None, master: str = LOCAL, step: Step = silent) -> Shards:
    """Check a workspace and write its shards with Spark.

    Args:
        workspace: what is compiled; every worker sees it under the same path.
        out: folder to write, which every worker sees under the same path, too.
        texts: folder of the texts; default ``sources/`` in the workspace.
        master: URL of the cluster, or ``local[N]`` for so many cores of this machine.
        step: called with the key of each step as it begins.

    Raises:
        InputError: there are errors; nothing is replaced.
        OutputError: the folder cannot be replaced.
        SparkError: pyspark or Java is missing, or a task failed for a reason that is not in the tables.
    """
    with _context(master) as spark:

        def run(work: Work, common: Common, portions: Sequence[Portion]) -> list[Outcome]:
            return _distributed(spark, work, common, portions)

        return write_shards(workspace, out=out, texts=texts, least=A_CORE * spark.defaultParallelism, run=run, step=step)


def _distributed(spark: SparkContext, work: Work, common: Common, portions: Sequence[Portion]) -> list[Outcome]:
    """Run the work on every portion, a task each; what all need is broadcast, once a worker."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    if not portions:
        return []
    shared = spark.broadcast(common)
    try:
        outcomes: list[Outcome] = spark.parallelize(portions, len(portions)).map(lambda portion: work(shared.value, portion)).collect()
    except (Py4JError, PySparkException) as error:
        raise SparkError("spark-failed", detail=_cause(str(error))) from error
    finally:
        shared.unpersist()
    return outcomes


def _cause(text: str) -> str:
    """Return the line that tells why, of a report of many: the last line of a Python traceback in it, else the first of all."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    told = [line for line in lines if line.partition(":")[0].endswith(("Error", "Exception")) and not line.startswith(("org.", "py4j."))]
    return (told or lines or [text])[-1 if told else 0]


@contextmanager
def _context(master: str) -> Iterator[SparkContext]:
    """Give a Spark context, and stop it unless it ran before.

    Raises:
        SparkError: pyspark or Java is missing, or the cluster does not answer.
    """
    try:
        from py4j.protocol import Py4JError
        from pyspark import SparkConf
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise SparkError("no-pyspark") from error
    before = SparkSession.getActiveSession()
    if before is None and not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        raise SparkError("no-java")
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # workers on this machine run the Python that has this package
    settings = {"spark.app.name": "withwhom", "spark.master": master, "spark.ui.showConsoleProgress": "false"}
    if master.startswith("local"):
        settings |= {"spark.ui.enabled": "false", "spark.driver.host": "localhost", "spark.driver.bindAddress": "127.0.0.1"}
    try:
        session = before or SparkSession.builder.config(conf=SparkConf().setAll(list(settings.items()))).getOrCreate()
    except (Py4JError, PySparkException) as error:
        raise SparkError("spark-failed", detail=_cause(str(error))) from error
    try:
        session.sparkContext.setLogLevel("ERROR")
        yield session.sparkContext
    finally:
        if before is None:
            session.stop()
