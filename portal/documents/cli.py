"""``portal documents`` and ``portal storage``: check a file as an upload would, verify the store."""

import io
import json
import sys
from pathlib import Path
from typing import Any

import click

from portal.access.actor import system
from portal.cli import application
from portal.documents import jobs, limits
from portal.documents.checking import check
from portal.documents.cleaning import cleaned
from portal.documents.errors import DocumentRefusedError
from portal.documents.verifying import verify_store

HELD_BACK, REFUSED = 3, 1


@click.group()
def documents() -> None:
    """Check a file as an upload would."""


@documents.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def check_file(file: Path, *, as_json: bool) -> None:
    """Say what FILE is by its content, and whether it would be accepted; nothing is stored.

    Exit code 0: accepted; 3: accepted and held back until somebody vouches for it; 1: refused.
    """
    outcome = judge(file)
    if as_json:
        click.echo(json.dumps(outcome, ensure_ascii=False))
    else:
        click.echo(_in_words(outcome))
    sys.exit(outcome["exit"])


def judge(file: Path) -> dict[str, Any]:
    """Return the verdict on a file as plain data."""
    with file.open("rb") as raw:
        data = cleaned(raw).read(-1)
    found: dict[str, Any] = {
        "file": file.name,
        "size": file.stat().st_size,
        "kept_size": len(data),
    }
    try:
        verdict = check(file.name, io.BytesIO(data), len(data))
    except DocumentRefusedError as error:
        return {
            **found, "accepted": False, "reason": error.message, "hint": error.hint, "exit": REFUSED,
        }  # fmt: skip
    return {
        **found,
        "accepted": True,
        "name": verdict.name,
        "kind": verdict.format.key,
        "media_type": verdict.format.media_type,
        "concerns": list(verdict.concerns),
        "exit": HELD_BACK if verdict.concerns else 0,
    }


def _in_words(outcome: dict[str, Any]) -> str:
    if not outcome["accepted"]:
        return f"{outcome['file']}: refused. {outcome['reason']} {outcome['hint']}".strip()
    size = limits.in_words(outcome["kept_size"])
    text = f"{outcome['file']}: accepted as {outcome['kind']} ({outcome['media_type']}, {size})"
    if outcome["concerns"]:
        text += f"; held back, because {'; '.join(outcome['concerns'])}"
    return text


@click.group()
def storage() -> None:
    """Verify and tidy the document store."""


@storage.command("verify")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def verify(*, as_json: bool) -> None:
    """Read every stored document whole, compare it with its record, and count what is left over.

    Exit code 0: everything is there and unchanged; 1: something is missing or damaged.
    """
    with application().app_context():
        report = verify_store(system("storage"))
    if as_json:
        click.echo(json.dumps(report.as_json()))
    else:
        click.echo(
            f"{report.sound} documents sound, {limits.in_words(report.size)}; "
            f"{len(report.faults)} with faults; {report.orphans} stored files without a document"
        )
        for fault in report.faults:
            click.echo(f"document {fault.document_id}: {fault.text}", err=True)
    sys.exit(1 if report.faults else 0)


@storage.command("sweep")
def sweep() -> None:
    """Remove expired uploads and stored files older than a day that nothing refers to."""
    with application().app_context():
        uploads = jobs.forget_expired(system("storage"))
        files = jobs.remove_orphans(system("storage"))
    click.echo(f"{uploads} expired uploads and {files} stored files removed")
