import polars

scores = polars.scan_parquet("scores.parquet").with_columns(polars.col("metric").cast(polars.String))
packages = polars.scan_parquet("packages.parquet").select("purl", "name")
critical = scores.filter(polars.col("metric") == "criticality").select("node_id", "rank")
maintainers = scores.filter(polars.col("metric") == "effective_maintainers", polars.col("value") <= 1.5)
few = critical.join(maintainers.select("node_id", "value"), on="node_id").join(packages, left_on="node_id", right_on="purl")
for name, rank, value in few.sort("rank", "name").head(10).select("name", "rank", "value").collect().iter_rows():
    print(name, rank, f"{value:.2f}", sep="\t")
