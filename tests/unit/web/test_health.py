"""Liveness and readiness: what answers, and what does not by name."""

from flask import Flask
from sqlalchemy import text

from portal.kernel import db


def test_a_healthy_portal_is_alive_and_ready(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/healthz").get_json()["status"] == "ok"
    ready = client.get("/readyz")
    assert ready.status_code == 200
    assert ready.get_json()["checks"] == {"database": True, "migrations": True, "documents": True}


def test_a_database_that_was_not_migrated_is_not_ready(app: Flask) -> None:
    db.session.execute(text("UPDATE alembic_version SET version_num = 'older'"))
    db.session.commit()
    answer = app.test_client().get("/readyz")
    assert answer.status_code == 503
    assert answer.get_json()["checks"]["migrations"] is False
