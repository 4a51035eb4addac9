"""Who may do what: every endpoint, asked with every role."""

from api_house import ApiTest, batch_of


class Rights(ApiTest):
    def test_a_batch_is_shown_to_whom_it_concerns(self):
        self.house.send_batch(batch_of("seen", 2), "seen.json")
        self.await_that(lambda: self.house.report("seen"), "the batch")
        status, batch = self.house.ask("order-system", "/v1/batches/seen")
        self.assertEqual(status, 200, batch)
        self.assertEqual((batch["batch"], batch["count"], batch["states"]),
                         ("seen", 2, {"queued": 2}))
        self.assertProblem(self.house.ask("print-room", "/v1/batches/seen"), 403, "role")
        self.assertProblem(self.house.ask("auditor", "/v1/batches/other"), 404, "other")
