#!/usr/bin/env python3
"""Holds the descriptors of a snapshot against the validators of their own specifications: descriptors.py SNAPSHOT"""
import copy, json, sys, tempfile
from pathlib import Path

import frictionless, mlcroissant, polars, yaml

folder = Path(sys.argv[1])
manifest = json.loads((folder / "manifest.json").read_text())


def croissant_problems(text):
    """Errors and warnings of mlcroissant about a file in place of the snapshot's own."""
    with tempfile.TemporaryDirectory() as place:
        for file in folder.iterdir():
            (Path(place) / file.name).symlink_to(file.resolve())
        path = Path(place) / "croissant.json"
        path.unlink()
        path.write_text(text)
        try:
            issues = mlcroissant.Dataset(path).metadata.ctx.issues
            return sorted(issues.errors) + sorted(issues.warnings)
        except mlcroissant.ValidationError as error:
            return [str(error)]


text = (folder / "croissant.json").read_text()
assert croissant_problems(text) == [], croissant_problems(text)
broken = json.loads(text)
broken["recordSet"][0]["field"][0]["source"]["fileObject"]["@id"] = "absent.parquet"
assert croissant_problems(json.dumps(broken)), "mlcroissant accepts a field of a file that is not there"
dataset = mlcroissant.Dataset(folder / "croissant.json")
for table in manifest["tables"]:
    if table["row_count"] and table["row_count"] < 5000:
        rows = sum(1 for _ in dataset.records(table["name"]))
        assert rows == table["row_count"], f"croissant reads {rows} rows of {table['name']}, not {table['row_count']}"
print(f"croissant.json: {len(json.loads(text)['recordSet'])} record sets, conforms to {json.loads(text)['conformsTo']}")

package = json.loads((folder / "datapackage.json").read_text())
assert not list(frictionless.Package.metadata_validate(copy.deepcopy(package))), list(
    frictionless.Package.metadata_validate(copy.deepcopy(package))
)
broken = copy.deepcopy(package)
del broken["resources"][0]["path"]
assert list(frictionless.Package.metadata_validate(broken)), "frictionless accepts a resource without a path"
kinds = {"string": (polars.String, polars.Categorical), "integer": (polars.Int64,), "number": (polars.Float64,),
         "boolean": (polars.Boolean,), "date": (polars.Date,)}
for resource in package["resources"]:
    table = polars.read_parquet(folder / resource["path"])
    fields = resource["schema"]["fields"]
    assert [field["name"] for field in fields] == table.columns, resource["name"]
    for field in fields:
        assert isinstance(table.schema[field["name"]], kinds[field["type"]]), (resource["name"], field)
        assert field["description"], (resource["name"], field)
        assert not field["constraints"]["required"] or table[field["name"]].null_count() == 0, (resource["name"], field)
    key = resource["schema"]["primaryKey"]
    assert table.select(key).is_duplicated().sum() == 0, f"{resource['name']}: {key} is no key"
    assert resource["bytes"] == (folder / resource["path"]).stat().st_size
assert {resource["path"] for resource in package["resources"]} == {table["file"] for table in manifest["tables"]}
print(f"datapackage.json: {len(package['resources'])} resources")

citation = yaml.safe_load((folder / "CITATION.cff").read_text())
assert citation["cff-version"] == "1.2.0" and citation["type"] == "dataset" and citation["date-released"] == manifest["as_of"]
head = yaml.safe_load((folder / "README.md").read_text().split("---\n")[1])
assert len(head["configs"]) == len(manifest["tables"])
print("CITATION.cff, README.md: read as YAML")
