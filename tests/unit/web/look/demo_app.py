"""A throw-away application with the portal's look over FAB and flask-admin, in memory."""

import warnings
from pathlib import Path
from types import SimpleNamespace

import demo_pages
from demo_models import Base, Centre, Record, Step, Topic, fill
from flask import Flask, flash, redirect, request
from flask_admin import Admin
from flask_admin.actions import action as admin_action
from flask_admin.contrib.sqla import ModelView as AdminModelView
from flask_appbuilder import AppBuilder, GroupByChartView, ModelView
from flask_appbuilder.actions import action
from flask_appbuilder.models.group import aggregate_count
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_appbuilder.security.sqla.manager import SecurityManager
from flask_appbuilder.security.sqla.models import Role
from flask_wtf.csrf import CSRFProtect
from jinja2 import FileSystemLoader
from sqlalchemy import create_engine
from sqlalchemy.orm import scoped_session, sessionmaker
from sqlalchemy.pool import StaticPool

from portal.web import look
from portal.web.headers import POLICY
from portal.web.look.admin_theme import PortalTheme
from portal.web.look.fab_fixes import ToRecordMixin

TEMPLATES = look.manifest.DIST.parent.parent / "templates"


class OpenDoors(SecurityManager):
    """Everybody may do everything: these tests are about pages, not about rights."""

    def has_access(self, permission_name, view_name):
        return True


class StepView(ModelView):
    datamodel = SQLAInterface(Step)
    list_title = "Steps"
    list_columns = ["title"]


class RecordView(ToRecordMixin, ModelView):
    datamodel = SQLAInterface(Record)
    list_title = "Records"
    add_title = "Add a record"
    edit_title = "Edit a record"
    show_title = "Record"
    list_columns = ["name", "seen_on", "centre", "consent", "referred_at"]
    show_columns = [
        "name",
        "seen_on",
        "referred_at",
        "consent",
        "weight",
        "centre",
        "topics",
        "notes",
    ]
    add_columns = edit_columns = show_columns
    search_columns = ["name", "seen_on", "referred_at", "consent", "weight", "centre"]
    label_columns = {"seen_on": "First seen", "referred_at": "Referred", "name": "Pseudonym"}
    description_columns = {"name": "Never the real name"}
    edit_fieldsets = [
        ("Person", {"fields": ["name", "seen_on", "consent", "weight"]}),
        ("Referral", {"fields": ["referred_at", "centre", "topics", "notes"]}),
    ]
    related_views = [StepView]

    @action("forward", "Forward", "Forward these records to Leuven?", "fa-send")
    def forward(self, items):
        items = items if isinstance(items, list) else [items]
        flash(f"Forwarded {len(items)}", "success")
        return redirect(self.get_redirect())

    @action("mark", "Mark", "", "fa-check", single=False)
    def mark(self, items):
        flash(f"Marked {len(items)}", "info")
        return redirect(self.get_redirect())


class CentreView(ModelView):
    datamodel = SQLAInterface(Centre)
    list_title = "Centres"
    list_columns = ["name"]
    search_columns = ["name"]
    add_columns = edit_columns = show_columns = ["name"]


class ConsentChart(GroupByChartView):
    datamodel = SQLAInterface(Record)
    chart_title = "Records by consent"
    chart_type = "ColumnChart"
    search_columns = ["name"]
    definitions = [{"group": "consent", "series": [(aggregate_count, "consent")]}]


class ConsoleView(AdminModelView):
    can_view_details = True
    can_export = True
    can_set_page_size = True
    column_list = ["name", "seen_on", "referred_at", "consent", "weight"]
    column_searchable_list = ["name"]
    column_filters = ["name", "seen_on", "referred_at", "consent", "weight", "centre.name"]
    column_labels = {"seen_on": "First seen", "referred_at": "Referred"}
    form_columns = [
        "name",
        "seen_on",
        "referred_at",
        "consent",
        "weight",
        "centre",
        "topics",
        "notes",
    ]
    inline_models = [(Step, {"form_columns": ["id", "title"]})]

    @admin_action("shelve", "Shelve", "Shelve these records?")
    def shelve(self, ids):
        flash(f"Shelved {len(ids)}")


class CentreConsole(AdminModelView):
    form_columns = ["name"]


class StepConsole(AdminModelView):
    """Chooses its record by looking it up while one types."""

    form_columns = ["title", "record"]
    form_ajax_refs = {"record": {"fields": ["name"], "page_size": 5}}


def make_session() -> scoped_session:
    engine = create_engine(
        "sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False}
    )
    Base.metadata.create_all(engine)  # allowed: a demo world apart from the portal's tables
    tables = [table for name, table in Role.metadata.tables.items() if name.startswith("ab_")]
    Role.metadata.create_all(engine, tables=tables)  # allowed: as above
    return scoped_session(sessionmaker(bind=engine))


def make_app() -> Flask:
    app = Flask("demo", static_folder=None)
    app.jinja_loader = FileSystemLoader([str(TEMPLATES), str(Path(__file__).parent / "templates")])
    app.config.update(
        SECRET_KEY="only for this demo",
        FAB_CREATE_DB=False,
        FAB_UPDATE_PERMS=False,
        RATELIMIT_ENABLED=False,
    )
    look.setup(app)
    CSRFProtect(app)
    session = make_session()
    app.extensions["demo.session"] = session
    with app.app_context():
        appbuilder = AppBuilder(
            app, session, base_template="layout.html", security_manager_class=OpenDoors
        )
        appbuilder.add_view(RecordView, "Records", category="Demo")
        appbuilder.add_view(CentreView, "Centres", category="Demo")
        appbuilder.add_view(ConsentChart, "Chart", category="Demo")
        appbuilder.add_view_no_menu(StepView)
        fill(session)
    add_console(app, session)
    app.context_processor(shell)
    app.after_request(policy)
    app.teardown_appcontext(lambda error: session.remove())
    demo_pages.setup(app)
    return app


def add_console(app: Flask, session: scoped_session) -> None:
    console = Admin(app, name="Support", url="/console", theme=PortalTheme())
    with warnings.catch_warnings():
        # flask-admin would rather be given Flask-SQLAlchemy's object, which the portal does not use.
        warnings.filterwarnings("ignore", "Passing a session object", DeprecationWarning)
        console.add_view(
            StepConsole(Step, session, name="Steps", endpoint="steps", category="Data")
        )
        console.add_views(
            ConsoleView(Record, session, name="Records", endpoint="records", category="Data"),
            CentreConsole(Centre, session, name="Centres", endpoint="centres", category="Data"),
            CentreConsole(Topic, session, name="Topics", endpoint="topics", category="Data"),
        )


def shell() -> dict:
    """What the portal's shell gives to every page."""
    entries = [
        {"label": "Case", "url": "/case", "icon": "panel", "active": request.path == "/case"},
        {
            "label": "Records",
            "url": "/recordview/list/",
            "icon": "list",
            "active": "record" in request.path,
        },
        {"label": "Chart", "url": "/consentchart/chart/", "icon": "chart"},
        {"label": "Console", "url": "/console/records/", "icon": "support", "badge": 2},
    ]
    return {
        "actor": SimpleNamespace(id=1, name="Ada Byron", initials="AB"),
        "networks_menu": [
            {"label": "EURO-NMD", "url": "/case", "active": True},
            {"label": "ERN ITHACA", "url": "/case", "active": False},
        ],
        "for_me_count": 3,
        "theme": request.cookies.get("theme", "auto"),
        "locale": "en",
        "languages": {"en": {"name": "English"}, "de": {"name": "Deutsch"}},
        "side_menu": [{"label": "Demo", "entries": entries}],
        "session_expires": request.args.get("expires"),
        "shell_links": {
            "session-state": "/session",
            "session-renew": "/session/renew",
            "login-url": "/signin",
        },
    }


def policy(response):
    response.headers["Content-Security-Policy"] = POLICY
    return response
