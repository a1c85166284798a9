"""What speaks to the server: raw bytes, the API with a token, and a browser without scripts."""

import html.parser
import http.client
import http.cookies
import json
import secrets
import socket
import urllib.parse


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def header(self, name):
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    def all(self, name):
        return [value for key, value in self.headers if key.lower() == name.lower()]

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def text(self):
        return self.body.decode(errors="replace")

    def __repr__(self):
        return f"{self.status} {self.text[:600]}"


def ask(port, method, target, headers=None, body=None, timeout=60):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        try:
            connection.request(method, target, body=body, headers=headers or {})
        except (BrokenPipeError, ConnectionResetError):
            pass  # Refused before the whole body was read: the answer is there all the same.
        got = connection.getresponse()
        return Answer(got.status, got.getheaders(), got.read())
    finally:
        connection.close()


def raw(port, data, pieces=None, timeout=20, half_close=False):
    """Sends bytes as they are; everything that came until the server closed, or b"" + what came before the time-out.
    (answer, closed)"""
    with socket.create_connection(("127.0.0.1", port), timeout=timeout) as wire:
        try:
            for piece in pieces or [data]:
                wire.sendall(piece)
            if half_close:
                wire.shutdown(socket.SHUT_WR)
        except (BrokenPipeError, ConnectionResetError):
            pass
        got = b""
        while True:
            try:
                more = wire.recv(65536)
            except ConnectionResetError:
                return got, True
            except socket.timeout:
                return got, False
            if not more:
                return got, True
            got += more


def status_of(answer):
    """Of raw bytes; 0 when nothing came."""
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.") else 0


class Api:
    def __init__(self, port, token=None):
        self.port, self.token = port, token

    def ask(self, method, path, body=None, key=None, headers=None, data=None, type=None):
        sent = dict(headers or {})
        if self.token:
            sent["Authorization"] = "Bearer " + self.token
        if key:
            sent["Idempotency-Key"] = key
        if body is not None:
            data, type = json.dumps(body).encode(), "application/json"
        if type:
            sent["Content-Type"] = type
        return ask(self.port, method, path, sent, data)

    def get(self, path, **more):
        return self.ask("GET", path, **more)

    def post(self, path, body=None, **more):
        return self.ask("POST", path, body, **more)

    def upload(self, content, name="anh.jpg", type="application/octet-stream", path="/api/v1/files"):
        data, boundary = multipart({}, [("file", name, type, content)])
        return self.ask("POST", path, data=data, type="multipart/form-data; boundary=" + boundary)


def multipart(fields, files):
    boundary = "----" + secrets.token_hex(12)
    out = b""
    for name, value in fields.items():
        out += f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode()
        out += value.encode() + b"\r\n"
    for field, name, type, content in files:
        out += (f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n'
                f"Content-Type: {type}\r\n\r\n").encode()
        out += content + b"\r\n"
    return out + f"--{boundary}--\r\n".encode(), boundary


class Form:
    def __init__(self, action, method):
        self.action, self.method, self.fields, self.names, self.buttons = action, method, {}, [], {}


class _Page(html.parser.HTMLParser):
    """Forms with what stands in them, links and plain text of a page."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.forms, self.links, self.words, self.downloads = [], [], [], []
        self._form = self._select = self._area = None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        at = dict(attributes)
        if tag == "form":
            self._form = Form(at.get("action", ""), at.get("method", "get").lower())
            self.forms.append(self._form)
        if tag == "a" and "href" in at:
            self.links.append(at["href"])
        form = self._form
        if form is None:
            return
        name = at.get("name")
        if name and tag in ("input", "select", "textarea", "button"):
            form.names.append(name)
        if tag == "button" and name:
            form.buttons.setdefault(name, at.get("value", ""))
        if tag == "input" and name:
            kind = at.get("type", "text")
            if kind in ("radio", "checkbox") and "checked" not in at:
                return
            if kind not in ("submit", "file", "image"):
                form.fields[name] = at.get("value", "")
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select:
            if "selected" in at or self._select not in form.fields:
                form.fields[self._select] = at.get("value", "")
        elif tag == "textarea":
            self._area = name
            form.fields[name] = ""

    def handle_endtag(self, tag):
        if tag == "form":
            self._form = None
        if tag == "select":
            self._select = None
        if tag == "textarea":
            self._area = None

    def handle_data(self, data):
        self.words.append(data)
        if self._form is not None and self._area:
            self._form.fields[self._area] += data


class Browser:
    """Keeps cookies, follows our own redirects, sends forms with what their page put in them. No scripts."""

    def __init__(self, port):
        self.port, self.cookies, self.answer, self.path = port, {}, None, "/"

    def _send(self, method, target, headers=None, body=None):
        sent = {"Accept": "text/html", **(headers or {})}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        got = ask(self.port, method, target, sent, body)
        for line in got.all("Set-Cookie"):
            jar = http.cookies.SimpleCookie(line)
            for name, morsel in jar.items():
                if morsel["max-age"] == "0":
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.value
        self.answer, self.path = got, target
        return got

    def get(self, target, follow=True):
        got = self._send("GET", target)
        while follow and got.status in (301, 302, 303, 307, 308):
            got = self._send("GET", got.header("Location"))
        return got

    @property
    def page(self):
        return _Page(self.answer.text)

    @property
    def words(self):
        return " ".join(" ".join(self.page.words).split())

    def form(self, action=None, having=None):
        """The form of the page whose address begins with `action`, or that has the field `having`."""
        for form in self.page.forms:
            here = form.action or self.path
            if (action is None or here.startswith(action)) and (having is None or having in form.names):
                return form
        raise LookupError(f"no form {action or ''} {having or ''} at {self.path}: {self.answer.status} {self.words[:400]}")

    def post(self, target, fields, files=None, follow=True):
        if files is None:
            body = urllib.parse.urlencode(fields).encode()
            got = self._send("POST", target, {"Content-Type": "application/x-www-form-urlencoded"}, body)
        else:
            body, boundary = multipart(fields, files)
            got = self._send("POST", target, {"Content-Type": "multipart/form-data; boundary=" + boundary}, body)
        if follow and got.status == 303:
            return self.get(got.header("Location"))
        return got

    def submit(self, action=None, having=None, files=None, follow=True, **fields):
        form = self.form(action, having)
        sent = {**form.fields, **{name: value for name, value in fields.items()}}
        return self.post(form.action or self.path, sent, files, follow)

    def send(self, values, action=None, having=None, files=None, follow=True):
        """Sends the form; a button named by `having` is the one pressed."""
        form = self.form(action, having)
        pressed = {having: form.buttons[having]} if having in form.buttons else {}
        return self.post(form.action or self.path, {**form.fields, **pressed, **values}, files, follow)

    def sign_in(self, account):
        self.get("/dang-nhap")
        self.send({"login": account["login"], "password": account["password"]}, having="password")
        return self
