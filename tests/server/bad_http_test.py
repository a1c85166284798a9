"""HTTP as it must not be: refused with 4xx and closed, while everybody else is served."""

import concurrent.futures
import socket
import threading
import time
import unittest

import shared
from client import Api, ask, raw, status_of
from province import Province

HOST = b"Host: localhost\r\n"
GET = b"GET /health HTTP/1.1\r\n" + HOST


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.province = shared.province()
        cls.port = cls.province.port

    def refused(self, data, statuses=(400,), pieces=None, name=""):
        answer, closed = raw(self.port, data, pieces)
        self.assertIn(status_of(answer), statuses, f"{name or data[:120]!r} got {answer[:300]!r}")
        self.assertTrue(closed, f"{name or data[:120]!r}: the connection stayed open")
        self.assertEqual(answer.count(b"HTTP/1.1 "), 1, f"{name or data[:120]!r}: answered more than once")
        return answer


class Heads(Case):
    def test_heads(self):
        """Broken heads get 4xx and the connection is closed"""
        long = b"a" * 70_000
        cases = {
            "no Host": (b"GET / HTTP/1.1\r\n\r\n", (400,)),
            "two Hosts": (GET + b"Host: other\r\n\r\n", (400,)),
            "Host with a path": (b"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", (400,)),
            "Host with a space": (b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", (400,)),
            "two Content-Length": (b"POST /dang-nhap HTTP/1.1\r\n" + HOST + b"Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcde", (400,)),
            "two equal Content-Length": (b"POST /dang-nhap HTTP/1.1\r\n" + HOST + b"Content-Length: 4\r\nContent-Length: 4\r\n\r\nabcd", (400,)),
            "list of Content-Length": (b"POST /dang-nhap HTTP/1.1\r\n" + HOST + b"Content-Length: 4, 4\r\n\r\nabcd", (400,)),
            "Content-Length and chunked": (b"POST /dang-nhap HTTP/1.1\r\n" + HOST + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", (400,)),
            "chunked twice": (b"POST /dang-nhap HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", (400,)),
            "chunked, identity": (b"POST /dang-nhap HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n", (400, 501)),
            "xchunked": (b"POST /dang-nhap HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", (400, 501)),
            "chunked in HTTP/1.0": (b"POST /dang-nhap HTTP/1.0\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", (400,)),
            "negative length": (b"POST /dang-nhap HTTP/1.1\r\n" + HOST + b"Content-Length: -1\r\n\r\n", (400,)),
            "hex length": (b"POST /dang-nhap HTTP/1.1\r\n" + HOST + b"Content-Length: 0x4\r\n\r\nabcd", (400,)),
            "plus length": (b"POST /dang-nhap HTTP/1.1\r\n" + HOST + b"Content-Length: +4\r\n\r\nabcd", (400,)),
            "length beyond 64 bits": (b"POST /dang-nhap HTTP/1.1\r\n" + HOST + b"Content-Length: 99999999999999999999\r\n\r\n", (400,)),
            "folded header": (GET + b"X-A: 1\r\n folded\r\n\r\n", (400,)),
            "folded with a tab": (GET + b"X-A: 1\r\n\tfolded\r\n\r\n", (400,)),
            "first header folded": (b"GET / HTTP/1.1\r\n Host: a\r\n\r\n", (400,)),
            "space before the colon": (b"GET / HTTP/1.1\r\nHost : a\r\n\r\n", (400,)),
            "no colon": (GET + b"nothing\r\n\r\n", (400,)),
            "empty name": (GET + b": x\r\n\r\n", (400,)),
            "NUL in a value": (GET + b"X-A: a\0b\r\n\r\n", (400,)),
            "NUL in the target": (b"GET /\0 HTTP/1.1\r\n" + HOST + b"\r\n", (400,)),
            "bare CR in a value": (GET + b"X-A: a\rb\r\n\r\n", (400,)),
            "bare LF as line end": (b"GET / HTTP/1.1\nHost: a\n\n", (400,)),
            "no method": (b" / HTTP/1.1\r\n" + HOST + b"\r\n", (400,)),
            "two spaces": (b"GET  / HTTP/1.1\r\n" + HOST + b"\r\n", (400,)),
            "HTTP/2.0": (b"GET / HTTP/2.0\r\n" + HOST + b"\r\n", (400, 505)),
            "HTTP/0.9": (b"GET /\r\n\r\n", (400,)),
            "not HTTP": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"x" * 600, (400,)),
            "64 KB header": (GET + b"X-Long: " + long[:65536] + b"\r\n\r\n", (431,)),
            "70 KB header without end": (GET + b"X-Long: " + long, (431,)),
            "64 KB address": (b"GET /" + long[:65536] + b" HTTP/1.1\r\n" + HOST + b"\r\n", (414, 431)),
            "5,000 headers": (GET + b"X: y\r\n" * 5000 + b"\r\n", (431,)),
            "unknown expectation": (b"POST /dang-nhap HTTP/1.1\r\n" + HOST + b"Expect: tea\r\nContent-Length: 1\r\n\r\na", (417,)),
        }
        for name, (data, statuses) in cases.items():
            with self.subTest(name):
                self.refused(data, statuses, name=name)

    def test_pipelined_after_bad(self):
        """What follows a refused request on its connection is not answered: nothing can be smuggled"""
        smuggled = b"GET /tro-giup HTTP/1.1\r\n" + HOST + b"\r\n"
        for bad in (b"POST /dang-nhap HTTP/1.1\r\n" + HOST + b"Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                    b"POST /dang-nhap HTTP/1.1\r\n" + HOST + b"Content-Length: 6\r\nContent-Length: 5\r\n\r\nabcdef",
                    b"POST /khong-co HTTP/1.1\r\n" + HOST + b"Content-Length: 70000\r\n\r\n"):
            answer, closed = raw(self.port, bad + smuggled)
            self.assertEqual(answer.count(b"HTTP/1.1 "), 1, answer[:200])
            self.assertTrue(closed)

    def test_pipelined_good(self):
        """Two good requests in one packet are answered in order"""
        answer, _ = raw(self.port, GET + b"\r\n" + GET + b"Connection: close\r\n\r\n")
        self.assertEqual(answer.count(b"HTTP/1.1 200"), 2)

    def test_methods(self):
        """A method nobody offers gets 405 with Allow; overrides by header or field change nothing"""
        answer = ask(self.port, "DELETE", "/dang-nhap")
        self.assertEqual(answer.status, 405)
        self.assertIn("GET", answer.header("Allow"))
        for method in ("TRACE", "CONNECT", "PROPFIND", "get"):
            answer, _ = raw(self.port, method.encode() + b" /dang-nhap HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n")
            self.assertIn(status_of(answer), (400, 404, 405, 501), method)
        for header in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
            answer = ask(self.port, "GET", "/health", {header: "DELETE"})
            self.assertEqual(answer.status, 200, header)
        api = Api(self.port)
        self.assertEqual(api.get("/api/v1/procedures?_method=DELETE").status, 200)

    def test_paths(self):
        """Paths that climb, hide slashes or hold control characters reach nothing"""
        for path in ("/../etc/passwd", "/tinh/../../etc/passwd", "/tinh/..%2f..%2fetc%2fpasswd", "/tinh/%2e%2e/%2e%2e/etc/passwd",
                     "/tinh/%2e%2e%2f%2e%2e%2fdata", "//evil.example/", "/tinh/..\\..\\x", "/%00", "/thu-tuc/%0d%0aSet-Cookie:x",
                     "/thu-tuc/%c0%ae%c0%ae/", "/thu-tuc/%ff", "/thu-tuc/%", "/thu-tuc/%zz", "/./", "/tinh/.env", "/.git/config"):
            answer, _ = raw(self.port, b"GET " + path.encode() + b" HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n")
            self.assertIn(status_of(answer), (400, 404), f"{path}: {answer[:200]!r}")
            self.assertNotIn(b"root:", answer)
            self.assertNotIn(b"\r\nset-cookie:x", answer.split(b"\r\n\r\n")[0].lower())

    def test_host_tricks(self):
        """A Host of somebody else is nowhere in redirects, links or cookies"""
        for path in ("/ho-so-cua-toi", "/", "/dang-nhap", "/api/openapi.json"):
            for headers in ({"Host": "evil.example"}, {"X-Forwarded-Host": "evil.example"}, {"Forwarded": "host=evil.example"},
                            {"X-Original-URL": "/evil.example"}, {"X-Rewrite-URL": "/evil.example"}):
                answer = ask(self.port, "GET", path, headers)
                self.assertNotIn("evil.example", str(answer.headers) + answer.text, (path, headers))

    def test_forwarded(self):
        """X-Forwarded-Proto and -For of a stranger are not believed"""
        answer = ask(self.port, "GET", "/", {"X-Forwarded-Proto": "https", "X-Forwarded-For": "10.0.0.1"})
        self.assertIsNone(answer.header("Strict-Transport-Security"))
        self.assertNotIn("__Host-", str(answer.headers))

    def test_queries(self):
        """Huge or broken queries are refused or ignored, never a fault"""
        for query in ("q=" + "a" * 7000, "&".join(f"a{i}=1" for i in range(900)), "q=%ff", "q=%", "=" * 500, "q[]=1&q[]=2",
                      "&".join(["q=1"] * 900), "q=" + "%F0%9F%92%A9" * 500, "trang=99999999999999999999", "trang=-1", "trang=0x1"):
            answer = ask(self.port, "GET", "/thu-tuc?" + query)
            self.assertIn(answer.status, (200, 400, 414, 431), query[:60])


class Bodies(Case):
    def form(self, body, headers=b"", path=b"/dang-nhap"):
        return (b"POST " + path + b" HTTP/1.1\r\n" + HOST + b"Content-Type: application/x-www-form-urlencoded\r\n" + headers
                + b"\r\n" + body)

    def test_large(self):
        """A body of 50 MB is refused by its length, before it is read"""
        began = time.monotonic()
        self.refused(self.form(b"a=" + b"x" * 100, b"Content-Length: 52428800\r\n"), (413,))
        self.assertLess(time.monotonic() - began, 5)

    def test_large_chunked(self):
        """A body of 50 MB in chunks is refused where it passes the limit"""
        piece = b"10000\r\n" + b"x" * 65536 + b"\r\n"
        answer, closed = raw(self.port, b"", [self.form(b"", b"Transfer-Encoding: chunked\r\n")] + [piece] * 800)
        self.assertIn(status_of(answer), (413,), answer[:200])
        self.assertTrue(closed)

    def test_large_upload(self):
        """An upload of 50 MB where 24 MB are the limit: 413, and no byte of it stays on disk"""
        cast = shared.Cast(self.province)
        answer = cast.citizen.upload(b"\xff\xd8\xff" + b"x" * 52_428_800)
        self.assertEqual(answer.status, 413)
        large = [one for one in self.province.data.rglob("*") if one.is_file() and not one.name.startswith("thienan.db")
                 and one.stat().st_size > 10_000_000]
        self.assertEqual(large, [])

    def test_chunks(self):
        """Chunk sizes that are none, too large or with tricks are refused"""
        for body in (b"zz\r\nabc\r\n0\r\n\r\n", b"-1\r\na\r\n0\r\n\r\n", b"0x3\r\nabc\r\n0\r\n\r\n", b"ffffffffffffffffff\r\na\r\n",
                     b"3\r\nabcd\r\n0\r\n\r\n", b" 3\r\nabc\r\n0\r\n\r\n", b"+3\r\nabc\r\n0\r\n\r\n"):
            with self.subTest(body):
                answer, closed = raw(self.port, self.form(body, b"Transfer-Encoding: chunked\r\n"), half_close=True)
                self.assertIn(status_of(answer), (400, 413), answer[:200])
                self.assertTrue(closed)

    def test_bare_chunks(self):
        """Chunks with bare line feeds are never understood: waited for, then closed without doing anything"""
        answer, closed = raw(self.port, self.form(b"3\nabc\n0\n\n", b"Transfer-Encoding: chunked\r\n"), half_close=True)
        self.assertIn(status_of(answer), (0, 400))
        self.assertTrue(closed)

    def test_short(self):
        """A body shorter than its length, then a closed connection: nothing is done with it"""
        answer, closed = raw(self.port, self.form(b"login=a", b"Content-Length: 100\r\n"), half_close=True)
        self.assertIn(status_of(answer), (0, 400, 408))
        self.assertTrue(closed)

    def test_get_body(self):
        """A body on a GET is refused"""
        self.refused(b"GET /health HTTP/1.1\r\n" + HOST + b"Content-Length: 5\r\n\r\nhello", (413, 400))

    def test_types(self):
        """A body of a type that is not taken, a form that is broken: 4xx"""
        for type, body in (("text/plain", b"{}"), ("application/json; charset=utf-16", b"\xfe\xff\0{\0}"), ("multipart/form-data", b"x"),
                           ("multipart/form-data; boundary=a", b"--a\r\nbroken"), ("application/xml", b"<a/>")):
            answer = shared.Cast(self.province).citizen.post("/api/v1/dossiers", data=body, type=type)
            self.assertIn(answer.status, (400, 415, 422), f"{type}: {answer}")


class Slow(unittest.TestCase):
    """A server with short waits of its own."""

    def test_slow(self):
        """A client that sends a byte now and then is told 408 and closed; others are served meanwhile"""
        with Province(demo=False) as province:
            settings = province.data / "thienan.toml"
            province.stop()
            settings.write_text(settings.read_text() + "\n[web]\nhead_wait_s = 2\nrequest_wait_s = 3\nidle_wait_s = 3\n")
            province.start()
            port = province.port
            heads, stop = [], threading.Event()

            def slowly(start):
                with socket.create_connection(("127.0.0.1", port), timeout=20) as wire:
                    wire.sendall(start)
                    got = b""
                    wire.settimeout(0.5)
                    until = time.monotonic() + 15
                    while time.monotonic() < until:
                        try:
                            wire.sendall(b"x")
                            more = wire.recv(4096)
                            if not more:
                                return got
                            got += more
                        except socket.timeout:
                            continue
                        except (BrokenPipeError, ConnectionResetError):
                            return got
                    return None

            begun = [b"GET / HTTP/1.1\r\nHost: a\r\nX-Slow: "] * 20 + [
                b"POST /dang-nhap HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 5000\r\n\r\n"] * 20
            with concurrent.futures.ThreadPoolExecutor(41) as pool:
                waiting = [pool.submit(slowly, start) for start in begun]
                worst = 0
                while not all(one.done() for one in waiting):
                    began = time.monotonic()
                    self.assertEqual(ask(port, "GET", "/health").status, 200)
                    worst = max(worst, time.monotonic() - began)
                    time.sleep(0.05)
                for one in waiting:
                    self.assertIsNotNone(one.result(), "a slow client was never cut")
                    self.assertIn(status_of(one.result()), (408, 0), one.result()[:100])
                self.assertGreaterEqual(sum(status_of(one.result()) == 408 for one in waiting), 30)
            self.assertLess(worst, 1)


class Others(Case):
    def test_others_unaffected(self):
        """While a storm of broken requests runs, good ones are all answered, and quickly"""
        bad = [b"GET / HTTP/1.1\r\n\r\n", b"\0" * 4000, b"POST /dang-nhap HTTP/1.1\r\n" + HOST + b"Content-Length: 52428800\r\n\r\n",
               GET + b"X: " + b"a" * 70_000, b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\nabc"]
        stop = threading.Event()

        def storm(number):
            while not stop.is_set():
                raw(self.port, bad[number % len(bad)], timeout=5)
        with concurrent.futures.ThreadPoolExecutor(12) as pool:
            for number in range(10):
                pool.submit(storm, number)
            times = []
            for _ in range(100):
                began = time.monotonic()
                answer = ask(self.port, "GET", "/thu-tuc?q=khai+sinh")
                times.append(time.monotonic() - began)
                self.assertEqual(answer.status, 200)
            stop.set()
        self.assertLess(sorted(times)[94], 1.5)
