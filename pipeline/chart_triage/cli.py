"""The `chart-triage` command. Errors meant for a person are one line on stderr; the exit codes are in README.md."""

from __future__ import annotations

import json
import os
import re
import secrets
import sys
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from chart_triage import __version__, logs
from chart_triage.batch_cli import batch
from chart_triage.cache_cli import cache
from chart_triage.errors import ChartTriageError, InputError
from chart_triage.guideline_cli import DAY, guideline
from chart_triage.people_cli import audit, user
from chart_triage.resources import DEFAULT_GUIDELINE
from chart_triage.server_cli import COMMANDS

if TYPE_CHECKING:
    from chart_triage.chart_reader import ChartReader
    from chart_triage.records.determination import Determination
    from chart_triage.records.request import RequestData

_DATE_OR_TIME = click.DateTime(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"])
_PAGE = click.IntRange(min=1)
_HALF = re.compile("[\ud800-\udfff]")
_FAULT = "A fault of the program, not of the file: {}. Report this line; it holds nothing of a chart."


def main(args: Sequence[str] | None = None) -> None:
    """Entry point: runs a command and turns errors into one line and an exit code; no line holds words of a chart."""
    if args is None:  # the program itself, not a call from another one
        logs.set_up_command()
        os.umask(0o077)  # what is written says what charts say
    try:
        exit_code = cli.main(args=list(args) if args is not None else None, standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("Stopped.", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except ChartTriageError as error:
        click.echo(str(error), err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.exit(0)
    except Exception as error:  # a traceback would show the message, and that may quote what was read
        click.echo(_FAULT.format(logs.fault(error)), err=True)
        sys.exit(ChartTriageError.exit_code)
    sys.exit(exit_code if isinstance(exit_code, int) else 0)


@click.group()
@click.version_option(__version__, prog_name="chart-triage")
def cli() -> None:
    """Shows, for each criterion of an imaging guideline, the words in a chart that speak for or against it.

    It suggests; a human decides.
    """


for command in (batch, guideline, user, audit, cache, *COMMANDS):
    cli.add_command(command)


@cli.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--guideline",
    default=DEFAULT_GUIDELINE,
    show_default=True,
    help="Id or folder of a guideline, or its family: then the version in force on the day of the scan counts.",
)
@click.option("--scan-date", type=DAY, help="Planned day of the scan; the stent window counts back from it.")
@click.option("--patient-name", help='Whom the chart is about ("Doe, Jane"); pages about others are set aside.')
@click.option("--dob", type=DAY, help="The patient's date of birth.")
@click.option("--mrn", help="The patient's medical record number.")
@click.option("--member-id", help="The patient's member number.")
@click.option("--received", type=_DATE_OR_TIME, help="When the request came in (2026-11-13, or 2026-11-13T09:14).")
@click.option("--line-of-business", help="Key of the table of due times, such as medicare_advantage.")
@click.option("--expedited/--standard", default=None, help="What was asked for; goes before the marks in the chart.")
@click.option("--reference", help="Reference number of the request, for the letter.")
@click.option("--set-aside", type=_PAGE, multiple=True, help="A page that shall not count; may be repeated.")
@click.option("--take-back", type=_PAGE, multiple=True, help="A page that shall count all the same; may be repeated.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=Path("out"), show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print the determination of each chart, one JSON line each.")
@click.option(
    "--deidentify",
    type=click.Path(path_type=Path, file_okay=False),
    help="Also write a copy without names, dates and numbers here, in a folder named at random. No guarantee: read it.",
)
def assess(
    files: tuple[Path, ...],
    guideline: str,
    set_aside: tuple[int, ...],
    take_back: tuple[int, ...],
    out: Path,
    as_json: bool,
    deidentify: Path | None,
    **told: Any,
) -> int:
    """Assess chart FILES (PDF, TIFF, PNG, JPEG or text).

    Writes determination.json, highlighted.pdf and report.html for each, where something is missing a letter that asks
    for it (request_letter.docx and .pdf), and chart.json.gz: what was read, so that `guideline replay` needs no second
    OCR. It says what the chart says; keep it as safe.
    """
    from chart_triage import settings
    from chart_triage.chart_reader import ChartReader

    if len(files) > 1 and (set_aside or take_back):
        raise click.UsageError("--set-aside and --take-back name pages of one chart: give one file.")
    request = _request(**told)
    reader = ChartReader(guideline, settings.load(), on=request.day_of_service)
    try:
        loaded = reader.load()
        if loaded.family == Path(guideline).name:
            told_day = f"On {request.day_of_service} version {loaded.version} counts"
            click.echo(f"{told_day}: {loaded.id}", err=True)
        worst = 0
        for path, name in _named(files):
            try:
                _assess(reader, path, request, (set_aside, take_back), out / name, as_json, deidentify)
            except InputError as error:
                click.echo(str(error), err=True)
                worst = max(worst, error.exit_code)
            except ChartTriageError:
                raise
            except Exception as error:  # one file's fault is not the others'
                click.echo(f"{path.name}: {_FAULT.format(logs.fault(error))}", err=True)
                worst = max(worst, ChartTriageError.exit_code)
        return worst
    finally:
        reader.close()


def _request(
    scan_date: datetime | None,
    patient_name: str | None,
    dob: datetime | None,
    mrn: str | None,
    received: datetime | None,
    line_of_business: str | None,
    expedited: bool | None,
    reference: str | None,
    member_id: str | None,
) -> RequestData:
    """What the options tell of the request. Midnight is a day without a time."""
    from chart_triage.records.request import RequestData

    return RequestData(
        member_name=patient_name,
        born=dob.date() if dob else None,
        mrn=mrn,
        member_id=member_id,
        reference=reference,
        received=received.date() if received else None,
        received_time=received.time() if received and received.time() != time.min else None,
        line_of_business=line_of_business,
        expedited=expedited,
        planned_scan=scan_date.date() if scan_date else None,
    )


def _named(files: Sequence[Path]) -> Iterator[tuple[Path, str]]:
    """Each file with the folder name for its results: its stem, made unique by a number."""
    taken: set[str] = set()
    for path in files:
        name, number = path.stem or "chart", 1
        while name in taken:
            number += 1
            name = f"{path.stem}-{number}"
        taken.add(name)
        yield path, name


def _assess(
    reader: ChartReader,
    path: Path,
    request: RequestData,
    decided: tuple[tuple[int, ...], tuple[int, ...]],
    folder: Path,
    as_json: bool,
    deidentify: Path | None,
) -> None:
    """One file to its results in `folder`. `decided`: the pages set aside and taken back.

    A copy without identifiers goes into a folder of `deidentify` whose name tells nothing: a file's name or hash would
    lead whoever has it to the patient.
    """
    from chart_triage import intake, report, store
    from chart_triage.chart_reader import Job, Listener
    from chart_triage.records.determination import DETERMINATION_NAME
    from chart_triage.report.file_names import DEIDENTIFIED

    made: dict[str, bytes] = {}
    data = intake.read_bytes(path, intake.Limits.of(reader.site))
    job = Job(
        path.name, data, request, set_aside=decided[0], taken_back=decided[1], deidentified=deidentify is not None
    )
    determination = reader.assess(job, Listener(on_file=lambda file: made.update({file.name: file.content})))
    kept = made.pop(store.CHART_NAME)
    copy = {name: made.pop(name) for name in DEIDENTIFIED if name in made}
    written = report.write_files(folder, made | {store.CHART_NAME: kept})
    if deidentify is not None:
        for file in report.write_files(deidentify / secrets.token_hex(6), copy):
            click.echo(f"  {file}", err=True)
    if as_json:
        click.echo(json.dumps(json.loads(made[DETERMINATION_NAME]), ensure_ascii=False))
        return
    click.echo(_summary(path, determination))
    for file in written:
        click.echo(f"  {file}")
    for item in determination.requests:
        click.echo(f"  to ask for: {item.text}")


def _summary(path: Path, determination: Determination) -> str:
    supported = [n for n, c in determination.criteria.items() if c.status == "supported"]
    unread = sum(not p.readable for p in determination.chart.pages)
    parts = [
        f"{path.name}: {determination.suggestion.value.replace('_', ' ')}",
        f"supported: {', '.join(supported) or 'none found in the records received'}",
    ]
    flagged = [k for k, c in determination.contraindications.items() if c.status not in ("absent", "not_documented")]
    if flagged:
        parts.append(f"MRI safety check: {', '.join(flagged)}")
    if unread:
        parts.append(f"{unread} of {len(determination.chart.pages)} pages could not be read")
    if determination.triage and determination.triage.urgency.due:
        parts.append(f"due {determination.triage.urgency.due.isoformat()}")
    return "; ".join(parts)


@cli.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--csv", "csv_file", type=click.Path(path_type=Path, dir_okay=False), help="Write the list here as CSV.")
@click.option("--as-of", type=DAY, help="The day that due dates are compared with. Default: today.")
def worklist(folder: Path, csv_file: Path | None, as_of: datetime | None) -> int:
    """Print the charts of FOLDER (FOLDER/*/determination.json) in the order in which they are to be decided."""
    from chart_triage.triage import worklist as listing

    found = listing.read(folder)
    for problem in found.problems:
        click.echo(problem, err=True)
    rows = listing.ordered(found.rows, as_of.date() if as_of else date.today())
    if csv_file:
        listing.write_csv(csv_file, rows)
    for line in listing.table(rows):
        click.echo(line)
    return InputError.exit_code if found.problems else 0


@cli.command()
@click.argument("source", type=click.File("r", encoding="utf-8", errors="surrogateescape"), default="-")
@click.option("-o", "--out", type=click.File("w", encoding="utf-8", lazy=True), default="-", help="Default: stdout.")
@click.option("--guideline", default=DEFAULT_GUIDELINE, show_default=True, help="Id or folder of a guideline.")
def annotate(source: IO[str], out: IO[str], guideline: str) -> int:
    """Assess bare texts: JSON lines {"id", "text", "note_date"?, "targets"?} in, one JSON line each out."""
    from chart_triage.assess import Assessor
    from chart_triage.report import as_plain

    assessor = Assessor(guideline)
    bad = 0
    for number, line in enumerate(source, 1):
        if not line.strip():
            continue
        try:
            item = _item(line)
        except ValueError as error:
            click.echo(f"line {number}: {error}. The line was left out.", err=True)
            bad = 3
            continue
        annotation = assessor.text(item["id"], item["text"], note_date=item["note_date"], targets=item["targets"])
        out.write(json.dumps(_stated(as_plain(annotation)), ensure_ascii=False) + "\n")
    return bad


def _stated(annotation: dict[str, Any]) -> dict[str, Any]:
    """The annotation without the contraindications that the text does not mention."""
    listed = annotation["contraindications"]
    return annotation | {"contraindications": {key: c for key, c in listed.items() if c["status"] != "not_documented"}}


def _item(line: str) -> dict[str, Any]:
    """One input line, checked. Raises ValueError with a message that carries no text of the note.

    Half of a character that JSON writes as two ("\\ud83d" alone, where somebody cut a text) becomes U+FFFD, so that
    all offsets stay.
    """
    if _HALF.search(line):  # what the encoding of the file does not allow
        raise ValueError("not UTF-8")
    try:
        raw = json.loads(line)
    except (ValueError, RecursionError):
        raise ValueError('not JSON; each line is an object {"id", "text", "note_date"?, "targets"?}') from None
    if not isinstance(raw, dict) or not isinstance(raw.get("text"), str) or "id" not in raw:
        raise ValueError('needs "id" and a string "text"')
    text = _HALF.sub("\ufffd", raw["text"])
    targets = [_target(target, len(text)) for target in _listed(raw.get("targets"))]
    stated = raw.get("note_date")
    try:
        day = date.fromisoformat(stated) if stated else None
    except (TypeError, ValueError):
        raise ValueError('"note_date" must look like "2026-03-14"') from None
    return {"id": _HALF.sub("\ufffd", str(raw["id"])), "text": text, "note_date": day, "targets": targets}


def _listed(targets: object) -> list[object]:
    if targets is None:
        return []
    if not isinstance(targets, list):
        raise ValueError('"targets" must be a list of {"start", "end"}')
    return targets


def _target(target: object, length: int) -> tuple[int, int]:
    start, end = (target.get("start"), target.get("end")) if isinstance(target, dict) else (None, None)
    if type(start) is int and type(end) is int and 0 <= start < end <= length:
        return start, end
    raise ValueError('a target needs "start" < "end" within the text')


@cli.command()
def schema() -> None:
    """Print the JSON Schema of determination.json."""
    from chart_triage.records.determination import Determination

    click.echo(json.dumps(Determination.model_json_schema(mode="serialization"), indent=2))


@cli.command()
@click.option("--errors/--no-errors", default=True, show_default=True, help="List every disagreement with a label.")
@click.option("--json", "json_file", type=click.Path(path_type=Path, dir_okay=False), help="Write the figures here.")
def evaluate(errors: bool, json_file: Path | None) -> None:
    """Precision, recall and F1 on the labelled texts of CHART_TRIAGE_EVAL_DIR and of the repository."""
    from chart_triage.evaluation import report_figures

    for line in report_figures(errors=errors, json_file=json_file):
        click.echo(line)


@cli.command("train-senses")
@click.argument("corpus", type=click.Path(path_type=Path))
@click.option("--leave-out", type=click.Path(path_type=Path), help="JSON lines whose ids are kept for evaluation.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder of the model.")
def train_senses(corpus: Path, leave_out: Path | None, out: Path) -> None:
    """Train the senses of ambiguous abbreviations on CORPUS, JSON lines {"id", "text"}; print the card's table."""
    from chart_triage.language.sense_training import card_lines, train

    report = train(corpus, out, leave_out)
    for line in card_lines(report.accuracies, report.shipped):
        click.echo(line)
    click.echo(f"{report.documents} texts; sha256 of {out / 'weights.npz'}: {report.checksum}")


@cli.command("train-page-kinds")
@click.argument("corpus", type=click.Path(path_type=Path))
@click.option("--leave-out", type=click.Path(path_type=Path), help="JSON lines whose ids are kept for evaluation.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder of the model.")
def train_page_kinds(corpus: Path, leave_out: Path | None, out: Path) -> None:
    """Train the kinds of pages on CORPUS, JSON lines {"id", "text"}, and templates; print the confusion matrix."""
    from chart_triage.indexing.kind_training import card_lines, train

    report = train(corpus, out, leave_out)
    for line in card_lines(report):
        click.echo(line)
    click.echo(f"{report.pages} pages trained on; a rule's point counts {report.rule_weight}")
    click.echo(f"sha256 of {out / 'weights.npz'}: {report.checksum}")


if __name__ == "__main__":
    main()
