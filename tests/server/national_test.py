"""What leaves the registers of a running server: every entry to the national database once, and the statutory statistics."""

import csv
import io
import re
import zipfile
from xml.etree import ElementTree

from api_test import Case
from client import Browser
from province import eventually

SENDING = "/ban-lam-viec/gui-quoc-gia"
STATISTICS = "/ban-lam-viec/thong-ke-ho-tich"


class National(Case):
    year = 2026

    def desk(self, row=None):
        return Browser(self.province.port).sign_in(row or self.cast.rows["justice"])

    def entered(self):
        """A birth entered now: its number and the id of its entry."""
        code = self.filed()["code"]
        self.do(self.cast.desk, code, "receive")
        self.do(self.cast.desk, code, "pass_on")
        self.do(self.cast.justice, code, "enter", {"note": "Đủ giấy tờ"})
        number = eventually(lambda: self.cast.citizen.get("/api/v1/dossiers/" + code).json["entry"])
        items = self.cast.justice.get("/api/v1/registers/births/entries?q=" + number).json["items"]
        return number, next(item["id"] for item in items if item["number"] == number)

    def test_once(self):
        """An entry goes to the national database once, and its number there and the personal number come back"""
        number, entry = self.entered()
        desk = self.desk()

        def answered():
            desk.get(f"{SENDING}/{entry}")
            return re.findall(r"QG-\d{8}", desk.words)
        ids = eventually(answered, 30, f"{number} has no number of the national database")
        self.assertEqual(len(ids), 1, desk.words)
        # Looked for again and again by the sweep, it is the same one event.
        desk.get(f"{SENDING}/{entry}")
        self.assertEqual(re.findall(r"QG-\d{8}", desk.words), ids)
        page = self.cast.justice.get(f"/api/v1/registers/births/entries/{entry}")
        self.assertIn("personal_number", page.text)
        other = next(row for row in self.province.accounts()
                     if row["post"].startswith("Công chức Tư pháp") and row["agency"] != self.cast.agency)
        self.assertEqual(self.desk(other).get(f"{SENDING}/{entry}").status, 404)

    def test_bad_notes(self):
        """What cannot be true is not noted: a day to come, a code nobody knows, digits for a name, a value without its field"""
        _, entry = self.entered()
        desk = self.desk()
        address = f"/ban-lam-viec/so/khai-sinh/{entry}/ghi-chu"
        right = {"kind": "correction", "decision": "QĐ 1/QĐ-UBND", "content": "Cải chính", "field": "child_sex", "value": "Nam"}
        for wrong, where in (({"field": "child_born_on", "value": "1/1/2999"}, "value"), ({"value": "zzz"}, "value"),
                             ({"field": "child_full_name", "value": "12345 <b>x</b>"}, "value"),
                             ({"field": "mother_birth_year", "value": "xưa"}, "value"),
                             ({"field": "personal_number", "value": "abc"}, "value"), ({"field": ""}, "field"),
                             ({"field": "officer", "value": "Ai đó"}, "field"), ({"content": "x" * 5000}, "content"),
                             ({"kind": "bịa"}, "kind"), ({"decision": "  "}, "decision")):
            desk.get(address)
            fields = {**desk.form(having="decision").fields, **right, **wrong}
            self.assertEqual(desk.post(address, fields).status, 422, wrong)
            self.assertIn(f'id="{where}-e"', desk.answer.text, wrong)
        # Taken back by whoever prepared it, another may be prepared.
        for value in ("Nam", "Nữ"):
            desk.get(address)
            desk.post(address, {**desk.form(having="decision").fields, **right, "value": value})
            back = next(form for form in desk.page.forms if (form.action or "").endswith("/rut"))
            self.assertEqual(desk.post(back.action, back.fields, follow=False).status, 303)

    def test_refused(self):
        """What the national database refused is listed with its reason; sent again with a reason it is accepted"""
        for row in self.province.accounts():
            if not row["post"].startswith("Công chức Tư pháp"):
                continue
            desk = self.desk(row)
            desk.get(SENDING + "?trang-thai=tu-choi")
            refused = [link for link in desk.page.links if link.endswith("/gui-lai")]
            if refused:
                break
        self.assertTrue(refused, "the demo has a refused event")
        self.assertIn("Số định danh của mẹ không khớp", desk.words)
        again = refused[-1]  # The latest first: the entry, before the notes that wait for it.
        shown = next(link for link in desk.page.links if re.fullmatch(SENDING + r"/\d+", link))
        desk.get(again)
        self.assertEqual(desk.send({"reason": ""}, having="reason").status, 422)
        desk.send({"reason": "Đã sửa họ tên cha theo trích lục"}, having="reason")

        def accepted():
            desk.get(shown)
            return len(set(re.findall(r"QG-\d{8}", desk.words))) >= len(refused)  # Its notes go along, with ids of their own.
        eventually(accepted, 30, "the entry sent again was not accepted with its notes")
        desk.get(SENDING + "?trang-thai=tu-choi")
        self.assertEqual([link for link in desk.page.links if link.endswith("/gui-lai")], [])


def sheet_of(body):
    """Rows of the first sheet of a workbook, read as a spreadsheet would: ZIP, then XML."""
    space = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
    with zipfile.ZipFile(io.BytesIO(body)) as book:
        assert book.testzip() is None
        for name in book.namelist():
            if name.endswith((".xml", ".rels")):
                ElementTree.fromstring(book.read(name))
        shared_texts = []
        if "xl/sharedStrings.xml" in book.namelist():
            for item in ElementTree.fromstring(book.read("xl/sharedStrings.xml")).iterfind("m:si", space):
                shared_texts.append("".join(text.text or "" for text in item.iter("{%s}t" % space["m"])))
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    rows, formulas = [], len(sheet.findall(".//m:f", space))
    for row in sheet.iterfind(".//m:row", space):
        cells = []
        for cell in row.iterfind("m:c", space):
            if cell.get("t") == "s":
                cells.append(shared_texts[int(cell.find("m:v", space).text)])
            else:
                cells.append("".join(text.text or "" for text in cell.iter() if text.tag.endswith(("}t", "}v"))))
        rows.append(cells)
    return rows, formulas


class Statistics(Case):
    year = 2026

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.desk = Browser(cls.province.port).sign_in(cls.cast.rows["justice"])

    def files(self, form):
        query = f"?bieu={form}&nam=2026&ky=0"
        text = self.desk.get(f"{STATISTICS}/csv{query}")
        book = self.desk.get(f"{STATISTICS}/xlsx{query}")
        self.assertEqual((text.status, book.status), (200, 200), text)
        self.assertEqual(text.header("Content-Type"), "text/csv; charset=utf-8")
        self.assertEqual(book.header("Content-Type"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
        for answer, ending in ((text, "csv"), (book, "xlsx")):
            self.assertEqual(answer.header("Content-Disposition"), f'attachment; filename="thong-ke-{form}-2026-0.{ending}"')
        rows = list(csv.reader(io.StringIO(text.body.decode("utf-8-sig"))))
        return rows, sheet_of(book.body)

    def counted(self, register):
        """Entries of the commune's register this year that are in force, as the API lists them one by one."""
        count, cursor = 0, ""
        while True:
            page = self.cast.justice.get(f"/api/v1/registers/{register}/entries?limit=100{cursor}")
            self.assertEqual(page.status, 200, page)
            for item in page.json["items"]:
                whole = self.cast.justice.get(f"/api/v1/registers/{register}/entries/{item['id']}").json
                count += int(item["number"].endswith("/2026") and whole["in_force"])
            if page.json["next"] is None:
                return count
            cursor = "&cursor=" + page.json["next"]

    def test_files(self):
        """CSV and XLSX of every form say the same, open as what they are, and compute nothing"""
        self.desk.get(STATISTICS)
        forms = ("registration", "births_timeliness", "completeness", "deaths_by_age")
        for form in forms:
            with self.subTest(form=form):
                rows, (sheet, formulas) = self.files(form)
                self.assertEqual(formulas, 0)
                self.assertEqual([[cell for cell in row] for row in rows], sheet)
                self.assertGreater(len(rows), 4)
                for row in rows:
                    for cell in row:
                        self.assertNotRegex(cell, r"^[=+@\t\r-]", row)

    def test_recount(self):
        """The figure of births is the number of entries a recount finds, and opens to them"""
        rows, _ = self.files("registration")
        births = int(rows[-1][1])
        self.assertEqual(births, self.counted("births"))
        self.assertGreater(births, 10)
        self.desk.get(f"{STATISTICS}?bieu=registration&nam=2026&ky=0")
        link = next(link for link in self.desk.page.links if "/muc?" in link and "hang=total" in link and link.endswith("cot=births"))
        self.desk.get(link)
        self.assertEqual(len(set(re.findall(r"/ban-lam-viec/so/khai-sinh/\d+", self.desk.answer.text))), births)

    def test_rights(self):
        """The figures of another commune are not for this one, and none for a citizen"""
        others = {row["agency"] for row in self.province.accounts() if row["post"].startswith("Công chức Tư pháp")} - {self.cast.agency}
        citizen = Browser(self.province.port).sign_in(self.cast.rows["citizen"])
        for ending in ("", "/csv", "/xlsx", "/muc"):
            self.assertIn(citizen.get(STATISTICS + ending).status, (403, 404), ending)
            for other in others:
                answer = self.desk.get(f"{STATISTICS}{ending}?bieu=registration&nam=2026&co-quan={other}")
                self.assertIn(answer.status, (403, 404), (ending, other))
