"""Judges JSON files by a JSON Schema with an implementation that is not ours (python3-jsonschema).

judge.py SCHEMA FILE...: one line a file, "valid" or "invalid: <why>".
"""
import json
import sys

import jsonschema

with open(sys.argv[1], encoding="utf-8") as stream:
    schema = json.load(stream)
kind = jsonschema.validators.validator_for(schema)
kind.check_schema(schema)
validator = kind(schema)
for path in sys.argv[2:]:
    with open(path, encoding="utf-8") as stream:
        document = json.load(stream)
    problem = next(iter(validator.iter_errors(document)), None)
    print("valid" if problem is None else "invalid: " + problem.message.replace("\n", " "))
