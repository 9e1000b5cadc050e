"""Messages to the browser: what an interrupted rerun of a fragment drops, it drops as a whole.

Streamlit (1.67) drops what such a rerun has drawn and not sent yet, but keeps what it sends by its hash
alone, and what a fragment inside it has drawn. Those arrive without the containers around them, at which the
browser gives up: the page is white until it is reloaded.
"""

from __future__ import annotations

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import app_session
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue


class WholeQueue(ForwardMsgQueue):
    """A queue of a session that keeps no message whose container it drops."""

    def clear(
        self, retain_lifecycle_msgs: bool = False, fragment_ids_this_run: list[str] | None = None
    ) -> None:
        """Clear the queue, as Streamlit asks for before a rerun.

        Args:
            retain_lifecycle_msgs: keep what tells of runs.
            fragment_ids_this_run: keep what belongs to other fragments, or to none.

        """
        if not fragment_ids_this_run:  # as each time that messages are sent
            super().clear(retain_lifecycle_msgs, fragment_ids_this_run)
            return
        before = {_place(message) for message in self._queue if message.delta.HasField("add_block")}
        super().clear(retain_lifecycle_msgs, fragment_ids_this_run)
        dropped = before - {_place(message) for message in self._queue}
        self._queue = [message for message in self._queue if not _inside(_place(message), dropped)]


def keep_messages_whole() -> None:
    """Let the sessions of this server have such queues; call it before the first one begins."""
    vars(app_session)["ForwardMsgQueue"] = WholeQueue


def _place(message: ForwardMsg) -> tuple[int, ...]:
    """Where a message belongs: the numbers of the containers around it, and its own; () for nowhere."""
    return tuple(message.metadata.delta_path)


def _inside(place: tuple[int, ...], containers: set[tuple[int, ...]]) -> bool:
    return any(place[:depth] in containers for depth in range(1, len(place)))
