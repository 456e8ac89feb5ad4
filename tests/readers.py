#!/usr/bin/env python3
"""Reads every table of a snapshot with DuckDB, pandas and polars and compares row counts, types and sums: readers.py SNAPSHOT"""
import json, sys
from pathlib import Path

import duckdb, pandas, polars

folder = Path(sys.argv[1])
manifest = json.loads((folder / "manifest.json").read_text())
assert manifest["tables"], "the manifest lists no table"
for table in manifest["tables"]:
    path = str(folder / table["file"])
    by_duckdb = duckdb.sql(f"SELECT * FROM '{path}'")
    by_pandas = pandas.read_parquet(path)
    by_polars = polars.read_parquet(path)
    counts = {len(by_duckdb.fetchall()), len(by_pandas), by_polars.height, table["row_count"]}
    assert len(counts) == 1, f"{table['file']}: row counts differ: {counts}"
    columns = [by_duckdb.columns, list(by_pandas.columns), by_polars.columns]
    assert columns[0] == columns[1] == columns[2], f"{table['file']}: columns differ"
    types = dict(zip(by_duckdb.columns, map(str, by_duckdb.types)))
    assert not [name for name, kind in types.items() if kind == "BLOB"], f"{table['file']}: {types}"
    print(f"{table['name']}: {table['row_count']} rows, {len(types)} columns")

# Every score is the sum of its ledger, as a reader without our code computes it.
worst = duckdb.sql(f"""
    SELECT max(abs(value - amount)) FROM '{folder}/scores.parquet'
    JOIN (SELECT node_kind, node_id, sum(amount) AS amount FROM '{folder}/contributions_to_score.parquet' GROUP BY ALL)
    USING (node_kind, node_id) WHERE metric = 'trust' AND value IS NOT NULL""").fetchall()[0][0]
assert worst is not None and worst <= 1e-9, f"a ledger is {worst} away from its score"
days = duckdb.sql(f"SELECT typeof(any_value(as_of)) FROM '{folder}/releases.parquet'").fetchall()[0][0]
assert days == "DATE", days
# Medians of the fairness report and spans of ranks, computed the same way.
apart = duckdb.sql(f"""
    SELECT max(abs(fairness.median - scored.median)) FROM '{folder}/fairness.parquet' AS fairness
    JOIN (SELECT ecosystem AS group_name, quantile_cont(value, 0.5) AS median FROM '{folder}/scores.parquet'
          JOIN '{folder}/packages.parquet' ON node_id = purl WHERE metric = 'trust' AND value IS NOT NULL GROUP BY ALL) AS scored
    USING (group_name) WHERE dimension = 'ecosystem'""").fetchall()[0][0]
assert apart is not None and apart <= 1e-12, f"a median is {apart} away from its packages"
outside = duckdb.sql(f"""
    SELECT count(*) FILTER (rank < rank_lower OR rank > rank_upper), count(rank_lower) FROM '{folder}/scores.parquet'
    WHERE metric = 'trust' AND node_kind = 'package'""").fetchall()[0]
assert outside[0] == 0 and outside[1] > 0, f"{outside[0]} ranks outside their span of {outside[1]}"
print(f"every ledger sums to its score (worst {worst:.1e})")
