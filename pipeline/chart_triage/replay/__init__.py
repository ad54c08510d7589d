"""Stored charts re-evaluated under another guideline, or the same with other words, without reading them again.

    results = find_results(Path("out"))
    for replayed in Replay("healthhelp-mrs-2027").run(results):
        print(replayed.chart, replayed.changes or replayed.refused)

Nothing is written to the store. One chart is in memory at a time.
"""

from chart_triage.replay.outcome import Change
from chart_triage.replay.run import Replay, Replayed, Result, find_results
from chart_triage.replay.summary import Summary
from chart_triage.replay.tables import table_writer

__all__ = ["Change", "Replay", "Replayed", "Result", "Summary", "find_results", "table_writer"]
