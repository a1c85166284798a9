"""What people and programs send that is wrong, and what they are told: every item of the house's list of bad input."""

import io
import unittest
import zipfile

import births
import shared
from api_test import Case, problem
from client import Browser
from province import eventually


class Json(Case):
    def refused(self, text, status=400, code=None):
        data = text if isinstance(text, bytes) else text.encode()
        answer = self.cast.citizen.post("/api/v1/dossiers", data=data, type="application/json")
        problem(self, answer, status, code)

    def test_duplicate_keys(self):
        """JSON with a key twice is refused, wherever it stands"""
        for text in ('{"procedure":"a","procedure":"b"}', '{"form":{"child":{"a":1,"a":2}}}', '{"a":[{"b":1,"\\u0062":2}]}'):
            self.refused(text, 400, "json.duplicate_key")

    def test_depth(self):
        """JSON nested 200,000 deep is refused without harm"""
        for text in ("[" * 200_000, '{"a":' * 40_000 + "1" + "}" * 40_000, "[" * 200_000 + "]" * 200_000):
            answer = self.cast.citizen.post("/api/v1/dossiers", data=text.encode(), type="application/json")
            self.assertIn(answer.status, (400, 413), answer)
            self.assertEqual(answer.header("Content-Type"), "application/problem+json")
        self.assertEqual(self.cast.anyone.get("/health").status, 200)

    def test_broken(self):
        """Broken JSON, broken UTF-8, numbers that are none, a body that is no object: 400 or 422, never a fault"""
        for text in ("", "{", "nul", "{'a':1}", '{"a":NaN}', '{"a":1,}', '{"a":01}', b'{"a":"\xff"}', '{"a":"\\ud800"}',
                     '{"a":1e999999}', "\ufeff{}", '{"a":1} x'):
            answer = self.cast.citizen.post("/api/v1/dossiers", data=text if isinstance(text, bytes) else text.encode(),
                                            type="application/json")
            self.assertIn(answer.status, (400, 422), f"{text!r}: {answer}")
        for text in ("[]", "1", '"a"', "null", "true"):
            self.refused(text, 422)

    def test_not_online(self):
        """What is filed at a desk only is refused online, by pages and by the API"""
        anyone = Browser(self.province.port)
        got = anyone.get("/nop/dang-ky-khai-sinh-luu-dong")
        self.assertEqual(got.status, 422)
        self.assertIn("chưa nộp trực tuyến được", anyone.words)
        sent = births.filing(self.cast.citizen, self.unit, self.born)
        told = problem(self, self.cast.citizen.post("/api/v1/dossiers", {**sent, "procedure": "birth_mobile"}), 422)
        self.assertEqual((told["code"], told["field"]), ("portal.not_online", "/procedure"))

    def test_members(self):
        """A member nobody knows, a missing one, one of the wrong kind: 422 with its pointer"""
        sent = births.filing(self.cast.citizen, self.unit, self.born)
        for change, field in (({"procedure": 7}, "/procedure"), ({"extra": 1}, "/extra"), ({"applicant": "x"}, "/applicant"),
                              ({"files": {}}, "/files"), ({"applicant": {"name": "a", "admin": True}}, "/applicant/admin")):
            told = problem(self, self.cast.citizen.post("/api/v1/dossiers", {**sent, **change}), 422)
            self.assertEqual(told["field"], field)
        del sent["form"]
        self.assertEqual(problem(self, self.cast.citizen.post("/api/v1/dossiers", sent), 422)["field"], "/form")


class Answers(Case):
    def wrong(self, code=None, field=None, **more):
        """What a filing with these answers is told."""
        sent = births.filing(self.cast.citizen, self.unit, more.pop("born", self.born), **more)
        told = problem(self, self.cast.citizen.post("/api/v1/dossiers", sent), 422)
        if field:
            self.assertIn(field, [told.get("field")] + [one.get("field") for one in told.get("errors", [])], told)
        if code:
            self.assertIn(code, [told["code"]] + [one["code"] for one in told.get("errors", [])], told)
        return told

    def test_long_name(self):
        """A name of 5,000 characters is refused with a sentence that says what to do"""
        told = self.wrong(field="/child/full_name", child__full_name="Nguyễn " + "a" * 5000)
        self.assertIn("100", str(told["errors"]))

    def test_29_february(self):
        """29 February of a year that has none is refused by name of month and year; of one that has it, taken"""
        told = self.wrong(field="/child/born_on", child__born_on="2015-02-29")
        self.assertIn("2015", told["title"])
        self.assertIn("28", told["title"])
        sent = births.filing(self.cast.citizen, self.unit, "2016-02-29")
        self.assertEqual(self.cast.citizen.post("/api/v1/dossiers", sent).status, 201)

    def test_no_days(self):
        """Days that are none are refused, not mended"""
        for day in ("2016-13-01", "2016-00-10", "2016-06-31", "2016-6-1", "01/06/2016", "hôm qua", "", "2016-06-20T00:00", "-2016-06-20"):
            with self.subTest(day):
                self.wrong(field="/child/born_on", child__born_on=day)

    def test_future(self):
        """A birth in the future is refused; today is not the future"""
        self.wrong(field="/child/born_on", child__born_on="2016-07-02")
        self.wrong(field="/child/born_on", child__born_on="2316-07-01")
        sent = births.filing(self.cast.citizen, self.unit, "2016-07-01")
        self.assertEqual(self.cast.citizen.post("/api/v1/dossiers", sent).status, 201)

    def test_young_mother(self):
        """A mother younger than 12 is no reason to refuse: the officer is warned, the citizen is not"""
        sent = births.filing(self.cast.citizen, self.unit, self.born, mother__birth_year=2006)
        filed = self.cast.citizen.post("/api/v1/dossiers", sent)
        self.assertEqual(filed.status, 201, filed)
        code = filed.json["code"]
        warned = self.cast.desk.get("/api/v1/dossiers/" + code).json["warnings"]
        self.assertIn("civil_status.mother_under_12", [one["code"] for one in warned])
        self.assertNotIn("mother_under_12", self.cast.citizen.get("/api/v1/dossiers/" + code).text)

    def test_strange_texts(self):
        """Control characters, markup and right-to-left marks in a name are refused or shown as text, never as markup"""
        for name in ("Nguyễn\0An", "Nguyễn\nAn", "<script>alert(1)</script>", "Nguyễn \u202eAn", "=HYPERLINK(1)", "'; DROP TABLE dossier;--"):
            sent = births.filing(self.cast.citizen, self.unit, self.born, child__full_name=name)
            answer = self.cast.citizen.post("/api/v1/dossiers", sent)
            self.assertIn(answer.status, (201, 422), f"{name!r}: {answer}")
            if answer.status == 201:
                code = answer.json["code"]
                page = Browser(self.province.port).sign_in(self.cast.rows["desk"])
                page.get("/ban-lam-viec/ho-so/" + code)
                self.assertNotIn("<script>alert", page.answer.text)
                self.assertNotIn("\u202e", page.answer.text)

    def test_composed(self):
        """A name in NFD is kept as NFC: what is searched and printed is one spelling"""
        import unicodedata
        plain = births.birth(self.unit, self.born)["child"]["full_name"]
        sent = births.filing(self.cast.citizen, self.unit, self.born, child__full_name=unicodedata.normalize("NFD", plain))
        filed = self.cast.citizen.post("/api/v1/dossiers", sent)
        self.assertEqual(filed.status, 201, filed)
        shown = self.cast.citizen.get("/api/v1/dossiers/" + filed.json["code"]).json
        self.assertEqual(shown["subject"], plain)

    def test_unknown(self):
        """A procedure, an agency or a commune that is not there: 4xx with a sentence"""
        sent = births.filing(self.cast.citizen, self.unit, self.born)
        for change in ({"procedure": "no_such"}, {"procedure": "../birth_registration"}, {"agency": "99999"}, {"agency": ""}):
            answer = self.cast.citizen.post("/api/v1/dossiers", {**sent, **change})
            self.assertIn(answer.status, (404, 422), f"{change}: {answer}")
        self.wrong(field="/mother/residence/unit", mother__residence__unit="00000")


class OldEncodings(unittest.TestCase):
    """On the page: what looks like TCVN3 or VNI is shown with what it would become, and converted with consent only."""
    def test_consent(self):
        """A name in VNI or TCVN3 is doubted, kept as typed without consent and converted with it"""
        province = shared.province()
        citizen = next(row for row in province.accounts() if not row["post"])
        # TCVN3 and VNI bytes as an old keyboard driver puts them into a Latin-1 page.
        for typed, meant in (("Nguyeãn Thò Höông", "Nguyễn Thị Hương"), ("NguyÔn Trµ Giang", "Nguyễn Trà Giang")):
            with self.subTest(typed):
                browser = Browser(province.port).sign_in(citizen)
                browser.get("/nop/dang-ky-khai-sinh")
                browser.send({"agency": shared.Cast(province).agency}, "/nop/dang-ky-khai-sinh")
                name = next(one for one in browser.form("/nop/", "later").names if one.endswith("full_name"))
                browser.send({name: typed}, "/nop/")
                self.assertEqual(browser.answer.status, 422, browser.words[:300])
                self.assertIn(meant, browser.words)
                self.assertIn(typed, browser.answer.text, "what was typed is still there")
                self.assertIn(name + ".convert", browser.form("/nop/", "later").names)
                browser.send({name: typed, name + ".convert": "1"}, "/nop/")
                self.assertIn(meant, browser.form("/nop/", "later").fields.get(name, ""))
                self.assertNotIn(name + ".convert", browser.form("/nop/", "later").names)
                browser.send({name: typed}, "/nop/")  # Doubted again, and this time kept as it is.
                self.assertEqual(browser.form("/nop/", "later").fields[name + ".keep"], typed)
                browser.send({name: typed}, "/nop/")
                self.assertEqual(browser.form("/nop/", "later").fields[name], typed)
                self.assertNotIn(name + ".convert", browser.form("/nop/", "later").names)


class Files(Case):
    def upload(self, content, name="anh.jpg", type="image/jpeg"):
        return self.cast.citizen.upload(content, name, type)

    def test_scripts(self):
        """A script, a page or a program that calls itself a picture is refused by its content"""
        for content in (b"<script>alert(1)</script>", b"<html><body onload=x>", b"#!/bin/sh\nrm -rf /\n", b"MZ" + b"\0" * 200,
                        b"\x7fELF" + b"\0" * 200, b"<?php system($_GET[0]);", b"<svg xmlns='http://www.w3.org/2000/svg' onload='x'/>",
                        b"\xff\xd8\xff<script>alert(1)</script>", b"GIF89a<script>", b"PK\x03\x04" + b"\0" * 100, b"", b"\0" * 1000):
            with self.subTest(content[:30]):
                answer = self.upload(content)
                self.assertEqual(answer.status, 422, answer)
                problem(self, answer, 422)

    def test_served_as_kind(self):
        """What is taken is served by the kind its content shows, never as what its sender claimed"""
        made = self.upload(births.png(), "x.html", "text/html")
        self.assertEqual((made.status, made.json["media_type"]), (201, "image/png"), made)

    def test_names(self):
        """A file name with folders, control characters or markup is cleaned"""
        for name in ("../../etc/passwd", "a/b.png", "con.png", "a\u0000.png", "x" * 5000 + ".png"):
            answer = self.upload(births.png(), name)
            self.assertIn(answer.status, (201, 400, 422), f"{name[:40]!r}: {answer}")

    def test_two_files(self):
        """Two files where one is wanted are refused"""
        from client import multipart
        data, boundary = multipart({}, [("file", "a.png", "image/png", births.png()), ("file", "b.png", "image/png", births.png())])
        answer = self.cast.citizen.post("/api/v1/files", data=data, type="multipart/form-data; boundary=" + boundary)
        problem(self, answer, 422, "web.one_file")


def archive(members, level=zipfile.ZIP_DEFLATED):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", level) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return held.getvalue()


class Bombs(unittest.TestCase):
    """What is unpacked or parsed: workbooks and data packs, sent by who may send them."""

    @classmethod
    def setUpClass(cls):
        cls.province = shared.province()
        cls.admin = next(row for row in cls.province.accounts() if row["login"] == "quantri.ubnd-tinh")
        cls.desk = Browser(cls.province.port).sign_in(cls.admin)

    def send(self, path, content, name, **fields):
        self.desk.get(path)
        self.assertEqual(self.desk.answer.status, 200, self.desk.words[:300])
        return self.desk.send(fields, having="file", files=[("file", name, "application/octet-stream", content)])

    def memory(self):
        for line in open(f"/proc/{self.province.process.pid}/status"):
            if line.startswith("VmRSS"):
                return int(line.split()[1]) // 1024
        return 0

    def test_workbooks(self):
        """A workbook that is a bomb, has entities or lies about its sizes is refused, and memory stays"""
        sheet = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        types = b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
        book = (b'<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/'
                b'officeDocument/2006/relationships"><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>')
        rels = (b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://'
                b'schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>')
        laughs = (b'<!DOCTYPE l [<!ENTITY a "haha">' + b"".join(
            b'<!ENTITY %c "%s">' % (98 + i, (b"&%c;" % (97 + i)) * 10) for i in range(9)) + b"]><worksheet>&j;</worksheet>")
        outside = b'<!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet>&a;</worksheet>'

        def workbook(first):
            return archive({"[Content_Types].xml": types, "xl/workbook.xml": book, "xl/_rels/workbook.xml.rels": rels,
                            "xl/worksheets/sheet1.xml": first})
        cases = {
            "300 MB of rows": workbook(sheet + b"<row><c><v>1</v></c></row>" * 10_000_000),
            "100 MB of spaces": workbook(sheet + b" " * 100_000_000),
            "billion laughs": workbook(laughs), "outside entity": workbook(outside),
            "no workbook": archive({"a.txt": b"x"}), "2,000 parts": archive({f"p{i}.xml": b"x" for i in range(2000)}),
            "row far away": workbook(sheet + b'<row r="99999999"><c r="A1"><v>1</v></c></row></sheetData></worksheet>'),
            "column far away": workbook(sheet + b'<row r="1"><c r="ZZZZZZ1"><v>1</v></c></row></sheetData></worksheet>'),
            "cut": workbook(sheet)[:-40], "not zip": b"PK\x03\x04" + b"x" * 1000}
        before = self.memory()
        for name, content in cases.items():
            with self.subTest(name):
                answer = self.send("/ban-lam-viec/nhan-su/nhap", content, "a.xlsx")
                self.assertIn(answer.status, (413, 422), f"{name}: {self.desk.words[:300]}")
                self.assertNotIn("root:", answer.text)
        self.assertLess(self.memory() - before, 300, "megabytes kept")

    def test_tables(self):
        """A table with broken text or far too much of it is refused with a sentence"""
        for name, content in {"latin": b"H\xe9\n", "NUL": b"a\0b\n", "quote": b'"a\n', "wide": b"a," * 100_000, "deep": b"a\n" * 200_000}.items():
            with self.subTest(name):
                answer = self.send("/ban-lam-viec/nhan-su/nhap", content, "a.csv")
                self.assertIn(answer.status, (200, 413, 422))
                if answer.status == 200:
                    self.assertIn("row", answer.text)

    def test_archives(self):
        """A ZIP of a pack that is a bomb, climbs out of its folder or holds no text is refused"""
        self.desk.get("/ban-lam-viec/goi/cong-bo")
        for name, content in {
                "bomb": archive({"procedure.json": b" " * 200_000_000}), "climbs": archive({"../../x.json": b"{}"}),
                "absolute": archive({"/etc/x.json": b"{}"}), "dots": archive({"a/../b.json": b"{}"}), "hidden": archive({".git/config": b"x"}),
                "400 files": archive({f"f{i}.json": b"{}" for i in range(400)}), "bytes": archive({"procedure.json": b"\xff\xfe\0\0"}),
                "no zip": b"hello", "cut": archive({"procedure.json": b"{}"})[:30]}.items():
            with self.subTest(name):
                answer = self.send("/ban-lam-viec/goi/cong-bo", content, "a.zip", kind="procedure")
                self.assertIn(answer.status, (413, 422), f"{name}: {answer.status} {self.desk.words[:300]}")

    def test_xml(self):
        """XML in a pack with entities, a DOCTYPE or endless depth is refused by file and line; the version in force stays"""
        import add_procedure_test as folders
        for name, content in {
                "laughs": b'<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><definitions>&b;</definitions>',
                "outside": b'<!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]><definitions>&a;</definitions>',
                "deep": b"<a>" * 100_000 + b"</a>" * 100_000, "broken": b"<definitions>"}.items():
            for file in ("process.bpmn", "fees.dmn", "receipt.paper.xml"):
                with self.subTest(f"{name} in {file}"):
                    members = folders.folder_files("birth_registration")
                    members[file] = content
                    answer = self.send("/ban-lam-viec/goi/cong-bo", archive(members), "a.zip", kind="procedure")
                    self.assertEqual(answer.status, 422, self.desk.words[:300])
                    self.assertIn(file, self.desk.words)
                    self.assertNotIn("root:", answer.text)
        self.desk.get("/thu-tuc/dang-ky-khai-sinh")
        self.assertEqual(self.desk.answer.status, 200)


class Twice(Case):
    def test_form_twice(self):
        """The review form sent twice files once, and both times leads to the dossier filed"""
        browser = Browser(self.province.port).sign_in(self.cast.rows["citizen"])
        browser.get("/ho-so-cua-toi")
        self.assertEqual(browser.answer.status, 200)
        from walk import file_by_pages
        form, first = file_by_pages(browser, self.unit, births.birth(self.unit, self.born))
        second = browser.post(form[0], form[1], follow=False)
        self.assertEqual(second.status, 303, browser.words[:300])
        self.assertEqual(second.header("Location"), first)

    def test_two_officers(self):
        """Two officers finish one task at once: one does it, the other is told who did"""
        import concurrent.futures
        code = self.filed()["code"]
        task = eventually(lambda: self.task(self.cast.desk, code))
        path = f"/api/v1/tasks/{task['id']}/complete"
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: self.cast.desk.post(path, {"outcome": "receive", "form": {}}), range(8)))
        self.assertEqual(sorted(answer.status for answer in answers), [200] + [409] * 7)
        for answer in answers:
            if answer.status == 409:
                self.assertEqual(answer.json["code"], "casework.task_done")
                self.assertIn("Công chức tiếp nhận", answer.json["title"])
        shown = self.cast.desk.get("/api/v1/dossiers/" + code).json
        self.assertEqual(sum(one["kind"] == "received" for one in shown["timeline"]), 1)
