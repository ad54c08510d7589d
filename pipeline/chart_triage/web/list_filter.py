"""What the work list's form asks for. The searched words travel in bodies only: an address would keep them in logs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Annotated, Self
from urllib.parse import parse_qsl, urlencode

from fastapi import Form

from chart_triage.store.charts import WorkFilter
from chart_triage.store.tables import now
from chart_triage.web.viewer import Viewer, own
from chart_triage.web.views.words import STATES

PAGE = 50
OPEN, ALL = "open", "all"
_Text = Annotated[str, Form()]
_LONGEST_WORDS = 200
_LAST_PAGE = 1_000_000


@dataclass(frozen=True)
class ListFilter:
    """`state` is one of the states, "open" (all but signed off) or "all"; `assigned` is "", "me", "nobody" or a
    person's number; the marks are "yes" or "". What cannot be understood says nothing."""

    q: _Text = ""
    state: _Text = OPEN
    assigned: _Text = ""
    suggestion: _Text = ""
    expedited: _Text = ""
    safety: _Text = ""
    overdue: _Text = ""
    page: _Text = "1"

    @classmethod
    def of(cls, given: Mapping[str, str]) -> Self:
        known = {field.name for field in fields(cls)} - {"q"}
        return cls(**{name: value for name, value in given.items() if name in known})

    @classmethod
    def from_query(cls, query: str) -> Self:
        return cls.of(dict(parse_qsl(query)))

    @property
    def query(self) -> str:
        """Without the searched words and the page: what a saved view keeps."""
        return urlencode({name: value for name, value in asdict(self).items() if value and name not in ("q", "page")})

    @property
    def number(self) -> int:
        return min(max(int(self.page), 1), _LAST_PAGE) if self.page.isascii() and self.page.isdigit() else 1

    def wanted(self, who: Viewer) -> WorkFilter:
        """The filter of the store, no wider than what the viewer may see."""
        person = who.user if self.assigned == "me" else person_number(self.assigned)
        return own(who)._replace(
            words=self.q[:_LONGEST_WORDS].replace("\0", ""),
            state=self.state if self.state in STATES else "",
            open_only=self.state != ALL and self.state not in STATES,
            suggestion=self.suggestion,
            due_before=now() if self.overdue else None,
            assigned=person,
            unassigned=self.assigned == "nobody",
            expedited=bool(self.expedited),
            safety=bool(self.safety),
        )


def person_number(text: str) -> int | None:
    """The number of a person as a form gives it; None where it is no such number."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
