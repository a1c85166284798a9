"""What keeps one person's things from another: every row of the route table, for every kind of caller; headers,
cookies, form tokens, sessions and redirects."""

import re
import unittest

import births
import shared
from client import Answer, Api, Browser, ask, raw, status_of
from province import Province, routes

CSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " \
      "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"


def address(path, values=None):
    """The route's path with values that name nothing."""
    return re.sub(r"\{(\w+)\*?\}", lambda found: (values or {}).get(found.group(1), "1"), path)


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.province = shared.province()
        cls.port = cls.province.port
        cls.accounts = cls.province.accounts()
        cls.routes = routes()

    def person(self, login):
        return Browser(self.port).sign_in(next(row for row in self.accounts if row["login"].startswith(login)))

    def citizen(self):
        return Browser(self.port).sign_in(next(row for row in self.accounts if not row["post"]))


class Sweep(Case):
    """The whole route table, once for each kind of caller."""

    def send(self, browser, route):
        target = address(route["path"])
        if route["path"] == "/ban-lam-viec/dong":  # Events: the answer begins and does not end.
            cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
            begun, _ = raw(self.port, f"GET {target} HTTP/1.1\r\nHost: a\r\nAccept: text/html\r\nCookie: {cookies}\r\n\r\n".encode(), timeout=1)
            location = re.search(rb"(?i)location: ([^\r]*)", begun)
            return Answer(status_of(begun), [("Location", location.group(1).decode())] if location else [], begun)
        if route["method"] == "GET":
            return browser.get(target, follow=False)
        token = browser.__dict__.setdefault("csrf", None)
        if token is None:
            browser.get("/tro-giup")
            token = browser.csrf = next((form.fields["csrf"] for form in browser.page.forms if "csrf" in form.fields), "")
        if route["path"].startswith("/api/"):
            return browser._send("POST", target, {"Content-Type": "application/json", "X-CSRF-Token": token}, b"{}")
        return browser.post(target, {"csrf": token, "key": "k"}, follow=False)

    def test_nobody(self):
        """Nobody signed in: every row that asks for more than 'public' sends pages to sign in and refuses the rest with 401"""
        browser = Browser(self.port)
        browser.get("/")
        for route in self.routes:
            answer = self.send(browser, route)
            with self.subTest(f"{route['method']} {route['path']}"):
                self.assertLess(answer.status, 500, answer)
                if route["permission"] == "public":
                    self.assertNotEqual(answer.status, 401, answer)
                elif route["method"] == "GET" and not route["path"].startswith("/api/"):
                    self.assertEqual(answer.status, 303, answer)
                    self.assertTrue(answer.header("Location").startswith("/dang-nhap?ve="), answer.header("Location"))
                else:
                    self.assertEqual(answer.status, 401, answer)

    def swept(self, browser, permissions):
        wrong = []
        for route in self.routes:
            if route["path"] in ("/dang-xuat", "/tai-khoan/phien", "/ban-lam-viec/tai-khoan/chuc-vu") and route["method"] == "POST":
                continue
            answer = self.send(browser, route)
            name = f"{route['method']} {route['path']} ({route['permission']}): {answer.status}"
            if answer.status >= 500:
                wrong.append(name + " " + answer.text[:300])
            needed = route["permission"]
            if needed in ("public", "signed_in"):
                continue
            if needed in permissions:
                if answer.status in (401, 403) and "web.forbidden" in answer.text:
                    wrong.append(name + " though it is permitted")
            elif answer.status != 403:
                wrong.append(name + " though it is not permitted")
        return wrong

    def permissions(self, browser):
        return set(browser._send("GET", "/api/v1/me").json["permissions"])

    def test_citizen(self):
        """A citizen: no row of the desk answers"""
        browser = self.citizen()
        self.assertEqual(self.permissions(browser), set())
        self.assertEqual(self.swept(browser, set()), [])

    def test_posts(self):
        """Each kind of post: what its permissions allow answers, the rest is forbidden, nothing faults"""
        kinds = {}
        for row in self.accounts:
            if row["post"]:
                kinds.setdefault(row["post"], row)
        seen = set()
        for title, row in kinds.items():
            if row["login"] in seen:
                continue
            seen.add(row["login"])
            with self.subTest(f"{title} ({row['login']})"):
                browser = Browser(self.port).sign_in(row)
                self.assertEqual(self.swept(browser, self.permissions(browser)), [])

    def test_hidden(self):
        """A thing one may not see answers exactly like a thing that is not there"""
        cast = shared.Cast(self.province)
        sent = births.filing(cast.citizen, cast.agency, "2016-06-20")
        code = cast.citizen.post("/api/v1/dossiers", sent).json["code"]
        stranger = Browser(self.port).sign_in(
            [row for row in self.accounts if not row["post"] and row["login"] != cast.rows["citizen"]["login"]][0])
        elsewhere = Browser(self.port).sign_in(next(
            row for row in self.accounts if row["post"].startswith("Công chức tiếp nhận") and row["agency"] != cast.agency
            and row["agency"].startswith("21")))
        never = code[:-4] + "9999"

        def same(browser, path):
            there, not_there = (re.sub(r"name=\"(csrf|key)\" value=\"[^\"]*\"", "", browser.get(path.replace("CODE", one), follow=False).text)
                                .replace(one, "CODE") for one in (code, never))
            status = browser.answer.status
            self.assertEqual(there, not_there, path)
            self.assertEqual(status, 404, path)
        for route in self.routes:
            if "{code}" not in route["path"] or route["method"] != "GET" or route["path"].startswith(("/api/v1/track", "/da-nop")):
                continue
            path = address(route["path"], {"code": "CODE"})
            if route["path"].startswith("/ho-so-cua-toi"):
                same(stranger, path)
            elif route["permission"] == "dossiers.read":
                same(elsewhere, path)


class Headers(Case):
    def test_everywhere(self):
        """Every route of the table answers with the same security headers, whoever asks and whatever comes of it"""
        for browser in (Browser(self.port), self.person("motcua")):
            for route in self.routes:
                if route["method"] != "GET" or route["path"] == "/ban-lam-viec/dong":
                    continue
                answer = browser.get(address(route["path"]), follow=False)
                with self.subTest(route["path"]):
                    self.assertEqual(answer.all("Content-Security-Policy"), [CSP])
                    self.assertEqual(answer.all("X-Content-Type-Options"), ["nosniff"])
                    self.assertEqual(answer.all("X-Frame-Options"), ["DENY"])
                    self.assertEqual(answer.all("Referrer-Policy"), ["same-origin"])
                    self.assertEqual(answer.all("Cross-Origin-Opener-Policy"), ["same-origin"])
                    self.assertEqual(len(answer.all("Cache-Control")), 1)
                    self.assertIsNone(answer.header("Server"))
                    self.assertIsNone(answer.header("Access-Control-Allow-Origin"))
                    self.assertNotIn(" style=", answer.text.lower())
                    self.assertNotRegex(answer.text, r"<script(?![^>]*\bsrc=)")

    def test_refusals(self):
        """So do refusals before any handler"""
        for target, headers in (("/khong-co-trang-nay", {}), ("/%ff", {}), ("/api/v1/khong-co", {})):
            answer = ask(self.port, "GET", target, headers)
            self.assertEqual(answer.header("Content-Security-Policy"), CSP)
            self.assertEqual(answer.header("X-Content-Type-Options"), "nosniff")

    def test_private(self):
        """What a signed-in person sees is kept by no cache"""
        browser = self.person("motcua")
        for path in ("/ban-lam-viec", "/ban-lam-viec/tai-khoan", "/api/v1/me", "/"):
            self.assertEqual(browser.get(path).header("Cache-Control"), "private, no-store", path)


class Cookies(Case):
    def flags(self, line):
        return {part.strip().split("=")[0].lower() for part in line.split(";")[1:]}

    def test_flags(self):
        """Cookies are HttpOnly, SameSite and for the whole site; none is readable by scripts"""
        browser = Browser(self.port)
        for line in browser.get("/").all("Set-Cookie"):
            self.assertLessEqual({"httponly", "samesite", "path"}, self.flags(line), line)
        row = next(row for row in self.accounts if row["login"].startswith("motcua"))
        browser.get("/dang-nhap")
        answer = browser.send({"login": row["login"], "password": row["password"]}, having="password", follow=False)
        lines = [line for line in answer.all("Set-Cookie") if line.startswith("phien=")]
        self.assertEqual(len(lines), 1)
        self.assertLessEqual({"httponly", "samesite", "path"}, self.flags(lines[0]))
        self.assertIn("samesite=lax", lines[0].lower())
        self.assertNotIn("domain", self.flags(lines[0]))

    def test_secure_behind_proxy(self):
        """Behind a trusted TLS proxy cookies are Secure with the __Host- prefix, and HSTS is sent"""
        with Province(demo=False) as province:
            province.stop()
            file = province.data / "thienan.toml"
            file.write_text(file.read_text() + '\n[web]\ntrusted_proxies = ["127.0.0.1"]\n')
            province.start()
            answer = ask(province.port, "GET", "/", {"X-Forwarded-Proto": "https", "X-Forwarded-For": "10.0.0.9"})
            lines = answer.all("Set-Cookie")
            self.assertTrue(lines)
            for line in lines:
                self.assertTrue(line.startswith("__Host-"), line)
                self.assertIn("secure", self.flags(line))
            self.assertTrue(answer.header("Strict-Transport-Security").startswith("max-age="))

    def test_fixation(self):
        """A session or visitor cookie an attacker planted is not the one after signing in, and signing out ends it"""
        row = next(row for row in self.accounts if row["login"].startswith("tuphap"))
        browser = Browser(self.port)
        browser.cookies["phien"] = "planted-by-somebody"
        browser.get("/dang-nhap")
        browser.send({"login": row["login"], "password": row["password"]}, having="password")
        self.assertNotEqual(browser.cookies["phien"], "planted-by-somebody")
        token = browser.cookies["phien"]
        browser.sign_in(row)
        self.assertNotEqual(browser.cookies["phien"], token, "a new sign-in has a new session")
        browser.get("/ban-lam-viec/tai-khoan")
        last = browser.cookies["phien"]
        browser.send({}, "/dang-xuat")
        browser.cookies["phien"] = last
        self.assertEqual(browser.get("/ban-lam-viec", follow=False).status, 303, "the session has ended at the server too")


class Forms(Case):
    def test_csrf(self):
        """Every form of the table is refused without its token, with another's, and from another site's page"""
        browser = self.person("motcua")
        other = self.person("tuphap")
        other.get("/ban-lam-viec")
        stolen = next(form.fields["csrf"] for form in other.page.forms if "csrf" in form.fields)
        browser.get("/ban-lam-viec")
        own = next(form.fields["csrf"] for form in browser.page.forms if "csrf" in form.fields)
        for route in self.routes:
            if route["method"] != "POST" or route["path"] in ("/hien-thi", "/oauth/token", "/api/v1/verifications"):
                continue
            if route["path"].startswith("/api/v1/node/"):  # No session: what a node sends is signed with its key.
                continue
            with self.subTest(route["path"]):
                for fields, headers in (({}, {}), ({"csrf": stolen}, {}), ({"csrf": "x"}, {}), ({"csrf": own}, {"Origin": "https://evil.example"}),
                                        ({"csrf": own}, {"Origin": "null"})):
                    from urllib.parse import urlencode
                    sent = {"Content-Type": "application/x-www-form-urlencoded", **headers}
                    answer = browser._send("POST", address(route["path"]), sent, urlencode(fields).encode())
                    self.assertIn(answer.status, (403, 429), f"{fields} {headers}: {answer.status}")

    def test_redirects(self):
        """No way back leads off the site"""
        evil = ("//evil.example", "https://evil.example", "/\\evil.example", "/\t/evil.example", "\\\\evil.example", "/\n/evil.example",
                "javascript:alert(1)", "http:evil.example", "///evil.example", "/ /evil.example")
        row = next(row for row in self.accounts if row["login"].startswith("motcua"))
        for back in evil:
            with self.subTest(repr(back)):
                answer = Browser(self.port).post("/hien-thi", {"theme": "dark", "back": back}, follow=False)
                self.assertEqual(answer.status, 303)
                self.assertRegex(answer.header("Location"), r"^/(?![/\\\s])")
                browser = Browser(self.port)
                browser.get("/dang-nhap")
                answer = browser.send({"login": row["login"], "password": row["password"], "back": back}, having="password", follow=False)
                self.assertEqual(answer.status, 303, answer.text[:200])
                self.assertRegex(answer.header("Location"), r"^/(?![/\\\s])")
                from urllib.parse import quote
                page = Browser(self.port).get("/dang-nhap?ve=" + quote(back))
                self.assertNotIn('value="' + back, page.text)


class Limits(unittest.TestCase):
    """A server with its limits on."""

    @classmethod
    def setUpClass(cls):
        cls.province = Province(as_of="2016-07-01T08:00", limits=True).start()

    @classmethod
    def tearDownClass(cls):
        cls.province.close()

    def test_guesses(self):
        """Guesses of codes are slowed down with 429 and Retry-After"""
        statuses = [Api(self.province.port).get(f"/api/v1/track/000.00.00.H48-160701-{n:04d}").status for n in range(60)]
        self.assertIn(429, statuses)
        limited = Api(self.province.port).get("/api/v1/track/000.00.00.H48-160701-0001")
        self.assertEqual(limited.status, 429)
        self.assertGreater(int(limited.header("Retry-After")), 0)

    def test_lock_out(self):
        """Wrong passwords lock the account for a while, with the same words for one that is not there"""
        row = next(row for row in self.province.accounts() if row["login"].startswith("vanthu"))
        told = {}
        for login in (row["login"], "khong.co.ai"):
            browser = Browser(self.province.port)
            browser.get("/dang-nhap")
            browser.send({"login": login, "password": "sai-mat-khau"}, having="password")
            if browser.answer.status == 429:
                continue
            self.assertEqual(browser.answer.status, 422)
            told[login] = re.sub(re.escape(login), "", browser.words)
        if len(told) == 2:
            self.assertEqual(*told.values())
