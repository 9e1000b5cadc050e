"""How the phones and computers of a class reach this server: the command, the address and what it exposes."""

from __future__ import annotations

import ipaddress
import socket
from contextlib import suppress
from urllib.parse import urlsplit

import streamlit as st

from kdviz.language import _

COMMAND = ".venv/bin/streamlit run app.py --server.address 0.0.0.0"


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
    with st.expander(_("What this exposes, and what to do if a phone finds nothing"), key="classroom_open"):
        st.markdown(
            _(
                "- **Everyone in the network** can see, start, stop and delete runs, and see uploaded "
                "pictures: there is no password. Use a network that you trust, and stop the server after the "
                "lesson.\n"
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

    url: as this browser has opened it. bound: the address on which the server listens, "" for all.
    """
    parts = urlsplit(url)
    if not parts.hostname:
        return ""
    if not _is_local(parts.hostname):
        return f"{parts.scheme}://{parts.netloc}"
    if bound and _is_local(bound):
        return ""
    own = network_address() if bound in ("", "0.0.0.0", "::") else bound
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{own}{port}" if own else ""


def network_address() -> str:
    """The address of this computer in its network, "" without one. Nothing is sent."""
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # an address of no computer (RFC 5737): only the route is looked up
        own = str(probe.getsockname()[0])
        return "" if _is_local(own) else own
    return ""


def _is_local(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
