#!/bin/sh
# Print the path of a Python that can run the service, or say which package is missing and stop.
# PYTHON names the one to try first. A missing virtual-environment module stops; the compiler is looked at later.
set -eu

suits() {
    "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' >/dev/null 2>&1
}

found=
for candidate in "${PYTHON:-python3}" python3.13 python3.12 python3.11; do
    if suits "$candidate"; then
        found=$("$candidate" -c 'import sys; print(sys.executable)')
        break
    fi
    if [ "$candidate" = "${PYTHON:-}" ] && [ "$candidate" != python3 ]; then
        echo "$candidate is not a Python between 3.11 and 3.13. Leave PYTHON out to let make look for one." >&2
        exit 1
    fi
done

if [ -z "$found" ]; then
    echo "No Python between 3.11 and 3.13 was found. On Debian: apt-get install python3 python3-venv python3-dev" >&2
    echo "If it lies elsewhere, name it: make PYTHON=/path/to/python3.12" >&2
    exit 1
fi

if ! "$found" -c 'import ensurepip, venv' >/dev/null 2>&1; then
    echo "$found cannot make a virtual environment. On Debian: apt-get install python3-venv" >&2
    exit 1
fi

echo "$found"
