SELECT name, criticality.rank, round(maintainers.value, 2) AS effective_maintainers
FROM 'scores.parquet' AS criticality
JOIN 'scores.parquet' AS maintainers USING (node_kind, node_id)
JOIN 'packages.parquet' ON purl = node_id
WHERE criticality.metric = 'criticality' AND maintainers.metric = 'effective_maintainers' AND maintainers.value <= 1.5
ORDER BY criticality.rank, name
LIMIT 10;
