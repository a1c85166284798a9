"""The API of DESIGN 8, word for word, and a birth that sees no page from filing to handing over."""

import concurrent.futures
import unittest

import births
import shared
from client import Api, Browser
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


    def next_form(self, officer, code):
        """The serial of the pre-printed form that the officer's page offers for this dossier."""
        task = eventually(lambda: self.task(getattr(self.cast, officer), code), why=f"nothing to print for {code}")
        browser = Browser(self.province.port).sign_in(self.cast.rows[officer])
        browser.get(f"/ban-lam-viec/ho-so/{code}/viec/{task['id']}/printed")
        return browser.form(having="form_serial").fields["form_serial"]


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
    """From filing to handing over, and the entry in the register, without a page."""

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
        self.assertRegex(shown["entry"], rf"^\d+/{self.year}$")
        entries = self.cast.justice.get("/api/v1/registers/births/entries?q=" + shown["entry"])
        self.assertEqual(entries.status, 200, entries)
        self.assertIn(shown["entry"], [item["number"] for item in entries.json["items"]])
        entry = self.cast.justice.get("/api/v1/registers/births/entries/" + entries.json["items"][0]["id"])
        self.assertEqual(entry.status, 200, entry)
        rated = self.cast.citizen.post(f"/api/v1/dossiers/{code}/rating", {"stars": 5, "comment": "Nhanh"})
        self.assertEqual(rated.status, 200, rated)
        problem(self, self.cast.citizen.post(f"/api/v1/dossiers/{code}/rating", {"stars": 1}), 409)
        return shown


class WholeBirth2016(WholeBirth):
    def test_whole(self):
        """2016: a birth through the API alone, its certificate on a pre-printed form"""
        def stamp(code):
            form = {"form_serial": self.next_form("justice", code), "printed_well": True}
            self.do(self.cast.justice, code, "printed", form)
            self.do(self.cast.clerk, code, "stamped")
        self.whole(stamp, {"handed_by": "at_desk", "register_signed": "at_desk"})


class WholeBirth2026(WholeBirth):
    year = 2026

    def test_whole(self):
        """2026: a birth through the API alone, its certificate an electronic original with two signatures"""
        def stamp(code):
            self.do(self.cast.clerk, code, "seal")
        shown = self.whole(stamp, {"handed_by": "online", "register_signed": "by_code"})
        paper = next(one for one in shown["papers"] if one["paper"] == "certificate")
        self.assertEqual((paper["signatures"], paper["media_type"]), (2, "application/pdf"))
        pdf = self.cast.citizen.get(f"/api/v1/dossiers/{shown['code']}/papers/{paper['id']}")
        self.assertTrue(pdf.body.startswith(b"%PDF-"))
        good = self.cast.anyone.post("/api/v1/verifications", data=pdf.body, type="application/pdf")
        self.assertEqual(good.status, 200, good)
        self.assertEqual(good.json["answer"], "genuine")
        self.assertEqual([one["valid"] for one in good.json["signatures"]], [True, True])
        at = pdf.body.index(b"stream") + 40
        changed = pdf.body[:at] + bytes([pdf.body[at] ^ 1]) + pdf.body[at + 1:]
        bad = self.cast.anyone.post("/api/v1/verifications", data=changed, type="application/pdf").json
        self.assertNotEqual(bad["answer"], "genuine")
        self.assertEqual([one["valid"] for one in bad["signatures"] if one["valid"]], [])


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

    def test_other_body(self):
        """The same key with another body is refused with 409"""
        sent = births.filing(self.cast.citizen, self.unit, self.born)
        self.assertEqual(self.cast.citizen.post("/api/v1/dossiers", sent, key="b-key").status, 201)
        for member, value in (("applicant", {"name": "Người Khác"}), ("form", births.birth(self.unit, self.born))):
            answer = self.cast.citizen.post("/api/v1/dossiers", {**sent, member: value}, key="b-key")
            problem(self, answer, 409, "storage.idempotency_conflict")
        long = self.cast.citizen.post("/api/v1/dossiers", sent, key="k" * 201)
        problem(self, long, 400, "storage.idempotency_key_bad")

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

    def test_task(self):
        """A task done twice with one key is done once and answers the same; without the key it is told who did it"""
        code = self.filed()["code"]
        task = self.task(self.cast.desk, code)
        path = f"/api/v1/tasks/{task['id']}/complete"
        body = {"outcome": "receive", "form": {}}
        first = self.cast.desk.post(path, body, key="task-key")
        again = self.cast.desk.post(path, body, key="task-key")
        self.assertEqual((first.status, again.status), (200, 200), again)
        self.assertEqual(first.json, again.json)
        problem(self, self.cast.desk.post(path, {**body, "outcome": "refuse"}, key="task-key"), 409)
        late = problem(self, self.cast.desk.post(path, body), 409, "casework.task_done")
        self.assertIn("Công chức tiếp nhận", late["title"], "who did it is told")


class Versions(Case):
    def test_if_match(self):
        """A task is done only when it is as the caller saw it: If-Match, else 412 and nothing is written"""
        code = self.filed()["code"]
        task = self.task(self.cast.desk, code)
        seen = self.cast.desk.get("/api/v1/tasks/" + task["id"])
        self.assertEqual(seen.status, 200, seen)
        self.assertEqual([one["id"] for one in seen.json["outcomes"]], task["outcomes"])
        self.assertEqual(self.cast.desk.post(f"/api/v1/dossiers/{code}/notes", {"text": "Đã gọi điện"}).status, 200)
        path = f"/api/v1/tasks/{task['id']}/complete"
        body = {"outcome": "receive", "form": {}}
        for tag in (seen.header("ETag"), '"x"', "1"):
            problem(self, self.cast.desk.post(path, body, headers={"If-Match": tag}), 412)
        now = self.cast.desk.get("/api/v1/dossiers/" + code)
        self.assertEqual(now.json["state"], "filed")
        done = self.cast.desk.post(path, body, headers={"If-Match": now.header("ETag")})
        self.assertEqual(done.status, 200, done)

    def test_not_modified(self):
        """A GET with the ETag of before answers 304 without a body"""
        code = self.filed()["code"]
        first = self.cast.citizen.get("/api/v1/dossiers/" + code)
        second = self.cast.citizen.get("/api/v1/dossiers/" + code, headers={"If-None-Match": first.header("ETag")})
        self.assertEqual((second.status, second.body), (304, b""))


class Paging(Case):
    def walk(self, api, path, limit):
        items, cursor, pages = [], "", 0
        while True:
            page = api.get(f"{path}{'&' if '?' in path else '?'}limit={limit}{cursor}")
            self.assertEqual(page.status, 200, page)
            self.assertLessEqual(len(page.json["items"]), limit)
            items += page.json["items"]
            pages += 1
            if page.json["next"] is None:
                return items, pages
            self.assertTrue(page.json["items"], "a page with a next has items")
            cursor = "&cursor=" + page.json["next"]

    def test_walks(self):
        """Every list walks to its end by next: nothing twice, nothing left out, the same for each size of page"""
        for _ in range(3):
            self.filed()
        lists = [(self.cast.desk, "/api/v1/tasks", "id"), (self.cast.desk, "/api/v1/dossiers", "code"),
                 (self.cast.citizen, "/api/v1/dossiers", "code"),
                 (self.cast.justice, "/api/v1/registers/births/entries", "id"),
                 (self.cast.anyone, "/api/v1/procedures", "id")]
        for api, path, key in lists:
            with self.subTest(path=path):
                whole, _ = self.walk(api, path, 100)
                small, pages = self.walk(api, path, 7)
                self.assertEqual([one[key] for one in small], [one[key] for one in whole])
                self.assertEqual(len({one[key] for one in whole}), len(whole))
                self.assertGreater(len(whole), 2)
                self.assertEqual(pages, max(1, -(-len(whole) // 7)))

    def test_stable(self):
        """What is filed while a list is walked neither doubles nor hides what was there"""
        before = [one["id"] for one in self.walk(self.cast.desk, "/api/v1/tasks", 100)[0]]
        page = self.cast.desk.get("/api/v1/tasks?limit=5").json
        seen = [one["id"] for one in page["items"]]
        while page["next"] is not None:
            if len(seen) < 20:
                self.filed()
            page = self.cast.desk.get("/api/v1/tasks?limit=5&cursor=" + page["next"]).json
            seen += [one["id"] for one in page["items"]]
        self.assertEqual([one for one in seen if one in before], before)
        self.assertEqual(len(set(seen)), len(seen))

    def test_bad_query(self):
        """A limit or cursor that is none is refused with 400, not guessed"""
        for query in ("limit=0", "limit=101", "limit=x", "limit=", "cursor=abc", "cursor='--"):
            problem(self, self.cast.desk.get("/api/v1/tasks?" + query), 400, "web.bad_query")


class Scopes(Case):
    def test_scopes(self):
        """A token does no more than its scopes: 403 for the rest"""
        login = self.cast.rows["desk"]["login"]
        reads = Api(self.province.port, self.province.token(login, "dossiers:read"))
        code = self.filed()["code"]
        self.assertEqual(reads.get("/api/v1/dossiers/" + code).status, 200)
        problem(self, reads.get("/api/v1/tasks"), 403)
        problem(self, reads.post("/api/v1/dossiers", {}), 403)
        problem(self, reads.get("/api/v1/registers/births/entries"), 403)
        works = Api(self.province.port, self.province.token(login, "tasks"))
        self.assertEqual(works.get("/api/v1/tasks").status, 200)
        problem(self, works.get("/api/v1/dossiers/" + code), 403)

    def test_pages(self):
        """A token opens no page and no form: they are for people"""
        api = self.cast.desk
        for path in ("/ban-lam-viec", "/ho-so-cua-toi", "/ban-lam-viec/nhan-su"):
            self.assertIn(api.get(path).status, (403, 404), path)

    def test_another_commune(self):
        """A dossier of another commune is, for an officer, one that is not there"""
        code = self.filed()["code"]
        others = [row for row in self.province.accounts()
                  if row["post"].startswith("Công chức tiếp nhận") and row["agency"] != self.cast.agency]
        other = Api(self.province.port, self.province.token(others[0]["login"], "dossiers:read tasks"))
        there = problem(self, other.get("/api/v1/dossiers/" + code), 404)
        never = problem(self, other.get("/api/v1/dossiers/000.00.00.H48-160701-9999"), 404)
        self.assertEqual(there, never)
        task = self.task(self.cast.desk, code)
        for path in (f"/api/v1/tasks/{task['id']}", "/api/v1/tasks/1"):
            problem(self, other.get(path), 404, "casework.no_such_task")

    def test_files(self):
        """A file uploaded by one caller cannot be named by another"""
        mine = self.cast.citizen.upload(births.png()).json["id"]
        other = next(row for row in self.province.accounts()
                     if not row["post"] and row["login"] != self.cast.rows["citizen"]["login"])
        api = Api(self.province.port, self.province.token(other["login"]))
        sent = births.filing(api, self.unit, self.born)
        for stolen in (mine, mine.split(".")[0], mine[:-1] + ("A" if mine[-1] != "A" else "B"), "1", ""):
            sent["files"][0]["id"] = stolen
            told = problem(self, api.post("/api/v1/dossiers", sent), 422, "web.unknown_file")
            self.assertEqual(told["field"], "/files/0/id")


class CitizensActs(Case):
    def test_withdrawal(self):
        """The applicant withdraws through the API; a second time is told that it is over"""
        code = self.filed()["code"]
        done = self.cast.citizen.post(f"/api/v1/dossiers/{code}/withdrawal", {"reason": "Nộp nhầm"})
        self.assertEqual((done.status, done.json["state"]), (200, "withdrawn"), done)
        problem(self, self.cast.citizen.post(f"/api/v1/dossiers/{code}/withdrawal", {"reason": "x"}), 409)

    def test_supplement(self):
        """A supplement is asked for and answered through the API; the clock of 2016 stops and goes on"""
        code = self.filed()["code"]
        self.do(self.cast.desk, code, "receive")
        asked = self.do(self.cast.desk, code, "supplement", reason="Thiếu bản chụp mặt sau")
        self.assertEqual((asked["state"], asked["due_at"]), ("awaiting_supplement", None))
        file = {"paper": "requester_identity", "id": self.cast.citizen.upload(births.png()).json["id"]}
        done = self.cast.citizen.post(f"/api/v1/dossiers/{code}/supplement", {"message": "Gửi lại", "files": [file]})
        self.assertEqual((done.status, done.json["state"]), (200, "received"), done)
        self.assertIsNotNone(done.json["due_at"])

    def test_claim(self):
        """A task is taken, given back, and given to a colleague by who may"""
        code = self.filed()["code"]
        task = self.task(self.cast.desk, code)
        taken = self.cast.desk.post(f"/api/v1/tasks/{task['id']}/claim", {})
        self.assertEqual(taken.status, 200, taken)
        self.assertTrue(taken.json["holder"])
        back = self.cast.desk.post(f"/api/v1/tasks/{task['id']}/release", {})
        self.assertEqual((back.status, back.json["holder"]), (200, None), back)


class Clients(Case):
    def test_client_credentials(self):
        """A program registered on the desk gets a token for its secret and does what its scopes allow"""
        from client import ask
        admin = next(row for row in self.province.accounts() if row["login"] == "quantri.ubnd-tinh")
        desk = Browser(self.province.port).sign_in(admin)
        desk.get("/ban-lam-viec/chuong-trinh")
        desk.submit(having="scopes", name="Phần mềm bệnh viện", scopes="dossiers:read dossiers:write")
        words = desk.words
        client_id = words.split("client_id")[1].split()[0]
        secret = words.split("client_secret")[1].split()[0]

        def token(**fields):
            from urllib.parse import urlencode
            body = urlencode({"grant_type": "client_credentials", **fields}).encode()
            return ask(self.province.port, "POST", "/oauth/token",
                       {"Content-Type": "application/x-www-form-urlencoded"}, body)
        good = token(client_id=client_id, client_secret=secret, scope="dossiers:read")
        self.assertEqual(good.status, 200, good)
        self.assertEqual((good.json["token_type"], good.json["scope"]), ("Bearer", "dossiers:read"))
        self.assertEqual(good.header("Cache-Control"), "no-store")
        api = Api(self.province.port, good.json["access_token"])
        self.assertEqual(api.get("/api/v1/me").status, 200)
        problem(self, api.post("/api/v1/dossiers", {}), 403)
        for wrong, status, error in (({"client_id": client_id, "client_secret": "x"}, 401, "invalid_client"),
                                     ({"client_id": client_id, "client_secret": secret, "scope": "tasks"}, 400,
                                      "invalid_scope")):
            answer = token(**wrong)
            self.assertEqual((answer.status, answer.json["error"]), (status, error))
