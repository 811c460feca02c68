"""Start-up: CPU of ``create_app`` after imports, with 60 extra FAB views, and the writes it makes (none)."""

import sys
import tempfile
import time

from sqlalchemy import event

from portal import migrate
from portal.access.actor import system
from portal.access.fab import sync_roles
from portal.access.roles import Gate
from portal.app import create_app
from portal.kernel import db
from portal.settings import load
from portal.web.views import PortalView, page

LIMIT_SECONDS = 1.0


def extra_view(number: int) -> type[PortalView]:
    """Return one more view class with a page."""

    def index(self: PortalView) -> str:
        return ""

    return type(
        f"Extra{number}View",
        (PortalView,),
        {"route_base": f"/extra/{number}", "index": page("/", gate=Gate.MEMBER)(index)},
    )


def main() -> None:
    """Print CPU seconds and the statements; exit 1 when over the limit or anything was written."""
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:
        settings = load({}, ENV="test", DATA_DIR=folder, WORKER="none", MAIL_CHANNEL="none")
        app = create_app(settings)
        migrate.upgrade()
        with app.app_context():
            sync_roles(system("sync"))
        statements: list[str] = []
        configure = db.configure

        def counting(url: str) -> object:
            engine = configure(url)
            event.listen(
                engine, "before_cursor_execute", lambda c, cur, s, *r: statements.append(s)
            )
            return engine

        db.configure = counting  # type: ignore[assignment]
        began = time.process_time()
        app = create_app(settings)
        with app.app_context():
            for number in range(60):
                app.appbuilder.add_view_no_menu(extra_view(number))
        seconds = time.process_time() - began
        db.configure = configure
    writes = [s for s in statements if not s.startswith(("SELECT", "PRAGMA", "BEGIN"))]
    print(
        f"create_app with 60 extra views: {seconds:.2f} s CPU (limit {LIMIT_SECONDS}), {len(statements)} statements, {len(writes)} writes"
    )
    sys.exit(1 if seconds > LIMIT_SECONDS or writes else 0)


if __name__ == "__main__":
    main()
