"""Signing in with the passphrase of whoever runs the server: KDVIZ_PASSPHRASE."""

from __future__ import annotations

import hashlib
import hmac
import os
import time
from collections.abc import Callable
from threading import Lock

import streamlit as st

from kdviz.ui.frame.visitor import visitor_key

_FIRST_WAIT_S, _LONGEST_WAIT_S = 1.0, 300.0
_FREE = 3
"""Wrong passphrases before the first wait."""


class Door:
    """Who is signed in, and how long an address has to wait after wrong passphrases. For any thread."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now, self._lock = now, Lock()
        self._inside: set[str] = set()
        self._failures: dict[str, tuple[int, float]] = {}

    def wait_s(self, address: str) -> float:
        """Seconds until the next passphrase from an address is looked at."""
        count, last = self._failures.get(address, (0, 0.0))
        if count < _FREE:
            return 0.0
        wait = min(_FIRST_WAIT_S * 2.0 ** min(count - _FREE, 20), _LONGEST_WAIT_S)
        return max(last + wait - self._now(), 0.0)

    def enter(self, visitor: str, address: str, given: str, passphrase: str) -> bool:
        """Whether the visitor is signed in now. Within the wait nothing is compared."""
        with self._lock:
            if not passphrase or self.wait_s(address):
                return False
            if hmac.compare_digest(_digest(given), _digest(passphrase)):
                self._failures.pop(address, None)
                self._inside.add(visitor)
                return True
            self._failures[address] = (self._failures.get(address, (0, 0.0))[0] + 1, self._now())
            return False

    def leave(self, visitor: str) -> None:
        """Sign out."""
        with self._lock:
            self._inside.discard(visitor)

    def is_inside(self, visitor: str) -> bool:
        """Whether the visitor is signed in."""
        return visitor in self._inside


def passphrase() -> str:
    """That of the server, "" where nobody can sign in."""
    return os.environ.get("KDVIZ_PASSPHRASE", "")


def is_signed_in() -> bool:
    """Whether the visitor has signed in, in any tab of this browser, since the server was started."""
    return bool(passphrase()) and door().is_inside(visitor_key())


@st.cache_resource(show_spinner=False)
def door() -> Door:
    """That of this server."""
    return Door()


def _digest(text: str) -> bytes:
    """Of one length, so that comparing takes the same time for every text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
