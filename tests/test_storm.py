"""The storm of mutated imports that `make fuzz` runs with hundreds of thousands: it is calm, and it would tell."""

from __future__ import annotations

import json

from importing import storm


def test_mutated_inputs_become_specs_or_are_refused(tmp_path):
    for number, kind in enumerate(storm.seeds()):
        (tmp_path / kind).mkdir()
        read, specs, failed, _ = storm.batch((kind, number, 60, str(tmp_path / kind)))
        assert read == kind and failed == [] and specs > 0


def test_an_exception_and_a_hang_are_told_with_their_input(tmp_path, monkeypatch):
    def hangs(*_: object) -> object:
        while True:
            pass

    def fails(*_: object) -> object:
        raise KeyError("entries")

    monkeypatch.setattr(storm, "SECONDS", 1)
    for reader, told in ((fails, "KeyError"), (hangs, "more than 1 s")):
        monkeypatch.setattr(storm, "read_har", reader)
        _, _, failed, _ = storm.batch(("har", 1, 1, str(tmp_path)))
        assert len(failed) == 1 and told in failed[0][1] and isinstance(json.dumps(failed), str)
