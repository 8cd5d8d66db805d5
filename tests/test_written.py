"""Sums, units, times and ids as people write them; each case is a line of ``cases/written.csv``."""

from __future__ import annotations

import csv
from collections.abc import Mapping

import pytest

from conftest import CASES
from withwhom.matching import slug
from withwhom.written import period_of, sum_of, unit_of

with (CASES / "written.csv").open(encoding="utf-8", newline="") as file:
    ALL = list(csv.DictReader(file))


@pytest.mark.parametrize("case", ALL, ids=lambda case: f"{case['kind']} {case['cell'] or case['heading']}")
def test_what_is_written_is_read_or_left_alone(case: Mapping[str, str]) -> None:
    """A cell means what the case says; one that could mean several things means nothing."""
    assert read(case) == case["means"]


def read(case: Mapping[str, str]) -> str:
    """Return what a cell means, as the cases write it."""
    if case["kind"] == "slug":
        return slug(case["cell"])
    if case["kind"] == "time":
        return "/".join(period_of(case["cell"]) or ())
    unit = unit_of(case["heading"])
    found = sum_of(case["cell"], unit) if unit is not None and case["kind"] == "sum" else None
    return " ".join(filter(None, (found.qualifier, str(found.figure), found.currency))) if found else ""
