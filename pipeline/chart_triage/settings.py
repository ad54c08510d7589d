"""What a site sets for itself, by environment variables; every one has a default that changes nothing.

- CHART_TRIAGE_SCANNER_WEIGHT_LIMIT_KG: the scanner table's weight limit in kilograms. Not set: a weight alone says
  nothing.
- CHART_TRIAGE_SCANNER_BMI_LIMIT: the highest body mass index (kg/m2) that fits the bore. Not set: a BMI alone says
  nothing.
- CHART_TRIAGE_OCR_PROCESSES: how many pages are read by OCR at a time. Not set: one for each core.
- CHART_TRIAGE_READING_CACHE: a folder, or a bucket as "s3://bucket/prefix", in which readings of charts are kept, so
  that a chart that comes again, or is judged by another guideline or lexicon, is not read again (docs/scale.md). It
  holds what charts say: keep it as safe as the charts; CHART_TRIAGE_STORE_KEY seals it. Not set: nothing is kept.
- CHART_TRIAGE_CHART_MINUTES: how long the reading and assessing of one chart may take. Not set: 60.
- CHART_TRIAGE_CHART_STUCK_SECONDS: how long it may take without a step forward, such as a page read. Not set: 180.
- CHART_TRIAGE_PAGE_CPU_SECONDS: how much time of a processor a PDF or image library may take to open or to draw one
  page; a page that takes more is left unread. Not set: 10.
- CHART_TRIAGE_CHART_CPU_MINUTES: how much time of processors one chart may take, all cores together. Not set: 120.
- CHART_TRIAGE_CHART_MEMORY_MB: how much memory one chart may take. Not set: 4096.
- CHART_TRIAGE_CHART_RESULTS_MB: how large the results of one chart may be, the images of its pages included. Not set:
  2048.
- CHART_TRIAGE_MAX_FILE_MB: the largest file that is read. Not set: 200.
- CHART_TRIAGE_MAX_PAGES: the most pages of a file. Not set: 2000.
- CHART_TRIAGE_MAX_PAGE_INCHES: the longest side of a page. Not set: 200, what the PDF standard allows.
- CHART_TRIAGE_MAX_PAGE_MEGAPIXELS: the largest image of a page, in millions of pixels. Not set: 80.
- CHART_TRIAGE_MAX_PAGE_WORDS: the most words on a page. Not set: 20000.
- CHART_TRIAGE_MAX_UNFOLDED_MB: how far one compressed stream or picture in a PDF may unfold. Not set: 256.
- CHART_TRIAGE_MAX_FORM_FIELDS: the most form fields of a file, notes included. Not set: 20000.
- CHART_TRIAGE_MAX_ATTACHMENTS: the most files that may be embedded in a PDF; they are never opened. Not set: 100.
- CHART_TRIAGE_MAX_DEPTH: how deep the objects of a PDF may lie in each other. Not set: 200.
- CHART_TRIAGE_MAX_PAGE_CONTENT_MB: how much a page of a PDF may draw, what it draws several times counted as often; a
  page with more is left unread. Not set: 16.
- CHART_TRIAGE_DUE_TIMES: the site's own table of due times, a CSV file with the columns of
  lexicons/shared/due_times.csv. Not set: that table.
- CHART_TRIAGE_SITE_NAME, CHART_TRIAGE_SITE_ADDRESS (lines parted by ";"), CHART_TRIAGE_SITE_PHONE and
  CHART_TRIAGE_SITE_FAX: who asks for records, and where the answer goes; printed on the letter. Not set: a blank line
  to fill in.

For `chart-triage serve` and `worker`:

- CHART_TRIAGE_STORE_URL: the database, "postgresql://user:password@host/name" or "sqlite:///path". Not set: SQLite in
  the folder `chart-triage-data` where the program is started.
- CHART_TRIAGE_STORE_FOLDER: where charts, page images and results are kept: a folder, or an S3-compatible bucket as
  "s3://bucket/prefix". Not set: `chart-triage-data/files`.
- CHART_TRIAGE_KEEP_FREE_MB: how much of the disks of database and files uploads leave free, for the results of charts
  that are here already. Not set: 1000.
- CHART_TRIAGE_STORE_KEY: 32 bytes in base64 (`openssl rand -base64 32`) that seal those files. Not set: kept as they
  are. Lost key, lost files.
- CHART_TRIAGE_TLS: "true" where browsers come by https: cookies are then kept to it.
- CHART_TRIAGE_METRICS_TOKEN: who reads /metrics shows it as `Authorization: Bearer`. Not set: only this machine may.
- CHART_TRIAGE_PUBLIC_URL: the address that browsers use, such as "https://charts.example.org". OIDC needs it.
- CHART_TRIAGE_OIDC_ISSUER, CHART_TRIAGE_OIDC_CLIENT_ID, CHART_TRIAGE_OIDC_CLIENT_SECRET: sign-in by an OpenID provider;
  all of them and the public address, or none.
- CHART_TRIAGE_OIDC_NAME: what the button calls the provider. Not set: "your organisation".
- CHART_TRIAGE_OIDC_ROLE_CLAIM: the claim that holds somebody's groups; a dot leads into an object. Not set: "groups".
- CHART_TRIAGE_OIDC_ROLES: which group has which role: "admin=chart-admins,clinician=physicians". Who is in several has
  the first that is named here; who is in none may not sign in.
- CHART_TRIAGE_LOG_LEVEL: debug, info, warning or error. Not set: info. No level shows words of a chart, and of other
  libraries nothing but where a warning came from.
- CHART_TRIAGE_API_REQUESTS_PER_MINUTE: how often each client of the API may ask, counted by each server process.

Buckets are reached as the usual variables say: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (or the machine's role),
AWS_REGION, and AWS_ENDPOINT_URL for another provider than AWS. An endpoint without TLS is refused unless it is on this
machine or AWS_ALLOW_HTTP is "true".
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, ValidationError, model_validator

from chart_triage.errors import SettingsError
from chart_triage.records.page import Record

_PREFIX = "CHART_TRIAGE_"
_SECRET = ("_KEY", "_TOKEN", "_SECRET", "_STORE_URL")
_NOT_FOR_READING = ("store_", "keep_free_", "oidc_", "metrics_", "api_", "public_", "tls")
_ROLES = r"^(intake|reviewer|clinician|admin)=[^,=]+(,(intake|reviewer|clinician|admin)=[^,=]+)*$"
BucketUrl = Annotated[str, StringConstraints(pattern=r"^s3://[^/]+")]
_Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class Settings(Record):
    """Limits of the site's scanner (None: unknown, and then nothing is concluded from a number alone), OCR, how much a
    chart may take, letters, the store."""

    scanner_weight_limit_kg: Annotated[float, Field(gt=0, le=1000)] | None = None
    scanner_bmi_limit: Annotated[float, Field(gt=0, le=200)] | None = None
    ocr_processes: Annotated[int, Field(ge=1, le=256)] | None = None
    reading_cache: BucketUrl | Path | None = None
    chart_minutes: Annotated[float, Field(gt=0, le=1440)] = 60
    chart_stuck_seconds: Annotated[float, Field(ge=1, le=86_400)] = 180
    page_cpu_seconds: Annotated[float, Field(ge=1, le=3600)] = 10
    chart_cpu_minutes: Annotated[float, Field(gt=0, le=100_000)] = 120
    chart_memory_mb: Annotated[int, Field(ge=1024, le=1_000_000)] = 4096
    chart_results_mb: Annotated[int, Field(ge=16, le=1_000_000)] = 2048
    max_file_mb: Annotated[float, Field(gt=0, le=2000)] = 200
    max_pages: Annotated[int, Field(ge=1, le=100_000)] = 2_000
    max_page_inches: Annotated[float, Field(ge=1, le=10_000)] = 200
    max_page_megapixels: Annotated[float, Field(gt=0, le=2000)] = 80
    max_page_words: Annotated[int, Field(ge=1, le=1_000_000)] = 20_000
    max_unfolded_mb: Annotated[float, Field(gt=0, le=100_000)] = 256
    max_form_fields: Annotated[int, Field(ge=0, le=1_000_000)] = 20_000
    max_attachments: Annotated[int, Field(ge=0, le=100_000)] = 100
    max_depth: Annotated[int, Field(ge=10, le=10_000)] = 200
    max_page_content_mb: Annotated[float, Field(gt=0, le=100_000)] = 16
    due_times: Path | None = None
    site_name: _Line | None = None
    site_address: _Line | None = None
    site_phone: _Line | None = None
    site_fax: _Line | None = None
    store_url: str = "sqlite:///chart-triage-data/store.db"
    store_folder: BucketUrl | Path = Path("chart-triage-data/files")
    keep_free_mb: Annotated[int, Field(ge=0, le=1_000_000_000)] = 1000
    store_key: str | None = Field(default=None, repr=False)
    tls: bool = False
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    api_requests_per_minute: Annotated[int, Field(ge=1, le=1_000_000)] = 600
    metrics_token: Annotated[str, StringConstraints(min_length=16)] | None = Field(default=None, repr=False)
    public_url: Annotated[str, StringConstraints(pattern=r"^https?://[^/]+$")] | None = None
    oidc_issuer: Annotated[str, StringConstraints(pattern=r"^https?://")] | None = None
    oidc_client_id: str | None = None
    oidc_client_secret: str | None = Field(default=None, repr=False)
    oidc_name: _Line = "your organisation"
    oidc_role_claim: str = "groups"
    oidc_roles: Annotated[str, StringConstraints(pattern=_ROLES)] | None = None

    def for_reading(self) -> Settings:
        """What a process that opens charts needs of them: no key, no password, no token, and nothing of the store."""
        own = [name for name in Settings.model_fields if not name.startswith(_NOT_FOR_READING)]
        return Settings.model_validate({name: getattr(self, name) for name in own})

    @model_validator(mode="after")
    def _oidc_is_whole(self) -> Settings:
        names = ("oidc_issuer", "oidc_client_id", "oidc_client_secret", "oidc_roles", "public_url")
        missing = [_PREFIX + name.upper() for name in names if getattr(self, name) is None]
        if self.oidc_issuer is not None and missing:
            raise ValueError(f"sign-in by OIDC also needs {', '.join(missing)}")
        return self


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from the environment. Raises SettingsError naming the variable, what it holds and what is allowed."""
    source = os.environ if environ is None else environ
    values = {
        name: source[_PREFIX + name.upper()] for name in Settings.model_fields if _PREFIX + name.upper() in source
    }
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        name = _PREFIX + (str(first["loc"][0]).upper() if first["loc"] else "OIDC_ISSUER")
        shown = "" if name.endswith(_SECRET) else f"={source[name]!r}"
        told = f"{name}{shown}: {first['msg']}. Set another value, or unset the variable."
        raise SettingsError(told) from None
