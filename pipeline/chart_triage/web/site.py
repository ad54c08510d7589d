"""What every request of the application uses: settings, database, files, templates."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.templating import Jinja2Templates
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from chart_triage.settings import Settings
from chart_triage.store.blobs import Blobs
from chart_triage.store.database import Database
from chart_triage.store.room import Room
from chart_triage.web import static_files
from chart_triage.web.looker import Looker

HERE = Path(__file__).parent


def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["static"] = static_files.ADDRESS
    return made


@dataclass(frozen=True)
class Site:
    """One installation. Built once at start-up and shared by all requests; everything in it is safe for threads."""

    settings: Settings
    database: Database
    blobs: Blobs
    looker: Looker
    room: Room
    pages: Jinja2Templates = field(default_factory=lambda: Jinja2Templates(env=_environment()))

    @classmethod
    def open(cls, settings: Settings) -> Site:
        """Open database and files where the settings say, and bring the tables up to date."""
        database = Database(settings.store_url)
        database.upgrade()
        blobs = Blobs(settings.store_folder, settings.store_key)
        return cls(settings, database, blobs, Looker(settings), Room.of(database, blobs, settings))

    def warm(self) -> None:
        """Compile all templates and start what looks at uploads, so that nobody waits for it."""
        self.looker.warm()
        for name in self.pages.env.list_templates(extensions=["html"]):
            self.pages.env.get_template(name)

    def close(self) -> None:
        self.looker.close()
        self.database.close()

    def check(self) -> None:
        """Raises StoreError where the database does not answer."""
        self.database.check()

    def page(self, request: Request, name: str, status: int = 200, **context: Any) -> Any:
        """A template as a response; `viewer` is None where nobody is signed in."""
        context.setdefault("viewer", getattr(request.state, "viewer", None))
        return self.pages.TemplateResponse(
            request,
            name,
            context,
            status_code=status,
            headers={"Cache-Control": "no-store"},
        )


def site_of(request: Request) -> Site:
    site: Site = request.app.state.site
    return site
