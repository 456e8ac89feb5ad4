#!/usr/bin/env python3
"""Runs every example of examples/tables on a snapshot and fails when two do not agree: examples.py SNAPSHOT

Python packages are those of the interpreter that runs this. Where R with the package arrow is absent, its example is
skipped by name."""
import os, shutil, subprocess, sys
from pathlib import Path

import duckdb

folder = Path(sys.argv[1]).resolve()
examples = Path(__file__).resolve().parent.parent / "examples" / "tables"
os.chdir(folder)


def said(*command):
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, f"{command}: {done.stderr[-2000:]}"
    return done.stdout.splitlines()


def has(*command):
    return shutil.which(command[0]) and subprocess.run(command, cwd=folder, capture_output=True, timeout=300).returncode == 0


rows = duckdb.sql((examples / "with_duckdb.sql").read_text()).fetchall()
answers = {"with_duckdb.sql": [f"{name}\t{rank}\t{value:.2f}" for name, rank, value in rows]}
for name in ["with_pandas.py", "with_polars.py"]:
    answers[name] = said(sys.executable, str(examples / name))
if has("Rscript", "-e", "library(arrow)"):
    answers["with_arrow.R"] = said("Rscript", str(examples / "with_arrow.R"))
else:
    print("skipped: with_arrow.R, because there is no R with the package arrow")
told = {path.name for path in examples.iterdir()} - {"README.md"}
assert told == set(answers) | {"with_arrow.R"}, f"an example that nobody runs: {told}"
expected = answers["with_duckdb.sql"]
assert len(expected) == 10, expected
for name, answer in answers.items():
    assert answer == expected, f"{name} says {answer}, with_duckdb.sql {expected}"
print(f"{len(answers)} examples agree: {', '.join(sorted(answers))}")
