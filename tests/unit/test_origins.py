"""Who made the page that sends a request, by what the browser says of it."""

from __future__ import annotations

import pytest

from app.web.origins import Sender, sender

HOST, BASE = "seben.exemple.ml", "https://seben.exemple.ml"


def judged(host: str = HOST, base: str = BASE, *, https: bool = True, **headers: str) -> Sender:
    said = {f"HTTP_{name.upper()}": value for name, value in headers.items()}
    return sender(said.get, host, base, https=https)


@pytest.mark.parametrize("site", ["cross-site", "same-site", "un-mot-inconnu", "SAME-ORIGIN"])
def test_what_the_browser_calls_another_site_s_is_foreign_whatever_else_it_says(site: str) -> None:
    assert judged(sec_fetch_site=site, origin="https://seben.exemple.ml") is Sender.FOREIGN


def test_what_the_browser_calls_ours_is_ours() -> None:
    assert judged(sec_fetch_site="same-origin") is Sender.OURS
    assert judged(sec_fetch_site="same-origin", origin="null") is Sender.OURS


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "https://ailleurs.example",
        "http://seben.exemple.ml",
        "https://seben.exemple.ml:8443",
        "https://seben.exemple.ml.ailleurs.example",
        "https://ailleurs-seben.exemple.ml",
        "https://seben.exemple.ml@ailleurs.example",
        "https://exemple.ml",
        "https://seben.exemple.ml:99999",
        "https://[seben",
        "file://",
        "seben.exemple.ml",
    ],
)
@pytest.mark.parametrize("site", [{}, {"sec_fetch_site": "none"}])
def test_another_origin_is_foreign(origin: str, site: dict[str, str]) -> None:
    assert judged(origin=origin, **site) is Sender.FOREIGN
    assert judged(referer=f"{origin}/page", **site) is Sender.FOREIGN


@pytest.mark.parametrize("origin", [BASE, "https://seben.exemple.ml:443", "HTTPS://SEBEN.exemple.ml"])
def test_our_own_origin_is_ours(origin: str) -> None:
    assert judged(origin=origin) is Sender.OURS
    assert judged(host="seben.exemple.ml:443", origin=origin) is Sender.OURS


def test_the_referer_speaks_only_where_nothing_else_does() -> None:
    assert judged(referer="https://seben.exemple.ml/rapports/1") is Sender.OURS
    assert judged(origin="https://ailleurs.example", referer="https://seben.exemple.ml/") is Sender.FOREIGN
    assert judged() is judged(sec_fetch_site="none") is Sender.UNTOLD


def test_a_proxy_that_hides_the_name_or_ends_https_does_not_make_our_pages_foreign() -> None:
    assert judged(host="127.0.0.1:8000", origin=BASE) is Sender.OURS
    assert judged(host="intranet.local", base="http://127.0.0.1:5000", origin="https://intranet.local") is Sender.OURS


def test_an_intranet_without_https_goes_by_name_and_port() -> None:
    plain = {"host": "10.0.0.5:8000", "base": "http://seben.local", "https": False}
    assert judged(**plain, origin="http://10.0.0.5:8000") is Sender.OURS  # type: ignore[arg-type]
    assert judged(**plain, origin="http://10.0.0.5:9000") is Sender.FOREIGN  # type: ignore[arg-type]
    assert judged(**plain, origin="http://10.0.0.5") is Sender.FOREIGN  # type: ignore[arg-type]
