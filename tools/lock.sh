#!/bin/sh
# Write the requirements-*.lock files from pyproject.toml: exact versions with the hashes of all their files, and nothing
# about where they were fetched from. The oldest supported Python resolves, so that the result holds for the newer ones.
set -eu

python=$1/bin/python
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

extra() {
    "$python" - "$1" <<'PY'
import sys
import tomllib

with open("pyproject.toml", "rb") as file:
    project = tomllib.load(file)
name = sys.argv[1]
if name == "build":
    wanted = project["build-system"]["requires"]
elif name == "service":
    wanted = project["project"]["dependencies"]
else:
    wanted = project["project"]["optional-dependencies"][name]
print(*wanted, sep="\n")
PY
}

lock() { # name, lock file, further pip-compile arguments
    name=$1 file=$2
    shift 2
    extra "$name" >"$work/$name.txt"
    "$python" -m piptools compile --quiet --upgrade --resolver=backtracking --generate-hashes --allow-unsafe \
        --strip-extras --no-header --no-emit-options --no-emit-index-url --no-emit-trusted-host --no-emit-find-links \
        "$@" --output-file "$work/$file" "$work/$name.txt"
    sed -e "s|-r .*$name\.txt|pyproject.toml ($name)|" "$work/$file" >"$file"
    if grep -nE '://|^ *-|/' "$file" | grep -vE -- '^[0-9]+: +--hash=sha256:[0-9a-f]{64}( \\)?$'; then
        echo "$file names a place (see above): lock files hold versions and hashes only." >&2
        exit 1
    fi
}

lock build requirements-build.lock
lock service requirements.lock
lock engine requirements-engine.lock
lock test requirements-test.lock --constraint requirements.lock
