"""Whatever white space, hyphens and accents a text has, a place in the flat copy leads back to the same words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chart_triage.language.flat import Flat, has_line_end_hyphen, same_length

PIECES = ["glioma", "x", "linked", "-", " ", "  ", "\n", "\r\n", "\t", "\u00a0", "\u2013", "-\n", "- \n ", "\u00ad\n",
          "é", "İ", "ß", "’", "1", ".", "A-", "a-\nb", "\f", "ﬁ", "\u200b"]  # fmt: skip
RAW = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)
WAYS = [(hyphens, join) for hyphens in (True, False) for join in (True, False)]
either_way = pytest.mark.parametrize(("hyphens", "join"), WAYS)


@given(text=st.text(max_size=80))
def test_making_characters_plain_moves_no_offset(text: str) -> None:
    assert len(same_length(text)) == len(text)
    assert len(same_length(text).lower()) == len(text.replace("İ", "I").lower()) or "İ" not in text


@either_way
@given(raw=RAW)
def test_a_flat_offset_leads_to_the_raw_one_and_back(hyphens: bool, join: bool, raw: str) -> None:
    flat = Flat(raw, hyphens=hyphens, join=join)
    places = [flat.to_raw(i) for i in range(len(flat.text))]
    assert places == sorted(set(places))
    assert all(0 <= place < len(raw) for place in places)
    assert [flat.from_raw(place) for place in places] == list(range(len(flat.text)))


@either_way
@given(raw=RAW)
def test_each_flat_character_is_the_raw_one_made_plain(hyphens: bool, join: bool, raw: str) -> None:
    flat = Flat(raw, hyphens=hyphens, join=join)
    plain = same_length(raw)
    for i, character in enumerate(flat.text):
        assert character == plain[flat.to_raw(i)] or (character == " " and plain[flat.to_raw(i)] in " -")


@either_way
@given(raw=RAW, data=st.data())
def test_a_raw_span_that_is_flattened_and_taken_back_covers_the_same_words(
    hyphens: bool, join: bool, raw: str, data: st.DataObject
) -> None:
    flat = Flat(raw, hyphens=hyphens, join=join)
    words = [i for i, c in enumerate(flat.text) if c.isalnum()]
    if not words:
        return
    first = data.draw(st.sampled_from(words))
    last = data.draw(st.sampled_from([i for i in words if i >= first]))
    start, end = flat.to_raw(first), flat.end_to_raw(last + 1)
    assert letters(raw[start:end]) == letters(flat.text[first : last + 1])
    assert flat.from_raw(start) == first
    assert flat.from_raw(end - 1) == last


@given(raw=RAW, data=st.data())
def test_a_part_of_a_text_is_flattened_with_offsets_of_the_whole(raw: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(raw)))
    end = data.draw(st.integers(start, len(raw)))
    flat = Flat(raw, start, end, hyphens=True, join=False)
    assert all(start <= flat.to_raw(i) < end for i in range(len(flat.text)))
    assert flat.text == Flat(raw[start:end], hyphens=True, join=False).text


@given(raw=RAW)
def test_no_double_space_is_left(raw: str) -> None:
    assert "  " not in Flat(raw, hyphens=False, join=True).text
    assert "-" not in Flat(raw, hyphens=False, join=True).text


@pytest.mark.parametrize(
    ("raw", "flat"),
    [
        ("multiple\nsclerosis", "multiple sclerosis"),
        ("multiple \n\t sclerosis", "multiple sclerosis"),
        ("X-linked  adreno\u2011leukodystrophy", "X linked adreno leukodystrophy"),
        ("Krabbe\u2019s", "Krabbe's"),
        ("Pelizæus", "Pelizæus"),
        ("Ménière", "Meniere"),
    ],
)
def test_terms_meet_the_form_in_which_the_lexicon_has_them(raw: str, flat: str) -> None:
    assert Flat(raw, hyphens=False, join=False).text == flat


def test_a_word_broken_at_a_line_end_is_joined_only_when_asked() -> None:
    raw = "glio-\n  blastoma"
    assert has_line_end_hyphen(raw)
    joined = Flat(raw, hyphens=False, join=True)
    assert joined.text == "glioblastoma"
    assert raw[joined.to_raw(0) : joined.end_to_raw(len(joined.text))] == raw
    assert Flat(raw, hyphens=False, join=False).text == "glio blastoma"


def letters(text: str) -> str:
    return "".join(c for c in same_length(text) if c.isalnum())
