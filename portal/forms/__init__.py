"""Forms from declarative definitions: read, assemble, compile, evaluate, show.

The engine below this package (definition, expressions, kinds, compile, evaluate, overlays, diff,
versions, checks, rendering, catalogue) is pure: it imports neither Flask nor SQLAlchemy.
``docs/forms.md`` describes the YAML vocabulary, the answers' shape and the functions to call.
"""
