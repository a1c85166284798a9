"""Provinces many tests look at, each started once; what a test changes in one must not matter to another."""

from client import Api
from province import Province

_open = {}

# A commune of each day that the demo staffs, by its unit code; found once in the demo's own accounts.
DAYS = {2016: "2016-07-01T08:00", 2026: "2026-07-01T08:00"}


def province(year=2016):
    if year not in _open:
        _open[year] = Province(as_of=DAYS[year]).start()
    return _open[year]


def close_all():
    for one in _open.values():
        one.close()
    _open.clear()


class Cast:
    """The officers of one staffed commune with a token each, and a citizen."""

    POSTS = {"desk": "Công chức tiếp nhận", "justice": "Công chức Tư pháp", "chairman": "Chủ tịch", "clerk": "Văn thư"}

    def __init__(self, province, scopes="dossiers:write dossiers:read tasks registers:read"):
        self.province = province
        accounts = province.accounts()
        by_agency = {}
        for row in accounts:
            if row["post"]:
                by_agency.setdefault(row["agency"], {})[row["post"]] = row
        for agency, posts in by_agency.items():
            found = {name: self._of(posts, words) for name, words in self.POSTS.items()}
            if all(found.values()):
                self.agency = agency
                self.rows = found
                break
        else:
            raise LookupError(f"no commune with a desk, a justice officer, a chairman and a clerk: {by_agency}")
        self.rows["citizen"] = next(row for row in accounts if not row["post"])
        self.scopes = scopes
        self._apis = {}

    @staticmethod
    def _of(posts, words):
        return next((row for title, row in posts.items() if title.startswith(words)), None)

    def __getattr__(self, name):
        if name.startswith("_") or name not in ("desk", "justice", "chairman", "clerk", "citizen"):
            raise AttributeError(name)
        if name not in self._apis:
            token = self.province.token(self.rows[name]["login"], self.scopes)
            self._apis[name] = Api(self.province.port, token)
        return self._apis[name]

    @property
    def anyone(self):
        return Api(self.province.port)
