"""Notices of health facilities over HTTP: own JSON, a FHIR R4 Bundle and table 9, by a program of the facility; the family
completes them; and the DCI search of registers."""

import base64
import copy
import json
from urllib.parse import urlencode
from xml.sax.saxutils import escape

import births
import walk
from api_test import Case, problem
from client import Api, Browser, ask

BIRTHS, DEATHS = "/api/v1/notices/births", "/api/v1/notices/deaths"
SEARCH = "/api/v1/dci/crvs/registry/sync/search"
FACILITY, OTHER_FACILITY = "51001", "51002"
HOUR = "T03:15:00+07:00"


class Hospital(Case):
    """A province with the programs of two hospitals; `born` is a day a week or so ago."""
    year = 2026

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        admin = next(row for row in cls.province.accounts() if row["login"] == "quantri.ubnd-tinh")
        cls.desk_of_admin = Browser(cls.province.port).sign_in(admin)
        cls.hospital = cls.program("Bệnh viện Sản - Nhi", f"notices:write facility:{FACILITY}")

    @classmethod
    def program(cls, name, scopes):
        """Registered on the desk as an administrator does it; its token by client credentials."""
        desk = cls.desk_of_admin
        desk.get("/ban-lam-viec/chuong-trinh")
        desk.submit(having="scopes", name=name, scopes=scopes)
        words = desk.words
        fields = {"grant_type": "client_credentials", "client_id": words.split("client_id")[1].split()[0],
                  "client_secret": words.split("client_secret")[1].split()[0]}
        answer = ask(cls.province.port, "POST", "/oauth/token", {"Content-Type": "application/x-www-form-urlencoded"},
                     urlencode(fields).encode())
        assert answer.status == 200, answer
        return Api(cls.province.port, answer.json["access_token"])

    def notice(self, form=None, facility=FACILITY):
        """Our own JSON for the birth that the answers `form` are of."""
        form = form or births.birth(self.unit, self.born)
        mother = form["mother"]
        return {"number": f"{births.serial()}/2026", "facility": {"code": facility, "name": form["child"]["birthplace"]["facility"]},
                "child": {"sex": form["child"]["sex"], "born_at": form["child"]["born_on"] + HOUR, "weight_grams": 3100},
                "mother": {"full_name": mother["full_name"].upper(), "birth_year": mother["birth_year"], "ethnicity": mother["ethnicity"],
                           "nationality": "VN", "identity_number": mother["identity_number"], "unit": self.unit,
                           "residence": mother["residence"]["line"], "phone": "0905000111"},
                "place": form["child"]["birthplace"]["place"]}

    def death(self):
        n = births.serial()
        return {"number": f"{n}/2026", "facility": {"code": FACILITY, "name": "Bệnh viện Đa khoa tỉnh"},
                "deceased": {"full_name": "Lê Văn Năm", "sex": "male", "born_on": "1950-02-03", "identity_number": f"0510{n:08d}",
                             "unit": self.unit, "residence": "Thôn 3"},
                "died_at": self.born + HOUR, "cause": "Suy tim"}

    def taken(self, body, path=BIRTHS, **more):
        answer = self.hospital.post(path, body, **more)
        self.assertEqual(answer.status, 201, answer)
        return answer.json


def fhir(notice):
    """The same birth as a FHIR R4 Bundle."""
    mother, child = notice["mother"], notice["child"]
    birth_time = {"url": "http://hl7.org/fhir/StructureDefinition/patient-birthTime", "valueDateTime": child["born_at"]}
    resources = [
        {"resourceType": "Composition", "identifier": {"value": notice["number"]}, "subject": {"reference": "urn:uuid:child"}},
        {"resourceType": "Patient", "gender": child["sex"], "birthDate": child["born_at"][:10], "_birthDate": {"extension": [birth_time]}},
        {"resourceType": "RelatedPerson", "patient": {"reference": "urn:uuid:child"}, "gender": "female", "birthDate": str(mother["birth_year"]),
         "relationship": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-RoleCode", "code": "MTH"}]}],
         "name": [{"text": mother["full_name"]}], "identifier": [{"value": mother["identity_number"]}]},
        {"resourceType": "Organization", "identifier": [{"value": notice["facility"]["code"]}], "name": notice["facility"]["name"]},
    ]
    urls = ["urn:uuid:composition", "urn:uuid:child", "urn:uuid:mother", "urn:uuid:facility"]
    return {"resourceType": "Bundle", "type": "document", "entry": [{"fullUrl": u, "resource": r} for u, r in zip(urls, resources)]}


def table_9(notice, envelope=False):
    """The same birth as table 9 of the health-insurance data set."""
    mother, child = notice["mother"], notice["child"]
    fields = {"HO_TEN_NND": mother["full_name"], "NGAYSINH_NND": f"{mother['birth_year']}0000", "SO_CCCD_NND": mother["identity_number"],
              "MA_QUOCTICH": "000", "MAXA_CU_TRU": mother["unit"], "NOI_CU_TRU_NND": mother["residence"], "GIOI_TINH_CON": "2",
              "CAN_NANG_CON": "3100", "NGAY_SINH_CON": child["born_at"][:16].replace("-", "").replace("T", "").replace(":", ""),
              "SO": notice["number"].split("/")[0], "QUYEN_SO": "2026"}
    record = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in fields.items())
    inner = f"<D><DU_LIEU_GIAY_CHUNG_SINH>{record}</DU_LIEU_GIAY_CHUNG_SINH></D>"
    if not envelope:
        return inner.encode()
    code, content = notice["facility"]["code"], base64.b64encode(inner.encode()).decode()
    return (f"<GIAMDINHHS><THONGTINDONVI><MACSKCB>{code}</MACSKCB></THONGTINDONVI><THONGTINHOSO><DANHSACHHOSO><HOSO><FILEHOSO>"
            f"<LOAIHOSO>XML9</LOAIHOSO><NOIDUNGFILE>{content}</NOIDUNGFILE></FILEHOSO></HOSO></DANHSACHHOSO></THONGTINHOSO></GIAMDINHHS>").encode()


FHIR, XML = "application/fhir+json", "application/xml"


class Taken(Hospital):
    def test_json(self):
        """A birth is told of in one call; the same again is the same notice; other content under its number is refused"""
        body = self.notice()
        first = self.taken(body)
        self.assertEqual((len(first["code"]), first["repeated"], first["number"]), (12, False, body["number"]))
        self.assertTrue(first["address"].endswith("/giay-chung-sinh?ma=" + first["code"]))
        self.assertTrue(first["agency"])
        again = self.taken(body)
        self.assertEqual((again["id"], again["code"], again["repeated"]), (first["id"], first["code"], True))
        other = copy.deepcopy(body)
        other["child"]["weight_grams"] = 2000
        told = problem(self, self.hospital.post(BIRTHS, other), 409, "civil_status.notice_conflict")
        self.assertEqual(told["field"], "/number")

    def test_key(self):
        """With an Idempotency-Key the answer is the very same; another body under the key is refused"""
        body = self.notice()
        first, again = self.taken(body, key="hospital-key-1"), self.taken(body, key="hospital-key-1")
        self.assertEqual(first, again)
        problem(self, self.hospital.post(BIRTHS, self.notice(), key="hospital-key-1"), 409, "storage.idempotency_conflict")

    def test_fhir(self):
        """A FHIR R4 Bundle is the same notice; what is wrong in it is told as an OperationOutcome with its place"""
        bundle = fhir(self.notice())
        send = lambda body: self.hospital.post(BIRTHS, data=json.dumps(body).encode(), type=FHIR)
        first, again = send(bundle), send(bundle)
        self.assertEqual((first.status, again.status), (201, 201), again)
        self.assertEqual((again.json["id"], again.json["repeated"]), (first.json["id"], True))
        bundle["entry"][2]["resource"]["relationship"] = []
        bad = send(bundle)
        self.assertEqual((bad.status, bad.json["resourceType"]), (422, "OperationOutcome"), bad)
        self.assertEqual(bad.json["issue"][0]["details"]["coding"][0]["code"], "civil_status.notice_no_mother")
        self.assertEqual(bad.json["issue"][0]["expression"], ["/entry"])

    def test_table_9(self):
        """Table 9 is taken alone, with the facility in the query, and in its envelope: one notice"""
        notice = self.notice()
        plain = self.hospital.post(f"{BIRTHS}?facility={FACILITY}", data=table_9(notice), type=XML)
        enveloped = self.hospital.post(BIRTHS, data=table_9(notice, envelope=True), type=XML)
        self.assertEqual((plain.status, enveloped.status), (201, 201), enveloped)
        self.assertEqual((enveloped.json["id"], enveloped.json["repeated"]), (plain.json["id"], True))

    def test_death(self):
        """A death is told of as JSON and as a Bundle"""
        body = self.death()
        first, again = self.taken(body, DEATHS), self.taken(body, DEATHS)
        self.assertEqual((again["id"], again["repeated"]), (first["id"], True))
        resources = [
            {"resourceType": "Patient", "name": [{"text": "Lê Văn Sáu"}], "gender": "male", "birthDate": "1950",
             "deceasedDateTime": self.born + HOUR},
            {"resourceType": "Organization", "identifier": [{"value": FACILITY}]}]
        bundle = {"resourceType": "Bundle", "identifier": {"value": f"{births.serial()}/2026"}, "entry": [{"resource": r} for r in resources]}
        answer = self.hospital.post(DEATHS, data=json.dumps(bundle).encode(), type=FHIR)
        self.assertEqual(answer.status, 201, answer)

    def test_bad(self):
        """Whatever is wrong is refused with its field, and nothing is kept"""
        def changed(path, value):
            body = self.notice()
            *parents, last = path
            at = body
            for name in parents:
                at = at[name]
            if value is None:
                del at[last]
            else:
                at[last] = value
            return body
        for path, value, code, field in (
                (("mother", "full_name"), "", "civil_status.notice_missing", "/mother/full_name"),
                (("mother", "birth_year"), None, "civil_status.notice_missing", "/mother/born_on"),
                (("mother", "identity_number"), "0511 91", "civil_status.notice_bad_value", "/mother/identity_number"),
                (("child", "born_at"), "2026-07-09" + HOUR, "civil_status.notice_in_future", "/child/born_at"),
                (("child", "sex"), "girl", None, "/child/sex"),
                (("child", "weight_grams"), 99_999, None, "/child/weight_grams"),
                (("number",), None, None, "/number"),
                (("child", "born_at"), "yesterday", None, "/child/born_at")):
            with self.subTest(path=path, value=value):
                told = problem(self, self.hospital.post(BIRTHS, changed(path, value)), 422, code)
                self.assertEqual(told["field"], field)
        send = lambda data, type, path=BIRTHS: self.hospital.post(path, data=data, type=type)
        for data, type, status in ((b"{", "application/json", 400), (b"<a>", XML, 422), (b"<a/>", XML, 422), (b"a,b", "text/csv", 415),
                                   (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', XML, 422)):
            with self.subTest(data=data):
                answer = problem(self, send(data, type), status)
                self.assertNotIn("root:", str(answer))
        self.assertEqual(send(b"{}", FHIR).status, 422)
        self.assertGreaterEqual(send(table_9(self.notice()), XML, DEATHS).status, 400)


class Rights(Hospital):
    def test_facility(self):
        """A program tells of its own facilities only, in whichever form"""
        other = self.notice(facility=OTHER_FACILITY)
        told = problem(self, self.hospital.post(BIRTHS, other), 403, "civil_status.not_allowed_facility")
        self.assertEqual(told["field"], "/facility/code")
        answer = self.hospital.post(BIRTHS, data=json.dumps(fhir(other)).encode(), type=FHIR)
        self.assertEqual((answer.status, answer.json["issue"][0]["code"]), (403, "forbidden"), answer)
        problem(self, self.hospital.post(BIRTHS, data=table_9(other, envelope=True), type=XML), 403)
        problem(self, self.hospital.post(f"{BIRTHS}?facility={OTHER_FACILITY}", data=table_9(other), type=XML), 403)
        both = self.program("Sở Y tế", f"notices:write facility:{FACILITY} facility:{OTHER_FACILITY}")
        self.assertEqual(both.post(BIRTHS, other).status, 201)
        # It is the other facility's notice now: the first program may not even repeat it.
        problem(self, self.hospital.post(BIRTHS, other), 403)

    def test_scope(self):
        """Without the scope, without a facility, and without a token nothing is taken; nor by an officer or a citizen"""
        body = self.notice()
        problem(self, self.program("Không cơ sở", "notices:write").post(BIRTHS, body), 403, "civil_status.not_allowed_facility")
        problem(self, self.program("Không quyền", f"facility:{FACILITY}").post(BIRTHS, body), 403, "web.forbidden")
        for api in (self.cast.citizen, self.cast.justice):
            problem(self, api.post(BIRTHS, body), 403, "web.forbidden")
        self.assertEqual(self.cast.anyone.post(BIRTHS, body).status, 401)


class Completed(Hospital):
    def citizen(self):
        return Browser(self.province.port).sign_in(self.cast.rows["citizen"])

    def claim(self, browser, code, born_on):
        browser.get("/giay-chung-sinh?ma=" + code)
        self.assertEqual(browser.form(having="born_on").fields["code"], code)
        return browser.send({"born_on": born_on}, having="born_on")

    def test_claim(self):
        """The family opens the slip's address, says the mother's day of birth, and finds the form filled in; the notice has its dossier"""
        form = births.birth(self.unit, self.born)
        body = self.notice(form)
        code = self.taken(body)["code"]
        browser = self.citizen()
        for wrong_code, wrong_year in ((code, "1950"), ("WRONGCODE123", str(form["mother"]["birth_year"]))):
            self.assertEqual(self.claim(browser, wrong_code, wrong_year).status, 422)
            self.assertIn("Không có giấy nào có mã và ngày sinh này", browser.words)
        self.claim(browser, code, str(form["mother"]["birth_year"]))
        self.assertIn("/buoc/1", browser.path)
        seen = {}
        for _ in range(12):
            if browser.path.endswith("/xem-lai"):
                break
            here, page_form = browser.path, browser.form("/nop/", None)
            seen.update({name: value for name, value in page_form.fields.items() if value})
            files = [("requester_identity", "cccd.png", "image/png", births.png())] if "requester_identity" in page_form.names else None
            browser.send(walk.answers(page_form, form), "/nop/", files=files)
            self.assertNotEqual(browser.path, here, browser.words[:1500])
        self.assertEqual(seen["mother.identity_number"], form["mother"]["identity_number"])
        self.assertEqual(seen["mother.full_name"], form["mother"]["full_name"])
        page_form = browser.form("/nop/")
        fields = {**page_form.fields, **walk.answers(page_form, form)}
        got = browser.post(page_form.action or browser.path, fields, follow=False)
        self.assertEqual(got.status, 303, browser.words[:1500])
        dossier = self.taken(body)["dossier"]
        self.assertTrue(dossier)
        self.assertEqual(self.claim(self.citizen(), code, str(form["mother"]["birth_year"])).status, 422)

    def test_hospital_first(self):
        """The hospital first, then the parents without the slip: one dossier, and the notice is answered by it"""
        sent = births.filing(self.cast.citizen, self.unit, self.born)
        body = self.notice(sent["form"])
        self.assertNotIn("dossier", {name for name, value in self.taken(body).items() if value})
        filed = self.cast.citizen.post("/api/v1/dossiers", sent)
        self.assertEqual(filed.status, 201, filed)
        self.assertEqual(self.taken(body)["dossier"], filed.json["code"])

    def test_parents_first(self):
        """The parents first, then the hospital: the notice tells the dossier that is there, and the slip opens no second"""
        sent = births.filing(self.cast.citizen, self.unit, self.born)
        filed = self.cast.citizen.post("/api/v1/dossiers", sent)
        self.assertEqual(filed.status, 201, filed)
        taken = self.taken(self.notice(sent["form"]))
        self.assertEqual(taken["dossier"], filed.json["code"])
        browser = self.citizen()
        self.assertEqual(self.claim(browser, taken["code"], str(sent["form"]["mother"]["birth_year"])).status, 422)
        self.assertIn(filed.json["code"], browser.words)

    def test_desk(self):
        """The commune sees who has not completed, and only its own"""
        body = self.notice()
        self.taken(body)
        desk = Browser(self.province.port).sign_in(self.cast.rows["justice"])
        desk.get("/ban-lam-viec/giay-chung-sinh?ngay=0")
        self.assertIn(body["number"], desk.words)
        others = next(row for row in self.province.accounts() if row["post"].startswith("Công chức Tư pháp") and row["agency"] != self.unit)
        other = Browser(self.province.port).sign_in(others)
        other.get("/ban-lam-viec/giay-chung-sinh?ngay=0")
        self.assertNotIn(body["number"], other.words)


class Search(Hospital):
    def message(self, type, value, event="birth"):
        criteria = {"reg_event_type": event, "query_type": "idtype-value", "query": {"type": type, "value": value}}
        return {"header": {"message_id": "m-1", "message_ts": self.born + HOUR, "action": "search", "sender_id": "hospital"},
                "message": {"transaction_id": "t-1", "search_request": [{"reference_id": "r-1", "search_criteria": criteria}]}}

    def answered(self, api, *what):
        answer = api.post(SEARCH, self.message(*what))
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual((answer.json["header"]["action"], answer.json["header"]["receiver_id"]), ("on-search", "hospital"))
        self.assertEqual(answer.json["message"]["transaction_id"], "t-1")
        return answer.json["message"]["search_response"][0]

    def test_found(self):
        """The DCI search finds an entry by its number, masked; and tells what it does not know"""
        entry = self.cast.justice.get("/api/v1/registers/births/entries?limit=1").json["items"][0]
        found = self.answered(self.cast.justice, "BRN", entry["number"])
        self.assertEqual(found["status"], "succ", found)
        numbers = [one["registration_number"] for one in found["data"]["reg_records"]]
        self.assertIn(entry["number"], numbers)
        for one in found["data"]["reg_records"]:
            self.assertNotRegex(json.dumps({k: v for k, v in one.items() if "identity_number" in k or k == "personal_number"}), r"\d{9}")
        self.assertEqual(self.answered(self.cast.justice, "BRN", "1/1901")["data"]["reg_records"], [])
        self.assertEqual(self.answered(self.cast.justice, "NAME", "Giang")["status"], "rjct")
        self.assertEqual(self.answered(self.cast.justice, "UIN", "1", "wedding")["status_reason_code"], "rjct.reg_event_type.not_supported")

    def test_rights(self):
        """It takes a token with the scope, of somebody who may read registers"""
        asked = self.message("BRN", "1/2026")
        self.assertEqual(self.cast.anyone.post(SEARCH, asked).status, 401)
        problem(self, self.cast.citizen.post(SEARCH, asked), 403, "web.forbidden")
        problem(self, self.hospital.post(SEARCH, asked), 403, "web.forbidden")
        bare = Api(self.province.port, self.province.token(self.cast.rows["justice"]["login"], "dossiers:read"))
        problem(self, bare.post(SEARCH, asked), 403, "web.forbidden")
        problem(self, self.cast.justice.post(SEARCH, {"header": {}, "message": {}}), 422, "civil_status.dci_bad_message")
