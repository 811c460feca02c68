"""What happened on the demo world's panels, and when."""

from portal.demo.scripts.eye import EYE
from portal.demo.scripts.model import Line, OutcomeText, Script
from portal.demo.scripts.muscle import MUSCLE
from portal.demo.scripts.nerve import NERVE
from portal.demo.scripts.others import OTHERS

SCRIPTS: tuple[Script, ...] = MUSCLE + NERVE + EYE + OTHERS

__all__ = ["SCRIPTS", "Line", "OutcomeText", "Script"]
