"""Whether the disk has room. A full one stops everything at once, also the results of charts that are here already: so
uploads end before, and work on charts later than those.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from chart_triage.settings import Settings
from chart_triage.store.blobs import Blobs
from chart_triage.store.database import Database

NO_ROOM = (
    "The server's disk is almost full, so that nothing can be taken in. What came in before is safe. "
    "Tell whoever runs the server, and send this again afterwards."
)
_FOR_WORK = 4  # results of charts that wait may take all but this part of what uploads leave free
_COPIES = 2  # of an upload: as it is received, and as it is taken apart


@dataclass(frozen=True)
class Room:
    """`keep`: bytes that uploads leave free where the database and the files are, on this machine; 0: as many as
    there are."""

    database: Database
    blobs: Blobs
    keep: int

    @classmethod
    def of(cls, database: Database, blobs: Blobs, site: Settings) -> Room:
        return cls(database, blobs, site.keep_free_mb * 1_000_000)

    def free(self) -> int | None:
        """Bytes that are left on the fuller of both disks; None where neither is of this machine."""
        places = [place for place in (self.database.folder, self.blobs.folder) if place is not None]
        return min((_free(place) for place in places), default=None)

    def for_upload(self, size: int) -> bool:
        """Whether a file of `size` bytes may come in: there is room for it where it is received, too."""
        free = self.free()
        received = _free(Path(tempfile.gettempdir())) >= _COPIES * size
        return received and (free is None or free - size >= self.keep)

    def for_work(self) -> bool:
        free = self.free()
        return free is None or free >= self.keep / _FOR_WORK


def _free(place: Path) -> int:
    """Of the disk on which `place` is, or will be."""
    while not place.exists() and place != place.parent:
        place = place.parent
    return shutil.disk_usage(place).free
