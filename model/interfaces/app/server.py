"""The server of the page: on this machine alone, without a network, and one clear line where it cannot begin."""

from __future__ import annotations

import errno
import logging
import os
import socket
import tempfile
import threading
import warnings
import webbrowser
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from time import sleep
from typing import Any

from model.foundation.errors import Fault, InputError
from model.interfaces.app.memory import LEFT, collect_seldom, give_back, keep_few_pools
from model.interfaces.app.sweep_folder import choose_folder

PORT, HOST = 8765, "127.0.0.1"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
CULLED = "2m"
"""How long the server keeps what a closed tab drew; its session waits longer, see `sessions`."""
TIDIED = 20.0
"""Seconds between two looks for sessions to close."""
COLLECTED = 6
"""Looks after which lost circles are searched for, even where no session was closed."""
NOWHERE = "http://127.0.0.1:9/"
"""In place of the network that scripts would be fetched from, were one missing."""
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]


def check_extra() -> None:
    """Raise InputError in one sentence where the packages of the page are missing or do not fit."""
    way = "Install them: ./resonance set-up all, or pip install 'resonance-lab[app]'."
    missing = [name for name in ("solara", "solara_assets", "ipyvuetify", "uvicorn") if _absent(name)]
    if missing:
        rule = "needs the packages of the extra `app`"
        raise InputError(Fault("resonance app", rule, f"without {', '.join(missing)}", way))
    if int(version("ipyvuetify").split(".")[0]) >= 2:
        raise InputError(Fault("resonance app", "needs ipyvuetify 1", version("ipyvuetify"), way))


def open_port(host: str, port: int) -> socket.socket:
    """Return a socket that listens; the page is served on it. Errors: InputError for a port that is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            way = f"Close the other program, or choose another: --port {port + 1}."
            raise InputError(Fault("command line: --port", "is free", port, way)) from error
        way = "Example: --host 127.0.0.1 --port 8765."
        raise InputError(
            Fault("command line: --host, --port", f"can be listened to ({error.strerror})", f"{host}:{port}", way)
        ) from error
    listening.listen(128)
    return listening


def serve(
    *, host: str = HOST, port: int = PORT, browser: bool = False, results: Path | None = None,
    say: Callable[[str], None],
) -> None:  # fmt: skip
    """Serve the page until it is interrupted.

    results: folder whose sweeps may be looked at (default: `results` of the working folder). say: takes the lines to
    print. Errors: InputError before it begins.
    """
    check_extra()
    choose_folder(results)
    listening = open_port(host, port)
    named = f"[{host}]" if ":" in host else host
    address = f"http://{named}:{listening.getsockname()[1]}/"
    try:
        _settle_settings()
        import uvicorn

        # Its cookie is right for this machine; the advice is for pages inside other pages.
        warnings.filterwarnings("ignore", message="Cookies with samesite=none")
        from solara.server.starlette import app

        guarded = OwnHostOnly(app, hosts=None if host not in LOOPBACK else LOOPBACK)
        server = uvicorn.Server(uvicorn.Config(guarded, log_level="error", access_log=False, lifespan="on"))
        keep_few_pools()
        collect_seldom()
        threading.Thread(target=_prepare, name="resonance prepare", daemon=True).start()
        threading.Thread(target=_tidy, name="resonance tidy", daemon=True).start()
        say(f"Resonance is open at {address}")
        say("Ctrl+C ends it.")
        if host not in LOOPBACK:
            say("Everybody who reaches this address can use it: it asks for no password.")
        if browser:
            threading.Timer(0.8, webbrowser.open, (address,)).start()
        server.run(sockets=[listening])
    finally:
        listening.close()


class OwnHostOnly:
    """Refuses requests made for another host or from another site, as a page elsewhere could make the browser send.

    hosts: names this server goes by; None takes any, for a server that is meant to be reached from elsewhere.
    """

    def __init__(self, app: Asgi, *, hosts: tuple[str, ...] | None) -> None:
        self._app = app
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer 403."""
        if scope["type"] in ("http", "websocket") and not self._meant(dict(scope.get("headers", ()))):
            if scope["type"] == "websocket":
                await receive()
                await send({"type": "websocket.close", "code": 4403})
                return
            await send({"type": "http.response.start", "status": 403, "headers": [(b"content-type", b"text/plain")]})
            await send({"type": "http.response.body", "body": b"This page is for its own machine.\n"})
            return
        await self._app(scope, receive, _unframed(send))

    def _meant(self, headers: MutableMapping[bytes, bytes]) -> bool:
        host = headers.get(b"host", b"").decode("latin-1")
        origin = headers.get(b"origin", b"").decode("latin-1")
        if origin and origin.split("://")[-1] != host:
            return False
        if headers.get(b"sec-fetch-site") == b"cross-site" and headers.get(b"sec-fetch-mode") != b"navigate":
            return False  # a picture or a script of a page elsewhere, sent without an origin; a link to us is welcome
        return self._hosts is None or _without_port(host) in self._hosts


def _unframed(send: Send) -> Send:
    """Return what sends an answer with the word that no other site may show it inside its own page."""

    async def sent(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            said = (b"content-security-policy", b"frame-ancestors 'self'")
            message = {**message, "headers": [*message.get("headers", ()), said]}
        await send(message)

    return sent


def _without_port(host: str) -> str:
    return host[1:].split("]")[0] if host.startswith("[") else host.rsplit(":", 1)[0]


def _settle_settings() -> None:
    """Tell the page's library, before it is imported: no telemetry, nothing fetched, sessions freed, our page."""
    wanted = {
        "SOLARA_APP": "model.interfaces.app.web", "SOLARA_MODE": "production",
        "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "false",
        "SOLARA_ASSETS_CDN": NOWHERE, "SOLARA_KERNEL_CULL_TIMEOUT": CULLED, "SOLARA_THEME_SHOW_BANNER": "false",
        "SOLARA_THEME_LOADER": "plain", "SOLARA_THEME_TITLE": "Resonance", "SOLARA_SESSION_HTTP_ONLY": "true",
        "SOLARA_ASSETS_FONTAWESOME_ENABLED": "false",
    }  # fmt: skip
    os.environ.update(wanted)
    os.environ.setdefault("SOLARA_HOME", tempfile.mkdtemp(prefix="resonance-page-"))


def _prepare() -> None:
    """Compile what runs months and settle the first page's start, before somebody asks for it."""
    from model.experiments.run import warm_up
    from model.interfaces.app.background import SETTLING
    from model.interfaces.app.restore import PageState, plan_of
    from model.market.start_store import StartStore
    from model.market.streaming_market import StreamingMarket

    with SETTLING, suppress(RuntimeError):  # as the server ends; other faults are told by the first page
        warm_up()
        StreamingMarket(plan_of(PageState()), starts=StartStore.default())


def _tidy() -> None:
    """Close pages that nobody came back to, even where nobody comes any more, and give their memory back."""
    from model.interfaces.app.background import MONTHS
    from model.interfaces.app.joined import SESSIONS

    looks = 0
    while True:
        sleep(TIDIED)
        looks += 1
        try:
            closed = SESSIONS.tidy()
        except Exception:  # the page that could not be closed is gone from the table; the next ones shall go too
            logging.getLogger(__name__).exception("a closed page was not freed")
            continue
        if closed or LEFT.many or looks >= COLLECTED:
            looks = 0
            with MONTHS:  # everything stands still meanwhile
                give_back()


def _absent(name: str) -> bool:
    if name == "solara_assets":  # files only: there is nothing to import
        try:
            version("solara-assets")
        except PackageNotFoundError:
            return True
        return False
    return find_spec(name) is None
