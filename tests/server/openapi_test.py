"""GET /api/openapi.json: sound by itself, and what the server really answers is what it says."""

import re
import unittest

import jsonschema

import births
import shared
from api_test import Case
from client import Api
from province import routes

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


class Description(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.province = shared.province()
        cls.api = Api(cls.province.port).get("/api/openapi.json")
        cls.document = cls.api.json

    def operations(self):
        for path, item in self.document["paths"].items():
            for method, operation in item.items():
                self.assertIn(method, METHODS)
                yield path, method, operation

    def refs(self, node):
        if isinstance(node, dict):
            if isinstance(node.get("$ref"), str):
                yield node["$ref"]
            for value in node.values():
                yield from self.refs(value)
        elif isinstance(node, list):
            for value in node:
                yield from self.refs(value)

    def resolve(self, ref):
        self.assertTrue(ref.startswith("#/"), ref)
        at = self.document
        for part in ref[2:].split("/"):
            at = at[part.replace("~1", "/").replace("~0", "~")]
        return at

    def test_frame(self):
        """It is OpenAPI 3.1 with title, version, licence, contact and a server"""
        self.assertEqual(self.api.header("Content-Type"), "application/json")
        self.assertRegex(self.document["openapi"], r"^3\.1\.\d+$")
        info = self.document["info"]
        for member in ("title", "version", "description", "license", "contact"):
            self.assertTrue(info[member], member)
        self.assertTrue(self.document["servers"][0]["url"])

    def test_every_route(self):
        """Every route under /api/v1 of the program's table is described, and nothing else"""
        wanted = {(route["method"].lower(), route["path"]) for route in routes() if route["path"].startswith("/api/v1/")}
        told = {(method, path) for path, method, _ in self.operations()}
        self.assertEqual(told, wanted)

    def test_operations(self):
        """Each operation has a name of its own, sentences, a known tag, its path's values, schemas and refusals"""
        ids, tags = set(), {tag["name"] for tag in self.document["tags"]}
        for path, method, it in self.operations():
            with self.subTest(f"{method} {path}"):
                self.assertRegex(it["operationId"], r"^[a-z][a-z0-9_]*$")
                self.assertNotIn(it["operationId"], ids)
                ids.add(it["operationId"])
                self.assertTrue(it["summary"].endswith("."), it["summary"])
                self.assertTrue(it["description"])
                self.assertTrue(set(it["tags"]) <= tags and it["tags"])
                given = [self.resolve(one["$ref"]) if "$ref" in one else one for one in it["parameters"]]
                in_path = {one["name"] for one in given if one["in"] == "path"}
                self.assertEqual(in_path, set(re.findall(r"\{(\w+)\}", path)))
                self.assertEqual(len({(one["in"], one["name"]) for one in given}), len(given))
                for one in given:
                    self.assertIn("schema", one)
                    self.assertEqual(one.get("required", False), True if one["in"] == "path" else one.get("required", False))
                good = [status for status in it["responses"] if status.startswith("2")]
                self.assertEqual(len(good), 1)
                if good != ["204"]:
                    self.assertTrue(it["responses"][good[0]]["content"])
                self.assertIn("default", it["responses"])
                for status, response in it["responses"].items():
                    response = self.resolve(response["$ref"]) if "$ref" in response else response
                    self.assertTrue(response["description"])
                    for media in response.get("content", {}).values():
                        self.assertIn("schema", media)
                if method in ("post", "put", "patch"):
                    self.assertTrue(it["requestBody"]["content"])
                else:
                    self.assertNotIn("requestBody", it)
                for way in it["security"]:
                    for name in way:
                        self.assertIn(name, self.document["components"]["securitySchemes"])

    def test_components(self):
        """Every reference leads somewhere and every component is used"""
        used = set(self.refs(self.document))
        for ref in used:
            self.resolve(ref)
        for kind in ("schemas", "parameters", "responses", "headers"):
            for name in self.document["components"].get(kind, {}):
                self.assertIn(f"#/components/{kind}/{name}", used, f"{name} is used nowhere")

    def test_scopes(self):
        """Every scope an operation asks for is one of the client credentials"""
        scopes = self.document["components"]["securitySchemes"]["oauth"]["flows"]["clientCredentials"]["scopes"]
        for path, method, it in self.operations():
            for way in it["security"]:
                for scope in way.get("oauth", []):
                    self.assertIn(scope, scopes, f"{method} {path}")

    def test_schemas(self):
        """Every schema is a JSON Schema 2020-12, and every example is valid by its schema"""
        for path, method, it in self.operations():
            contents = [it.get("requestBody", {}).get("content", {})] + [
                one.get("content", {}) for one in it["responses"].values() if "$ref" not in one]
            for content in contents:
                for type, media in content.items():
                    schema = {**media["schema"], "components": self.document["components"]}
                    jsonschema.Draft202012Validator.check_schema(schema)
                    if "example" in media:
                        with self.subTest(f"{method} {path} {type}"):
                            jsonschema.Draft202012Validator(schema).validate(media["example"])


class Live(Case):
    """What is answered is what is described: for every operation, good answers and refusals."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.document = cls.cast.anyone.get("/api/openapi.json").json
        cls.seen = {}

    def checked(self, operation, answer, *statuses):
        method, path = operation.split(" ")
        it = self.document["paths"][path][method.lower()]
        self.assertIn(answer.status, statuses, f"{operation}: {answer}")
        told = it["responses"].get(str(answer.status), it["responses"]["default"])
        if "$ref" in told:
            told = self.document["components"]["responses"][told["$ref"].rsplit("/", 1)[1]]
        type = (answer.header("Content-Type") or "").split(";")[0]
        content = told.get("content", {})
        self.assertTrue(type in content or "*/*" in content, f"{operation} answered {type}, described {list(content)}")
        media = content.get(type) or content["*/*"]
        if type.endswith("json"):
            schema = {**media["schema"], "components": self.document["components"]}
            jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).validate(answer.json)
        for name in told.get("headers", {}):
            self.assertIsNotNone(answer.header(name), f"{operation} without {name}")
        self.seen.setdefault(operation, set()).add(answer.status // 100)
        return answer

    def call(self, api, operation, *statuses, values=None, query="", body=None, **more):
        method, path = operation.split(" ")
        address = re.sub(r"\{(\w+)\}", lambda found: (values or {})[found.group(1)], path) + query
        return self.checked(operation, api.ask(method, address, body, **more), *statuses)

    def test_live(self):
        """Every operation is called, answers as its schema says, and refuses as its schema says"""
        c, call = self.cast, self.call
        call(c.anyone, "GET /api/v1/procedures", 200, query="?q=khai+sinh")
        call(c.anyone, "GET /api/v1/procedures", 400, query="?limit=x")
        call(c.anyone, "GET /api/v1/procedures/{id}", 200, values={"id": "birth_registration"})
        call(c.anyone, "GET /api/v1/procedures/{id}", 404, values={"id": "nothing"})
        self.checked("POST /api/v1/files", c.citizen.upload(births.png()), 201)
        self.checked("POST /api/v1/files", c.citizen.upload(b"#!/bin/sh"), 422)
        sent = births.filing(c.citizen, self.unit, self.born)
        code = call(c.citizen, "POST /api/v1/dossiers", 201, body=sent).json["code"]
        call(c.citizen, "POST /api/v1/dossiers", 422, body={**sent, "form": {}})
        call(c.anyone, "POST /api/v1/dossiers", 401, body=sent)
        call(c.citizen, "GET /api/v1/dossiers", 200)
        call(c.desk, "GET /api/v1/dossiers", 200, query="?q=nguyen")
        call(c.anyone, "GET /api/v1/dossiers", 401)
        at = {"code": code}
        call(c.citizen, "GET /api/v1/dossiers/{code}", 200, values=at)
        call(c.citizen, "GET /api/v1/dossiers/{code}", 404, values={"code": "nothing"})
        call(c.anyone, "GET /api/v1/track/{code}", 200, values=at)
        call(c.anyone, "GET /api/v1/track/{code}", 404, values={"code": "nothing"})
        call(c.desk, "POST /api/v1/dossiers/{code}/notes", 200, values=at, body={"text": "Đã gọi điện"})
        call(c.desk, "POST /api/v1/dossiers/{code}/notes", 422, values=at, body={"text": ""})
        call(c.desk, "GET /api/v1/tasks", 200)
        call(c.citizen, "GET /api/v1/tasks", 403)
        task = {"id": self.task(c.desk, code)["id"]}
        call(c.desk, "GET /api/v1/tasks/{id}", 200, values=task)
        call(c.desk, "GET /api/v1/tasks/{id}", 404, values={"id": "1"})
        call(c.desk, "POST /api/v1/tasks/{id}/claim", 200, values=task, body={})
        call(c.desk, "POST /api/v1/tasks/{id}/claim", 422, values=task, body={"x": 1})
        call(c.desk, "POST /api/v1/tasks/{id}/release", 200, values=task, body={})
        call(c.desk, "POST /api/v1/tasks/{id}/release", 404, values={"id": "1"}, body={})
        call(c.desk, "POST /api/v1/tasks/{id}/complete", 200, values=task, body={"outcome": "receive"})
        call(c.desk, "POST /api/v1/tasks/{id}/complete", 409, values=task, body={"outcome": "receive"})
        next_task = {"id": self.task(c.desk, code)["id"]}
        head = Api(self.province.port, self.province.token(f"phochutich.{self.cast.agency}", "tasks dossiers:read"))
        post = Api(self.province.port, self.province.token(c.rows["desk"]["login"], "tasks")).get("/api/v1/me").json["post"]
        call(c.desk, "POST /api/v1/tasks/{id}/reassign", 403, values=next_task, body={"to": post, "reason": "Nghỉ"})
        call(c.chairman, "POST /api/v1/tasks/{id}/reassign", 200, values=next_task, body={"to": post, "reason": "Nghỉ"})
        del head
        letter = {"new_due": "2016-07-05", "reason": "x"}
        call(c.desk, "POST /api/v1/dossiers/{code}/apology", 403, values=at, body=letter)
        call(c.chairman, "POST /api/v1/dossiers/{code}/apology", 422, values=at, body={**letter, "reason": ""})
        call(c.chairman, "POST /api/v1/dossiers/{code}/apology", 200, values=at, body=letter)
        call(c.chairman, "POST /api/v1/dossiers/{code}/apology", 409, 422, values=at, body=letter)
        call(c.desk, "POST /api/v1/dossiers/{code}/payment", 403, 409, 422, values=at, body={"receipt": "BL-1"})
        shown = call(c.desk, "GET /api/v1/dossiers/{code}", 200, values=at).json
        paper = {**at, "paper": shown["papers"][0]["id"]}
        call(c.desk, "GET /api/v1/dossiers/{code}/papers/{paper}", 200, values=paper)
        call(c.desk, "GET /api/v1/dossiers/{code}/papers/{paper}", 404, values={**at, "paper": "1"})
        call(c.citizen, "POST /api/v1/dossiers/{code}/supplement", 409, 422, values=at, body={"files": []})
        self.do(c.desk, code, "supplement", reason="Thiếu")
        call(c.citizen, "POST /api/v1/dossiers/{code}/supplement", 200, values=at, body={"files": [], "message": "Đây"})
        call(c.citizen, "POST /api/v1/dossiers/{code}/rating", 409, 422, values=at, body={"stars": 5})
        call(c.citizen, "POST /api/v1/dossiers/{code}/withdrawal", 200, values=at, body={"reason": "Nhầm"})
        call(c.citizen, "POST /api/v1/dossiers/{code}/withdrawal", 409, values=at, body={"reason": "Nhầm"})
        births_of = {"register": "births"}
        entries = call(c.justice, "GET /api/v1/registers/{register}/entries", 200, values=births_of).json
        call(c.justice, "GET /api/v1/registers/{register}/entries", 404, values={"register": "nothing"})
        entry = {**births_of, "entry": entries["items"][0]["id"]}
        call(c.justice, "GET /api/v1/registers/{register}/entries/{entry}", 200, values=entry)
        call(c.justice, "GET /api/v1/registers/{register}/entries/{entry}", 404, values={**births_of, "entry": "1"})
        call(c.justice, "POST /api/v1/registers/{register}/entries/{entry}/reveal", 200, values=entry, body={"reason": "Cấp trích lục"})
        call(c.justice, "POST /api/v1/registers/{register}/entries/{entry}/reveal", 422, values=entry, body={"reason": ""})
        pdf = next(one for one in shown["papers"] if one["media_type"] == "application/pdf")
        content = c.desk.get(f"/api/v1/dossiers/{code}/papers/{pdf['id']}").body
        self.checked("POST /api/v1/verifications", c.anyone.post("/api/v1/verifications", data=content, type="application/pdf"), 200)
        self.checked("POST /api/v1/verifications", c.anyone.post("/api/v1/verifications", data=b"", type="application/pdf"), 422)
        call(c.anyone, "GET /api/v1/papers/{token}", 404, values={"token": "NOTHING"})
        call(c.desk, "GET /api/v1/me", 200)
        call(c.anyone, "GET /api/v1/me", 401)
        self.administration()
        self.machines()
        missing = [f"{route['method']} {route['path']}" for route in routes() if route["path"].startswith("/api/v1/")
                   and f"{route['method']} {route['path']}" not in self.seen]
        self.assertEqual(missing, [], "operations that were never called")
        no_good = sorted(operation for operation, kinds in self.seen.items() if 2 not in kinds)
        self.assertLessEqual(set(no_good), {
            "POST /api/v1/dossiers/{code}/apology", "POST /api/v1/dossiers/{code}/payment",
            "POST /api/v1/node/lines", "POST /api/v1/node/files/{lease}/{signature}",  # Good ones: tests/offline/run.
            "POST /api/v1/dossiers/{code}/rating", "GET /api/v1/papers/{token}"}, "only refusals were seen")

    def machines(self):
        call = self.call
        hospital = Api(self.province.port, self.province.token("quantri.ubnd-tinh", "notices:write facility:51001"))
        birth = {"number": "1/2016", "facility": {"code": "51001"}, "child": {"sex": "female", "born_at": self.born + "T03:15:00+07:00"},
                 "mother": {"full_name": "Phạm Thị Vy", "birth_year": 1991, "unit": self.unit}}
        death = {"number": "2/2016", "facility": {"code": "51001"}, "deceased": {"full_name": "Lê Văn Năm", "sex": "male"},
                 "died_at": self.born + "T03:15:00+07:00"}
        for path, notice in (("births", birth), ("deaths", death)):
            call(hospital, f"POST /api/v1/notices/{path}", 201, body=notice)
            call(hospital, f"POST /api/v1/notices/{path}", 403, body={**notice, "facility": {"code": "51002"}})
            call(hospital, f"POST /api/v1/notices/{path}", 422, body={**notice, "number": ""})
            call(self.cast.desk, f"POST /api/v1/notices/{path}", 403, body=notice)
        search = {"reference_id": "r-1", "search_criteria": {
            "reg_event_type": "birth", "query_type": "idtype-value", "query": {"type": "BRN", "value": "1/2016"}}}
        asked = {"header": {"sender_id": "x"}, "message": {"transaction_id": "t-1", "search_request": [search]}}
        call(self.cast.justice, "POST /api/v1/dci/crvs/registry/sync/search", 200, body=asked)
        call(self.cast.justice, "POST /api/v1/dci/crvs/registry/sync/search", 422, body={"header": {}, "message": {}})
        call(self.cast.citizen, "POST /api/v1/dci/crvs/registry/sync/search", 403, body=asked)

    def administration(self):
        call = self.call
        call(self.cast.anyone, "POST /api/v1/node/lines", 404, body={"lease": "1", "lines": []})
        call(self.cast.anyone, "POST /api/v1/node/lines", 422, body={"lease": "1"})
        self.checked("POST /api/v1/node/files/{lease}/{signature}", self.cast.anyone.post(
            "/api/v1/node/files/1/00", data=births.png(), type="application/octet-stream"), 404)
        admin = Api(self.province.port, self.province.token("quantri.ubnd-tinh", "packs"))
        birth = {"name": "birth_registration"}
        call(admin, "GET /api/v1/packs/{name}", 200, values=birth)
        call(admin, "GET /api/v1/packs/{name}", 404, values={"name": "nothing"})
        held = call(admin, "GET /api/v1/packs/{name}/archive", 200, values=birth)
        call(self.cast.desk, "GET /api/v1/packs/{name}/archive", 403, values=birth)
        self.checked("POST /api/v1/packs", admin.post("/api/v1/packs", data=held.body, type="application/zip"), 201)
        bad = self.checked("POST /api/v1/packs", admin.post("/api/v1/packs", data=b"no zip", type="application/zip"), 422)
        self.assertEqual(bad.json["code"], "administration.not_a_zip")
