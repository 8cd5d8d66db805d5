"""The version that follows a change, after Semantic Versioning 2.0.0."""

from __future__ import annotations

import pytest

from withwhom.semver import heavier, is_raised, least


@pytest.mark.parametrize(
    ("old", "level", "wanted"),
    [
        ("1.2.3", "patch", "1.2.4"),
        ("1.2.3", "minor", "1.3.0"),
        ("1.2.3", "major", "2.0.0"),
        ("0.2.3", "major", "0.3.0"),
        ("0.2.3", "none", "0.2.3"),
        ("two", "minor", ""),
    ],
)
def test_least_version(old: str, level: str, wanted: str) -> None:
    """Each level raises its number and clears those after it; below 1.0.0 the middle one is enough."""
    assert least(old, level) == wanted


@pytest.mark.parametrize(
    ("old", "new", "level", "enough"),
    [
        ("1.2.3", "1.3.0", "minor", True),
        ("1.9.0", "1.10.0", "minor", True),
        ("1.2.3", "1.2.4", "minor", False),
        ("1.2.3", "1.2.2", "none", False),
        ("1.2.3", "", "patch", False),
        ("", "1.0.0", "patch", False),
    ],
)
def test_whether_a_version_was_raised(old: str, new: str, level: str, *, enough: bool) -> None:
    """Numbers are compared as numbers, and what is no version is never enough."""
    assert is_raised(old, new, level) is enough


def test_the_heaviest_level() -> None:
    """Nothing at all weighs nothing."""
    assert (heavier("patch", "major", "minor"), heavier()) == ("major", "none")
