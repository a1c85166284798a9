"""A birth as the API takes it, and the pictures that go with it. Every name and number here is made up."""

import itertools
import struct
import zlib

_serial = itertools.count(1)

CHILD_NAMES = ["Trà Giang", "Minh Khôi", "Thu Bồn", "Hoài An", "Gia Hân", "Quốc Bảo", "Bảo Ngọc", "Khánh Linh"]
MIDDLE = ["Thị", "Văn", "Ngọc", "Thanh", "Hữu", "Xuân", "Phương", "Kim", "Đức", "Như", "Tường", "Diệu", "Hải", "Lan"]


class NotUploaded(Exception):
    """A paper of a filing was not taken; `answer` says why."""

    def __init__(self, answer):
        super().__init__(str(answer))
        self.answer = answer


def serial():
    return next(_serial)


def png(width=600, height=400, shade=200):
    """A picture that opens: grey, of the size asked."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"".join(b"\0" + bytes([shade]) * width for _ in range(height))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows, 1)) + chunk(b"IEND", b""))


def birth(unit, born_on, **more):
    """The answers of a birth in `unit`, in the year's own papers. `more` replaces answers: child__full_name="..."."""
    n = next(_serial)
    year = int(born_on[:4])
    card = "identity_card_9" if year < 2021 else "identity_card"
    number = (lambda k: f"212{k:06d}") if year < 2021 else (lambda k: f"0511{k:08d}")
    home = {"unit": unit, "line": f"Số nhà {n}"}
    middle = MIDDLE[n % len(MIDDLE)] + " " + MIDDLE[(n // len(MIDDLE)) % len(MIDDLE)]
    mother = f"Phạm {middle} Vy"
    form = {
        "requester": {"full_name": mother, "relation": "mother", "phone": f"09{n:08d}",
                      "identity": {"kind": card, "number": number(n)}, "residence": dict(home)},
        "child": {"full_name": f"Nguyễn {middle} {CHILD_NAMES[n % len(CHILD_NAMES)]}", "born_on": born_on, "sex": "female",
                  "ethnicity": "01", "nationality": "VN",
                  "birthplace": {"kind": "facility", "facility": "Bệnh viện Sản - Nhi tỉnh Quảng Ngãi",
                                 "place": "phường Nghĩa Lộ, tỉnh Quảng Ngãi"},
                  "hometown": "tỉnh Quảng Ngãi"},
        "mother": {"full_name": mother, "birth_year": year - 27, "ethnicity": "01", "nationality": "VN",
                   "identity_number": number(n), "residence": dict(home)},
        "parents_married": True,
        "father": {"recorded": True, "full_name": f"Nguyễn {middle} Thọ", "birth_year": year - 30, "ethnicity": "01",
                   "nationality": "VN", "identity_number": number(500_000 + n), "residence": dict(home)},
        "result": {"hand_over": "at_desk", "copies": 0, "exempt_group": "none"},
        "declared_true": True,
    }
    for path, value in more.items():
        *parents, last = path.split("__")
        at = form
        for name in parents:
            at = at[name]
        at[last] = value
    return form


def filing(api, unit, born_on, agency=None, papers=("birth_notification", "requester_identity"), **more):
    """What POST /api/v1/dossiers takes, its papers uploaded."""
    form = birth(unit, born_on, **more)
    files = []
    for paper in papers:
        made = api.upload(png(shade=next(_serial) % 250))
        if made.status != 201:
            raise NotUploaded(made)
        files.append({"paper": paper, "id": made.json["id"]})
    return {"procedure": "birth_registration", "agency": agency or unit,
            "applicant": {"name": form["requester"]["full_name"], "phone": form["requester"]["phone"]},
            "form": form, "files": files}
