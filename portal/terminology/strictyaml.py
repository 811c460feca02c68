"""The strict reader moved to ``portal/kernel/strictyaml.py``: plugins and workflows use it too."""

from portal.kernel.strictyaml import Plain, Section, read

__all__ = ["Plain", "Section", "read"]
