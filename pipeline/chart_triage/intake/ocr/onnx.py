"""Sessions of ONNX Runtime that use one core, talk to nobody and write nothing.

Its builds of late 2026 send events to their maker from the moment of import, and keep an identifier in the folder for
temporary files. That is off only where ORT_DISABLE_TELEMETRY stands in the environment before the import (its
Privacy.md, "Disabling Telemetry"; `disable_telemetry_events()` comes too late).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any


def session(model: Path) -> Any:
    """An InferenceSession of the model in this file."""
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
