"""How the phones and computers of a class reach this server: the command, the address and what it exposes."""

from __future__ import annotations

import socket
from contextlib import suppress
from urllib.parse import urlsplit

import streamlit as st

from kdviz.language import _
from kdviz.ui.frame.protection import is_loopback
from kdviz.ui.frame.server import is_open
from kdviz.ui.learn.instructor import instructor_panel

COMMAND = ".venv/bin/python -m kdviz serve --host 0.0.0.0"


def classroom() -> None:
    """The address to hand out where there is one, else how to get one."""
    st.markdown(f"##### :material/devices: {_('Phones and computers of the class')}")
    address = class_address(str(st.context.url or ""), str(st.get_option("server.address") or ""))
    if address:
        st.markdown(_("This page can be opened from the same network. Hand out:"))
        st.code(address, language=None)
    else:
        st.markdown(
            _(
                "This server answers this computer alone. To open it to the network of the class, stop it "
                "and start it with:"
            )
        )
        st.code(COMMAND, language=None)
        st.markdown(
            _("This page then shows the address to hand out; the terminal shows it as *Network URL*.")
        )
    if is_open():
        instructor_panel()
    with st.expander(_("What this exposes, and what to do if a phone finds nothing"), key="classroom_open"):
        st.markdown(
            _(
                "- **Everyone in the network** can start a few small runs, and sees, stops and deletes their "
                "own; others' runs only where they are shared. Runs are trained in turn. You see and change "
                "all of them, at this computer or signed in. Nothing is encrypted: use a network that you "
                "trust, and stop the server after the lesson.\n"
                "- Phones must be in the **same network** as this computer. Many guest networks keep devices "
                "apart: then use a hotspot.\n"
                "- A **firewall** may ask whether Python may accept connections: allow it for private "
                "networks.\n"
                "- The computer's address: `hostname -I` on Linux, `ipconfig getifaddr en0` on macOS, "
                "`ipconfig` on Windows; then `http://ADDRESS:8501`."
            )
        )


def class_address(url: str, bound: str) -> str:
    """The address under which others reach the page, "" if they cannot.

    url: of this page, as this browser has opened it. bound: the address on which the server listens, "" for
    all.
    """
    parts = urlsplit(url)
    if not parts.hostname or not is_loopback(parts.hostname):
        return address_here(url)
    if bound and is_loopback(bound):
        return ""
    own = network_address() if bound in ("", "0.0.0.0", "::") else bound
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{own}{port}{_above_page(parts.path)}" if own else ""


def address_here(url: str) -> str:
    """The address that this browser has for the server, "" if it is unknown. url: of this page."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{_above_page(parts.path)}" if parts.hostname else ""


def _above_page(path: str) -> str:
    """The path under which a proxy serves all pages, "" for none."""
    return path.rstrip("/").removesuffix("/learn")


def network_address() -> str:
    """The address of this computer in its network, "" without one. Nothing is sent."""
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # an address of no computer (RFC 5737): only the route is looked up
        own = str(probe.getsockname()[0])
        return "" if is_loopback(own) else own
    return ""
