"""Who said what: Document → Statements."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from index.attribute.attributor import Attributor

__all__ = ["Attributor"]


def __getattr__(name: str) -> object:
    """Load the rules when they are first used: whoever wants a list of names here should not wait for them."""
    if name != "Attributor":
        raise AttributeError(f"module 'index.attribute' has no attribute '{name}'")
    from index.attribute.attributor import Attributor

    return Attributor
