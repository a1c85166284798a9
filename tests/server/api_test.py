"""The API of DESIGN 8, word for word, and a birth that sees no page from filing to handing over."""

import concurrent.futures
import unittest

import births
import shared
from client import Api
from province import eventually

BORN = {2016: "2016-06-20", 2026: "2026-06-20"}


def problem(case, answer, status, code=None):
    """A refusal as RFC 9457 has it."""
    case.assertEqual(answer.status, status, answer)
    case.assertEqual(answer.header("Content-Type"), "application/problem+json", answer)
    told = answer.json
    case.assertEqual(told["status"], status)
    case.assertTrue(told["title"])
    if code:
        case.assertEqual(told["code"], code)
    return told


class Case(unittest.TestCase):
    year = 2016

    @classmethod
    def setUpClass(cls):
        cls.province = shared.province(cls.year)
        cls.cast = shared.Cast(cls.province)
        cls.unit = cls.cast.agency
        cls.born = BORN[cls.year]

    def filed(self, **more):
        sent = births.filing(self.cast.citizen, self.unit, self.born, **more)
        answer = self.cast.citizen.post("/api/v1/dossiers", sent)
        self.assertEqual(answer.status, 201, answer)
        return answer.json

    def task(self, officer, code):
        """The open task of the dossier among those of the officer, or none."""
        cursor = ""
        while True:
            page = officer.get("/api/v1/tasks?limit=100" + cursor)
            self.assertEqual(page.status, 200, page)
            for item in page.json["items"]:
                if item["dossier"] == code:
                    return item
            if page.json["next"] is None:
                return None
            cursor = "&cursor=" + page.json["next"]

    def do(self, officer, code, outcome, form=None, **more):
        task = eventually(lambda: self.task(officer, code), why=f"no task of {code} to {outcome}")
        self.assertIn(outcome, task["outcomes"])
        done = officer.post(f"/api/v1/tasks/{task['id']}/complete", {"outcome": outcome, "form": form or {}, **more})
        self.assertEqual(done.status, 200, done)
        return done.json


class FixedPoints(Case):
    def test_file(self):
        """POST /api/v1/files answers 201 with an id"""
        made = self.cast.citizen.upload(births.png())
        self.assertEqual(made.status, 201)
        self.assertIsInstance(made.json["id"], str)
        plain = self.cast.citizen.post("/api/v1/files", data=births.png(), type="image/png")
        self.assertEqual(plain.status, 201, plain)
        self.assertEqual(plain.json["sha256"], made.json["sha256"])

    def test_filing(self):
        """POST /api/v1/dossiers answers 201 with code, state and due_at, which is null until an officer received it"""
        filed = self.filed()
        self.assertEqual(set(filed), {"code", "state", "due_at"})
        self.assertEqual((filed["state"], filed["due_at"]), ("filed", None))
        self.assertRegex(filed["code"], r"^[\w.]+-160701-\d{4,}$")
        shown = self.cast.citizen.get("/api/v1/dossiers/" + filed["code"]).json
        self.assertEqual((shown["state"], shown["received_at"], shown["due_at"]), ("filed", None, None))
        done = self.do(self.cast.desk, filed["code"], "receive")
        self.assertEqual(done["state"], "received")
        self.assertTrue(done["due_at"].startswith("2016-07-01T16:30"), done)

    def test_missing_paper(self):
        """A filing without a paper the procedure asks for is refused with 422 and names the paper"""
        sent = births.filing(self.cast.citizen, self.unit, self.born, papers=["birth_notification"])
        told = problem(self, self.cast.citizen.post("/api/v1/dossiers", sent), 422)
        self.assertIn("requester_identity", str(told) + str(told.get("errors")))

    def test_no_token(self):
        """Without a token, or with one that never was: 401"""
        for api in (self.cast.anyone, Api(self.province.port, "made-up")):
            for method, path in (("POST", "/api/v1/dossiers"), ("POST", "/api/v1/files"), ("GET", "/api/v1/tasks"),
                                 ("GET", "/api/v1/dossiers/x"), ("POST", "/api/v1/tasks/1/complete")):
                answer = api.ask(method, path, {} if method == "POST" else None)
                problem(self, answer, 401)
                self.assertTrue(answer.header("WWW-Authenticate").startswith("Bearer"))

    def test_tracking(self):
        """Anyone with the full code is told the state and nothing of a person"""
        filed = self.filed(child__full_name="Nguyễn Thị Bí Mật")
        shown = self.cast.anyone.get("/api/v1/track/" + filed["code"])
        self.assertEqual(shown.status, 200)
        self.assertEqual(shown.json["state"], "filed")
        self.assertNotIn("Bí Mật", shown.text)
        self.assertNotIn("Phạm", shown.text)
        problem(self, self.cast.anyone.get("/api/v1/track/000.00.00.H48-160701-9999"), 404)

    def test_tasks(self):
        """GET /api/v1/tasks gives items of id, dossier, name, due_at and outcomes, and next"""
        self.filed()
        page = self.cast.desk.get("/api/v1/tasks").json
        self.assertEqual(set(page), {"items", "next"})
        self.assertEqual(set(page["items"][0]), {"id", "dossier", "name", "due_at", "outcomes"})


class WholeBirth(Case):
    """From filing to handing over without a page."""

    def steps(self, code):
        self.do(self.cast.desk, code, "receive")
        self.do(self.cast.desk, code, "pass_on")
        self.do(self.cast.justice, code, "enter", {"note": "Đủ giấy tờ"})
        self.do(self.cast.chairman, code, "approve")

    def whole(self, stamp, hand_over):
        code = self.filed()["code"]
        self.steps(code)
        stamp(code)
        done = self.do(self.cast.desk, code, "handed_over", {"handed_to": "Phạm Thị Vy", **hand_over})
        self.assertEqual(done["state"], "handed_over")
        shown = self.cast.citizen.get("/api/v1/dossiers/" + code).json
        self.assertEqual(shown["state"], "handed_over")
        return shown


class WholeBirth2016(WholeBirth):
    def test_whole(self):
        """2016: a birth through the API alone, its certificate on a pre-printed form"""
        def stamp(code):
            serial = f"KS-2016-{900000 + births.serial():06d}"
            self.do(self.cast.justice, code, "printed", {"form_serial": serial, "printed_well": True})
            self.do(self.cast.clerk, code, "stamped")
        self.whole(stamp, {"handed_by": "at_desk", "register_signed": "at_desk"})


class WholeBirth2026(WholeBirth):
    year = 2026

    def test_whole(self):
        """2026: a birth through the API alone, its certificate an electronic original"""
        def stamp(code):
            self.do(self.cast.clerk, code, "seal")
        self.whole(stamp, {"handed_by": "online", "register_signed": "by_code"})


class Idempotency(Case):
    def test_same(self):
        """The same key and body give the same answer and one dossier"""
        sent = births.filing(self.cast.citizen, self.unit, self.born)
        first = self.cast.citizen.post("/api/v1/dossiers", sent, key="a-key-1")
        second = self.cast.citizen.post("/api/v1/dossiers", sent, key="a-key-1")
        self.assertEqual((first.status, second.status), (201, 201), second)
        self.assertEqual(first.json, second.json)
        third = self.cast.citizen.post("/api/v1/dossiers", sent, key="a-key-2")
        self.assertNotEqual(third.json["code"], first.json["code"])

    def test_twins(self):
        """Twenty twins at once: all get one answer, one dossier is filed"""
        sent = births.filing(self.cast.citizen, self.unit, self.born)
        with concurrent.futures.ThreadPoolExecutor(20) as pool:
            answers = list(pool.map(lambda _: self.cast.citizen.post("/api/v1/dossiers", sent, key="twins"), range(20)))
        self.assertEqual({answer.status for answer in answers}, {201}, answers[0])
        self.assertEqual(len({answer.json["code"] for answer in answers}), 1)

    def test_another_client(self):
        """A key is its client's own: another caller's does not answer for it"""
        sent = births.filing(self.cast.citizen, self.unit, self.born)
        mine = self.cast.citizen.post("/api/v1/dossiers", sent, key="shared-key")
        other = next(row for row in self.province.accounts()
                     if not row["post"] and row["login"] != self.cast.rows["citizen"]["login"])
        api = Api(self.province.port, self.province.token(other["login"]))
        theirs = api.post("/api/v1/dossiers", births.filing(api, self.unit, self.born), key="shared-key")
        self.assertEqual(theirs.status, 201, theirs)
        self.assertNotEqual(mine.json["code"], theirs.json["code"])
