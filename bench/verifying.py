"""Others' pages while strangers have heavy files verified: four PDFs of one heavy stream on 300 pages, at once.

`python -m bench.verifying` measures the server of `make run`; `--serve "COMMAND --port {port}"` another, to compare.
"""

from __future__ import annotations

import argparse
import io
import random
import re
import tempfile
import threading
import time
from http.client import HTTPConnection, HTTPException, HTTPResponse
from http.cookies import SimpleCookie
from pathlib import Path
from statistics import median

import pikepdf

from bench.receiving import OURS, page_in, serving, settings

FILES, PAGES, STROKES = 4, 300, 110_000
LONGEST = 300.0
"""Seconds after which the program ends, whatever has come of the files."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--serve", default=OURS, metavar="COMMAND")
    command = parser.parse_args().serve
    for kind, file in (("heavy", heavy(shared=True)), ("light, but drawn on all pages", heavy(shared=False))):
        print(f"\n{FILES} files of {len(file) / 1_000_000:.1f} MB, {kind}")
        with tempfile.TemporaryDirectory() as folder, serving(command, settings(Path(folder))) as (port, _):
            measure(port, file)


def heavy(shared: bool) -> bytes:
    """Pages that share one stream of strokes; or as many strokes as are let through, each page having some."""
    strokes = random.Random(1)
    places = [f"{strokes.randrange(600)} {strokes.randrange(800)}" for _ in range(2 * STROKES)]
    lines = [f"{a} m {b} l S" for a, b in zip(places[::2], places[1::2], strict=True)]
    pdf = pikepdf.new()
    stream = pdf.make_stream("\n".join(lines if shared else lines[: STROKES // 12]).encode())
    for _ in range(PAGES):
        pdf.add_blank_page(page_size=(595, 842))
        pdf.pages[-1].obj["/Contents"] = stream
    file = io.BytesIO()
    pdf.save(file)
    return file.getvalue()


def measure(port: int, file: bytes) -> None:
    usual = median(filter(None, (page_in(port) for _ in range(40))))
    begin = time.monotonic()
    strangers = [threading.Thread(target=verify, args=(port, file, begin)) for _ in range(FILES)]
    for each in strangers:
        each.start()
    times: list[float | None] = []
    while any(each.is_alive() for each in strangers) and time.monotonic() < begin + LONGEST:
        times.append(page_in(port))
        time.sleep(0.05)
    came = [each for each in times if each is not None]
    print(f"  others' pages: usually {usual:.1f} ms; meanwhile {median(came):.1f} ms, ×{median(came) / usual:.1f}")
    print(f"  slowest {max(came):.0f} ms; {len(times) - len(came)} of {len(times)} lost")


def verify(port: int, file: bytes, begin: float) -> None:
    """A stranger at a browser: the form, the file, then the place in the line until there is an answer."""
    try:
        form = _ask(port, "GET", "/verifier")
        token = re.search(r'name="csrf_token" value="([^"]+)"', form.page)
        assert token, form.page
        answer = _ask(port, "POST", "/verifier", _body(token[1], file), form.cookie)
        while time.monotonic() < begin + LONGEST:
            if answer.status == 303:
                place = answer.place
            elif "Votre fichier attend" in answer.page:
                time.sleep(3)
            else:
                break
            answer = _ask(port, "GET", place)
        print(f"  answered with {answer.status} after {time.monotonic() - begin:.0f} s")
    except (OSError, HTTPException) as error:
        print(f"  lost after {time.monotonic() - begin:.0f} s: {error!r}")


class _Answer:
    def __init__(self, response: HTTPResponse) -> None:
        self.status, self.page = response.status, response.read().decode()
        self.place = response.getheader("Location", "")
        cookies = SimpleCookie(", ".join(response.headers.get_all("Set-Cookie") or []))
        self.cookie = "; ".join(f"{name}={each.value}" for name, each in cookies.items())


def _ask(port: int, method: str, place: str, body: bytes | None = None, cookie: str = "") -> _Answer:
    connection = HTTPConnection("127.0.0.1", port, timeout=LONGEST)
    headers = {"Cookie": cookie, "Sec-Fetch-Site": "same-origin"}
    if body is not None:
        headers["Content-Type"] = "multipart/form-data; boundary=frontier"
    try:
        connection.request(method, place, body, headers)
        return _Answer(connection.getresponse())
    finally:
        connection.close()


def _body(token: str, file: bytes) -> bytes:
    part = '--frontier\r\nContent-Disposition: form-data; name="{}"{}\r\n\r\n'
    fields = part.format("csrf_token", "") + token + "\r\n" + part.format("file", '; filename="rapport.pdf"')
    return fields.encode() + file + b"\r\n--frontier--\r\n"


if __name__ == "__main__":
    main()
