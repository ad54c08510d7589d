"""Imported by the workers of a test's cluster: charts do to them what `misbehaving_tasks` says."""

from __future__ import annotations

from chart_triage.batch import worker

worker._SCREEN = "misbehaving_tasks:screen"
worker._WARM = "misbehaving_tasks:warm"
