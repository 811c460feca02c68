"""The look of every page: built assets, icons, the FAB and flask-admin dress. See docs/look.md."""

from flask import Flask

from portal.web.look import (
    admin_theme,
    choices,
    confirm,
    fab_fixes,
    icons,
    manifest,
    urls,
    values,
    words,
)


def setup(app: Flask) -> None:
    """Mend FAB's widgets and give all templates what the look needs. Call before views are made.

    The names are Jinja globals and not context values, because FAB renders its widgets through a
    bare ``template.render()`` that no context processor reaches.
    """
    fab_fixes.apply()
    admin_theme.mend()
    choices.mend()
    words.setup(app)
    manifest.setup(app)
    confirm.setup(app)
    app.jinja_env.globals.update(
        asset_url=manifest.asset_url,
        has_asset=manifest.has_asset,
        icon=icons.icon,
        icon_from_fa=icons.icon_from_fa,
        console_filters=admin_theme.console_filters,
        console_menu=admin_theme.console_menu,
        shown=values.shown,
        choice_pairs=values.choice_pairs,
        filter_kind=values.filter_kind,
        url_with=urls.url_with,
        url_without=urls.url_without,
    )
