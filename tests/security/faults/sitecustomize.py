"""Put on PYTHONPATH by the privacy test: two stages fail on planted charts, with the chart's words in the message."""

import os
import sys

if os.environ.get("PLANTED_FAULTS") and {"assess", "worker", "chart_triage.isolation.serve"} & set(sys.orig_argv):
    from chart_triage import assess
    from chart_triage.report import files

    def _failing(word, real):
        def stage(*arguments, **named):
            chart = next(a for a in arguments if hasattr(a, "media_type"))
            if chart.text.startswith(word):
                raise RuntimeError(chart.text)
            return real(*arguments, **named)

        return stage

    assess.indexing.index = _failing("indexing", assess.indexing.index)
    files.highlighted_pdf = _failing("drawing", files.highlighted_pdf)
