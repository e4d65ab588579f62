# ruff: noqa: E501
"""Files that are broken on purpose, by kind: what a reader must turn into text or into a reason, and nothing else.

`python -m tests.broken_files FOLDER` writes them all, to be indexed: their bytes are the same at every run.
"""

import base64
import gzip
import io
import json
import random
import sys
import zipfile
from pathlib import Path

CORPUS = Path(__file__).parent / "corpus"
WORD = '<w:document xmlns:w="w"><w:body>{}</w:body></w:document>'
LAUGHS = (
    "<!DOCTYPE l [<!ENTITY a0 'lamp'>" + "".join(f"<!ENTITY a{i} '{f'&a{i - 1};' * 10}'>" for i in range(1, 12)) + "]>"
)


def corpus():
    return sorted((path.name, path.read_bytes()) for path in CORPUS.iterdir())


def packed(level=9, **members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name, (2023, 6, 2, 9, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def repacked(name, **parts):
    """Return a package of the corpus with parts replaced."""
    with zipfile.ZipFile(CORPUS / name) as package:
        members = {member: package.read(member) for member in package.namelist()}
    return packed(**(members | parts))


def word(body):
    return packed(**{"word/document.xml": WORD.format(body)})


def truncated():
    chance = random.Random(1)
    for name, data in corpus():
        for i in range(2):
            yield f"cut{i}-{name}", data[: chance.randrange(1, len(data))]


def flipped():
    chance = random.Random(2)
    for name, data in corpus():
        for i in range(2):
            changed = bytearray(data)
            for _ in range(max(3, len(data) // 2000)):
                changed[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
            yield f"bits{i}-{name}", bytes(changed)


def misnamed():
    files = corpus()
    for (name, data), (other, _) in zip(files, files[7:] + files[:7], strict=True):
        yield f"{name.replace('.', '-')}-as{Path(other).suffix}", data


def bombs():
    zeros = bytes(300 * 2**20)
    yield "member.zip", packed(1, **{"a.txt": zeros})
    yield "member.docx", packed(1, **{"word/document.xml": zeros})
    yield "member.xlsx", packed(1, **{"xl/workbook.xml": b"<w/>", "xl/worksheets/sheet1.xml": zeros})
    yield "member.pptx", packed(1, **{"ppt/presentation.xml": zeros})
    yield "member.odt", packed(1, **{"content.xml": zeros})
    yield "member.epub", packed(1, **{"META-INF/container.xml": zeros})
    yield "member.gz", gzip.compress(zeros, 1)
    inner = packed(1, **{"a.txt": zeros[: 60 * 2**20]})
    yield "in-a-zip.zip", packed(**{f"{i}.zip": inner for i in range(50)})
    yield "many.zip", packed(**{f"{i}.txt": b"lamp" for i in range(25_000)})
    yield "lying.zip", lying(packed(**{"a.txt": b"lamp " * 10**6}))
    yield "page.pdf", pdf(stream(gzip_like(b"(lamp) Tj T* " * 3_000_000), "/Filter /FlateDecode"))
    yield "pages.pdf", pdf(b"", kids="3 0 R " * 200_000)
    yield "picture.pdf", pdf(b"q /I Do Q", extra=b"7 0 obj<</Subtype/Image/Width 99999/Height 99999>>endobj")
    yield "paragraphs.docx", word("<w:p><w:r><w:t>a</w:t></w:r></w:p>" * 900_000)
    yield (
        "rows.xlsx",
        repacked(
            "lamp.xlsx", **{"xl/worksheets/sheet1.xml": sheet('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')}
        ),
    )
    yield (
        "columns.xlsx",
        repacked("lamp.xlsx", **{"xl/worksheets/sheet1.xml": sheet('<row><c r="XFD1"><v>1</v></c></row>' * 60_000)}),
    )
    repeated = '<table:table-row table:number-rows-repeated="1048576"><table:table-cell table:number-columns-repeated="16384"><text:p>a</text:p></table:table-cell></table:table-row>'
    yield (
        "repeated.ods",
        packed(
            **{"content.xml": open_document(f"<o:spreadsheet><table:table>{repeated}</table:table></o:spreadsheet>")}
        ),
    )
    yield (
        "spaces.odt",
        packed(**{"content.xml": open_document('<o:text><text:p>a<text:s text:c="2000000000"/>b</text:p></o:text>')}),
    )


def nested():
    n = 100_000
    yield "divs.html", b"<div>" * n + b"lamp"
    yield "tables.html", b"<table><tr><td>" * 5_000 + b"lamp"
    yield "lists.html", b"<ul><li>" * n + b"lamp"
    yield "quotes.md", b">" * n + b" lamp"
    yield "lists.md", b"".join(b" " * (2 * i) + b"- lamp\n" for i in range(2_000))
    yield "brackets.md", b"[" * n + b"lamp" + b"](x)" * n
    yield "emphasis.md", b"*a _b " * n
    yield "list.json", b"[" * n + b"]" * n
    yield "object.json", b'{"a":' * 900 + b"1" + b"}" * 900
    yield "line.jsonl", b"[" * n + b"\n" + b'{"a": 1}'
    yield "groups.rtf", b"{\\rtf1 " + b"{\\b " * n + b"lamp"
    yield "tables.docx", word("<w:tbl><w:tr><w:tc>" * 3_000 + "<w:p/>" + "</w:tc></w:tr></w:tbl>" * 3_000)
    yield "runs.docx", word("<w:p>" + "<w:r>" * 200 + "<w:t>lamp</w:t>" + "</w:r>" * 200 + "</w:p>")
    yield (
        "lists.odt",
        packed(
            **{
                "content.xml": open_document(
                    "<o:text>"
                    + "<text:list><text:list-item>" * 100
                    + "<text:p>lamp</text:p>"
                    + "</text:list-item></text:list>" * 100
                    + "</o:text>"
                )
            }
        ),
    )
    parts = b"".join(b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (i, i) for i in range(3_000))
    yield "parts.eml", b"From: a@b.c\nSubject: lamp\nMIME-Version: 1.0\n" + parts
    yield (
        "messages.eml",
        b"Subject: lamp\nMIME-Version: 1.0\n" + b"Content-Type: message/rfc822\n\nSubject: x\n" * 3_000,
    )
    yield "gz.gz", nested_gzip(40)
    yield "arrays.pdf", pdf(b"", extra=b"7 0 obj" + b"[" * n + b"]" * n + b"endobj")


def laughing():
    yield "laughs.docx", packed(**{"word/document.xml": LAUGHS + WORD.format("<w:p><w:r><w:t>&a11;</w:t></w:r></w:p>")})
    yield "laughs.odt", packed(**{"content.xml": LAUGHS + open_document("<o:text><text:p>&a11;</text:p></o:text>")})
    yield "laughs.epub", repacked("lamp.epub", **{"META-INF/container.xml": LAUGHS + "<c>&a11;</c>"})
    yield "laughs.pptx", repacked("lamp.pptx", **{"ppt/slides/slide1.xml": LAUGHS + "<p>&a11;</p>"})
    yield "laughs.xlsx", repacked("lamp.xlsx", **{"xl/sharedStrings.xml": LAUGHS + "<sst><si><t>&a11;</t></si></sst>"})
    yield "laughs.html", f"{LAUGHS}<p>&a11;</p>".encode()
    yield "laughs.xhtml", f'<?xml version="1.0"?>{LAUGHS}<html><body>&a11;</body></html>'.encode()
    yield (
        "outside.docx",
        packed(
            **{
                "word/document.xml": "<!DOCTYPE d [<!ENTITY x SYSTEM 'file:///etc/hostname'>]>"
                + WORD.format("<w:p><w:r><w:t>lamp &x;</w:t></w:r></w:p>")
            }
        ),
    )


def cyclic():
    yield "kids.pdf", pdf(b"", kids="2 0 R 2 0 R")
    yield "parent.pdf", pdf(b"", page="/Parent 3 0 R")
    yield (
        "form.pdf",
        pdf(
            b"/F Do",
            extra=b"7 0 obj<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</F 7 0 R>>>>/Length 5>>stream\n/F Do\nendstream endobj",
            page="/Resources<</XObject<</F 7 0 R>>>>",
        ),
    )
    yield "length.pdf", pdf(b"", extra=b"7 0 obj<</Length 7 0 R>>stream\nx\nendstream endobj", page="/Contents 7 0 R")
    yield "reference.pdf", pdf(b"", extra=b"7 0 obj 8 0 R endobj 8 0 obj 7 0 R endobj", page="/Contents 7 0 R")
    yield "outlines.pdf", pdf(b"", extra=b"7 0 obj<</First 7 0 R/Next 7 0 R/Last 7 0 R>>endobj", root="/Outlines 7 0 R")
    yield (
        "previous.pdf",
        b"%PDF-1.7\nxref\n0 1\n0000000000 65535 f \ntrailer<</Size 1/Root 1 0 R/Prev 9>>\nstartxref\n9\n%%EOF",
    )
    yield "count.pdf", pdf(b"", count=2**31 - 1)
    yield (
        "spine.epub",
        repacked(
            "lamp.epub", **{"META-INF/container.xml": '<c xmlns="u"><rootfile full-path="META-INF/container.xml"/></c>'}
        ),
    )
    yield (
        "rels.pptx",
        repacked(
            "lamp.pptx",
            **{"ppt/_rels/presentation.xml.rels": '<R><Relationship Id="rId7" Target="presentation.xml"/></R>'},
        ),
    )


def huge():
    yield "line.txt", b"lamp " * 3_000_000
    yield "word.txt", b"a" * 5_000_000
    yield "spaces.txt", b" " * 5_000_000 + b"lamp" + b" " * 5_000_000
    yield "breaks.txt", b"lamp\n" * 2_000_000
    yield "blank.txt", b"\n" * 20_000_000 + b"lamp"
    yield "tags.html", b"<p>lamp " * 500_000
    yield "node.html", b"<p>" + b"lamp " * 3_000_000
    yield "unclosed.html", b"<" * 1_000_000
    yield "comments.html", b"<!--" * 500_000
    yield "entities.html", b"&amp" * 1_000_000
    yield "attributes.html", b"<p " + b" ".join(b"a%d=1" % i for i in range(300_000)) + b">lamp"
    yield "comments.md", b"<!-- " * 200_000
    yield "ticks.md", b"`" * 500_000 + b" a `b" * 50_000
    yield "table.md", b"|" + b"a|" * 50_000 + b"\n|" + b"-|" * 50_000 + b"\n|" + b"b|" * 50_000
    yield "links.md", b"[a](" * 100_000
    yield "front.md", b"---\n" + b"title: a\n" * 300_000
    yield "node.docx", word("<w:p><w:r><w:t>" + "a" * 20_000_000 + "</w:t></w:r></w:p>")
    yield "cell.csv", b'a,b\n"' + b"lamp " * 2_000_000
    yield "columns.csv", b",".join(b"c%d" % i for i in range(200_000)) + b"\n" + b"1," * 200_000
    yield "quotes.csv", b'"' * 3_000_000
    yield "number.json", b"1" * 5_000_000
    yield "keys.json", json.dumps({f"k{i}": i for i in range(300_000)}).encode()
    yield "cues.srt", b"".join(b"%d\n00:00:01,000 --> 00:00:02,000\nlamp\n\n" % i for i in range(100_000))
    yield "times.srt", b"1\n99999999999:00:01,000 --> 99999999999:00:02,000\nlamp\n"
    yield "arrows.srt", b"00:00:01,000 --> " * 100_000
    yield "header.eml", b"Subject: " + b"lamp " * 500_000 + b"\n\nlamp"
    yield "encoded.eml", b"Subject: " + b"=?utf-8?q?lamp?= " * 20_000 + b"\n\nlamp"
    yield "addresses.eml", b"Subject: lamp\nTo: " + b"a <a@b.c>, " * 20_000 + b"\n\nlamp"
    yield "messages.mbox", b"From a@b.c Fri Jun  2 09:00:00 2023\nSubject: lamp\n\nlamp\n\n" * 60_000
    yield "controls.rtf", b"{\\rtf1 " + b"\\b\\i0 " * 500_000 + b"lamp}"


def unreadable():
    for name in ("a.txt", "a.csv", "a.md", "a.html", "a.json", "a.srt", "a.eml", "a.rtf", "a.py", "a"):
        yield f"nul-{name}", b"The lamp\0burns.\0" * 3
    yield "random.txt", random.Random(3).randbytes(300_000)
    yield "high.txt", bytes(random.Random(4).choices(range(160, 256), k=300_000))
    yield "surrogates.txt", "lamp \ud800 burns".encode("utf-16-le", "surrogatepass")
    yield "mark.txt", b"\xef\xbb\xbf"
    yield "odd.txt", b"\xff\xfel\0a\0m"
    yield "utf7.html", b"<meta charset=utf-7><p>lamp +ADw-b+AD4-"
    yield "no-such.html", b"<meta charset=no-such-thing><p>The lamp burns."
    yield "marks.txt", ("a" + "\u0301" * 100_000).encode()
    yield "directions.txt", "lamp \u202e pmal \u200b\u2060 burns".encode()
    yield "controls.txt", b"lamp \x1b[31m burns \x1b[0m and \x07 rings, as it has done for years and years"
    yield "types.ipynb", json.dumps({"cells": [{"cell_type": "code", "source": 5, "outputs": 7}]}).encode()
    yield "types.json", b'{"title": 5, "author": [], "date": {}, "a": null}'
    yield (
        "padding.eml",
        b"Subject: lamp\nMIME-Version: 1.0\nContent-Type: text/plain; charset=x\nContent-Transfer-Encoding: base64\n\n"
        + base64.b64encode(b"lamp")[:-2],
    )
    yield "date.eml", b"From: \nSubject: =?x?q?y?=\nDate: 99 Foo 99999 99:99\n\nlamp"
    yield (
        "cell.xlsx",
        repacked("lamp.xlsx", **{"xl/worksheets/sheet1.xml": sheet('<row><c r="??" t="s"><v>999999</v></c></row>')}),
    )
    yield "empty.zip", packed()
    yield "path.zip", packed(**{"../../etc/lamp.txt": b"lamp", "/root/lamp.txt": b"lamp", "C:\\lamp.txt": b"lamp"})


KINDS = {
    "truncated": truncated,
    "flipped": flipped,
    "misnamed": misnamed,
    "bombs": bombs,
    "nested": nested,
    "laughing": laughing,
    "cyclic": cyclic,
    "huge": huge,
    "unreadable": unreadable,
}


def lying(data):
    """Return the archive with its member's size claimed to be 10 bytes."""
    changed = bytearray(data)
    for mark, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = changed.index(mark) + at
        changed[start : start + 4] = (10).to_bytes(4, "little")
    return bytes(changed)


def nested_gzip(depth):
    data = b"lamp"
    for _ in range(depth):
        data = gzip.compress(data, mtime=0)
    return data


def gzip_like(data):
    import zlib

    return zlib.compress(data, 1)


def stream(data, fields=""):
    return b"4 0 obj<</Length %d %s>>stream\n%s\nendstream endobj" % (len(data), fields.encode(), data)


def pdf(content, kids="3 0 R", page="", root="", count=1, extra=b""):
    """Return a PDF of these objects, without a table of places: readers search for them."""
    body = content if content.startswith(b"4 0 obj") else stream(b"BT /H 9 Tf (lamp) Tj ET " + content)
    return b"\n".join(
        (
            b"%PDF-1.7",
            f"1 0 obj<</Type/Catalog/Pages 2 0 R {root}>>endobj".encode(),
            f"2 0 obj<</Type/Pages/Count {count}/Kids[{kids}]>>endobj".encode(),
            f"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R {page}>>endobj".encode(),
            body,
            extra,
            b"trailer<</Root 1 0 R/Size 9>>\n%%EOF",
        )
    )


def sheet(rows):
    return f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>'


def open_document(body):
    return f'<o:document-content xmlns:o="o" xmlns:text="text" xmlns:table="table"><o:body>{body}</o:body></o:document-content>'


def main(folder):
    for kind, make in KINDS.items():
        for name, data in make():
            path = Path(folder) / kind / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)


if __name__ == "__main__":
    main(sys.argv[1])
