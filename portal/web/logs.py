"""Structured logs: what, where, how long; never who the patient is, never a query string."""

import json
import logging
import time

from flask import Flask, Response, g, request

from portal.kernel import clock
from portal.kernel.ids import new_id

_STANDARD = set(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}
_log = logging.getLogger("portal.request")


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time, level, logger, message and the extra fields."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line for ``record``."""
        line = {
            "time": clock.now().isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **{k: v for k, v in record.__dict__.items() if k not in _STANDARD},
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


class TextFormatter(logging.Formatter):
    """One readable line: level, logger, message, then the extra fields as ``name=value``."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line for ``record``."""
        extras = {k: v for k, v in record.__dict__.items() if k not in _STANDARD}
        facts = " ".join(f"{name}={value}" for name, value in extras.items())
        line = f"{record.levelname} {record.name} {record.getMessage()} {facts}".rstrip()
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


def configure(log_format: str) -> None:
    """Send the portal's log lines to standard error in the wanted format."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter() if log_format == "json" else TextFormatter())
    logger = logging.getLogger("portal")
    logger.handlers[:] = [handler]
    logger.setLevel(logging.INFO)
    logger.propagate = False


def setup(app: Flask) -> None:
    """Log each request by endpoint (not by address: addresses may name things) with a request id."""

    @app.before_request
    def begin() -> None:
        g.request_id = new_id()
        g.request_began = time.perf_counter()

    @app.after_request
    def end(response: Response) -> Response:
        response.headers["X-Request-Id"] = g.get("request_id", "")
        if request.endpoint not in {"assets", "healthz", "readyz"}:
            took = round(
                (time.perf_counter() - g.get("request_began", time.perf_counter())) * 1000, 1
            )
            _log.info(
                "request",
                extra={
                    "request_id": g.get("request_id", ""),
                    "method": request.method,
                    "endpoint": request.endpoint,
                    "status": response.status_code,
                    "ms": took,
                },
            )
        return response
