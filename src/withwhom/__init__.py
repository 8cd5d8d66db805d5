"""WithWhom: who works with whom and who funds what, every edge with its evidence.

>>> import withwhom
>>> kb = withwhom.open()
>>> kb.find("山西红会")[0].entity
'shanxi-red-cross'
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__version__ = "0.1.0"
__all__ = ["KnowledgeBase", "Options", "open"]

if TYPE_CHECKING:
    from withwhom.knowledge import KnowledgeBase, Options, open


def __getattr__(name: str) -> object:
    """Hand on the public names; what they need is loaded when they are first used, since imports are dear."""
    if name in __all__:
        from withwhom import knowledge

        return getattr(knowledge, name)
    raise AttributeError(f"module 'withwhom' has no attribute {name!r}")
