import pandas

scores = pandas.read_parquet("scores.parquet")
packages = pandas.read_parquet("packages.parquet")[["purl", "name"]].rename(columns={"purl": "node_id"})
of = lambda metric: scores[scores.metric == metric][["node_id", "value", "rank"]]
both = of("criticality").merge(of("effective_maintainers"), on="node_id", suffixes=("", "_maintainers")).merge(packages)
few = both[both.value_maintainers <= 1.5].sort_values(["rank", "name"]).head(10)
for row in few.itertuples():
    print(row.name, int(row.rank), f"{row.value_maintainers:.2f}", sep="\t")
