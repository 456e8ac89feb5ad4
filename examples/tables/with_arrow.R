library(arrow)

scores <- read_parquet("scores.parquet", col_select = c("metric", "node_id", "value", "rank"))
packages <- read_parquet("packages.parquet", col_select = c("purl", "name"))
critical <- scores[scores$metric == "criticality", c("node_id", "rank")]
maintainers <- scores[scores$metric == "effective_maintainers" & !is.na(scores$value) & scores$value <= 1.5, c("node_id", "value")]
few <- merge(merge(critical, maintainers), packages, by.x = "node_id", by.y = "purl")
few <- head(few[order(few$rank, few$name), ], 10)
cat(sprintf("%s\t%d\t%.2f\n", few$name, few$rank, few$value), sep = "")
