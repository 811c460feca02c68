"""Pages of the demo that are the portal's own: a case, drafts, a session, a small tus server."""

from flask import Flask, Response, jsonify, redirect, render_template, request


def setup(app: Flask) -> None:
    """Add the pages. ``demo.answers`` holds scripted answers of the draft endpoint, first one first."""
    app.extensions["demo.drafts"] = []
    app.extensions["demo.answers"] = []
    app.extensions["demo.session_answers"] = []
    app.extensions["demo.files"] = {}
    app.extensions["demo.upload_failures"] = []
    _add_pages(app)
    _add_drafts(app)
    _add_uploads(app)


def _add_pages(app: Flask) -> None:
    @app.get("/case")
    def case():
        return render_template("demo_case.html")

    @app.get("/form")
    def form():
        return render_template("demo_form.html")

    @app.post("/theme")
    def theme():
        response = redirect(request.form["next"])
        response.set_cookie("theme", request.form["theme"])
        return response

    @app.get("/signin")
    def signin():
        return "signed in"


def _add_drafts(app: Flask) -> None:
    drafts = app.extensions["demo.drafts"]

    @app.post("/draft")
    def draft():
        message = request.get_json()
        drafts.append({**message, "header": request.headers.get("Idempotency-Key")})
        answers = app.extensions["demo.answers"]
        if answers:
            status, body, headers = answers.pop(0)
            return jsonify(body), status, headers
        version = len(drafts) + 10
        return jsonify(
            version=version,
            versions=dict.fromkeys(message["changes"], version),
            left=[],
            saved_at="2026-03-05T10:42:00+00:00",
        )

    @app.post("/session/renew")
    def renew():
        return {"expires_in": 1800}

    @app.get("/session")
    def session_state():
        answers = app.extensions["demo.session_answers"]
        signed_in = answers.pop(0) if answers else True
        return {"signed_in": signed_in, "actor": "1", "csrf_token": ""}


def _add_uploads(app: Flask) -> None:
    files = app.extensions["demo.files"]
    failures = app.extensions["demo.upload_failures"]

    @app.post("/uploads")
    def create():
        if int(request.headers["Upload-Length"]) == 13:
            return jsonify(detail="This kind of file is not accepted."), 415
        number = str(len(files) + 1)
        files[number] = {"data": b"", "meta": request.headers["Upload-Metadata"]}
        return Response(status=201, headers={"Location": f"/uploads/{number}"})

    @app.route("/uploads/<number>", methods=["HEAD", "PATCH", "DELETE"])
    def piece(number):
        if request.method == "DELETE":
            files.pop(number)
            return Response(status=204)
        if request.method == "PATCH":
            if failures:
                return Response(status=failures.pop(0))
            files[number]["data"] += request.get_data()
        return Response(status=204, headers={"Upload-Offset": str(len(files[number]["data"]))})
