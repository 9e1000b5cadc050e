#!/bin/sh
# The browser tests need Chromium. Debian's package is taken where apt is at hand; elsewhere, say what to do.
set -eu
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    apt-get update --quiet=2
    DEBIAN_FRONTEND=noninteractive apt-get install --quiet=2 --yes --no-install-recommends chromium
else
    echo "The browser tests need Chromium: install it (Debian, Ubuntu: sudo apt-get install chromium) and run make test again." >&2
    exit 1
fi
