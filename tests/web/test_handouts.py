"""Hand-outs: one or two pages as tagged PDF, read back; nothing is fetched for them."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import urlsplit

import pytest
from made_room import Maker, lines, tree
from pages import HIDDEN, OLD
from pypdf import PdfReader

from verticalfile.services.datasets.describing import describe
from verticalfile.services.known.statements import Field
from verticalfile.services.printing import printing
from verticalfile.services.printing.printing import as_pdf

BASE = "/d/street-trees"


def taken(room, address: str) -> PdfReader:
    answer = room.get(address)
    assert answer.status_code == 200, answer.get("Location")
    body = b"".join(answer.streaming_content)
    assert len(body) < 200_000
    return PdfReader(io.BytesIO(body))


def text_of(pdf: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in pdf.pages).split())


def tags_of(pdf: PdfReader) -> list[tuple[str, str]]:
    """(kind, alternative text) of every element of the structure, in order."""
    found = []

    def walk(node) -> None:
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            for each in node:
                walk(each)
        elif isinstance(node, dict):
            if "/S" in node:
                found.append((str(node["/S"])[1:], str(node.get("/Alt", ""))))
            if "/K" in node:
                walk(node["/K"])

    walk(pdf.trailer["/Root"]["/StructTreeRoot"])
    return found


def links_of(pdf: PdfReader) -> set[str]:
    return {
        str(each.get_object()["/A"]["/URI"])
        for page in pdf.pages
        for each in page.get("/Annots", [])
        if "/URI" in each.get_object().get("/A", {})
    }


@pytest.mark.parametrize(
    ("tongue", "query", "title", "says"),
    [
        ("", "", "Street trees", "It rose from 60"),
        ("", "large=yes&paper=a4", "Street trees", "It rose from 60"),
        ("/es", "", "Árboles de la calle", "Cada árbol público."),
        ("", "of=table&contains.kind=oak&sort=height&dir=down", "Street trees", "25 of 62 rows."),
        ("", "of=changes&from=20240117T150000Z", "Street trees", "Was Oak Now Maple"),
        ("", "chart=height", "Street trees", "height"),
    ],
)
def test_a_hand_out_is_one_or_two_tagged_pages_with_title_language_and_address(
    room, tongue, query, title, says
):
    pdf = taken(room, f"{tongue}{BASE}/handout.pdf?{query}")
    root = pdf.trailer["/Root"]
    assert 1 <= len(pdf.pages) <= 2
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == ("es" if tongue else "en")
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert pdf.metadata.title.startswith(f"{title} · ")
    assert pdf.metadata.author == "Alder Falls Public Library"
    kinds = [kind for kind, _ in tags_of(pdf)]
    assert kinds.count("H1") == 1
    assert {"Table", "TR", "TH", "TD", "Caption", "Figure", "Link", "P"} <= set(kinds)
    assert all(alt for kind, alt in tags_of(pdf) if kind == "Figure")
    text = text_of(pdf)
    assert title in text
    assert says in text
    width, height = (float(n) for n in pdf.pages[0].mediabox[2:])
    assert (round(width), round(height)) == ((595, 842) if "a4" in query else (612, 792))
    assert any(f"{tongue}{BASE}/@20240410T150000Z/" in link for link in links_of(pdf))
    assert all(urlsplit(link).scheme in ("http", "https", "mailto") for link in links_of(pdf))


def test_its_date_is_that_of_the_version_and_so_are_its_file_name_and_rows(room):
    answer = room.get(f"{BASE}/{OLD}/handout.pdf?of=table")
    assert "street-trees_as-of-2024-01-17.handout.pdf" in answer["Content-Disposition"]
    text = text_of(PdfReader(io.BytesIO(b"".join(answer.streaming_content))))
    assert "25 of 60 rows." in text
    assert "T-010" in text
    assert "Jan 17, 2024" in text


def test_large_print_is_of_18_points_and_larger(room):
    sizes = set()
    pdf = taken(room, f"{BASE}/handout.pdf?of=table&large=yes")

    def seen(text, cm, tm, fonts, size) -> None:
        if text.strip() and "/" not in text:  # the page's number may be small
            sizes.add(round(abs(size * tm[3] * cm[3]), 1))

    for page in pdf.pages:
        page.extract_text(visitor_text=seen)
    assert min(sizes) >= 17.9


def test_a_long_and_wide_table_still_fits_on_two_pages(tmp_path, enter):
    maker = Maker(tmp_path / "archive", tmp_path / "sources")
    maker.add("a.csv", "wide", "A very long title " * 8)
    long = "word " * 60
    head = ",".join(f"a column with a long name {n}" for n in range(30))
    maker.collect(
        "wide", "a.csv", lines(*[",".join([f"{n} {long}"] * 30) for n in range(40)], head=head)
    )
    describe(maker.archive, "wide", {Field.DESCRIPTION: ["What it is. " * 48]})
    maker.archive.index.close()
    room = enter(tmp_path / "archive")
    for query in ("", "of=table", "large=yes", "of=table&large=yes"):
        pdf = taken(room, f"/d/wide/handout.pdf?{query}")
        assert len(pdf.pages) <= 2, query
        assert "more columns" in text_of(pdf) or "of=table" not in query


def test_nothing_is_fetched_for_a_sheet_and_no_file_of_the_machine_is_read(tmp_path):
    asked: list[str] = []

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    place = f"http://127.0.0.1:{server.server_port}"
    secret = tmp_path / "secret.svg"
    secret.write_text('<svg xmlns="http://www.w3.org/2000/svg"><text y="9">CANARY</text></svg>')
    sheet = f"""<html lang="en"><title>x</title><link rel="stylesheet" href="{place}/a.css">
    <link rel="attachment" href="file://{secret}"><style>@import "{place}/b.css";
    body {{ background: url({place}/c.png) }}</style><img src="{place}/d.png" alt="d">
    <img src="file://{secret}" alt="e"><object data="{place}/f"></object>
    <img src='data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="{place}/g.png" width="9" height="9"/></svg>' alt="g"><p>whole</p>"""
    body = as_pdf([sheet], font=None)
    server.shutdown()
    pdf = PdfReader(io.BytesIO(body))
    assert "whole" in text_of(pdf)
    assert "CANARY" not in text_of(pdf)
    assert not pdf.attachments
    assert asked == []


def test_what_comes_from_outside_is_text_on_a_sheet_too(room):
    text = text_of(taken(room, "/d/hostile/handout.pdf?of=table"))
    assert '<script>alert("x")</script>' in text.replace("< ", "<")


def test_where_the_libraries_are_missing_the_page_says_so_and_prints_by_itself(room, monkeypatch):
    monkeypatch.setattr("verticalfile.web.reader.data.handout.can_print", lambda: False)
    text = room.get(f"{BASE}/handout/").content.decode()
    assert "This machine cannot make PDF files yet" in text
    assert "handout.pdf" not in text
    assert "T-001" in text  # what it says is there to be printed

    done = subprocess.CompletedProcess([], printing.NO_LIBRARIES, b"", b"")
    monkeypatch.setattr(printing, "_child", lambda *_: done)
    answer = room.get(f"{BASE}/handout.pdf?of=table&is.kind=OAK")
    assert answer.status_code == 302
    assert answer["Location"] == f"{BASE}/handout/?of=table&is.kind=OAK"


def test_a_child_without_weasyprint_says_that_it_cannot_print(tmp_path):
    (tmp_path / "weasyprint.py").write_text("raise OSError('cannot load library libpango')")
    done = subprocess.run(
        [sys.executable, "-m", "verticalfile.services.printing.printing_child"], input=b"",
        env={"PYTHONPATH": str(tmp_path)}, check=False,
    )  # fmt: skip
    assert done.returncode == printing.NO_LIBRARIES


def test_a_sheet_that_takes_too_long_is_given_up_and_the_page_says_what_to_do(room, monkeypatch):
    monkeypatch.setattr(printing, "WAIT_S", 0.01)
    answer = room.get(f"{BASE}/handout.pdf")
    assert answer["Location"] == f"{BASE}/handout/?refused=yes"
    text = room.get(answer["Location"]).content.decode()
    assert "This sheet could not be made as a PDF file." in text
    assert printing._turn.acquire(blocking=False)  # its turn was given back
    printing._turn.release()


def test_while_one_is_printed_the_next_is_told_when_to_come_again(room, monkeypatch):
    monkeypatch.setattr(printing, "TURN_S", 0.05)
    with printing._turn:
        answer = room.get(f"{BASE}/handout.pdf")
    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"


def test_what_is_hidden_has_no_sheet(room):
    for query in ("", "?of=table", "?of=changes"):
        assert room.get(f"{BASE}/{HIDDEN}/handout.pdf{query}").status_code == 410
    assert room.get(f"{BASE}/handout.pdf?of=changes&from={HIDDEN[1:]}").status_code == 410


@pytest.mark.parametrize(
    "screen", ["", "table/?is.kind=OAK", f"changes/?from={OLD[1:]}", "chart/?column=kind"]
)
def test_the_screens_lead_to_their_hand_out(room, screen):
    text = room.get(f"{BASE}/{screen}").content.decode()
    assert f"{BASE}/" in text
    assert "/handout/" in text


def test_a_sheet_says_only_what_its_letters_can_show(room):
    """Each glyph of the sheet is in a font of ours: a missing one would be a box."""
    pdf = taken(room, f"{BASE}/handout.pdf?of=changes&from={OLD[1:]}")
    assert "�" not in text_of(pdf)
    names = {
        str(f.get_object()["/BaseFont"])
        for p in pdf.pages
        for f in p["/Resources"]["/Font"].values()
    }
    assert all("Atkinson" in name or "DejaVu" in name for name in names), names


def test_the_child_is_given_nothing_but_sheets(tmp_path):
    """It prints the first that fits; none fits: it says so by its exit code."""
    long = "<html lang=en><title>x</title>" + "<p style='break-after:page'>p" * 4
    done = subprocess.run(
        [sys.executable, "-m", "verticalfile.services.printing.printing_child", "print"],
        input=json.dumps({"sheets": [long], "font": "", "pages": 2}).encode(),
        stdout=subprocess.PIPE, check=False,
    )  # fmt: skip
    assert done.returncode == printing.TOO_LONG
    assert done.stdout == b""


def test_staff_make_a_sheet_by_command_and_only_of_what_the_public_may_see(town, tmp_path):
    def vf(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "verticalfile", "--archive", str(town), "handout", *words],
            capture_output=True, text=True, cwd=tmp_path, check=False,
        )  # fmt: skip

    made = vf(
        "street-trees", "--at", "2024-02-01", "--table", "--lang", "es", "--large", "-o", "a.pdf"
    )
    assert made.returncode == 0, made.stderr
    text = text_of(PdfReader(tmp_path / "a.pdf"))
    assert "Árboles de la calle" in text
    assert "de 63 filas" in text
    refused = vf("street-trees", "--at", "2024-04-04")
    assert refused.returncode == 40
    assert "withdrawn by the library" in refused.stderr
    assert "no column “width”" in vf("street-trees", "--chart", "width").stderr
    assert "has 3 files" in vf("library-branches").stderr
    assert tree(1).split(",")[0] in text
