"""Who said what: Document → Statements."""

from index.attribute.attributor import Attributor

__all__ = ["Attributor"]
