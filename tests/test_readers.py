"""Each format gives its text, title, date and pages in one canonical form; each way to fail gives its reason."""

import gzip
import hashlib
import io
import re
import zipfile
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from index.errors import BrokenFile, EmptyFile, EncryptedFile, FileTooLarge, ReadError, UnsupportedFile
from index.parse import read_apart
from index.readers import kind_of, read, title_from_name
from index.split import sentences, split

CORPUS = Path(__file__).parent / "corpus"
TITLE = "The lamp at Grå Point"
TABLE = "part: lens; price: 400"
SHEET = "Parts, row 4: part: lens; price: 400; share: 80%; bought: 2023-05-30"
ITEMS = "- new lens\n- old clockwork"


def read_file(name):
    return read((CORPUS / name).read_bytes(), f"corpus/{name}", name)


@pytest.mark.parametrize(
    ("name", "title", "date", "author", "n_pages", "shown", "hidden"),
    [
        ("letter.txt", "Letter to the lighthouse keepers", "2023-06-02", None, 0, ["“Nobody sailed"], []),
        ("lamp.md", TITLE, "2023-06-02", "Ida Nyström", 0, [ITEMS, TABLE, "burns again."], ["**", "](", "---"]),
        ("lamp.html", TITLE, "2023-06-02", "Ida Nyström", 0, ["again & nobody"], ["never shown", "Cookie", "color"]),
        ("lamp.pdf", TITLE, "2026-11-25", None, 2, ["eleven dark weeks", "second page"], ["\ufffe", "\f"]),
        ("lamp.docx", TITLE, "2023-06-02", "Ida Nyström", 0, [ITEMS, TABLE, "Footer: Harbour office"], ["<w:"]),
        ("lamp.odt", TITLE, "2023-06-02", "Ida Nyström", 0, [ITEMS, TABLE, "Footnote: Since", "Comment by Olav"], []),
        ("lamp.pptx", TITLE, "2023-06-02", "Ida Nyström", 2, [ITEMS, TABLE, "Notes: Thank", "said."], ["<a:"]),
        (
            "lamp.xlsx",
            TITLE,
            "2023-06-02",
            "Ida Nyström",
            0,
            [SHEET, "Keepers, row 2: name", "Comment on B4 by"],
            [],
        ),
        ("lamp.csv", "Lamp", None, None, 0, [f"Row 2: {TABLE}; note: clear, and large"], ['"', "note: \n"]),
        ("lamp.tsv", "Lamp", None, None, 0, [f"Row 2: {TABLE}\n\nRow 3: part: clockwork; price: 0"], ["\t"]),
        ("lamp.epub", TITLE, "2023-06-02", "Ida Nyström", 0, ["One: dark\n\nThe lamp was", "again."], ["<p>"]),
        ("lamp.rtf", TITLE, "2023-06-02", "Ida Nyström", 0, ["“Nobody sailed by night,” Olav", TABLE, "end."], ["\\"]),
        ("lamp.eml", TITLE, "2023-06-02", "Ida Nyström", 0, ["To: Olav", "parts.csv\n\nRow 2: " + TABLE], ["<p>", "="]),
        (
            "lamp.mbox",
            "Lamp",
            None,
            None,
            0,
            ["Subject: Dark", "here nobody sails.", "Subject: Light"],
            ["From ida"],
        ),
        ("lamp.ipynb", TITLE, None, None, 0, ["It burns again.", "price = 400", "400 crowns"], ["**", '"cells"']),
        ("lamp.json", TITLE, "2023-06-02", "Ida Nyström", 0, [f"parts 1: {TABLE}", "; tags: old, kept"], ["{", '"']),
        ("lamp.jsonl", "Lamp", None, None, 0, [TABLE, "maker.name: Olav Berg", "not JSON"], ["{", "null"]),
        ("lamp.srt", "Lamp", None, None, 0, [f"[00:00:01] {TITLE} burns again. The", "[00:01:05] The clock"], ["-->"]),
        ("lamp.vtt", "Lamp", None, None, 0, ["[00:00:01] Olav Berg: Nobody", "Ida Nyström: And now?"], ["NOTE", "<"]),
        ("lamp.txt.gz", TITLE, None, None, 0, ["The lamp burns again."], []),
        ("lamp.zip", "Lamp", None, None, 0, ["notes/lamp.txt\n\nThe lamp", "parts.csv\n\nRow 2: " + TABLE], ["MACOSX"]),
    ],
    ids=lambda value: value.rpartition(".")[2] if isinstance(value, str) and value.startswith(("lamp", "let")) else "",
)
def test_a_format_gives_its_text_and_what_the_file_tells_of_itself(name, title, date, author, n_pages, shown, hidden):
    document = read_file(name)
    info = document.info
    kind = {"lamp.txt.gz": "txt"}.get(name, kind_of(name))
    assert (info.id, info.source, info.kind) == (f"corpus/{name}", name, kind)
    assert (info.title, info.date, info.author) == (title, date, author)
    assert document.content_hash == hashlib.sha256((CORPUS / name).read_bytes()).hexdigest()
    assert len(document.page_starts) == n_pages
    assert [part for part in shown if part not in document.text] == []
    assert [part for part in hidden if part in document.text] == []


@pytest.mark.parametrize(
    ("name", "data", "language"),
    [
        ("a.html", b"<!doctype html><html class=no lang='nb'><body><p>Lampen brenner igjen.</p></body></html>", "nb"),
        ("a.html", b"<html><body><p lang=nb>The lamp burns again.</p></body></html>", None),
        ("lamp.epub", None, "en"),
        ("lamp.pdf", None, "en-US"),
        ("lamp.docx", None, None),
        ("a.eml", b"From: Ida <i@x.no>\nSubject: Lampe\nContent-Language: nb_NO, en\n\nDen brenner.", "nb-NO"),
        ("a.md", b"---\nlang: de\n---\nDie Lampe brennt wieder.", "de"),
        ("a.json", b'{"text": "Die Lampe brennt wieder.", "inLanguage": "de-CH"}', "de-CH"),
        ("a.json", b'{"text": "Die Lampe brennt wieder.", "language": "some German or other"}', None),
    ],
)
def test_a_document_tells_the_language_that_its_file_states(name, data, language):
    data = (CORPUS / name).read_bytes() if data is None else data
    assert read(data, "id", name).info.language == language


def test_members_that_can_not_be_read_are_remarked():
    assert read_file("lamp.zip").notes == ("lamp.png: no reader for PNG image",)
    assert read_file("lamp.eml").notes == ("lamp.png: no reader for PNG image",)


@pytest.mark.parametrize("path", sorted(CORPUS.iterdir()), ids=lambda path: path.suffix[1:])
def test_text_is_canonical_and_every_offset_points_into_it(path):
    document = read_file(path.name)
    assert document == read_file(path.name)
    assert document.text == document.text.strip("\n")
    assert not re.search(r"\n{3}|[ \t]\n|\r|[\x00-\x08]|[\ud800-\udfff]", document.text)
    assert list(document.page_starts) == sorted(document.page_starts)
    for chunk in split(document, lambda texts: [len(text.split()) for text in texts], max_tokens=12):
        assert document.text[chunk.start : chunk.end] == chunk.text
        assert chunk.page == document.page_at(chunk.start)
    assert sentences(document.text)


def test_a_page_of_a_pdf_begins_at_its_own_text():
    document = read_file("lamp.pdf")
    assert document.text[document.page_starts[1] :].startswith("On the second page")
    assert document.page_at(document.text.index("second page")) == 2


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("utf-8", "Grå, “quoted” — 5 €"),
        ("utf-8-sig", "Grå, “quoted” — 5 €"),
        ("utf-16", "Grå, “quoted” — 5 €"),
        ("utf-16-le", "Grey and plain enough to tell by its zeros."),
        ("utf-32", "Grå, “quoted” — 5 €"),
        ("cp1252", "Grå Point’s lamp “burns again”, the keepers wrote on Friday – at a price of 400 €."),
        ("latin-1", "Grå Point brenner igjen, sier fyrvokteren på øya."),
        ("cp1251", "Маяк снова горит. Линзу заменили в пятницу после одиннадцати тёмных недель на острове."),
        ("shift_jis", "灯台の明かりがまた灯った。金曜日にレンズが交換された。暗い週が十一週も続いたのである。"),
    ],
)
def test_text_in_another_encoding_is_still_read(encoding, text):
    assert read(text.encode(encoding), "n", "note.txt").text == text


def test_line_breaks_and_controls_become_canonical():
    data = b"The lamp\r\nof Gra Point  \rburns\x07 again.\n\n\n\nIts lens is new.\n"
    assert read(data, "n", "note.txt").text == "The lamp\nof Gra Point\nburns again.\n\nIts lens is new."


@pytest.mark.parametrize(
    ("source", "kind"),
    [("a.HTM", "html"), ("deep/b.markdown", "md"), ("c.log", "txt"), ("d", ""), ("e.tar.gz", "gz"), ("f.PDF", "pdf")],
)
def test_the_ending_tells_the_format(source, kind):
    assert kind_of(source) == kind


@pytest.mark.parametrize(
    ("source", "title"),
    [
        ("council-minutes_april.docx", "Council minutes april"),
        ("deep/minutes 2025-04-03.txt", "Minutes 2025-04-03"),
        (".env", "Env"),
        ("---.txt", "---"),
    ],
)
def test_a_file_without_a_title_is_called_by_its_name(source, title):
    assert title_from_name(source) == title


def test_a_date_in_the_name_is_the_documents():
    assert read(b"The lamp burns.", "n", "minutes-2025-04-03.txt").info.date == "2025-04-03"
    running = (
        b"The lamp burned on 3 May 1999 and then never again until the keepers, to whom nobody listens, found a lens."
    )
    assert read(running, "n", "lamp.txt").info.date is None


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("Olav Berg said on 3 May 2023 that the lamp burns.", None),
        ("The lamp burned on 3 May 1999", None),
        ("The lamp burned on 3 May 1999.\nThen it was dark.", None),
        ("On 3 May 2023 the lamp – a new one – burned.", None),
        ("3 May 1999 was dark.", None),
        ("BERGEN, 3 May 2023 (NTB) – The lamp burns.", "2023-05-03"),
        ("Bergen, 3 May 2023.", "2023-05-03"),
        ("Friday, 2 June 2023", "2023-06-02"),
        ("The lamp burns\nPublished 3 May 2023, updated 5 May 2023\nIt burns again.", "2023-05-03"),
        ("Published: 2023-05-03", "2023-05-03"),
        ("Minutes of the meeting of 3 April 2025\n\nAll were there.", "2025-04-03"),
        ("The lamp\nBy Ida Nyström, 3 May 2023\nIt burns.", "2023-05-03"),
    ],
)
def test_the_date_of_a_sentence_is_not_the_documents_but_that_of_a_heading_or_dateline_is(text, date):
    assert read(text.encode(), "n", "lamp.txt").info.date == date


@pytest.mark.parametrize(
    ("name", "ending", "kind"),
    [("lamp.rtf", ".doc", "rtf"), ("lamp.docx", ".bin", "docx"), ("lamp.pdf", "", "pdf"), ("lamp.epub", ".x", "epub")],
)
def test_an_ending_that_tells_nothing_leaves_it_to_the_content(name, ending, kind):
    document = read((CORPUS / name).read_bytes(), "n", f"lamp{ending}")
    assert (document.info.kind, document.info.title) == (kind, TITLE)


def test_a_mail_to_thousands_is_no_trap():
    text = read(b"Subject: lamp\nTo: " + b"a <a@b.c>, " * 20_000 + b"\n\nThe lamp burns.", "n", "a.eml").text
    assert text.startswith("To: a <a@b.c>, a <a@b.c>")
    assert text.endswith(" …\nSubject: lamp\n\nThe lamp burns.")


def test_a_long_row_of_spaces_is_no_trap():
    assert len(read(b"The lamp" + b" " * 10**6 + b"burns.", "n", "a.txt").text) == 10**6 + 14


# --- ways to fail


def pdf_without_text():
    from pypdf import PdfWriter

    writer, out = PdfWriter(), io.BytesIO()
    writer.add_blank_page(200, 200)
    writer.write(out)
    return out.getvalue()


def encrypted_pdf(algorithm="RC4-128"):
    from pypdf import PdfReader, PdfWriter

    writer, out = PdfWriter(), io.BytesIO()
    writer.append(PdfReader(CORPUS / "lamp.pdf"))
    writer.encrypt("lamp", algorithm=algorithm)
    writer.write(out)
    return out.getvalue()


def docx_with(**parts):
    """Return the corpus's Word file with parts replaced by other bytes, or taken out where there are none."""
    out = io.BytesIO()
    with zipfile.ZipFile(CORPUS / "lamp.docx") as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.namelist():
            data = parts.get(Path(item).stem, old.read(item))
            if data is not None:
                new.writestr(item, data)
    return out.getvalue()


def packed(**members):
    """Return a zip archive of these members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def locked_zip():
    """Return an archive whose member says that it is encrypted."""
    data = bytearray(packed(**{"a.txt": b"The lamp burns."}))
    for header, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(header) + at] |= 1
    return bytes(data)


def protected_book():
    with zipfile.ZipFile(CORPUS / "lamp.epub") as book:
        members = {name: book.read(name) for name in book.namelist()}
    chapter = next(name for name in members if "chapter" in name).replace(" ", "%20")
    members["META-INF/encryption.xml"] = f'<e><CipherReference URI="{chapter}"/></e>'.encode()
    return packed(**members)


def nested_parts(depth):
    parts = (f'Content-Type: multipart/mixed; boundary="{i}"\n\n--{i}\n' for i in range(depth))
    return "".join(("MIME-Version: 1.0\n", *parts)).encode()


def matryoshka(depth):
    data = b"The lamp burns."
    for _ in range(depth):
        data = gzip.compress(data)
    return data


def cut(name, share=0.5):
    data = (CORPUS / name).read_bytes()
    return data[: int(len(data) * share)]


OLD_WORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
BINARY = bytes(range(256)) * 8
ENTITIES = b'<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><document><body>&b;</body></document>'


@pytest.mark.parametrize(
    ("source", "data", "error", "said"),
    [
        ("a.txt", lambda: b"", EmptyFile, "empty"),
        ("a.txt", lambda: b" \n\t ", EmptyFile, "empty"),
        ("a.md", lambda: b"---\ntitle: Only this\n---\n", EmptyFile, "no text"),
        ("a.html", lambda: b"<html><body><script>x()</script></body></html>", EmptyFile, "no text"),
        ("a.pdf", pdf_without_text, EmptyFile, "page 1 is without text"),
        ("a.docx", lambda: docx_with(document=b"<document><body/></document>", footer1=None), EmptyFile, "no text"),
        ("a.txt", lambda: BINARY, UnsupportedFile, "binary"),
        ("a.txt", lambda: (CORPUS / "lamp.pdf").read_bytes(), UnsupportedFile, "PDF"),
        ("a.md", lambda: (CORPUS / "lamp.docx").read_bytes(), UnsupportedFile, "zip"),
        ("a.html", lambda: BINARY, UnsupportedFile, "binary"),
        ("a.png", lambda: b"\x89PNG\r\n\x1a\n" + BINARY, UnsupportedFile, "PNG"),
        ("a.unknown", lambda: BINARY, UnsupportedFile, "binary"),
        ("no-ending", lambda: b"\x7fELF" + BINARY, UnsupportedFile, "program"),
        ("a.docx", lambda: OLD_WORD, UnsupportedFile, "old"),
        ("a.pdf", encrypted_pdf, EncryptedFile, "--password"),
        ("a.docx", lambda: OLD_WORD + "EncryptedPackage".encode("utf-16-le"), EncryptedFile, "password"),
        ("a.pdf", lambda: b"%PDF-1.7\nnot a PDF at all", BrokenFile, "PDF"),
        ("a.pdf", lambda: b"Only text.", BrokenFile, "PDF"),
        ("a.docx", lambda: cut("lamp.docx"), BrokenFile, "damaged"),
        ("a.docx", lambda: b"Only text.", BrokenFile, "no Word file"),
        ("a.docx", lambda: docx_with(document=None), BrokenFile, "main part is missing"),
        ("a.docx", lambda: docx_with(document=b"<document><body>"), BrokenFile, "XML"),
        ("a.docx", lambda: docx_with(document=b"<d>" + b" " * 2**25 + b"</d>"), FileTooLarge, "32 MB"),
        ("a.xlsx", lambda: OLD_WORD, UnsupportedFile, "old"),
        ("a.xlsx", lambda: (CORPUS / "lamp.docx").read_bytes(), BrokenFile, "no Excel file"),
        ("a.xlsx", lambda: cut("lamp.xlsx"), BrokenFile, "damaged"),
        ("a.xlsx", lambda: packed(**{"xl/a.xml": b" " * 2**26}), FileTooLarge, "32 MB"),
        ("a.pptx", lambda: (CORPUS / "lamp.docx").read_bytes(), BrokenFile, "no PowerPoint file"),
        ("a.odt", lambda: packed(mimetype=b"x"), BrokenFile, "no OpenDocument file"),
        ("a.odt", lambda: packed(**{"META-INF/manifest.xml": b"<m><encryption-data/></m>"}), EncryptedFile, "password"),
        ("a.epub", lambda: packed(mimetype=b"x"), BrokenFile, "no e-book"),
        ("a.epub", protected_book, EncryptedFile, "protected"),
        ("a.rtf", lambda: b"Only text.", BrokenFile, "no rich text"),
        ("a.eml", lambda: b"Only text.", BrokenFile, "no mail"),
        ("a.mbox", lambda: b"Only text.", BrokenFile, "no mailbox"),
        ("a.srt", lambda: b"Only text.", BrokenFile, "no times"),
        ("a.eml", lambda: b"Subject: lamp\n" + nested_parts(3_000), FileTooLarge, "nested"),
        ("a.ipynb", lambda: b'{"cells": [1]}', BrokenFile, "no notebook"),
        ("a.json", lambda: b"[" * 100_000, FileTooLarge, "nested"),
        ("a.json", lambda: b'{"a":' * 60 + b"1" + b"}" * 60, FileTooLarge, "nested"),
        ("a.txt.gz", lambda: gzip.compress(b"The lamp burns.")[:-9], BrokenFile, "archive is damaged"),
        ("a.txt.gz", lambda: gzip.compress(bytes(2**27 + 1), 1), FileTooLarge, "128 MB"),
        ("a.gz", lambda: matryoshka(10), FileTooLarge, "nested"),
        ("a.zip", lambda: b"Only text.", BrokenFile, "archive is damaged"),
        ("a.zip", lambda: packed(**{"a.png": b"\x89PNG", "b.txt": b""}), EmptyFile, "a.png: no reader for PNG"),
        ("a.zip", lambda: packed(**{f"{i}.txt": b"x" for i in range(2001)}), FileTooLarge, "2,000 files"),
        ("a.zip", lambda: packed(**{"a.txt": bytes(2**27 + 1)}), FileTooLarge, "128 MB"),
        ("a.zip", lambda: locked_zip(), EncryptedFile, "--password"),
        ("a.txt", lambda: b"lamp " * 4_000_001, FileTooLarge, "20 million"),
    ],
    ids=(
        "empty blank md-without-body html-without-text pdf-without-text docx-without-text binary-under-txt "
        "pdf-under-txt docx-under-md binary-under-html image unknown-binary program old-word pdf-encrypted "
        "docx-encrypted pdf-broken text-under-pdf docx-cut text-under-docx docx-without-main docx-broken-xml docx-bomb "
        "xlsx-old docx-under-xlsx xlsx-cut xlsx-bomb docx-under-pptx odt-without-content odt-encrypted "
        "epub-without-contents epub-protected text-under-rtf text-under-eml text-under-mbox text-under-srt eml-nested "
        "ipynb-broken json-nested json-nested-a-little gz-cut gz-bomb gz-in-gz text-under-zip zip-of-nothing "
        "zip-of-many zip-bomb zip-encrypted long-text"
    ).split(),
)
def test_a_way_to_fail_gives_its_reason(source, data, error, said):
    with pytest.raises(ReadError) as raised:
        read(data(), "id", source)
    assert type(raised.value) is error
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


def test_the_right_password_opens_and_a_wrong_one_is_named():
    data = encrypted_pdf()
    assert "eleven dark weeks" in read(data, "id", "a.pdf", password="lamp").text
    with pytest.raises(EncryptedFile, match="not the right one"):
        read(data, "id", "a.pdf", password="lens")


def test_entities_of_xml_are_not_expanded():
    with pytest.raises(EmptyFile):
        read(docx_with(document=ENTITIES, footer1=None), "id", "a.docx")


def test_text_under_an_unknown_ending_is_text():
    assert read(b"The lamp burns.", "id", "a.unknown").text == "The lamp burns."
    assert read(b"def lamp():\n    return 1\n", "id", "lamp.py").text == "def lamp():\n    return 1"


def read_or_refusal(data, source):
    """Return the text, or the reason why there is none; anything but a ReadError is a bug."""
    try:
        return read(data, "id", source).text
    except ReadError as error:
        return str(error)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
@pytest.mark.parametrize("name", ["lamp.pdf", "lamp.docx", "lamp.html", "lamp.md"])
def test_a_file_that_is_cut_is_read_in_part_or_refused(name, share):
    assert read_or_refusal(cut(name, share), name).strip()


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(["a.txt", "a.md", "a.html", "a.docx", "a.pdf", "a.csv", "a"]))
@example(b"%PDF-", "a.pdf")
@example(b"PK\x03\x04", "a.docx")
@example(b"\xff\xfe", "a.txt")
@example(b"\xff\xfeA", "a.txt")
@example(b"<", "a.html")
def test_any_bytes_are_read_or_refused(data, source):
    assert read_or_refusal(data, source).strip().encode("utf-8")


def test_a_password_opens_what_was_refused_before(library, tmp_path):
    folder = tmp_path / "letters"
    folder.mkdir()
    (folder / "secret.pdf").write_bytes(encrypted_pdf())
    assert [skipped.source for skipped in library.sync(folder).skipped] == ["secret.pdf"]
    report = library.sync(folder, password="lamp")
    assert (report.added, report.skipped) == (1, ())
    assert library.sync(folder).unchanged == 1


def scanned_pdf():
    """Return a PDF that shows a picture of the corpus's PDF's first page."""
    import pypdfium2

    with pypdfium2.PdfDocument(CORPUS / "lamp.pdf") as pdf:
        picture = pdf[0].render(scale=150 / 72).to_pil()
    out = io.BytesIO()
    picture.save(out, "PDF", resolution=150)
    return out.getvalue()


@pytest.mark.slow
def test_a_scanned_page_is_read_within_the_workers_limits():
    pytest.importorskip("rapidocr", reason="needs the extra 'ocr'")
    document = read_apart(scanned_pdf(), "n", "scan.pdf")
    assert document.notes == ("page 1 is scanned, read by OCR",)
    assert document.text.startswith(f"{TITLE}\n\n{TITLE} burns again. Its lens was replaced on Friday")
