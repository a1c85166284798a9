"""A running province for a test: a folder of its own, a free port, started, stopped and killed by its own pid."""

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]


def binary():
    return pathlib.Path(os.environ.get("THIENAN_BINARY", ROOT / "build/release/thienan")).resolve()


class NotStarted(Exception):
    pass


class Province:
    """`thienan serve` on a folder. Kept between starts, gone with close()."""

    def __init__(self, as_of=None, demo=True, packs=None, limits=False, settings="", folder=None, launcher=()):
        self.parent = pathlib.Path(folder or tempfile.mkdtemp(prefix="thienan-test-"))
        self.data = self.parent / "data"
        self.as_of, self.demo, self.packs, self.limits = as_of, demo, packs, limits
        self.settings, self.launcher = settings, list(launcher)
        self.process = None
        self.said = []
        self.port = 0

    def start(self, before=None, seconds=180):
        command = self.launcher + [str(binary()), "serve", "--data", str(self.data), "--listen", "127.0.0.1:0"]
        if self.demo:
            command.append("--demo")
        if self.as_of:
            command += ["--as-of", self.as_of]
        if self.packs:
            command += ["--packs", str(self.packs)]
        if not self.limits:
            command.append("--no-limits")
        self.log = open(self.parent / "log", "ab")
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self.log, preexec_fn=before)
        self.said = []
        ready = threading.Event()
        threading.Thread(target=self._listen, args=(self.process, ready), daemon=True).start()
        if not ready.wait(seconds) or not self.port:
            code = self.process.poll()
            self.kill()
            raise NotStarted("\n".join(self.said) + self.log_tail() + f"\nexit code {code}")
        return self

    def _listen(self, process, ready):
        for line in process.stdout:
            text = line.decode().rstrip("\n")
            self.said.append(text)
            found = re.match(r"ready https?://[^:]*:(\d+)", text)
            if found:
                self.port = int(found.group(1))
                ready.set()
        ready.set()

    def log_tail(self, size=3000):
        text = (self.parent / "log").read_bytes()[-size:]
        return text.decode(errors="replace")

    def log_lines(self):
        for line in (self.parent / "log").read_text(errors="replace").splitlines():
            try:
                yield json.loads(line)
            except ValueError:
                continue

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(60)
        self.port = 0
        return self.process.returncode if self.process else 0

    def kill(self):
        """As a power cut ends it: no handler runs."""
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait(60)
        self.port = 0

    def close(self):
        self.kill()
        shutil.rmtree(self.parent, ignore_errors=True)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.close()

    # --- the command line ------------------------------------------------------------------------------------------

    def run(self, *words):
        """Exit code and what was printed of `thienan WORDS --data DIR`."""
        done = subprocess.run(
            [str(binary()), *words, "--data", str(self.data)], capture_output=True, text=True, timeout=120)
        return done.returncode, done.stdout + done.stderr

    def accounts(self):
        code, out = self.run("accounts")
        assert code == 0, out
        rows = [line.split("\t") for line in out.splitlines()]
        return [dict(zip(("login", "password", "post", "agency"), row)) for row in rows]

    def account(self, post, agency=None):
        """The first account of a post, by the words its title contains."""
        for row in self.accounts():
            if (post in row["post"] if post else not row["post"]) and agency in (None, row["agency"]):
                return row
        raise LookupError(f"no {post or 'citizen'} at {agency}")

    def token(self, login, scopes="dossiers:write dossiers:read tasks", hours=1):
        code, out = self.run("token", "--login", login, "--scopes", scopes, "--hours", str(hours))
        assert code == 0, out
        return out.strip()

    def notices(self):
        """Messages sent so far, the oldest first."""
        folder = self.data / "notices"
        if not folder.is_dir():
            return []
        files = sorted(folder.glob("*.json"), key=lambda file: (file.stat().st_mtime_ns, file.name))
        return [json.loads(file.read_text()) for file in files]


def eventually(look, seconds=20, why="it did not happen"):
    """The first true answer of `look`; asked again until the time is over."""
    until = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > until:
            raise AssertionError(why)
        time.sleep(0.05)


def routes():
    """The route table, as the program prints it."""
    done = subprocess.run([str(binary()), "routes"], capture_output=True, text=True, check=True)
    names = ("method", "path", "permission", "scope", "rate")
    return [dict(zip(names, line.split("\t"))) for line in done.stdout.splitlines()]
