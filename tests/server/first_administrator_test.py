"""From an empty folder to a working commune, without --demo: the one-time link, people by a table, a birth registered."""

import base64
import datetime
import hashlib
import hmac
import re
import struct
import time
import unittest

import births
from client import Api, Browser
from province import Province, eventually

HEADS = ["Họ và tên", "Mã cơ quan", "Vị trí", "Điện thoại", "Email", "Tên đăng nhập", "Số định danh", "Từ ngày"]
POSTS = {"desk": "Công chức tiếp nhận và trả kết quả", "justice": "Công chức Tư pháp - hộ tịch",
         "chairman": "Chủ tịch Ủy ban nhân dân", "clerk": "Văn thư"}
PASSWORD = "cầu Trà Khúc mùa nước lên"


def table(rows):
    lines = [HEADS] + rows
    return ("\ufeff" + "\r\n".join(",".join('"' + cell.replace('"', '""') + '"' for cell in line) for line in lines)).encode()


def totp(secret, at=None):
    """RFC 6238, six digits, thirty seconds."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    step = int(at or time.time()) // 30
    digest = hmac.new(key, struct.pack(">Q", step), hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start:start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


class FirstAdministrator(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.province = Province(demo=False).start()
        cls.link = next(line.strip() for line in cls.province.said if "/bat-dau/" in line)
        cls.link = re.search(r"/bat-dau/\S+", cls.link).group(0)

    @classmethod
    def tearDownClass(cls):
        cls.province.close()

    def test_1_link(self):
        """The link makes one administrator, once; a wrong link and a used one say the same"""
        stranger = Browser(self.province.port)
        self.assertEqual(stranger.get(self.link[:-3] + "AAA").status, stranger.answer.status)
        wrong = stranger.words
        browser = Browser(self.province.port)
        self.assertEqual(browser.get(self.link).status, 200)
        browser.send({"full_name": "Trần Quản Trị", "login": "quantri", "password": "ngắn"}, having="full_name")
        self.assertEqual(browser.answer.status, 422)
        self.assertEqual(browser.form(having="full_name").fields["full_name"], "Trần Quản Trị", "what was typed stays")
        browser.send({"full_name": "Trần Quản Trị", "login": "quantri", "password": PASSWORD}, having="full_name")
        self.assertEqual(browser.answer.status, 200, browser.words[:500])
        again = Browser(self.province.port)
        again.get(self.link)
        self.assertIn(again.answer.status, (404, 422))
        self.assertEqual(again.words, wrong)

    def admin(self):
        """Signed in as the administrator, with a code of the authenticator once one is set."""
        browser = Browser(self.province.port).sign_in({"login": "quantri", "password": PASSWORD})
        if not hasattr(type(self), "secret"):
            self.assertEqual(browser.path, "/ban-lam-viec/xac-thuc", "who needs a second factor is led to it")
            browser.send({}, "/ban-lam-viec/xac-thuc")
            type(self).secret = re.search(r"Khóa\s+((?:[A-Z2-7]{4}\s?)+)", browser.words).group(1).replace(" ", "")
            browser.send({"code": totp(self.secret)}, having="code")
            self.assertEqual(browser.answer.status, 200, browser.words[:400])
            type(self).recovery = re.findall(r"\b[A-Z0-9]{4,5}-[A-Z0-9]{4,5}(?:-[A-Z0-9]{4,5})*\b", browser.words)
            browser.send({}, "/ban-lam-viec/xac-thuc")
        else:
            self.assertTrue(browser.path.startswith("/dang-nhap/ma"), browser.path)
            browser.send({"code": self.recovery.pop()}, having="code")
        self.assertTrue(browser.path.startswith("/ban-lam-viec"), browser.path)
        return browser

    def send_table(self, browser, content, name="can-bo.csv"):
        browser.get("/ban-lam-viec/nhan-su/nhap")
        self.assertEqual(browser.answer.status, 200, browser.words[:300])
        return browser.send({}, having="file", files=[("file", name, "text/csv", content)])

    def test_2_errors(self):
        """A table with faults writes nothing and names each by row and column"""
        browser = self.admin()
        rows = [["Nguyễn Văn Đúng", "21211", POSTS["clerk"], "0905000001", "", "dung", "", ""],
                ["", "21211", POSTS["clerk"], "0905000002", "", "thieu.ten", "", ""],
                ["Lê Sai Cơ Quan", "99999", POSTS["clerk"], "0905000003", "", "sai.co.quan", "", ""],
                ["Lê Sai Vị Trí", "21211", "Người hùng", "0905000004", "", "sai.vi.tri", "", ""],
                ["Lê Sai Ngày", "21211", POSTS["clerk"], "0905000005", "", "sai.ngay", "", "31/2/2016"],
                ["Lê Sai Số", "21211", POSTS["clerk"], "123", "", "sai.so", "12", ""]]
        self.send_table(browser, table(rows))
        for row in (3, 4, 5, 6, 7):
            self.assertRegex(browser.words, rf"\b{row}\b")
        self.assertNotIn("import", [name for form in browser.page.forms for name in form.names], "nothing to confirm")
        browser.get("/ban-lam-viec/nhan-su")
        self.assertNotIn("Nguyễn Văn Đúng", browser.words)

    def test_3_working_commune(self):
        """People come by a table, sign in, and a birth is filed and registered to its handing over"""
        browser = self.admin()
        rows = [[f"Nguyễn Thị {name.title()}", "21211", title, f"09050001{i:02d}", "", f"{name}.21211", "", ""]
                for i, (name, title) in enumerate(POSTS.items())]
        self.send_table(browser, table(rows))
        self.assertEqual(browser.answer.status, 200, browser.words[:600])
        browser.send({}, having="import")
        self.assertEqual(browser.answer.status, 200, browser.words[:600])
        people = {}
        for name in POSTS:
            found = re.search(rf"{name}\.21211\W+(?:mật khẩu\W*)?(\S+)", browser.words)
            self.assertTrue(found, browser.words[:1500])
            people[name] = found.group(1)
        officer = Browser(self.province.port).sign_in({"login": "desk.21211", "password": people["desk"].strip(".,;")})
        self.assertNotEqual(officer.path, "/dang-nhap", officer.words[:300])
        code, login_token = self.province.run("token", "--login", "desk.21211", "--scopes", "tasks dossiers:read", "--hours", "1")
        self.assertEqual(code, 0, login_token)
        desk = Api(self.province.port, login_token.strip())
        self.assertEqual(desk.get("/api/v1/tasks").json["items"], [])
        applicant = self.sign_up()
        born = self.today()
        unit = self.unit(desk)
        sent = births.filing(applicant, unit, born)
        filed = applicant.post("/api/v1/dossiers", sent)
        self.assertEqual(filed.status, 201, filed)
        for name, outcome, form in (("desk", "receive", {}), ("desk", "pass_on", {}), ("justice", "enter", {}), ("chairman", "approve", {})):
            api = Api(self.province.port, self.province.token(f"{name}.21211", "tasks dossiers:read"))
            task = eventually(lambda: next((one for one in api.get("/api/v1/tasks").json["items"] if one["dossier"] == filed.json["code"]), None),
                              30, f"no task for {outcome}")
            done = api.post(f"/api/v1/tasks/{task['id']}/complete", {"outcome": outcome, "form": form})
            self.assertEqual(done.status, 200, done)
        code, out = self.province.run("registers", "verify", "births")
        self.assertEqual(code, 0, out)
        self.assertIn("1 sự kiện", out)

    def unit(self, desk):
        return "21211"

    def today(self):
        return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=7)).date().isoformat()

    def sign_up(self):
        """A citizen with an account of her own: code from the notices folder."""
        browser = Browser(self.province.port)
        browser.get("/dang-ky")
        browser.send({"contact": "0905 777 001"}, having="contact")
        message = eventually(lambda: [one for one in self.province.notices() if "0905777001" in str(one) or "84905777001" in str(one)], 10)[-1]
        code = re.search(r"\b(\d{6})\b", str(message)).group(1)
        browser.send({"code": code, "full_name": "Phạm Thị Vy", "password": PASSWORD}, having="code")
        self.assertEqual(browser.answer.status, 200, browser.words[:400])
        return Api(self.province.port, self.province.token("0905777001", "dossiers:write dossiers:read"))
