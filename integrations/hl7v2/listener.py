"""The MLLP listener: how many may connect, and from where."""

from __future__ import annotations

import asyncio
import gc
from collections import Counter
from collections.abc import Callable

from integrations.hl7v2 import tables, tls
from integrations.hl7v2.channel import Channel
from integrations.hl7v2.connection import Connection


class Listener:
    """Listens for MLLP connections. `start` it in the event loop that is to serve them."""

    def __init__(self, channel: Channel, opened: Callable[[], None], closed: Callable[[], None]) -> None:
        """`opened` and `closed` are called when listening begins and ends.

        Raises InvalidSenders where clients must show certificates and a sender is bound to none.
        """
        if channel.settings.tls_client_ca is not None:
            channel.bind_senders()
        self._channel = channel
        self._opened, self._closed = opened, closed
        self._settings = channel.settings
        self._server: asyncio.Server | None = None
        self._peers: Counter[str] = Counter()

    @property
    def host(self) -> str:
        """Where it listens."""
        return self._settings.host

    async def start(self) -> int:
        """Begin to listen; the port. Raises InsecureSettings and OSError."""
        self._settings.refuse_if_insecure()
        context = tls.context(self._settings)
        tables.preload()
        self._opened()
        self._server = await asyncio.start_server(
            self._serve,
            self._settings.host,
            self._settings.port,
            ssl=context,
            ssl_handshake_timeout=self._settings.handshake_seconds if context is not None else None,
            backlog=self._settings.max_connections,
        )
        # What is there by now stays as long as the service does. Searching it for garbage again and again costs a tenth
        # of the time, and a whole search makes every connection wait.
        gc.collect()
        gc.freeze()
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def serve(self) -> None:
        """Serve until cancelled."""
        assert self._server is not None
        async with self._server:
            await self._server.serve_forever()

    def close(self) -> None:
        """Stop listening and close what is open to destinations."""
        if self._server is not None:
            self._server.close()
            gc.unfreeze()
        self._channel.close()
        self._closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = str((writer.get_extra_info("peername") or ("unknown",))[0])
        limit = self._limit(peer)
        if limit is not None:
            self._channel.counts.refused.labels(limit).inc()
            writer.close()
            return
        self._peers[peer] += 1
        self._channel.counts.connections.inc()
        try:
            certificate = tls.names(writer.get_extra_info("peercert"))
            await Connection(self._channel, reader, writer, certificate).serve()
        except asyncio.CancelledError:
            pass  # the listener stops; asyncio 3.11 would log the cancellation of its own callback
        finally:
            self._peers[peer] -= 1
            if not self._peers[peer]:
                del self._peers[peer]
            self._channel.counts.connections.dec()
            writer.close()

    def _limit(self, peer: str) -> str | None:
        if self._peers.total() >= self._settings.max_connections:
            return "connections"
        return "per_peer" if self._peers[peer] >= self._settings.max_connections_per_peer else None
