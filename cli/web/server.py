"""The server: what is bound where, and what stands before it."""

# Without `from __future__ import annotations`: a NamedTuple compiles annotations that are texts.

import ipaddress
import logging
import os
import re
import signal
import sys
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any, NamedTuple

from flask import Flask
from prassi.core.errors import BadInput, FileUnusable
from waitress.server import create_server

from .app import make_app
from .day_watch import DayWatch
from .desk_door import DeskDoor, DeskPlace
from .guard import Guard
from .keys import KeyFile
from .sessions import Sessions
from .tls_door import TlsDoor, load_certificate
from .workers import DeskWorkers, WorkerPool

THREADS = 16
"""Pages that are waited for at once."""

_START_SECONDS = 10.0
"""How long a start waits for the first list of who has to do what."""

_WRITERS = 2
"""Processes that record: they do it one after the other, as the ticket file has one lock."""

_NAME = re.compile(r"[\w-]+(?:\.[\w-]+)*\.?|\[[0-9A-Fa-f:.]+\]", re.ASCII)
"""How browsers can call a server: a name, or an address."""

_LARGEST_REQUEST = 1_500_000
_NO_HOST = "this machine has no such address"
_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


class ServerOptions(NamedTuple):
    """Where the server is to be reached, and how."""

    host: str
    port: int
    names: tuple[str, ...]
    tls_cert: str | None
    tls_key: str | None
    behind_proxy: bool
    read_only: bool

    @property
    def is_secure(self) -> bool:
        """Whether browsers reach it over TLS, its own or a proxy's."""
        return self.tls_cert is not None or self.behind_proxy

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach it."""
        try:
            return ipaddress.ip_address(self.host.strip("[]")).is_loopback
        except ValueError:
            return self.host == "localhost"

    def check(self) -> None:
        """BadInput where it would be reached without TLS, or by no name or a wrong one."""
        if not self.host.strip():
            raise BadInput("--host is empty: give the address to listen on, such as 127.0.0.1.")
        for name in self.names:
            if not _NAME.fullmatch(name):
                raise BadInput(
                    f"--name {name!r} is not a name: give it as desk.example.org, without a port."
                )
        if (self.tls_cert is None) != (self.tls_key is None):
            raise BadInput("--tls-cert and --tls-key belong together: give both.")
        if self.tls_cert is not None and self.behind_proxy:
            raise BadInput("--tls-cert can't be used with --behind-proxy: give one.")
        if not self.is_local and not self.is_secure:
            raise BadInput(
                f"--host {self.host} can be reached from other machines, so it needs --tls-cert and"
                " --tls-key, or --behind-proxy where a proxy speaks TLS."
            )
        if not self.names and (self.behind_proxy or self.host in ("0.0.0.0", "::")):
            raise BadInput("--name is missing: give the name by which browsers reach the server.")

    def list_hosts(self) -> Iterator[str]:
        """What a browser may call the server, with the port where that is said."""
        names = [*self.names, *(() if self.behind_proxy else (self.host,))]
        names += _LOOPBACK if self.is_local and not self.behind_proxy else ()
        for name in names:
            plain = name.lower()
            yield f"{plain}:{self.port}"
            if self.behind_proxy or self.port in (80, 443):
                yield plain
            if ":" in plain and not plain.startswith("["):
                yield plain  # with a port of its own

    @property
    def address(self) -> str:
        """Where a browser on this machine, or the first name, finds it."""
        scheme = "https" if self.is_secure else "http"
        if self.behind_proxy:
            return f"{scheme}://{self.names[0]}/"
        return f"{scheme}://{self.names[0] if self.names else self.host}:{self.port}/"


def serve(place: DeskPlace, options: ServerOptions, tell: Callable[[str], None]) -> None:
    """Serve until interrupted or ended by SIGTERM; `tell` gets the address once it can be reached."""
    options.check()
    context = (
        load_certificate(options.tls_cert, options.tls_key)
        if options.tls_cert is not None and options.tls_key is not None
        else None
    )
    keys = KeyFile(place.file)
    if not keys.read():
        raise BadInput(
            "nobody has a key yet: make the first one with `prassi serve key add NAME --role lead`."
        )
    _check_desk(place)
    workers, watcher = (
        DeskWorkers(place, _count_readers(), _WRITERS),
        WorkerPool(place, 1, patient=True),
    )
    guard = Guard(keys, Sessions(), options.list_hosts(), options.is_secure, options.read_only)
    watch = DayWatch(workers, watcher)
    app = make_app(workers, watch, keys, guard, place.language)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a page that waits is no news
    signal.signal(signal.SIGTERM, _end)
    try:
        if context is None:
            server = _listen(app, options, options.host.strip("[]"), options.port)
        else:
            server = _listen(app, options, "127.0.0.1", 0)
            door = TlsDoor(options.host, options.port, context, server.effective_port)
            app.wsgi_app = _AddressOf(app.wsgi_app, door)  # type: ignore[method-assign]
            door.start()
        workers.await_start()
        watch.await_first(_START_SECONDS)
        tell(options.address)
        server.run()
    finally:
        workers.close()
        watcher.close()


def _check_desk(place: DeskPlace) -> None:
    """Raise now what would stand against every page: of the file, the settings and the books."""
    door = DeskDoor(place)
    try:
        assert door.shelf
    finally:
        door.close()


def _count_readers() -> int:
    return max(2, min(4, os.cpu_count() or 2))


def _listen(app: Flask, options: ServerOptions, host: str, port: int) -> Any:
    """A server that listens; FileUnusable where the address can't be had."""
    given: dict[str, Any] = {
        "threads": THREADS,
        "ident": None,
        "max_request_body_size": _LARGEST_REQUEST,
        "channel_timeout": 60,
        "clear_untrusted_proxy_headers": True,
    }
    if options.behind_proxy:
        given["trusted_proxy"] = "*" if not options.is_local else "127.0.0.1"
        given["trusted_proxy_headers"] = {"x-forwarded-for", "x-forwarded-proto"}
        given["trusted_proxy_count"] = 1
    try:
        return create_server(app, host=host, port=port, **given)
    except (
        OSError,
        ValueError,
    ) as error:  # waitress tells a host that it can't find as a ValueError
        reason = (getattr(error, "strerror", None) or _NO_HOST).lower()
        raise FileUnusable(f"--host {host} --port {port} can't be used: {reason}.") from None


def _end(number: int, frame: FrameType | None) -> None:
    sys.exit(0)


class _AddressOf:
    """The application, told from which address what came in over TLS came."""

    def __init__(self, app: Callable[..., Any], door: TlsDoor) -> None:
        self._app, self._door = app, door

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        port = environ.get("REMOTE_PORT")
        found = self._door.find_address(int(port)) if port else None
        if found is not None:
            environ["REMOTE_ADDR"] = found
        return self._app(environ, start_response)
