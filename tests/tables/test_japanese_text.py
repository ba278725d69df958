"""Japanese text of Windows is told by its own bytes, and no other text is ever taken for it."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verticalfile.kernel import limits
from verticalfile.tables.read import read, text_file
from verticalfile.tables.read.japanese import japanese_in
from verticalfile.tables.read.sniff import decode

LIBRARIES = (
    "番号,名称,住所,電話番号,備考\r\n"
    "1,中央図書館,東京都千代田区一番町1-1,03-0000-0001,バリアフリー対応\r\n"
    "2,みどりコミュニティセンター,東京都千代田区九段南2丁目,03-0000-0002,月曜日はお休みです\r\n"
    "3,ひかり児童館,東京都千代田区神田錦町,03-0000-0003,ﾄﾞｯｸﾞﾗﾝ|ソ連表\\あり\r\n"
)
FRENCH = (
    "École;Élève;Hôpital\nÉlémentaire;Éléonore;Château-Thierry\nÉcole Élémentaire;Anaïs;Forêt à l’Œuvre\n"
)  # fmt: skip
GERMAN = "Straße;‚Ärger‘;Größe\nLindenstraße;‚Öl‚Übung‘;Fußgänger\nÜbergang;‚Äpfel‘;schön\n"
SPANISH = "Niño;Canción;‚Árbol‘\nBahía;Ñandú;¿Qué?\nÁÉÍÓÚ;¡Sí!;Año\n"
ENGLISH = "Mayor’s office;“Trees”;ƒ 25,00\nThe clerk’s list…;–;‚quoted‘\n"
RUSSIAN = "Город;Улица;ВОДА\nМосква;Тверская;ГОРОД ВГВГВГ\nЁлка;ѓ;‚кавычки‘\n"
GREEK = "Πόλη;Δρόμος\nΑθήνα;Ερμού\n"
CHINESE = "编号,名称,地址\n1,中央图书馆,北京市东城区\n2,文化中心,上海市黄浦区\n"
TRADITIONAL = "編號,名稱,地址\n1,中央圖書館,臺北市中正區\n2,文化中心,高雄市苓雅區\n"
KOREAN = "번호,이름,주소\n1,중앙도서관,서울특별시\n2,문화센터,부산광역시\n"
OTHERS = {
    FRENCH: ("cp1252", "mac_roman"), GERMAN: ("cp1252", "mac_roman"),
    SPANISH: ("cp1252", "mac_roman"), ENGLISH: ("cp1252", "mac_roman"),
    FRENCH.replace("’", "'").replace("Œ", "OE"): ("latin-1", "cp850", "cp437"),
    GERMAN.replace("‚", "'").replace("‘", "'"): ("latin-1", "cp850", "cp437", "cp1250", "iso8859-2"),
    SPANISH.replace("‚", "'").replace("‘", "'"): ("latin-1", "cp850"),
    RUSSIAN: ("cp1251",),
    RUSSIAN.replace("ѓ", "г").replace("‚", "'").replace("‘", "'"): ("cp866", "koi8-r", "iso8859-5"),
    GREEK: ("cp1253", "iso8859-7"), CHINESE: ("gbk", "gb18030"), TRADITIONAL: ("big5",),
    KOREAN: ("euc-kr", "cp949"),
    LIBRARIES: ("euc-jp",),
}  # fmt: skip


def test_a_list_of_a_japanese_town_is_read_with_its_letters_and_says_why() -> None:
    reading = read(LIBRARIES.encode("cp932"), name="libraries.csv")
    (table,) = reading.tables
    assert reading.encoding == "cp932"
    assert table.columns == ("番号", "名称", "住所", "電話番号", "備考")
    assert table.rows.column("c1").to_pylist()[1] == "みどりコミュニティセンター"
    assert table.rows.column("c4").to_pylist()[2] == "ﾄﾞｯｸﾞﾗﾝ|ソ連表\\あり"
    (note,) = reading.repairs
    wide = [c for c in LIBRARIES if unicodedata.east_asian_width(c) in "WF"]
    kana = [c for c in wide if "\u3041" <= c <= "\u3093" or "\u30a1" <= c <= "\u30f6" or c == "ー"]
    assert note == (
        f"read as cp932 (Shift-JIS): every byte fits, and of {len(wide)} wide letters {len(wide)} are"
        f" everyday Japanese, {len(kana)} of them kana"
    )


@pytest.mark.parametrize("times", [1, 200])
@pytest.mark.parametrize(
    ("text", "encoding"), [(text, each) for text, many in OTHERS.items() for each in many]
)
def test_no_other_text_is_taken_for_japanese(text: str, encoding: str, times: int) -> None:
    body = (text * times).encode(encoding)
    assert decode(body).encoding != "cp932"
    assert japanese_in([body]) is None
    for line in text.splitlines():  # a column of one word, which comes again and again
        for word in line.split(";"):
            assert japanese_in([f"{word}\n".encode(encoding) * 500]) is None, word


def test_what_is_too_short_or_broken_to_show_it_is_left_as_it_was() -> None:
    assert decode("番号,名称\r\n1,中央図書館\r\n".encode("cp932")).encoding == "latin-1"
    body = LIBRARIES.encode("cp932")
    for broken in (
        body[:-1] + b"\x83",
        body + b"\x80",
        body + b"\xa0",
        body + b"\x82 ",
        body + b"\xff",
    ):
        assert decode(broken).encoding in ("cp1252", "latin-1")
    assert decode(LIBRARIES.encode()).encoding == "utf-8"
    assert decode(LIBRARIES.encode()[:-2] + b"\xff").encoding != "cp932", "UTF-8 with one bad byte"
    assert decode(LIBRARIES.encode("utf-16-le")).encoding == "utf-16-le"


@given(
    text=st.text(
        alphabet=[bytes([n]).decode("cp1252") for n in range(32, 256) if n not in {0x81, 0x8D, 0x8F, 0x90, 0x9D, 0x7F}],
        max_size=400,
    )
)  # fmt: skip
def test_letters_of_cp1252_in_any_order_are_no_japanese(text: str) -> None:
    assert japanese_in([text.encode("cp1252")]) is None


@pytest.mark.parametrize("step_bytes", [1, 2, 3, 7, 50])
def test_it_does_not_matter_where_a_step_cuts_a_letter(step_bytes: int) -> None:
    body = LIBRARIES.encode("cp932")
    steps = [body[at : at + step_bytes] for at in range(0, len(body), step_bytes)]
    assert japanese_in(steps) == japanese_in([body]) is not None


def test_a_large_file_is_read_as_its_bytes_are(tmp_path: Path) -> None:
    body = (LIBRARIES * 3_000).encode("cp932")
    assert len(body) > 2 * limits.LOOK_STEP_BYTES
    path = tmp_path / "a.csv"
    path.write_bytes(body)
    coded = text_file.coding_of(path, text_file.look_at(path))
    assert (coded.encoding, coded.note) == ("cp932", decode(body).note)
    utf8, start = text_file.as_utf8(path, coded, tmp_path)
    assert utf8.read_bytes()[start:].decode() == LIBRARIES * 3_000
