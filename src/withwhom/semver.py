"""Version numbers: what a change of a given weight makes of one (Semantic Versioning 2.0.0)."""

from __future__ import annotations

import re

# From the lightest to the heaviest.
LEVELS = ("none", "patch", "minor", "major")
Version = tuple[int, int, int]


def heavier(*levels: str) -> str:
    """Return the heaviest of some levels, ``none`` of none."""
    return max(levels, key=LEVELS.index, default="none")


def parsed(text: str) -> Version | None:
    """Return the three numbers of a version, or None where a text is none; what follows them (``-beta``) is left out."""
    found = re.fullmatch(r"([0-9]+)\.([0-9]+)\.([0-9]+)([-+].*)?", text)
    return (int(found[1]), int(found[2]), int(found[3])) if found else None


def least(old: str, level: str) -> str:
    """Return the lowest version that may follow a change, empty if ``old`` is no version.

    Below 1.0.0 anything may change with the middle number (section 4), so that a major change asks for no more than that.
    """
    version = parsed(old)
    if version is None:
        return ""
    major, minor, patch = version
    if level == "major" and major:
        return f"{major + 1}.0.0"
    if level in ("major", "minor"):
        return f"{major}.{minor + 1}.0"
    return f"{major}.{minor}.{patch + 1}" if level == "patch" else f"{major}.{minor}.{patch}"


def is_raised(old: str, new: str, level: str) -> bool:
    """Tell whether a version was raised as far as a change asks for; never where one of the two is no version."""
    version, wanted = parsed(new), parsed(least(old, level))
    return version is not None and wanted is not None and version >= wanted
