"""The family as a tree: read from the form's table of relatives, laid out, drawn, exchanged.

Pure: neither Flask nor a database. ``model`` reads and checks, ``layout`` places, ``svg`` draws, ``ped`` and
``fhir`` exchange.
"""
