"""The look of every page: built assets, icons, the FAB and flask-admin dress. See docs/look.md."""

from flask import Flask

from portal.web.look.icons import icon
from portal.web.look.manifest import asset_url, has_asset


def setup(app: Flask) -> None:
    """Give all templates ``asset_url``, ``has_asset`` and ``icon``.

    They are Jinja globals and not context values, because FAB renders its widgets through a bare
    ``template.render()`` that no context processor reaches.
    """
    app.jinja_env.globals.update(asset_url=asset_url, has_asset=has_asset, icon=icon)
