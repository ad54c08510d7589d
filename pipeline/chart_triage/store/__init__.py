"""What is kept: readings of charts as files; for a team also charts, jobs, reviews and the audit trail in a database.

A reading is kept beside the determination, so that a chart is never read by OCR a second time:

    (folder / CHART_NAME).write_bytes(chart_to_bytes(chart))
    chart = read_stored_chart(folder / CHART_NAME)

The file says what the chart says: keep it as safe as the chart.
"""

from chart_triage.store.chart_file import CHART_NAME, chart_from_bytes, chart_to_bytes, read_stored_chart

__all__ = ["CHART_NAME", "chart_from_bytes", "chart_to_bytes", "read_stored_chart"]
