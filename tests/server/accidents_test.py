"""Power cuts and full disks, under load: nothing committed is lost, nothing is half done, numbers have no gaps."""

import os
import pathlib
import random
import resource
import signal
import subprocess
import tempfile
import threading
import time
import unittest

import births
from client import Api
from province import Province, eventually
from shared import Cast

KILLS = int(os.environ.get("THIENAN_KILLS", "6"))


class Load:
    """Citizens file and officers work through the API until told to stop; what was answered is remembered."""

    def __init__(self, cast, born):
        self.cast, self.born = cast, born
        self.filed, self.received, self.entered, self.faults = {}, set(), set(), []
        self.stop = threading.Event()
        self.lock = threading.Lock()

    def run(self, port):
        self.stop.clear()
        self.port = port
        tokens = {name: getattr(self.cast, name).token for name in ("citizen", "desk", "justice")}
        self.apis = {name: Api(port, token) for name, token in tokens.items()}
        self.threads = [threading.Thread(target=self._again, args=(work,), daemon=True)
                        for work in (self._file, self._file, self._work)]
        for thread in self.threads:
            thread.start()

    def end(self):
        self.stop.set()
        for thread in self.threads:
            thread.join(60)

    def _again(self, work):
        while not self.stop.is_set():
            try:
                work()
            except OSError:
                time.sleep(0.02)  # The server was cut: what had no answer may or may not have happened.
            except Exception as error:  # noqa: BLE001: told by the test, with everything else it saw
                if not self.stop.is_set() and "closed" not in str(error).lower():
                    self.faults.append(repr(error))
                time.sleep(0.02)

    def _file(self):
        key = f"load-{births.serial()}"
        sent = births.filing(self.apis["citizen"], self.cast.agency, self.born)
        answer = self.apis["citizen"].post("/api/v1/dossiers", sent, key=key)
        if answer.status == 201:
            with self.lock:
                self.filed[answer.json["code"]] = (key, sent)

    def _work(self):
        for name, outcomes in (("desk", ("receive", "pass_on")), ("justice", ("enter",))):
            page = self.apis[name].get("/api/v1/tasks?limit=100")
            if page.status != 200:
                return
            for task in page.json["items"]:
                outcome = next((one for one in outcomes if one in task["outcomes"]), None)
                if outcome is None or self.stop.is_set() or task["dossier"] not in self.filed:
                    continue
                done = self.apis[name].post(f"/api/v1/tasks/{task['id']}/complete", {"outcome": outcome, "form": {}})
                if done.status == 200:
                    with self.lock:
                        (self.received if outcome == "receive" else self.entered if outcome == "enter" else set()).add(
                            task["dossier"])


class PowerCut(unittest.TestCase):
    def proofs(self, province):
        for words in (("audit", "verify"), ("registers", "verify", "births"), ("recount",)):
            code, out = province.run(*words)
            self.assertEqual(code, 0, f"{' '.join(words)}: {out}")

    def test_kill(self):
        """kill -9 at random moments under load: after each start all that was answered is there, once, and every proof holds"""
        with Province(as_of="2016-07-01T08:00") as province:
            load = Load(Cast(province), "2016-06-20")
            for name in ("citizen", "desk", "justice"):
                getattr(load.cast, name)
            for _ in range(KILLS):
                load.run(province.port)
                time.sleep(random.uniform(1.0, 3.0))
                province.kill()
                load.end()
                province.start()
                citizen = Api(province.port, load.cast.citizen.token)
                desk = Api(province.port, load.cast.desk.token)
                for code, (key, sent) in list(load.filed.items())[-12:]:
                    shown = citizen.get("/api/v1/dossiers/" + code)
                    self.assertEqual(shown.status, 200, f"{code} was answered and is gone")
                    again = citizen.post("/api/v1/dossiers", sent, key=key)
                    self.assertEqual((again.status, again.json.get("code")), (201, code), "the same filing sent again")
                    if code in load.received:
                        self.assertNotEqual(shown.json["state"], "filed", f"{code} was received")
                    if code in load.entered:
                        entry = desk.get("/api/v1/dossiers/" + code).json["entry"]
                        self.assertRegex(entry or "", r"^\d+/2016$", f"{code} was entered")
                self.proofs(province)
            self.assertEqual(load.faults, [])
            self.assertGreater(len(load.filed), 10, "the load filed something")
            self.assertGreater(len(load.received), 3, "officers worked")
            print(f"        {KILLS} kills, {len(load.filed)} filed, {len(load.received)} received, {len(load.entered)} entered")


class FullDisk(unittest.TestCase):
    """A file system of its own that really runs full, where the machine lets us mount one; else a quota on files."""

    MEGABYTES = 24

    def small_disk(self):
        """(folder on a small file system, None) or (plain folder, quota set before exec)."""
        folder = pathlib.Path(tempfile.mkdtemp(prefix="thienan-small-"))
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={self.MEGABYTES}m", "tmpfs", str(folder)], capture_output=True)
        if mounted.returncode == 0:
            self.addCleanup(subprocess.run, ["umount", "-l", str(folder)], capture_output=True)
            return folder, None

        def quota():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (self.MEGABYTES * 512 * 1024, self.MEGABYTES * 512 * 1024))
        return folder, quota

    def fill(self, ballast, folder):
        """Leaves a megabyte and a half; the server writes meanwhile."""
        with open(ballast, "wb", buffering=0) as heavy:
            try:
                while os.statvfs(folder).f_bavail * os.statvfs(folder).f_frsize > 1_500_000:
                    heavy.write(b"x" * 65536)
            except OSError:
                return

    def test_full(self):
        """A disk that runs full: 507 and a sentence, nothing half written, reads go on, and with room again writes do"""
        folder, quota = self.small_disk()
        province = Province(as_of="2016-07-01T08:00", demo=True, folder=folder)
        # The demo itself needs more room than the small disk has: made on the large one, moved over.
        grown = Province(as_of="2016-07-01T08:00").start()
        self.addCleanup(grown.close)
        cast = Cast(grown)
        getattr(cast, "citizen")
        eventually(lambda: sum(1 for _ in grown.notices()) > 0, 60)
        grown.stop()
        size = sum(one.stat().st_size for one in grown.parent.rglob("*") if one.is_file()) // 1_048_576
        if quota is None:
            subprocess.run(["mount", "-o", f"remount,size={size + self.MEGABYTES}m", str(folder)], check=True)
        subprocess.run(["cp", "-a", str(grown.data), str(grown.data) + ".keys", str(folder)], check=True)
        province.start(before=quota)
        self.addCleanup(province.kill)
        citizen = Api(province.port, cast.citizen.token)
        ballast = folder / "ballast"
        filed, full = [], None
        for round in range(400):
            if quota is None and round == 10:
                self.fill(ballast, folder)
            up = citizen.upload(births.png(400, 300, round % 250) + os.urandom(200_000))
            if up.status == 507:
                full = up
                break
            if up.status != 201:
                self.fail(f"an upload on a filling disk got {up}")
            try:
                answer = citizen.post("/api/v1/dossiers", births.filing(citizen, cast.agency, "2016-06-20"))
            except births.NotUploaded as refused:
                answer = refused.answer
            if answer.status == 507:
                full = answer
                break
            self.assertEqual(answer.status, 201, answer)
            filed.append(answer.json["code"])
        self.assertIsNotNone(full, "the disk never ran full")
        self.assertEqual(full.header("Content-Type"), "application/problem+json")
        self.assertEqual(full.json["code"], "web.disk_full")
        self.assertTrue(full.json["title"])
        tracked = [Api(province.port).get("/api/v1/track/" + code).status for code in filed]
        self.assertEqual(set(tracked), {200}, "what was answered is there")
        self.assertEqual(Api(province.port).get("/thu-tuc?q=khai+sinh").status, 200)
        if quota is None:
            ballast.unlink()
        else:
            province.stop()
            province.start()
        eventually(lambda: Api(province.port, citizen.token).upload(births.png()).status == 201, 30,
                   "no write after there was room again")
        citizen = Api(province.port, citizen.token)
        again = citizen.post("/api/v1/dossiers", births.filing(citizen, cast.agency, "2016-06-20"))
        self.assertEqual(again.status, 201, again)
        for words in (("audit", "verify"), ("registers", "verify", "births"), ("recount",)):
            code, out = province.run(*words)
            self.assertEqual(code, 0, f"{' '.join(words)}: {out}")
