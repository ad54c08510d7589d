"""Takes the screenshots of the docs anew: `./run screenshots [FOLDER]`, by default docs/screenshots.

Invented charts of fixtures/ on a site of their own, in Chromium at 1280 x 800, in a palette of 96 colours.
"""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import listed
import pikepdf
from browser import serving, signed_in
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from sites import PASSWORD, open_site

from chart_triage.processing import Processor
from chart_triage.store import people, reviews, webhooks, workers
from chart_triage.store.charts import State
from chart_triage.store.people import Role
from chart_triage.store.reviews import Kind
from chart_triage.store.tables import ChartRow, Job, now
from chart_triage.web.site import Site

FIXTURES = Path(__file__).parents[2] / "fixtures"
DOCS = Path(__file__).parents[2] / "docs" / "screenshots"
_COLOURS = 96
_SEEN = ("charts/krabbe-transplant.pdf", "faxes/kearns-sayre-pacemaker.tif", "charts/melas-cochlear-implant.pdf")
_OTHERS = (
    ("ABARA, NGOZI", -20, {"suggestion": "criteria_supported", "expedited": True}),
    ("LINDQVIST, OSKAR", 5, {"suggestion": "more_information_needed", "safety_flag": True}),
    ("TREMAINE, COLETTE", 30, {"suggestion": "criteria_supported"}),
    ("HARGREAVES, WILMA", 120, {"suggestion": "needs_clinical_review"}),
)


class Album:
    """Pages of people by their role, and the folder that pictures of them go to."""

    def __init__(self, folder: Path, chromium: Browser, address: str) -> None:
        self._folder, self._chromium, self._address = folder, chromium, address

    @contextmanager
    def person(self, login: str, theme: str = "light") -> Iterator[Page]:
        page = signed_in(self._chromium, self._address, login, PASSWORD)
        page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        yield page
        page.context.close()

    def nobody(self) -> Page:
        return self._chromium.new_context(viewport={"width": 1280, "height": 800}, base_url=self._address).new_page()

    def keep(self, page: Page, name: str) -> None:
        picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        small = picture.quantize(_COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        small.save(self._folder / f"{name}.png", optimize=True)


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        site = open_site(Path(place))
        program = shutil.which("chromium") or shutil.which("chromium-browser")
        chromium = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        with serving(site) as address:
            album = Album(folder, chromium, address)
            _intake(site, album, Path(place))
            _others(site)
            _work_list(album)
            _review(site, album)
            _administration(site, album)
        chromium.close()
        site.database.close()


def _intake(site: Site, album: Album, place: Path) -> None:
    locked = place / "locked.pdf"
    with pikepdf.open(FIXTURES / "charts" / "rule-out-ms.pdf") as pdf:
        pdf.save(locked, encryption=pikepdf.Encryption(user="open sesame", owner="owner"))
    login = album.nobody()
    login.goto("/login")
    album.keep(login, "sign-in")
    login.context.close()
    with album.person("intake") as page:
        page.goto("/intake")
        page.set_input_files("#files", [str(FIXTURES / name) for name in _SEEN])
        page.locator(".upload[data-chart]").nth(2).wait_for()
        processor = Processor(site.database, site.blobs, site.settings)
        while processor.run_one("screenshots"):
            pass
        page.locator(".readiness").nth(2).wait_for()
        page.set_input_files("#files", str(locked))
        page.get_by_label("Password").wait_for()
        album.keep(page, "intake")


def _others(site: Site) -> None:
    """More charts for the work list and the quality page, which are not processed."""
    for name, hours, fields in _OTHERS:
        summary = {"patient": name, "supported": ["1.b"] if "supported" in str(fields["suggestion"]) else []}
        listed.ready(
            site, f"{name.split(',')[0].lower()}.pdf", hours=hours, search_text=name, summary=summary, **fields
        )
    damaged = "scan-0417.tif is damaged: it ends in the middle of page 3. Ask for it to be sent again."
    listed.chart(site, "scan-0417.tif", state=State.PARKED, problem=damaged)
    listed.chart(site, "referral-0418.pdf", request={"member_name": "PEMBERTON, IDA", "reference": "R-2210"})
    for weeks in range(9):
        for number in range(3 + weeks % 3):
            _reviewed(
                site, f"w{weeks}-{number}.pdf", weeks, kind=Kind.ACCEPT if (weeks + number) % 4 else Kind.OVERRIDE
            )
    with site.database.writing() as session:
        for job in session.query(Job).where(Job.state == "queued"):
            row = session.get_one(ChartRow, job.chart_id)
            if row.state == State.PARKED:
                job.state, job.problem, job.tries = "parked", row.problem, 1
            elif row.state != State.WAITING:
                job.state, job.done_at = "done", row.ready_at or now()
        people.add_api_key(session, "admin", "Hospital information system", Role.INTAKE)
        webhooks.add(session, "admin", "https://records.example.org/hooks/charts")


def _reviewed(site: Site, name: str, weeks: int, kind: Kind) -> None:
    number = listed.ready(site, name)
    with site.database.writing() as session:
        row, user = session.get_one(ChartRow, number), people.by_login(session, "reviewer")
        given = {"status": "not_found", "reason": "Does not say what the criterion asks"}
        version = reviews.add(session, row, user, 0, kind, "1.b", given if kind is Kind.OVERRIDE else {})
        version = reviews.add(session, row, user, version, Kind.ACCEPT, "4.b", {})
        reviews.add(session, row, user, version, Kind.SIGN_OFF, None, {"outcome": "criteria_met"})
        row.created_at = now() - timedelta(weeks=weeks, hours=5 + weeks)
        row.ready_at = row.created_at + timedelta(minutes=2 + weeks % 4)
        row.signed_off_at = row.created_at + timedelta(hours=2 + weeks % 5)


def _work_list(album: Album) -> None:
    for theme in ("light", "dark"):
        with album.person("reviewer", theme) as page:
            page.goto("/worklist")
            album.keep(page, "work-list" if theme == "light" else "work-list-dark")


def _review(site: Site, album: Album) -> None:
    with site.database.reading() as session:
        found = {row.file_name: row.id for row in session.query(ChartRow)}
    native, fax = found["krabbe-transplant.pdf"], found["kearns-sayre-pacemaker.tif"]
    with album.person("clinician") as page:
        _open(page, native)
        album.keep(page, "review")
        for name, keys in (("review-help", ("?",)), ("review-override", ("o",))):
            for key in keys:
                page.keyboard.press(key)
            album.keep(page, name)
            page.keyboard.press("Escape")
        page.keyboard.press("a")
        page.locator(".row.decided").first.wait_for()
        page.keyboard.press("/")
        page.keyboard.type("transplant")
        page.locator("#find-count", has_text=" of ").wait_for()
        album.keep(page, "review-find")
        page.keyboard.press("Escape")
        page.keyboard.press("c")
        page.keyboard.press("Enter")
        page.locator(".sheet[data-loaded=all]").nth(1).wait_for()
        album.keep(page, "review-compare")
        page.goto(f"/charts/{native}/history")
        album.keep(page, "history")
        page.goto(f"/charts/{fax}/readiness")
        album.keep(page, "readiness")
    with album.person("reviewer", "dark") as page:
        _open(page, fax)
        album.keep(page, "review-fax-dark")
        page.goto("/quality")
        album.keep(page, "quality-dark")


def _open(page: Page, chart: str) -> None:
    page.goto(f"/charts/{chart}/review")
    page.wait_for_selector("#review[data-ready]")
    page.locator(".sheet.current[data-loaded=all]").wait_for()
    page.wait_for_load_state("networkidle")


def _administration(site: Site, album: Album) -> None:
    with site.database.writing() as session:
        workers.start(session, "desk-1:4711")
    with album.person("admin") as page:
        for path, name in (
            ("/quality", "quality"), ("/account", "account"), ("/admin", "admin-processing"),
            ("/admin/people", "admin-people"), ("/admin/clients", "admin-clients"),
            ("/admin/webhooks", "admin-webhooks"), ("/admin/guidelines", "admin-guidelines"),
            ("/admin/settings", "admin-settings"), ("/admin/audit", "admin-audit"), ("/nowhere", "not-there"),
        ):  # fmt: skip
            page.goto(path)
            album.keep(page, name)
    with album.person("admin", "dark") as page:
        page.goto("/admin")
        album.keep(page, "admin-processing-dark")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else DOCS)
