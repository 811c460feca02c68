"""``portal terminology …``: load, check, list, compare, switch and search code systems."""

import csv
import json
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from portal.kernel import carried
from portal.kernel.errors import InvalidInputError, PortalError
from portal.terminology import diff as differences
from portal.terminology.loading import Terms
from portal.terminology.registry import ACTIVE
from portal.terminology.service import Terminology

_SHOWN = 20


class Refusing(click.Group):
    """A group whose expected errors are sentences on standard error and exit code 2."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; print an expected error instead of a traceback."""
        try:
            return super().invoke(ctx)
        except PortalError as error:
            hint = f"\n{error.hint}" if error.hint else ""
            click.echo(f"{error.message}{hint}", err=True)
            ctx.exit(2)


def default_data_dir() -> Path:
    """Return the data folder that the portal uses: PORTAL_DATA_DIR, else ``instance``."""
    return Path(os.environ.get("PORTAL_DATA_DIR", "instance"))


def default_value_sets() -> list[Path]:
    """Return the forms' value set file, when the checkout or wheel carries it."""
    path = carried.folder("form_definitions") / "value_sets.yaml"
    return [path] if path.is_file() else []


@click.group(cls=Refusing)
@click.option("--data-dir", type=click.Path(path_type=Path), help="Default: PORTAL_DATA_DIR.")
@click.option("--packs-dir", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.pass_context
def terminology(ctx: click.Context, data_dir: Path | None, packs_dir: Path | None) -> None:
    """Coding systems: load a publisher's release, search it, switch to another."""
    ctx.obj = Terminology(data_dir or default_data_dir(), packs_dir, default_value_sets())
    ctx.call_on_close(ctx.obj.close)


@terminology.command()
@click.option("--pack", "pack_name", required=True, help="Id of the pack, such as hpo.")
@click.option(
    "--from", "paths", multiple=True, type=click.Path(path_type=Path), help="File or folder."
)
@click.option("--accept-licence", "accepted_by", default="", metavar="NAME", help="Who accepts.")
@click.option("--as", "version", default="", metavar="VERSION", help="Name of the release.")
@click.option("--loader", default="", help="Read every file with this loader.")
@click.option("--option", "options", multiple=True, metavar="NAME=VALUE", help="For the loader.")
@click.option("--stage", is_flag=True, help="Load without making it the active release.")
@click.pass_obj
def load(
    service: Terminology,
    *,
    pack_name: str,
    paths: Sequence[Path],
    accepted_by: str,
    version: str,
    loader: str,
    options: Sequence[str],
    stage: bool,
) -> None:
    """Read, check and index a release, then switch to it. A fault leaves the old one active."""
    pack = service.pack(pack_name)
    if not paths:
        _load_starter(service, pack.id)
        return
    terms = Terms(
        accepted_by=accepted_by,
        loaded_by=os.environ.get("USER", ""),
        version=version,
        loader=loader,
        options=dict(_pair(option) for option in options),
        activate=not stage,
    )
    began = time.process_time()
    report = service.loading.load(pack, list(paths), terms, _progress)
    counts = report.release.counts
    for issue in report.issues:
        click.echo(f"note: {issue.message}", err=True)
    if report.ignored:
        click.echo(f"note: not read: {_some(report.ignored)}", err=True)
    click.echo(
        f"{pack.id} {report.release.version} is {report.release.status}: "
        f"{counts['concepts']:,} concepts, {counts['designations']:,} names, "
        f"{counts['maps']:,} maps ({time.process_time() - began:.1f} s of processor time)"
    )
    if pack.licence.notice:
        click.echo(pack.licence.notice.replace("{version}", report.release.version))


def _load_starter(service: Terminology, pack: str) -> None:
    release = service.loading.start(service.pack(pack))
    if release is None:
        message = f"{pack} has nothing of its own to load; say which files with --from."
        raise InvalidInputError(message)
    click.echo(f"{pack} {release.version} is active: {release.counts['concepts']:,} concepts")


def _pair(option: str) -> tuple[str, str]:
    name, equals, value = option.partition("=")
    if not equals:
        raise InvalidInputError(f"--option wants NAME=VALUE, found '{option}'")
    return name, value


def _progress(message: str) -> None:
    click.echo(message, err=True)


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(names[:5])
    return shown if len(names) <= 5 else f"{shown} and {len(names) - 5:,} more"


@terminology.command()
@click.option("--pack", "pack_name", required=True)
@click.option("--from", "paths", multiple=True, required=True, type=click.Path(path_type=Path))
@click.option("--loader", default="")
@click.option("--option", "options", multiple=True, metavar="NAME=VALUE")
@click.pass_obj
def verify(
    service: Terminology,
    pack_name: str,
    paths: Sequence[Path],
    loader: str,
    options: Sequence[str],
) -> None:
    """Read and check files as a load would, without writing anything."""
    pack = service.pack(pack_name)
    terms = Terms(loader=loader, options=dict(_pair(option) for option in options))
    content, read, ignored = service.loading.read(pack, list(paths), terms, _progress)
    issues = service.loading.check(content, pack)
    for issue in issues:
        click.echo(f"note: {issue.message}", err=True)
    version = content.version or "without a version"
    click.echo(
        f"{pack.id} {version}: {len(read):,} files read, {len(ignored):,} not read, "
        f"{len(content.concepts):,} concepts, {len(content.names):,} names: sound"
    )


@terminology.command("list")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def list_releases(service: Terminology, *, as_json: bool) -> None:
    """Show every pack, its releases, their status and who accepted the licence."""
    rows: list[dict[str, Any]] = []
    for pack in service.packs.values():
        found = service.releases(pack.id)
        rows += [{**asdict(release), "title": pack.name()} for release in found]
        if not found:
            what = "grammar" if not pack.starters else "starter, indexed on first use"
            rows.append({"pack": pack.id, "version": "", "status": what, "title": pack.name()})
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        size = f"{row['counts']['concepts']:>9,}" if row.get("counts") else " " * 9
        accepted = f"  licence accepted by {row['accepted_by']}" if row.get("accepted_by") else ""
        version = row["version"] + (" (starter)" if row.get("sample") else "")
        click.echo(f"{row['pack']:<9} {version:<28} {row['status']:<10} {size}{accepted}")


@terminology.command()
@click.argument("pack_name", metavar="PACK")
@click.argument("old_version", metavar="OLD")
@click.argument("new_version", metavar="NEW", required=False, default="")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def diff(
    service: Terminology, pack_name: str, old_version: str, new_version: str, *, as_json: bool
) -> None:
    """Print what is new, retired, relabelled or moved between two releases."""
    pack = service.pack(pack_name)
    old, new = service.index(pack.id, old_version), service.index(pack.id, new_version)
    if old is None or new is None:
        raise InvalidInputError(f"{pack.id} is a grammar: it has no releases to compare.")
    found = differences.compare(old, new)
    if as_json:
        click.echo(json.dumps(asdict(found), ensure_ascii=False))
        return
    click.echo(f"{pack.id}: {old.version} → {new.version}")
    for name, rows in asdict(found).items():
        click.echo(f"{name}: {len(rows):,}")
        for row in rows[:_SHOWN]:
            click.echo("  " + " | ".join(row))
        if len(rows) > _SHOWN:
            click.echo(f"  … and {len(rows) - _SHOWN:,} more (--json shows all)")


@terminology.command()
@click.argument("pack_name", metavar="PACK")
@click.argument("version")
@click.pass_obj
def activate(service: Terminology, pack_name: str, version: str) -> None:
    """Switch to a loaded release; the one before is kept."""
    pack = service.pack(pack_name)
    service.registry.activate(pack.id, version)
    click.echo(f"{pack.id} {version} is active")


@terminology.command()
@click.argument("pack_name", metavar="PACK")
@click.argument("version")
@click.option("--force", is_flag=True, help="Also drop the active release.")
@click.pass_obj
def drop(service: Terminology, pack_name: str, version: str, *, force: bool) -> None:
    """Delete one release and its index."""
    pack = service.pack(pack_name)
    release = service.registry.get(pack.id, version)
    if release.status == ACTIVE and not force:
        raise InvalidInputError(
            f"{pack.id} {version} is the active release.",
            hint="Activate another one first, or add --force.",
        )
    service.registry.drop(pack.id, version)
    click.echo(f"{pack.id} {version} is gone")


@terminology.command()
@click.argument("query", required=False, default="")
@click.option("--pack", "packs", multiple=True, help="Repeat for several; default: all.")
@click.option("--lang", "languages", multiple=True, default=["en"], show_default=True)
@click.option("--value-set", default="")
@click.option("--limit", default=10, show_default=True, type=click.IntRange(1, 50))
@click.option("--json", "as_json", is_flag=True, help="One JSON object a query.")
@click.option(
    "--batch", type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="One query a line (first column of a CSV); needs --json.",
)  # fmt: skip
@click.pass_obj
def search(
    service: Terminology,
    *,
    query: str,
    packs: Sequence[str],
    languages: Sequence[str],
    value_set: str,
    limit: int,
    as_json: bool,
    batch: Path | None,
) -> None:
    """Find concepts by name, former name, code or misspelling."""
    queries = _queries(batch) if batch else [query]
    if not any(queries):
        raise InvalidInputError("Say what to search for, or give a file with --batch.")
    for text in queries:
        began = time.perf_counter()
        hits = service.search(packs, text, languages, value_set or None, limit)
        took = round((time.perf_counter() - began) * 1000, 3)
        if as_json:
            rows = [asdict(hit) for hit in hits]
            line = {"query": text, "ms": took, "hits": rows}
            click.echo(json.dumps(line, ensure_ascii=False))
        else:
            for hit in hits:
                click.echo(_line(hit))
    sys.stdout.flush()


def _queries(batch: Path) -> list[str]:
    try:
        with batch.open(encoding="utf-8-sig", newline="") as stream:
            return [row[0] for row in csv.reader(stream) if row and row[0].strip()]
    except (UnicodeDecodeError, csv.Error) as error:
        raise InvalidInputError(
            f"{batch.name} is no CSV file in UTF-8 with one query a line: {error}."
        ) from None


def _line(hit: Any) -> str:
    notes = []
    if hit.matched != hit.display:
        notes.append(f"found as '{hit.matched}'")
    if hit.corrected_from:
        notes.append(f"corrected from '{hit.corrected_from}'")
    if hit.inactive:
        notes.append(f"no longer in use, see {hit.replaced_by or 'no replacement'}")
    tail = f"  ({'; '.join(notes)})" if notes else ""
    return f"{hit.shown_code:<16} {hit.display} [{hit.language}]{tail}"
