"""TLS before the server: what comes in over TLS goes to the server on this machine, and back.

Waitress speaks no TLS. The connection between the two stays within the machine, and `find_address`
says from where each of them came.
"""

from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress
from threading import Event, Thread

from prassi.core.errors import BadInput, FileUnusable

_PIECE = 65_536
_IDLE_SECONDS = 120.0
"""After so long without a byte a connection is closed."""

_MOST = 200
"""Connections at once."""


def load_certificate(certificate: str, key: str) -> ssl.SSLContext:
    """What a TLS server needs; BadInput where the files are not what they should be."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(certificate, key, password="")
    except OSError as error:  # ssl.SSLError is one
        reason = (error.strerror or str(error)).lower()
        raise BadInput(
            f"--tls-cert {certificate} and --tls-key {key} can't be used: {reason}."
        ) from None
    return context


class TlsDoor:
    """Listens on an address, and hands on to a port of this machine."""

    def __init__(self, host: str, port: int, context: ssl.SSLContext, inner_port: int) -> None:
        self._host, self._port, self._context, self._inner = host, port, context, inner_port
        self._addresses = dict[int, str]()
        self._ready, self._fault = Event(), ""

    def find_address(self, port: int) -> str | None:
        """From where the connection came that reaches the server from a port of this machine."""
        return self._addresses.get(port)

    def start(self) -> None:
        """Begin to listen, in a thread; FileUnusable where the address can't be had."""
        Thread(target=lambda: asyncio.run(self._serve()), daemon=True).start()
        self._ready.wait()
        if self._fault:
            raise FileUnusable(f"--host {self._host} --port {self._port}: {self._fault}.")

    async def _serve(self) -> None:
        try:
            server = await asyncio.start_server(
                self._connect, self._host, self._port, ssl=self._context, ssl_handshake_timeout=10
            )
        except OSError as error:
            self._fault = (error.strerror or str(error)).lower()
            return
        finally:
            self._ready.set()
        async with server:
            await server.serve_forever()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._addresses) >= _MOST:
            writer.close()
            return
        port = 0
        try:
            inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", self._inner)
            port = inner_writer.get_extra_info("sockname")[1]
            self._addresses[port] = str(writer.get_extra_info("peername")[0])
            await asyncio.gather(_pump(reader, inner_writer), _pump(inner_reader, writer))
        except OSError:
            pass
        finally:
            self._addresses.pop(port, None)
            writer.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Hand on what comes, until nothing more does."""
    with suppress(OSError, TimeoutError):
        while piece := await asyncio.wait_for(reader.read(_PIECE), _IDLE_SECONDS):
            writer.write(piece)
            await writer.drain()
    writer.close()
