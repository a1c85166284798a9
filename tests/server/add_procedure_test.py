"""docs/how-to-add-a-procedure.md, done: a copied folder is published from the desk of a running server and runs to its
result, without rebuild or restart; and what was published moves to another server byte for byte."""

import io
import json
import os
import re
import unittest
import zipfile

import births
import shared
from api_test import Case, problem
from client import Browser
from province import ROOT, Province, eventually

FOLDER = ROOT / "systems/civil_status/procedures"
PACKS = "/ban-lam-viec/goi"


def folder_files(name):
    folder = FOLDER / name
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def archive(members, top=""):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(top + name, content)
    return held.getvalue()


def copied(new_id, page, name):
    """The folder of birth registration under another name, as a colleague would copy and change it."""
    members = folder_files("birth_registration")
    procedure = json.loads(members["procedure.json"])
    procedure.update({"id": new_id, "page": page, "national_code": "9.000001",
                      "name": {"vi": name, "en": "Copied registration"}, "common": 0})
    procedure["keywords"] = {"vi": [name.lower()], "en": ["copied"]}
    members["procedure.json"] = json.dumps(procedure, ensure_ascii=False, indent=2).encode()
    for file, content in members.items():
        if file.endswith((".bpmn", ".schema.json", ".dmn", ".case")):
            members[file] = content.replace(b"birth_registration", new_id.encode())
    return members


class Desk:
    """The administrator's browser at the page of data packs."""

    def __init__(self, province):
        admin = next(row for row in province.accounts() if row["login"] == "quantri.ubnd-tinh")
        self.browser = Browser(province.port).sign_in(admin)

    def publish(self, content, kind="procedure"):
        """Sends the ZIP and, when the changes are shown, confirms them."""
        self.browser.get(PACKS + "/cong-bo")
        got = self.browser.send({"kind": kind}, having="file", files=[("file", "goi.zip", "application/zip", content)])
        if got.status != 200:
            return got
        return self.browser.submit(having="pack")

    def download(self, name):
        self.browser.get(f"{PACKS}/{name}")
        link = next(link for link in self.browser.page.links if link.endswith("/zip"))
        return self.browser.get(link).body


class AddProcedure(Case):
    NAME = "Đăng ký khai sinh theo bản chép"

    def test_published_runs(self):
        """A copied folder published from the desk is found, filed and run to its result, without rebuild or restart"""
        process = self.province.process.pid
        desk = Desk(self.province)
        members = copied("birth_copied", "khai-sinh-ban-chep", self.NAME)
        got = desk.publish(archive(members, "birth_copied/"))
        self.assertEqual(got.status, 200, desk.browser.words[:1500])
        self.assertIn(self.NAME, desk.browser.words)
        anyone = Browser(self.province.port)
        anyone.get("/thu-tuc?q=theo+ban+chep")
        self.assertIn("/thu-tuc/khai-sinh-ban-chep", anyone.page.links)
        found = self.cast.anyone.get("/api/v1/procedures/birth_copied")
        self.assertEqual((found.status, found.json["can_file_online"]), (200, True), found)
        sent = births.filing(self.cast.citizen, self.unit, self.born)
        filed = self.cast.citizen.post("/api/v1/dossiers", {**sent, "procedure": "birth_copied"})
        self.assertEqual(filed.status, 201, filed)
        code = filed.json["code"]
        for officer, outcome, form in (
                (self.cast.desk, "receive", {}), (self.cast.desk, "pass_on", {}), (self.cast.justice, "enter", {}),
                (self.cast.chairman, "approve", {}),
                (self.cast.justice, "printed", {"printed_well": True}),
                (self.cast.clerk, "stamped", {}),
                (self.cast.desk, "handed_over", {"handed_to": "Phạm Thị Vy", "handed_by": "at_desk", "register_signed": "at_desk"})):
            if outcome == "printed":
                form["form_serial"] = self.next_form("justice", code)
            done = self.do(officer, code, outcome, form)
        self.assertEqual(done["state"], "handed_over")
        self.assertEqual(self.province.process.pid, process)
        self.assertIsNone(self.province.process.poll())

    def test_wrong_reference(self):
        """A changed folder with a wrong reference is refused by file, line and reason; the last good version stays in force"""
        desk = Desk(self.province)
        good = copied("birth_kept", "khai-sinh-giu-lai", "Bản còn hiệu lực")
        self.assertEqual(desk.publish(archive(good)).status, 200)
        before = self.cast.anyone.get("/api/v1/procedures/birth_kept")
        faults = {
            "process.bpmn": good["process.bpmn"].replace(b'<ta:form ref="check"/>', b'<ta:form ref="chek"/>'),
            "procedure.json": good["procedure.json"].replace(b"civil_status.timeliness", b"civil_status.timelines"),
            "fees.dmn": re.sub(rb"<text>[^<]*</text>", b"<text>no_such_function(1)</text>", good["fees.dmn"], count=1),
            "form.schema.json": good["form.schema.json"].replace(b'"/child/full_name"', b'"/child/fullname"', 1),
            "certificate.paper.xml": good["certificate.paper.xml"].replace(b"<paragraph", b"<paragraf", 1).replace(
                b"</paragraph>", b"</paragraf>", 1)}
        for file, content in faults.items():
            with self.subTest(file):
                self.assertNotEqual(content, good[file], "the fault was planted")
                got = desk.publish(archive({**good, file: content}))
                self.assertEqual(got.status, 422, desk.browser.words[:600])
                self.assertIn(file, desk.browser.words)
                lines = re.findall(re.escape(file) + r"\s+(\d+)", desk.browser.words)
                self.assertTrue(lines, desk.browser.words[:900])
        after = self.cast.anyone.get("/api/v1/procedures/birth_kept")
        self.assertEqual((after.json, after.header("ETag")), (before.json, before.header("ETag")))

    def test_back(self):
        """An older version is put back in force and a dossier keeps the version it was received under"""
        desk = Desk(self.province)
        first = copied("birth_back", "khai-sinh-quay-lai", "Bản thứ nhất")
        second = copied("birth_back", "khai-sinh-quay-lai", "Bản thứ hai")
        self.assertEqual(desk.publish(archive(first)).status, 200)
        sent = {**births.filing(self.cast.citizen, self.unit, self.born), "procedure": "birth_back"}
        code = self.cast.citizen.post("/api/v1/dossiers", sent).json["code"]
        self.do(self.cast.desk, code, "receive")
        self.assertEqual(desk.publish(archive(second)).status, 200)
        name = lambda: self.cast.anyone.get("/api/v1/procedures/birth_back").json["name"]
        self.assertEqual(name(), "Bản thứ hai")
        self.do(self.cast.desk, code, "pass_on")
        desk.browser.get(PACKS + "/birth_back")
        older = [link for link in desk.browser.page.links if re.fullmatch(PACKS + r"/birth_back/\d+", link)]
        desk.browser.get(older[-1])
        self.assertIn("procedure.json", desk.browser.words, "what differs is shown")
        desk.browser.submit(having="reason", reason="Bản mới sai tên")
        self.assertEqual(desk.browser.answer.status, 200, desk.browser.words[:600])
        self.assertEqual(name(), "Bản thứ nhất")


class Exchange(unittest.TestCase):
    def test_two_servers(self):
        """A pack exported from one server and published on another is the same, byte for byte, and exports the same"""
        one = shared.province()
        desk = Desk(one)
        members = copied("birth_moved", "khai-sinh-chuyen-di", "Bản chuyển đi")
        self.assertEqual(desk.publish(archive(members)).status, 200, desk.browser.words[:600])
        exported = desk.download("birth_moved")
        with zipfile.ZipFile(io.BytesIO(exported)) as opened:
            self.assertEqual({name: opened.read(name) for name in opened.namelist()}, members)
        other = shared.province(2026)
        there = Desk(other)
        self.assertEqual(there.publish(exported).status, 200, there.browser.words[:600])
        self.assertEqual(there.download("birth_moved"), exported)
