#!/usr/bin/env bash
# The steps of the nightly run on the sample, one night after another: nightly.sh PROGRAM PYTHON WORK
set -euo pipefail
cd "$(dirname "$0")/.."
export TRUSTGRAPH=$1 PYTHON=$2
work=$3
scripts=.github/scripts
mkdir -p "$work/before"
fail() { echo "nightly: $1" >&2; exit 1; }

# First night: nothing is there yet, and the newest suite is not read.
"$scripts/restore" "$work/before" "$work/one"
"$scripts/compute" jobs/sample.toml "$work/one" "$work/fetched" --offline --as-of 2023-06-10
"$scripts/gates" "$work/one"
"$scripts/status" "$work/one"
"$scripts/assets" "$work/one" "$work/assets-one"
"$scripts/assets" "$work/one" "$work/assets-again"
cmp "$work/assets-one/trustgraph-2023-06-10.tar.gz" "$work/assets-again/trustgraph-2023-06-10.tar.gz" || fail "an archive differs from itself"

# Second night, on another machine that has the release only.
"$scripts/restore" "$work/assets-one" "$work/two"
"$scripts/compute" jobs/sample.toml "$work/two" "$work/fetched" --offline
"$scripts/gates" "$work/two"
"$scripts/status" "$work/two"
"$scripts/assets" "$work/two" "$work/assets-two"
"$scripts/pages" "$work/two" "$work/pages"
for file in index.html site/index.html site/status.json snapshots/2025-08-09/SHA256SUMS; do [ -s "$work/pages/$file" ] || fail "no $file"; done
grep -q '"snapshot": "2023-06-10"' "$work/assets-two/manifest.json" || fail "the second night is compared with no first"
export GITHUB_SERVER_URL=https://forge.example.org GITHUB_REPOSITORY=owner/name GITHUB_REF=refs/heads/main GITHUB_RUN_ID=1 \
  GITHUB_WORKFLOW_REF=owner/name/.ci/nightly.yml@refs/heads/main GITHUB_RUN_ATTEMPT=1 RUNNER_ENVIRONMENT=github-hosted \
  GITHUB_SHA=0123456789abcdef0123456789abcdef01234567
"$scripts/predicate" "$work/assets-two/2025-08-09.intoto.json" > "$work/predicate.json"
"$PYTHON" - "$work/predicate.json" << 'PYTHON' || fail "the predicate does not name the workflow"
import json, sys
predicate = json.load(open(sys.argv[1]))
assert predicate["buildDefinition"]["externalParameters"]["workflow"]["path"] == ".ci/nightly.yml", predicate
assert predicate["buildDefinition"]["resolvedDependencies"][0]["digest"]["gitCommit"].startswith("0123"), predicate
PYTHON
"$scripts/subjects" "$work/assets-two" > "$work/subjects"
[ "$(wc -l < "$work/subjects")" -eq $(($(wc -l < "$work/assets-two/SHA256SUMS") + 2)) ] || fail "a file is not signed"

# A gate that fails publishes nothing: the site of the night before stays, byte for byte.
before=$(sha256sum "$work/two/site/index.html")
sed 's/^sentinels = .*/sentinels = ["pkg:deb\/debian\/absent?arch=source"]/' jobs/sample.toml > "$work/broken.toml"
sed -i "s#= \"\(parameters.toml\|decisions\|sample_attacks.toml\|sample\)\"#= '$PWD/jobs/\1'#" "$work/broken.toml"
sed -i "s#= \"\.\./snapshots/\(.*\)\"#= '$PWD/snapshots/\1'#" "$work/broken.toml"
! "$scripts/compute" "$work/broken.toml" "$work/two" "$work/fetched" --offline --replace 2> "$work/broken.log" \
  || fail "a lost sentinel was published"
grep -q sentinel "$work/broken.log" || { cat "$work/broken.log"; fail "the night failed for another reason than the lost sentinel"; }
[ "$before" = "$(sha256sum "$work/two/site/index.html")" ] || fail "a failed night changed the site"
echo x >> "$work/two/snapshots/2025-08-09/scores.parquet"
! "$scripts/gates" "$work/two" || fail "a damaged snapshot passed the gates"
! FREE_GIGABYTES=999999 "$scripts/compute" jobs/sample.toml "$work/three" "$work/fetched" --offline || fail "a full disk was not noticed"
echo "two nights and three failures went as they should"
