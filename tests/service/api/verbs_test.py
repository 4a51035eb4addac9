"""What the API answers: judged by the schemas of openapi.json with an implementation that is not
ours, and by what the watched folders and the ledger say of the same."""

import csv
import io
import json
import re
import unittest
import urllib.error
import urllib.parse
import urllib.request

import jsonschema
from api_house import SOURCE, ApiTest, batch_of

DOCUMENT = json.loads((SOURCE / "station/api/openapi.json").read_text())
# OpenMetrics 1.0, ABNF: what we use of it.
SAMPLE = re.compile(r'([a-z_]+)(\{[a-z_]+="(?:[^"\\\n]|\\["\\n])*"\})? ([0-9]+(?:\.[0-9]+)?)')


def schema_of(method, path, status):
    for pattern, methods in DOCUMENT["paths"].items():
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", pattern), path.partition("?")[0]):
            content = methods[method]["responses"][str(status)]["content"]
            return {**content["application/json"]["schema"], "components": DOCUMENT["components"],
                    "$schema": "https://json-schema.org/draft/2020-12/schema"}
    raise AssertionError(path)


class Verbs(ApiTest):
    """With a card reader, where orders for tokens are made by none."""

    @classmethod
    def before_start(cls, house):
        house.set(socket=house.start_second_bench("bench", 1))
        super().before_start(house)

    def asked(self, client, path, body=None, status=200, **headers):
        """The answer, which must be as the document says."""
        if isinstance(body, dict):
            body = json.dumps(body).encode()
        said, answer = self.house.ask(client, path, body, **headers)
        self.assertEqual(said, status, answer)
        jsonschema.validate(answer, schema_of("post" if body else "get", path, said))
        return answer

    def sent(self, batch, count=3, **changes):
        return self.asked("order-system", "/v1/batches", batch_of(batch, count, **changes), 201)

    def test_every_reference_of_the_document_leads_somewhere(self):
        text = json.dumps(DOCUMENT)
        for reference in set(re.findall(r'"#/([^"]+)"', text)):
            found = DOCUMENT
            for part in reference.split("/"):
                found = found[part]
        names = [operation["operationId"] for methods in DOCUMENT["paths"].values()
                 for operation in methods.values()]
        self.assertEqual(len(names), len(set(names)))
        for schema in DOCUMENT["components"]["schemas"].values():
            jsonschema.Draft202012Validator.check_schema(schema)
        for path, methods in DOCUMENT["paths"].items():
            for operation in methods.values():
                told = {p["name"] for p in operation.get("parameters", ()) if p.get("in") == "path"}
                self.assertEqual(told, set(re.findall(r"\{(\w+)\}", path)))

    def test_a_batch_is_taken_once_whichever_way_it_comes(self):
        content = batch_of("both-ways", 2)
        self.assertFalse(self.asked("order-system", "/v1/batches", content, 201)["known"])
        self.assertTrue(self.asked("order-system", "/v1/batches", content)["known"])
        self.house.send_batch(content, "both-ways.json")
        self.await_that(lambda: self.house.log().count("batch both-ways came again") == 2,
                        "the file to be known")
        said = self.house.ask("order-system", "/v1/batches", content + b"\n")
        self.assertProblem(said, 409, "both-ways", "other content")
        came_of = [line.get("request") for line in self.house.log_lines()
                   if line["said"].startswith("batch both-ways ")]
        self.assertEqual([request is None for request in came_of], [False, False, True])
        self.assertLessEqual(set(came_of[:2]), {line.get("request") for line in self.house.access()})
        self.await_that(lambda: self.house.report("both-ways"), "the report")
        report = self.asked("order-system", "/v1/batches/both-ways/report")
        written = self.house.report("both-ways")
        self.assertEqual({**report, "updatedAt": 0}, {**written, "updatedAt": 0})

    def test_the_simulated_order_system_sends_batches_over_https(self):
        address = self.house.start_sender()

        def sent(content):
            asked = urllib.request.Request(address + "/batches/x", content)
            try:
                with urllib.request.urlopen(asked, timeout=60) as answer:
                    return answer.status, json.load(answer)
            except urllib.error.HTTPError as refused:
                return refused.code, json.load(refused)

        status, said = sent(batch_of("simulated", 2))
        self.assertEqual((status, said["batch"], said["count"]), (201, "simulated", 2))
        self.assertEqual(sent(batch_of("simulated", 2))[0], 200)
        status, said = sent(batch_of("simulated", 3))
        self.assertEqual(status, 409)
        self.assertIn("other content", said["detail"])
        self.assertEqual(self.asked("order-system", "/v1/batches/simulated")["count"], 2)

    def test_the_audit_trail_names_who_sent_a_batch_and_how(self):
        self.sent("audited", 2)
        content = batch_of("audited-file", 1)
        self.house.send_batch(content, "audited-file.json")
        self.await_that(lambda: self.house.report("audited-file"), "the file")
        trail = {record["subject"]: (record["who"], record["why"])
                 for record in self.asked("auditor", "/v1/audit?limit=1000")["records"]
                 if record["act"] == "batch accepted"}
        taken = "new orders, 0 known before, 0 refused; "
        self.assertEqual(trail["audited"], ("order-system", f"2 {taken}sent over the API"))
        self.assertEqual(trail["audited-file"], ("order system", "1 new order, 0 known before, "
                                                 "0 refused; from the watched folder"))

    def test_a_batch_that_cannot_be_used_is_told_by_field_and_leaves_nothing(self):
        good = batch_of("unusable", 2)
        for content, *words in (
                (good[:-40], "line 1"), (b"Geachte heer,\n", "line 1"), (b"{}", "batch", "orders"),
                (good.replace(b'"count": 2', b'"count": 3'), "count", "3", "2"),
                (good.replace(b'"count"', b'"colour": 1, "count"'), "colour"),
                (good.replace(b'"count"', b'"batch": "x", "count"'), "batch"),
                (good.decode().encode("latin-1", "replace"), "line 1"), (b"[" * 5000, "line 1")):
            with self.subTest(content[:30]):
                self.assertProblem(self.house.ask("order-system", "/v1/batches", content), 422, *words)
        self.assertEqual(self.house.ask("auditor", "/v1/batches/unusable")[0], 404)
        self.assertEqual(list(self.house.spool.iterdir()), [])

    def test_the_command_line_shows_programs_what_the_api_shows(self):
        self.sent("shown", 3)
        self.asked("order-system", "/v1/batches", batch_of("shown-2", 2).replace(
            b'"kvkNumber": "69599084"', b'"kvkNumber": "1"', 1), 201)
        self.asked("supervisor", "/v1/orders/shown-02/hold", {"id": "shown-hold", "reason": "r"})
        self.await_that(lambda: self.house.readers(), "the reader")
        for words, path in (("batches", "/v1/batches?limit=1000"), ("batch shown-2", "/v1/batches/shown-2"),
                            ("orders --batch shown", "/v1/batches/shown/orders"),
                            ("order shown-02", "/v1/orders/shown-02"),
                            ("status shown-02", "/v1/orders/shown-02"),
                            ("order shown-2-01", "/v1/orders/shown-2-01"),
                            ("cards", "/v1/cards"), ("exceptions", "/v1/exceptions?limit=1000"),
                            ("events", "/v1/events?limit=1000"), ("readers", "/v1/readers"),
                            ("events --after 1", "/v1/events?after=1&limit=1000"),
                            ("audit", "/v1/audit?limit=1000"), ("status shown", "/v1/batches/shown/report")):
            with self.subTest(words):
                _, text = self.house.zegel(*words.split(), "--json")
                shown = json.loads(text)
                if words == "audit":
                    self.assertTrue(shown.pop("whole"), shown.pop("said"))
                    self.assertTrue(shown.pop("signaturesChecked"))
                asked = self.asked("auditor", path)
                for answer in (shown, asked):
                    answer.pop("updatedAt", None)
                    for waited in answer.get("waitedFor", []):
                        waited.pop("nextTry", None)  # the order system is tried again meanwhile
                self.assertEqual(shown, asked)
        held = json.loads(self.house.zegel("orders", "--state", "on-hold", "--json")[1])["orders"]
        exceptions = self.asked("auditor", "/v1/exceptions?limit=1000")["orders"]
        self.assertCountEqual([order["order"] for order in held],
                              [order["order"] for order in exceptions])
        self.assertIn(("shown-2-01", "shown-2"), {
            (order["order"], order["batch"]) for order in
            json.loads(self.house.zegel("orders", "--state", "rejected", "--json")[1])["orders"]})
        every = json.loads(self.house.zegel("status", "--json")[1])
        self.assertEqual([batch["batch"] for batch in every["batches"]],
                         [batch["batch"] for batch in json.loads(
                             self.house.zegel("batches", "--json")[1])["batches"]])
        self.assertEqual(every["station"]["authority"], {"state": "well"})

    def test_pages_of_a_batch_hold_every_order_once_and_the_sums_are_the_batch(self):
        self.assertEqual(self.sent("pages", 25)["count"], 25)
        twice = batch_of("pages-2", 4, first_order=1).replace(b"pages-2-02", b"pages-02")
        twice = twice.replace(b'"kvkNumber": "69599084"', b'"kvkNumber": "1"', 1)
        self.asked("order-system", "/v1/batches", twice, 201)
        for batch, count in (("pages", 25), ("pages-2", 4)):
            for limit in (1, 3, 25, 1000):
                seen, after = [], 0
                while after is not None:
                    page = self.asked("operator", f"/v1/batches/{batch}/orders?limit={limit}&after={after}")
                    self.assertLessEqual(len(page["orders"]), limit)
                    seen += page["orders"]
                    after = page.get("next")
                self.assertEqual([order["position"] for order in seen], list(range(1, count + 1)))
            report = self.asked("operator", f"/v1/batches/{batch}/report")
            self.assertEqual(report["orders"], seen)
            shown = self.asked("operator", f"/v1/batches/{batch}")
            self.assertEqual(shown["states"], report["states"])
            self.assertEqual(sum(shown["states"].values()), shown["count"])
            status, text = self.house.ask("operator", f"/v1/batches/{batch}/report", Accept="text/csv")
            rows = list(csv.DictReader(io.StringIO(text, newline="")))
            self.assertEqual([{k: v for k, v in row.items() if v} for row in rows],
                             [{k: str(v) for k, v in order.items()} for order in seen])
        self.assertEqual(shown["states"], {"queued": 2, "rejected": 2})
        refused = self.asked("operator", "/v1/orders/pages-2-01")
        self.assertEqual((refused["state"], refused["batch"]), ("rejected", "pages-2"))
        self.assertIn("kvkNumber", refused["reason"])
        self.assertEqual(self.asked("operator", "/v1/orders/pages-02")["batch"], "pages")

    def test_batches_come_in_pages_in_the_order_in_which_they_came(self):
        names = [f"in-order-{n}" for n in (3, 1, 2)]
        for name in names:
            self.sent(name, 1)
        seen, after = [], 0
        while after is not None:
            page = self.asked("auditor", f"/v1/batches?limit=2&after={after}")
            seen += [batch["batch"] for batch in page["batches"]]
            after = page.get("next")
        self.assertEqual([name for name in seen if name in names], names)
        self.assertEqual(len(seen), len(set(seen)))

    def test_an_order_is_held_released_and_cancelled_by_whom_the_certificate_names(self):
        self.sent("decided", 2)
        order = "/v1/orders/decided-01"
        for act, state in (("hold", "on-hold"), ("release", "queued"), ("hold", "on-hold"),
                           ("cancel", "cancelled")):
            given = {"id": f"d-{act}-{state}-{self.id()[-3:]}{len(self.house.access())}",
                     "reason": "the holder moved"}
            first = self.asked("supervisor", f"{order}/{act}", given)
            again = self.asked("supervisor", f"{order}/{act}", given)
            self.assertIn("already done", again["outcome"])
            self.assertEqual(first["decision"], given["id"])
            self.assertEqual(self.asked("auditor", order)["state"], state)
            if state == "on-hold":
                held = self.asked("operator", "/v1/exceptions")["orders"]
                self.assertIn("decided-01", [entry["order"] for entry in held])
            other = json.dumps({**given, "reason": "another"}).encode()
            self.assertProblem(self.house.ask("supervisor", f"{order}/{act}", other), 409, given["id"])
        late = json.dumps({"id": "late", "reason": "why"}).encode()
        self.assertProblem(self.house.ask("supervisor", f"{order}/release", late), 409, "cancelled")
        self.asked("supervisor", "/v1/orders/decided-02/reject", {"id": "no", "reason": " no such group "})
        rejected = self.asked("auditor", "/v1/orders/decided-02")
        self.assertEqual((rejected["state"], rejected["reason"]), ("rejected", "no such group (supervisor)"))
        self.assertProblem(self.house.ask("supervisor", "/v1/orders/none/hold", late), 404, "none")
        trail = self.asked("auditor", "/v1/audit?limit=1000")["records"]
        self.assertIn(("supervisor", "decided-01", "the holder moved"),
                      {(record["who"], record["subject"], record["why"]) for record in trail})
        self.assertNotIn("late", json.dumps(trail))

    def test_a_batch_is_held_released_and_cancelled_as_a_whole(self):
        self.sent("whole", 3)
        self.asked("supervisor", "/v1/orders/whole-02/cancel", {"id": "w-0", "reason": "r"})
        path = "/v1/batches/whole"
        states = lambda: self.asked("auditor", path)["states"]
        for act, outcome, state in (("hold", "2 orders of batch whole are on hold", "on-hold"),
                                    ("release", "2 orders of batch whole wait for a card again", "queued")):
            given = {"id": f"w-{act}", "reason": "the holder moves"}
            said = self.asked("supervisor", f"{path}/{act}", given)
            self.assertEqual(said, {"decision": f"w-{act}", "outcome": outcome})
            again = self.asked("supervisor", f"{path}/{act}", given)
            self.assertIn("already done", again["outcome"])
            self.assertEqual(states(), {state: 2, "cancelled": 1})
        status, said = self.house.zegel("batch", "cancel", "whole", "--by", "me", "--why", "no more")
        self.assertIn("2 orders of batch whole are cancelled", said)
        self.assertEqual(states(), {"cancelled": 3})
        status, said = self.house.zegel("batch", "hold", "whole", "--by", "me", "--why", "x",
                                        check=False)
        self.assertEqual((status, "no order waits: only one that is queued can be held" in said),
                         (1, True), said)
        late = json.dumps({"id": "w-late", "reason": "why"}).encode()
        self.assertProblem(self.house.ask("supervisor", f"{path}/release", late), 409,
                           "was not held as a whole")
        self.assertProblem(self.house.ask("supervisor", "/v1/batches/none/hold", late), 404, "none")
        trail = self.asked("auditor", "/v1/audit?limit=1000")["records"]
        self.assertIn(("me", "batch cancelled", "whole", "no more; 2 orders"),
                      {(record["who"], record["act"], record["subject"], record["why"])
                       for record in trail})

    def test_a_reader_is_bound_and_freed(self):
        self.sent("bound", 1)
        self.await_that(lambda: self.house.readers(), "the reader")
        name = self.house.readers()[0]["reader"]
        path = f"/v1/readers/{urllib.parse.quote(name)}"
        said = self.asked("operator", f"{path}/bind", {"id": "b-1", "reason": "r", "batch": "bound"})
        self.assertIn("bound", said["outcome"])
        for act in ("free", "resume"):
            self.asked("operator", f"{path}/{act}", {"id": f"b-{act}", "reason": "r"})
        said = self.house.ask("operator", f"{path}/bind",
                              b'{"id": "b-2", "reason": "r", "batch": "no-such"}')
        self.assertProblem(said, 409, "no-such")

    def test_a_reader_that_nobody_knows_is_not_bound(self):
        self.sent("unbound", 1)
        self.await_that(lambda: self.house.readers(), "the reader")
        for act in ("bind", "free", "resume"):
            body = {"id": f"u-{act}", "reason": "r", **({"batch": "unbound"} if act == "bind" else {})}
            said = self.house.ask("operator", f"/v1/readers/Virtaul%20Reader%2000%2F00/{act}",
                                  json.dumps(body).encode())
            self.assertProblem(said, 409, "Virtaul Reader 00/00",
                               self.house.readers()[0]["reader"])

    def test_what_is_wrong_with_a_decision_is_told_by_field(self):
        good = {"id": "i-1", "reason": "why"}
        bodies = (b"", b"[]", b"null", b"{", b'"text"', b"\xff\xfe", b"[" * 60000,
                  b'{"id": "a", "id": "b", "reason": "r"}')
        for path in ("/v1/orders/x/hold", "/v1/orders/x/release", "/v1/orders/x/cancel",
                     "/v1/orders/x/reject", "/v1/readers/x/bind", "/v1/readers/x/free", "/v1/readers/x/resume",
                     "/v1/exceptions/certificates/00", "/v1/receipts"):
            client = "dispatch" if path == "/v1/receipts" else "supervisor"
            for body in bodies:
                with self.subTest(f"{path} {body[:20]}"):
                    self.assertProblem(self.house.ask(client, path, body), 422)
            for change, *words in (({"id": "a b"}, "id"), ({"id": ""}, "id"), ({"id": 7}, "id"),
                                   ({"reason": ""}, "reason"), ({"reason": "x" * 513}, "reason"),
                                   ({"reason": "turn\u202eed"}, "reason"), ({"by": "boss"}, "by"),
                                   ({"id": None}, "id"), ({"reason": ["r"]}, "reason")):
                if client == "dispatch":
                    continue
                with self.subTest(f"{path} {change}"):
                    body = json.dumps({**good, **change}).encode()
                    self.assertProblem(self.house.ask(client, path, body), 422, *words)
        for field in ("id", "reason"):
            body = json.dumps({name: good[name] for name in good if name != field}).encode()
            self.assertProblem(self.house.ask("supervisor", "/v1/orders/x/hold", body), 422, field)
        body = json.dumps({**good, "serial": "xyz"}).encode()
        self.assertProblem(self.house.ask("supervisor", "/v1/exceptions/certificates/00", body), 422,
                           "serial")
        self.assertProblem(self.house.ask("supervisor", "/v1/readers/x/bind",
                                          json.dumps(good).encode()), 422, "batch")

    def test_a_doubt_that_is_none_is_not_settled(self):
        body = b'{"id": "v-1", "reason": "asked the CA"}'
        said = self.house.ask("supervisor", "/v1/exceptions/certificates/0102", body)
        self.assertProblem(said, 409, "0102")

    def test_a_wrong_receipt_is_kept_and_releases_nothing(self):
        receipt = {"receipt": "r-wrong", "name": "TRIAL", "number": "ZG-2026-000001-00", "by": "A. Dam",
                   "at": "2026-11-22T10:00:00Z"}
        first = self.asked("order-system", "/v1/receipts", receipt, 201)
        self.assertFalse(first["accepted"])
        self.assertEqual(self.asked("dispatch", "/v1/receipts", receipt), first)
        other = json.dumps({**receipt, "by": "B. Dam"}).encode()
        self.assertProblem(self.house.ask("dispatch", "/v1/receipts", other), 409, "r-wrong")
        for field in receipt:
            body = json.dumps({name: receipt[name] for name in receipt if name != field}).encode()
            self.assertProblem(self.house.ask("dispatch", "/v1/receipts", body), 422, field)
        body = json.dumps({**receipt, "at": "yesterday"}).encode()
        self.assertProblem(self.house.ask("dispatch", "/v1/receipts", body), 422, "at")

    # --- events ----------------------------------------------------------------------------------

    def all_events(self, limit=1000):
        seen, after = [], 0
        while True:
            page = self.asked("order-system", f"/v1/events?after={after}&limit={limit}")
            if not page["events"]:
                return seen
            seen += page["events"]
            after = page["next"]

    def read_stream(self, stream, count):
        """[(id, event)] of a stream, heartbeats left out."""
        seen, fields = [], {}
        while len(seen) < count:
            line = stream.readline().decode().rstrip("\n")
            if line:
                name, _, value = line.partition(":")
                fields[name] = value.strip()
            else:
                if "data" in fields:
                    seen.append((int(fields["id"]), json.loads(fields["data"])))
                fields = {}
        return seen

    def test_events_read_by_page_and_by_stream_are_the_same_and_in_order(self):
        self.sent("told", 3)
        all_ = self.all_events()
        self.assertEqual(self.all_events(limit=1), all_)
        numbers = [int(event["sequence"]) for event in all_]
        self.assertEqual(numbers, sorted(set(numbers)))
        self.assertIn(("zegel.batch.accepted", "batch/told"),
                      [(event["type"], event["subject"]) for event in all_])
        schema = json.loads((SOURCE / "station/report/event.schema.json").read_text())
        for event in all_:
            jsonschema.validate(event, schema)
        with self.house.open("auditor", "/v1/events/stream?after=0") as stream:
            self.assertEqual(stream.headers["Content-Type"], "text/event-stream")
            seen = self.read_stream(stream, len(all_))
        self.assertEqual([event for _, event in seen], all_)
        middle = numbers[len(numbers) // 2]
        with self.house.open("auditor", "/v1/events/stream", Last_Event_ID=str(middle)) as stream:
            rest = self.read_stream(stream, sum(number > middle for number in numbers))
            self.assertEqual([number for number, _ in rest], [n for n in numbers if n > middle])

    def test_a_stream_tells_what_happens_from_now_on(self):
        with self.house.open("order-system", "/v1/events/stream") as stream:
            stream.readline()
            self.sent("happens", 1)
            (_, event), = self.read_stream(stream, 1)
            self.assertEqual(event["subject"], "batch/happens")
            self.asked("supervisor", "/v1/orders/happens-01/hold", {"id": "h-1", "reason": "r"})
            (_, event), = self.read_stream(stream, 1)
            self.assertEqual((event["type"], event["data"]["before"]), ("zegel.order.on-hold", "queued"))
        for wrong in ("x", "-1", "1.5"):
            status, *_ = self.house.raw_status("auditor", "GET /v1/events/stream HTTP/1.1\r\nHost: x\r\n"
                                               f"Last-Event-ID: {wrong}\r\n\r\n")
            self.assertEqual(status, 400)

    # --- who watches the station -----------------------------------------------------------------

    def test_metrics_are_openmetrics(self):
        self.sent("counted", 4)
        self.asked("order-system", "/v1/batches", batch_of("counted-2", 2).replace(
            b'"kvkNumber": "69599084"', b'"kvkNumber": "1"', 1), 201)
        with self.house.open("auditor", "/metrics") as answer:
            self.assertEqual(answer.headers["Content-Type"],
                             "application/openmetrics-text; version=1.0.0; charset=utf-8")
            text = answer.read().decode()
        *lines, end = text.removesuffix("\n").split("\n")
        self.assertEqual(end, "# EOF")
        family, types, samples = None, {}, {}
        for line in lines:
            if line.startswith("# "):
                _, kind, name, words = line.split(" ", 3)
                if kind == "TYPE":
                    self.assertNotIn(name, types, "a family comes once")
                    family, types[name] = name, words
                self.assertIn(kind, ("TYPE", "HELP"))
                self.assertEqual(name, family)
                continue
            found = SAMPLE.fullmatch(line)
            self.assertIsNotNone(found, line)
            suffix = "_total" if types[family] == "counter" else ""
            self.assertEqual(found[1], family + suffix)
            self.assertNotIn(found[1] + (found[2] or ""), samples)
            samples[found[1] + (found[2] or "")] = float(found[3])
        self.assertEqual(set(types.values()), {"gauge", "counter"})
        self.assertGreaterEqual(samples['zegel_orders{state="queued"}'], 4)
        self.assertGreaterEqual(samples['zegel_orders{state="rejected"}'], 1)
        self.assertGreaterEqual(samples["zegel_events_total"], 1)

    def test_the_station_says_that_it_is_well(self):
        self.assertEqual(self.asked("auditor", "/health"), {"status": "well"})

    def test_what_is_not_known_is_not_there(self):
        for path in ("/v1/batches/none", "/v1/batches/none/orders", "/v1/batches/none/report",
                     "/v1/orders/none", "/v1/orders/none%231", "/v1/cards/none"):
            self.assertProblem(self.house.ask("operator", path), 404, "none")


if __name__ == "__main__":
    unittest.main()
