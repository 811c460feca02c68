"""Sections as HTML: one template generated per form version, section and language, then reused."""

from portal.forms.rendering.page import Look, error_summary, page_data, render_section, rules_json

__all__ = ["Look", "error_summary", "page_data", "render_section", "rules_json"]
