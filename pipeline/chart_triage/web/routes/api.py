"""The REST interface for programs: charts in, where they stand, their results. OpenAPI: /openapi.json."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Form, HTTPException, Path, Query, Response, UploadFile
from pydantic import BaseModel

from chart_triage.records.determination import DETERMINATION_NAME, Determination
from chart_triage.store import audit, charts, webhooks
from chart_triage.store.charts import State
from chart_triage.store.tables import ChartRow
from chart_triage.web.problems import PROBLEM, Problem
from chart_triage.web.rates import within_rate
from chart_triage.web.request_form import RequestForm
from chart_triage.web.routes.files import EXPORTS, export
from chart_triage.web.uploads import take
from chart_triage.web.viewer import AdminClient, Client, CurrentSite, Viewer, own
from chart_triage.web.visible import visible_chart

_PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem, "content": {PROBLEM: {}}, "description": what}
    for status, what in {
        401: "No API key, or none that is known",
        403: "The key's role does not allow this",
        404: "Nothing here, or not yours to see",
        409: "It does not go with the chart's state, or the same file came before",
        413: "Larger than what is taken",
        422: "The file or a field cannot be used; `kind` says why",
        423: "The file is encrypted: send its password",
        429: "Too many requests",
        507: "The server's disk is almost full",
    }.items()
}
router = APIRouter(
    prefix="/api/v1", tags=["charts"], dependencies=[Depends(within_rate)],
    responses={status: _PROBLEMS[status] for status in (401, 403, 404, 422, 429)},
)  # fmt: skip
_Kind = Literal[
    "highlighted.pdf", "report.html", "request_letter.docx", "request_letter.pdf", "determination.json", "original"
]
_State = Literal["waiting", "processing", "ready", "parked", "signed_off"]
_MOST = 200


class ChartOut(BaseModel):
    """Where a chart stands. `files` are the kinds that can be fetched; `problem` says why it is parked."""

    id: str
    state: _State
    sha256: str
    received: datetime
    pages: int | None
    suggestion: str | None
    flags: list[str]
    supported: list[str]
    due: datetime | None
    expedited: bool
    reference: str | None
    problem: str | None
    files: list[str]

    @classmethod
    def of(cls, chart: ChartRow, kinds: set[str]) -> ChartOut:
        done = chart.state in (State.READY, State.SIGNED_OFF)
        return cls(
            id=chart.id,
            state=chart.state,
            sha256=chart.sha256,
            received=chart.created_at,
            pages=chart.pages,
            suggestion=chart.suggestion if done else None,
            flags=["mri_safety_check"] if done and chart.safety_flag else [],
            supported=chart.summary_json.get("supported", []) if done else [],
            due=chart.due_at,
            expedited=chart.expedited,
            reference=chart.request_json.get("reference"),
            problem=chart.problem,
            files=[kind for kind in EXPORTS if kind in kinds],
        )


class ChartList(BaseModel):
    total: int
    charts: list[ChartOut]


class WebhookIn(BaseModel):
    url: str


class WebhookOut(BaseModel):
    """`secret` signs what is sent and is shown once."""

    id: int
    url: str
    secret: str | None = None


@router.post("/charts", status_code=201, responses={status: _PROBLEMS[status] for status in (409, 413, 423, 507)})
def send_chart(
    site: CurrentSite,
    who: Client,
    response: Response,
    file: UploadFile,
    form: Annotated[RequestForm, Depends()],
    password: Annotated[str, Form()] = "",
    keep: Annotated[str, Form(description='"yes" keeps a file that came in before')] = "",
) -> ChartOut:
    """Hand in a chart (PDF, TIFF, PNG, JPEG or text). It is processed once it is answered with 201."""
    kept = take(
        site, who, file.filename or "", file.file, asdict(form), password=password, keep_duplicate=keep == "yes"
    )
    response.headers["Location"] = f"/api/v1/charts/{kept.chart}"
    return _shown(site, who, kept.chart)


@router.get("/charts")
def list_charts(
    site: CurrentSite,
    who: Client,
    state: _State | None = None,
    limit: Annotated[int, Query(ge=1, le=_MOST)] = 50,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> ChartList:
    """The charts that this key may see, the most urgent first."""
    wanted = own(who)._replace(state=state or "")
    with site.database.writing() as session:
        found, total = charts.work(session, wanted, limit=limit, offset=offset)
        files = charts.files_among(session, [chart.id for chart in found], EXPORTS)
        listed = [ChartOut.of(chart, {file.kind for file in files.get(chart.id, ())}) for chart in found]
        audit.record(session, who.name, "worklist.view", "worklist", charts=total)
    return ChartList(total=total, charts=listed)


@router.get("/charts/{chart_id}")
def get_chart(site: CurrentSite, who: Client, chart_id: str) -> ChartOut:
    return _shown(site, who, chart_id)


@router.get("/charts/{chart_id}/determination", response_model=Determination)
def get_determination(site: CurrentSite, who: Client, chart_id: str) -> Response:
    """Every criterion with its evidence, as `chart-triage schema` describes it."""
    return export(site, who, chart_id, DETERMINATION_NAME)


@router.get("/charts/{chart_id}/files/{kind}", response_class=Response)
def get_file(site: CurrentSite, who: Client, chart_id: str, kind: _Kind) -> Response:
    return export(site, who, chart_id, kind)


@router.post("/charts/{chart_id}/again", status_code=202, responses={409: _PROBLEMS[409]})
def process_again(site: CurrentSite, who: Client, chart_id: str) -> ChartOut:
    """Try a parked chart once more."""
    with site.database.writing() as session:
        chart = visible_chart(session, who, chart_id)
        if chart.state != State.PARKED:
            raise HTTPException(409, "Only a parked chart can be tried again.")
        charts.process_again(session, who.name, chart)
        return ChartOut.of(chart, charts.kinds_of(session, chart_id))


@router.get("/webhooks", tags=["webhooks"])
def list_webhooks(site: CurrentSite, who: AdminClient) -> list[WebhookOut]:
    with site.database.reading() as session:
        return [WebhookOut(id=hook.id, url=hook.url) for hook in webhooks.active(session)]


@router.post("/webhooks", status_code=201, tags=["webhooks"], responses={400: _PROBLEMS[422]})
def add_webhook(site: CurrentSite, who: AdminClient, wanted: WebhookIn) -> WebhookOut:
    """Be told of each chart that is ready, parked or signed off: its id and state, signed, nothing else."""
    with site.database.writing() as session:
        hook = webhooks.add(session, who.name, wanted.url)
        return WebhookOut(id=hook.id, url=hook.url, secret=hook.secret)


@router.delete("/webhooks/{number}", status_code=204, tags=["webhooks"])
def remove_webhook(site: CurrentSite, who: AdminClient, number: Annotated[int, Path(ge=1, le=2**31)]) -> None:
    with site.database.writing() as session:
        if not webhooks.remove(session, who.name, number):
            raise HTTPException(404, "There is no such webhook.")


def _shown(site: CurrentSite, who: Viewer, chart_id: str) -> ChartOut:
    with site.database.writing() as session:
        chart = visible_chart(session, who, chart_id)
        audit.record(session, who.name, "chart.view", f"chart/{chart_id}")
        return ChartOut.of(chart, charts.kinds_of(session, chart_id))
