"""Thirty invented patients with stories as clinicians tell them. Nobody of them exists."""

from portal.demo.cases.eye import EYE
from portal.demo.cases.model import Case
from portal.demo.cases.muscle import MUSCLE
from portal.demo.cases.nerve import NERVE
from portal.demo.cases.others import OTHERS

CASES: tuple[Case, ...] = MUSCLE + NERVE + EYE + OTHERS
BY_KEY: dict[str, Case] = {case.key: case for case in CASES}

__all__ = ["BY_KEY", "CASES", "Case"]
