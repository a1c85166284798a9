"""A running thienan for tests and measurements: started, asked, stopped by its own pid. Standard library only."""
import http.cookiejar
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
DIRECT = urllib.request.ProxyHandler({})


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def binary():
    given = os.environ.get("THIENAN")
    candidates = [given] if given else [ROOT / "build/release/thienan", ROOT / "build/dev/thienan"]
    there = [pathlib.Path(one) for one in candidates if pathlib.Path(one).exists()]
    if not there:
        raise SystemExit("no thienan built: script/build release thienan")
    return max(there, key=lambda one: one.stat().st_mtime)


def run(*words, stdin=None, language="en", timeout=600):
    """One command: exit code, standard output, standard error."""
    done = subprocess.run([binary(), *map(str, words)], input=stdin, capture_output=True, text=True, timeout=timeout,
                          env={**os.environ, "LANG": "C.UTF-8", "LC_ALL": language})
    return done.returncode, done.stdout, done.stderr


class NotReady(Exception):
    """The server ended before it was ready; the text is what it said."""


class Server:
    def __init__(self, data, *words, port=None, patience=600, env=None):
        self.port = port or free_port()
        self.data = pathlib.Path(data)
        began = time.monotonic()
        self.process = subprocess.Popen(
            [binary(), "serve", "--data", str(data), "--listen", f"127.0.0.1:{self.port}", "--language", "en", *words],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, **(env or {})})
        self.log = []
        self.said = []
        threading.Thread(target=lambda: self.log.extend(self.process.stderr), daemon=True).start()
        while True:
            line = self.process.stdout.readline()
            if not line:
                self.process.wait()
                time.sleep(0.1)
                raise NotReady(self.process.returncode, "".join(self.log))
            self.said.append(line)
            if line.startswith("ready "):
                break
            if time.monotonic() - began > patience:
                self.process.kill()
                raise NotReady(-1, "not ready in time")
        self.start_seconds = time.monotonic() - began
        self.url = line.split()[1]

    def stop(self, with_signal=signal.SIGTERM, patience=40):
        """Seconds it took to end, and its exit code."""
        if self.process.poll() is None:
            began = time.monotonic()
            self.process.send_signal(with_signal)
            self.process.wait(patience)
            return time.monotonic() - began, self.process.returncode
        return 0, self.process.returncode

    def resident_mb(self, field="VmRSS"):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(field + r":\s+(\d+) kB", status).group(1)) / 1024

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


class Browser:
    """Cookies, forms with their hidden fields, API calls with a token."""

    def __init__(self, url, token=None):
        self.url = url
        self.token = token
        self.cookies = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(DIRECT, urllib.request.HTTPCookieProcessor(self.cookies))

    def ask(self, path, body=None, headers=None, method=None):
        """Status, text (or bytes), headers; an error status is an answer too."""
        request = urllib.request.Request(self.url + path, data=body, headers=headers or {}, method=method)
        if self.token:
            request.add_header("Authorization", "Bearer " + self.token)
        try:
            with self.opener.open(request, timeout=60) as answer:
                return answer.status, answer.read(), answer
        except urllib.error.HTTPError as answer:
            return answer.code, answer.read(), answer

    def get(self, path):
        status, body, _ = self.ask(path)
        return status, body.decode("utf-8", "replace")

    def send_form(self, path, fields, action=None):
        """Opens the form at `path`, fills it in over its hidden fields and sends it: status, text, address."""
        _, page = self.get(path)
        hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
        body = urllib.parse.urlencode({**hidden, **fields}).encode()
        status, text, answer = self.ask(action or path, body)
        return status, text.decode("utf-8", "replace"), answer.url

    def sign_in(self, login, password):
        status, text, where = self.send_form("/dang-nhap", {"login": login, "password": password})
        if where.endswith("/dang-nhap"):
            raise RuntimeError(f"{login} could not sign in: {status}")
        return text

    def upload(self, content, kind="application/pdf"):
        """POST /api/v1/files: status and the parsed answer."""
        status, body, _ = self.ask("/api/v1/files", content, {"Content-Type": kind})
        return status, json.loads(body)

    def cookie_header(self):
        return "; ".join(f"{one.name}={one.value}" for one in self.cookies)


def accounts(data):
    """(login, password, post, agency) of each line."""
    code, out, err = run("accounts", "--data", data)
    if code != 0:
        raise RuntimeError(err)
    return [line.split("\t") for line in out.splitlines()]


def token(data, login, scopes="dossiers:write dossiers:read tasks"):
    code, out, err = run("token", "--data", data, "--login", login, "--scopes", scopes, "--hours", 4)
    if code != 0:
        raise RuntimeError(err)
    return out.strip()
