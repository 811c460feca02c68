"""Hook specifications, a module per concern. ``docs/hooks.md`` lists them all; a test compares."""

from portal.extend.hooks import checks, events, pages, registers

ALL = (registers, checks, pages, events)
