"""Who wrote a document, and who is named in it for another reason."""

from __future__ import annotations

import pytest

from chart_triage.indexing.authors import author


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Electronically signed by L. Quen, MD 10/29/2026 18:03", "L. Quen, MD"),
        ("Author: Jane Roe, PA-C\nStable.", "Jane Roe, PA-C"),
        ("DICTATED BY: PELL HARK, MD      JOB #: 3", "PELL HARK, MD"),
        ("Provider: M. Grey, MD, PM&R", "M. Grey, MD"),
        ("Surgeon: Ann van Loo, MD\nAssistant: B. Day, PA-C", "Ann van Loo, MD"),
        ("Encounter date: 10/01/2026\tPell Hark, MD, Epileptology", "Pell Hark, MD"),
        ("Dear Dr. Roe,\nShe is well.\nSincerely,\n\nOdalys Fern, MD\nNeurosurgery", "Odalys Fern, MD"),
        ("Plan: MRI.\nH. CORRIG MD", "H. CORRIG MD"),
        ("Referring physician: A. Roe, MD\nElectronically signed by: Jane Doe, DO", "Jane Doe, DO"),
        ("Attending: Mary Doe\nStable.", "Mary Doe"),
    ],
)
def test_the_author_is_who_signed_or_is_named_as_such(text: str, name: str) -> None:
    assert author(text) == name


@pytest.mark.parametrize(
    "text",
    [
        "Ordering provider: A. Roe, MD\nTechnique: axial.",
        "Referring physician: A. Roe, MD",
        "Dear A. Roe, MD,\nThank you.",
        "cc: A. Roe, MD",
        "To: B. Doe, MD\tFax: 555-0100",
        "Form signed. Provider: Patient education library",
        "MRN: X-1\tCPT: 76390",
        "She signed consent. Diet counselled.",
    ],
)
def test_others_are_no_authors(text: str) -> None:
    assert author(text) is None


def test_of_an_order_only_a_signature_tells_the_author() -> None:
    text = "Provider: A. Roe, MD\nReason: glioma."
    assert author(text, signed_only=True) is None
    assert author(f"{text}\nSigned electronically by A. Roe, MD", signed_only=True) == "A. Roe, MD"
