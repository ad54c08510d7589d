"""What acts by itself in a source must not be in the export; what only shows must be."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name
from report_charts import Lie, determination_of, evidence, javascript, read_back, supported, tumour_chart, with_pdf

from chart_triage.report import highlighted_pdf

CODE = "app.launchURL('x')"


def exported(change: Callable[[pikepdf.Pdf], None]) -> pikepdf.Pdf:
    plain, chart, _ = tumour_chart()
    source = with_pdf(plain, change)
    chart = read_back(source, [(p.text, p.words) for p in chart.pages], [Lie(), Lie()])
    determination = determination_of(chart, {"1": supported("Tumour", evidence(chart, "glioblastoma"))})
    return pikepdf.open(BytesIO(highlighted_pdf(source, chart, determination)))


def all_bytes(pdf: pikepdf.Pdf) -> bytes:
    """The file without compression or object streams, so that nothing can hide."""
    out = BytesIO()
    pdf.save(out, qdf=True, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return out.getvalue()


def annotation(pdf: pikepdf.Pdf, subtype: Name, **entries: object) -> pikepdf.Object:
    return pdf.make_indirect(Dictionary(Type=Name.Annot, Subtype=subtype, Rect=[0, 0, 9, 9], **entries))


def open_action(pdf: pikepdf.Pdf) -> None:
    pdf.Root["/OpenAction"] = javascript(pdf, CODE)


def document_scripts(pdf: pikepdf.Pdf) -> None:
    pdf.Root["/Names"] = Dictionary(JavaScript=Dictionary(Names=Array(["start", javascript(pdf, CODE)])))


def additional_actions(pdf: pikepdf.Pdf) -> None:
    pdf.Root["/AA"] = Dictionary(WC=javascript(pdf, CODE))
    pdf.pages[0].obj["/AA"] = Dictionary(O=javascript(pdf, CODE))


def launch_link(pdf: pikepdf.Pdf) -> None:
    action = Dictionary(S=Name.Launch, F="launchURL.exe")
    pdf.pages[0].obj["/Annots"] = Array([annotation(pdf, Name.Link, A=action)])


def chained_action(pdf: pikepdf.Pdf) -> None:
    harmless = Dictionary(S=Name.Named, N=Name.NextPage, Next=Array([javascript(pdf, CODE)]))
    pdf.pages[0].obj["/Annots"] = Array([annotation(pdf, Name.Link, A=harmless)])


def script_uri(pdf: pikepdf.Pdf) -> None:
    action = Dictionary(S=Name.URI, URI=" JavaScript:launchURL()")
    pdf.pages[0].obj["/Annots"] = Array([annotation(pdf, Name.Link, A=action)])


def form_scripts(pdf: pikepdf.Pdf) -> None:
    field = annotation(pdf, Name.Widget, FT=Name.Tx, T="f", AA=Dictionary(K=javascript(pdf, CODE)))
    pdf.pages[0].obj["/Annots"] = Array([field])
    pdf.Root["/AcroForm"] = Dictionary(Fields=Array([field]), XFA=pdf.make_stream(b"<xfa>launchURL</xfa>"))


def submit_button(pdf: pikepdf.Pdf) -> None:
    action = Dictionary(S=Name.SubmitForm, F="https://launchURL.example")
    button = annotation(pdf, Name.Widget, FT=Name.Btn, T="b", A=action)
    pdf.pages[0].obj["/Annots"] = Array([button])
    pdf.Root["/AcroForm"] = Dictionary(Fields=Array([button]))


def attachment(pdf: pikepdf.Pdf) -> None:
    pdf.attachments["launchURL.txt"] = b"launchURL"


def attached_annotation(pdf: pikepdf.Pdf) -> None:
    file = Dictionary(Type=Name.Filespec, F="launchURL.bin", EF=Dictionary(F=pdf.make_stream(b"launchURL")))
    pdf.pages[0].obj["/Annots"] = Array([annotation(pdf, Name.FileAttachment, FS=pdf.make_indirect(file))])


def outline_action(pdf: pikepdf.Pdf) -> None:
    item = pdf.make_indirect(Dictionary(Title="Chapter", A=javascript(pdf, CODE)))
    pdf.Root["/Outlines"] = pdf.make_indirect(Dictionary(Type=Name.Outlines, First=item, Last=item, Count=1))
    item["/Parent"] = pdf.Root["/Outlines"]


def link_to(pdf: pikepdf.Pdf, **action: object) -> None:
    pdf.pages[0].obj["/Annots"] = Array([annotation(pdf, Name.Link, A=Dictionary(**action))])


def another_file(pdf: pikepdf.Pdf) -> None:
    link_to(pdf, S=Name.GoToR, F="launchURL.pdf", D=Array([0, Name.Fit]), NewWindow=True)


def embedded_target(pdf: pikepdf.Pdf) -> None:
    link_to(pdf, S=Name.GoToE, F="launchURL.pdf", T=Dictionary(R=Name.C, N="launchURL"))


def imported_data(pdf: pikepdf.Pdf) -> None:
    link_to(pdf, S=Name.ImportData, F="launchURL.fdf")


def rendition(pdf: pikepdf.Pdf) -> None:
    media = Dictionary(Type=Name.Rendition, S=Name.MR, C=Dictionary(S=Name.MCD, D="launchURL.mp4"))
    pdf.Root["/Names"] = Dictionary(Renditions=Dictionary(Names=Array(["r", pdf.make_indirect(media)])))
    link_to(pdf, S=Name.Rendition, OP=0, R=media)


def rich_media(pdf: pikepdf.Pdf) -> None:
    assets = Dictionary(Names=Array(["launchURL.swf", Dictionary(F="launchURL.swf")]))
    content = pdf.make_indirect(Dictionary(Assets=assets))
    pdf.pages[0].obj["/Annots"] = Array([annotation(pdf, Name.RichMedia, RichMediaContent=content)])


def page_of_another_file(pdf: pikepdf.Pdf) -> None:
    form = pdf.make_stream(b"")
    form.update(
        Dictionary(
            Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 9, 9]), Ref=Dictionary(F="launchURL.pdf", Page=0)
        )
    )
    pdf.pages[0].obj["/Resources"]["/XObject"] = Dictionary(X=form)


def contents_of_another_file(pdf: pikepdf.Pdf) -> None:
    picture = pdf.make_stream(b"x")
    picture.update(Dictionary(Type=Name.XObject, Subtype=Name.Image, Width=1, Height=1, F="launchURL.bin"))
    pdf.pages[0].obj["/Resources"]["/XObject"] = Dictionary(X=picture)


def file_link(pdf: pikepdf.Pdf) -> None:
    link_to(pdf, S=Name.URI, URI="file:///etc/launchURL")


@pytest.mark.parametrize(
    "change",
    [
        another_file,
        embedded_target,
        imported_data,
        rendition,
        rich_media,
        page_of_another_file,
        contents_of_another_file,
        file_link,
        open_action,
        document_scripts,
        additional_actions,
        launch_link,
        chained_action,
        script_uri,
        form_scripts,
        submit_button,
        attachment,
        attached_annotation,
        outline_action,
    ],
)
def test_whatever_acts_by_itself_is_not_in_the_export(change: Callable[[pikepdf.Pdf], None]) -> None:
    plain = tumour_chart()[0]
    with pikepdf.open(BytesIO(with_pdf(plain, change))) as before:
        assert b"launchURL" in all_bytes(before), "the test's own file is harmless"
    with exported(change) as pdf:
        assert b"launchURL" not in all_bytes(pdf)


def test_field_values_and_plain_links_stay() -> None:
    def form_and_link(pdf: pikepdf.Pdf) -> None:
        field = annotation(pdf, Name.Widget, FT=Name.Tx, T="implant", V="none known")
        link = annotation(pdf, Name.Link, A=Dictionary(S=Name.URI, URI="https://clinic.example/portal"))
        inside = annotation(pdf, Name.Link, A=Dictionary(S=Name.GoTo, D=Array([pdf.pages[1].obj, Name.Fit])))
        pdf.pages[0].obj["/Annots"] = Array([field, link, inside])
        pdf.Root["/AcroForm"] = Dictionary(Fields=Array([field]))

    with exported(form_and_link) as pdf:
        assert str(pdf.Root["/AcroForm"]["/Fields"][0]["/V"]) == "none known"
        kept = [str(a["/A"]["/S"]) for a in pdf.pages[-2].obj["/Annots"] if "/A" in a]
        assert kept == ["/URI", "/GoTo"]


def test_names_in_odd_bytes_are_no_fault() -> None:
    """Found by mutation: a name whose bytes are no text cannot be written out."""

    def odd(pdf: pikepdf.Pdf) -> None:
        link = annotation(pdf, Name.Link, A=Dictionary(S=Name.Launch))
        pdf.pages[0].obj["/Annots"] = Array([annotation(pdf, Name.Text), link])

    plain, chart, _ = tumour_chart()
    source = with_pdf(plain, odd).replace(b"/Text", b"/T#ffxt", 1).replace(b"/Launch", b"/L#ffunch", 1)
    assert b"#ff" in source
    chart = read_back(source, [(p.text, p.words) for p in chart.pages], [Lie(), Lie()])
    determination = determination_of(chart, {"1": supported("Tumour", evidence(chart, "glioblastoma"))})
    with pikepdf.open(BytesIO(highlighted_pdf(source, chart, determination))) as pdf:
        assert all("/A" not in one for one in pdf.pages[-2].obj["/Annots"])
