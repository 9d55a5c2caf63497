#!/bin/sh
# Build durable-rules from source into the virtual environment given as the first argument.
# Succeeds only when the engine is there and can be imported. Otherwise it says what is missing; the service then runs on
# the compiled evaluator alone, which /health and every receipt tell, and which the production profile refuses.
set -eu

python=$1/bin/python

without_engine() {
    echo "note: the service will run on the compiled evaluator alone: $1" >&2
    if [ -n "${2:-}" ]; then
        echo "note: $2" >&2
    fi
    exit 1
}

compiler=$("$python" -c 'import os, shlex, sysconfig
print(shlex.split(os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc")[0])')
headers=$("$python" -c 'import sysconfig; print(sysconfig.get_path("include"))')

compiles() {
    printf '%s\n' "$1" | "$compiler" -I"$headers" -x c -fsyntax-only - >/dev/null 2>&1
}

command -v "$compiler" >/dev/null 2>&1 ||
    without_engine "there is no C compiler ($compiler)." "On Debian: apt-get install gcc libc6-dev python3-dev"
compiles '#include <stdlib.h>' ||
    without_engine "the C library's headers are missing." "On Debian: apt-get install libc6-dev"
compiles '#include <Python.h>' ||
    without_engine "Python's C headers are missing." "On Debian: apt-get install python3-dev"

echo "Building durable-rules from source (about 15 seconds)"

# Python 3.13 dropped a name that the engine's source still uses; the define puts the one in its place that does the same.
# No cache: a build made elsewhere without that define would install and then fail to import.
CPPFLAGS="${CPPFLAGS:-} -DPyEval_CallObject=PyObject_CallObject" \
    "$python" -m pip install -qq --disable-pip-version-check --no-cache-dir --no-deps --use-pep517 --no-build-isolation \
    --require-hashes -r requirements-engine.lock ||
    without_engine "durable-rules could not be built (see above)."

if ! "$python" -c 'import durable_rules_engine'; then
    "$python" -m pip uninstall --quiet --yes durable-rules
    without_engine "durable-rules was built but cannot be imported (see above)."
fi
