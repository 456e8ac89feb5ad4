#!/usr/bin/env bash
# The step of the action, runnable by hand: reads TRUSTGRAPH_LOCKFILES, _SNAPSHOT, _POLICY, _BASE, _SARIF and _PROGRAM. The comment for a pull
# request goes to the job's summary ($GITHUB_STEP_SUMMARY), the exit code to $GITHUB_OUTPUT and to the caller.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
program=${TRUSTGRAPH_PROGRAM:-trustgraph}
arguments=(--snapshot "$TRUSTGRAPH_SNAPSHOT")
base=
if [ -n "${TRUSTGRAPH_BASE:-}" ]; then
  # A commit that does not exist must not read as "everything is new" or "nothing changed".
  commit=$(git rev-parse --verify --quiet --end-of-options "$TRUSTGRAPH_BASE^{commit}") || {
    echo "trustgraph: there is no commit $TRUSTGRAPH_BASE; fetch it first" >&2
    exit 2
  }
  base=$work/base
  mkdir "$base"
  git archive --format=tar "$commit" . | tar -x -C "$base" || exit 2
fi
if [ -n "${TRUSTGRAPH_POLICY:-}" ]; then
  arguments+=(--policy "$TRUSTGRAPH_POLICY")
elif [ -n "$base" ]; then
  # What a change may do is decided by the policy before it, never by the change.
  [ -f "$base/trustgraph.toml" ] || "$program" check --init --policy "$base/trustgraph.toml" > /dev/null
  arguments+=(--policy "$base/trustgraph.toml")
fi
files=()
while IFS= read -r file; do
  file=${file%$'\r'}
  [ -n "$file" ] || continue
  # A name that begins with a dash is a file, never a flag.
  case $file in -*) file=./$file ;; esac
  files+=("$file")
  if [ -n "$base" ] && [ -f "$base/$file" ]; then
    arguments+=(--base "$base/$file")
  fi
done <<< "$TRUSTGRAPH_LOCKFILES"
[ "${#files[@]}" -gt 0 ] || { echo "trustgraph: no lockfiles given" >&2; exit 2; }
code=0
"$program" check "${arguments[@]}" -- "${files[@]}" || code=$?
if [ "$code" -le 1 ]; then
  if [ -n "${TRUSTGRAPH_SARIF:-}" ]; then
    "$program" check "${arguments[@]}" --format sarif -- "${files[@]}" > "$TRUSTGRAPH_SARIF" || [ $? -eq "$code" ]
  fi
  if [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then
    "$program" check "${arguments[@]}" --format markdown -- "${files[@]}" >> "$GITHUB_STEP_SUMMARY" || [ $? -eq "$code" ]
  fi
fi
[ -z "${GITHUB_OUTPUT:-}" ] || echo "exit-code=$code" >> "$GITHUB_OUTPUT"
exit "$code"
