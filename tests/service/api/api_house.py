"""A station with its API, without readers: what the tests of the API ask of it."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "station"))
from station_house import SOURCE, StationHouse, StationTest, batch_of, wait_for  # noqa: E402,F401


class ApiTest(StationTest):
    @classmethod
    def prepare(cls, house):
        house.make()
        house.start_authority()
        house.set(url=house.authority_url + "/cmp")
        cls.before_start(house)
        house.start_station()

    @classmethod
    def before_start(cls, house):
        """What a class wants otherwise."""

    def assertProblem(self, answer, status, *words):
        """Problem details (RFC 9457) that a person can act on."""
        said, body = answer
        self.assertEqual(said, status, body)
        self.assertEqual(set(body), {"type", "title", "status", "detail", "request"})
        self.assertEqual(body["status"], status)
        self.assertRegex(body["type"], r"^urn:zegel:problem:[a-z-]+$")
        self.assertRegex(body["request"], r"^[0-9A-F]{16}$")
        for word in words:
            self.assertIn(word, body["detail"])
