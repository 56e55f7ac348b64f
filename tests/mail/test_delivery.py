"""Letters leave by a real mail server, which takes them, refuses them, keeps silent, hangs up or is away for a day."""

from __future__ import annotations

import ipaddress
import random
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from threading import Thread
from urllib.parse import quote

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from flask import Flask
from freezegun import freeze_time
from sqlalchemy import select

from app.commands.work import transaction
from app.db import db, now
from app.mail import outbox
from app.mail.delivery import Round, deliver
from app.mail.models import Letter
from app.mail.server import parse
from tests.mail.postman import DROPS, DSN, FORGETS, HANGS, Postman, asks_to_sign_in, at_work, free_port, silence

pytestmark = pytest.mark.usefixtures("world")

SENDER = "Sɛbɛn <seben@exemple.ml>"
NEWS = "Séance levée à 18 h 30 : « à suivre »"


def post(recipient: str, subject: str = "Ségou – Budgets 2018 : rapport à éditer", text: str = NEWS) -> str:
    """Put a letter into the outbox, as a request does; its Message-ID."""
    with transaction():
        letter = outbox.queue(recipient, subject, text, f"<p>{text}</p>", domain="exemple.ml", at=now())
        db.session.flush()
        message_id = letter.message_id
    return message_id


def letters() -> list[Letter]:
    with transaction():
        return list(db.session.scalars(select(Letter).order_by(Letter.id)))


def send(port: int, options: str = "timeout=2", scheme: str = "smtp") -> Round:
    return deliver(parse(f"{scheme}://127.0.0.1:{port}?{options}"), SENDER, "seben.exemple.ml", transaction)


@contextmanager
def later(delta: timedelta) -> Iterator[None]:
    """The same hour so much later; the network and the threads keep their own clock."""
    with freeze_time(datetime.now(UTC) + delta, tick=True, ignore=["asyncio", "threading", "concurrent", "selectors"]):
        yield


def test_a_letter_arrives_as_it_was_written_in_french_as_text_and_as_html() -> None:
    message_id = post("fanta@exemple.ml")
    postman = Postman()
    with at_work(postman) as port:
        assert send(port) == Round(sent=1)
    [message] = postman.received
    assert message["Message-ID"] == message_id
    assert message_id.startswith("<") and message_id.endswith("@exemple.ml>")
    assert message["Subject"] == "Ségou – Budgets 2018 : rapport à éditer"
    assert str(message["From"]) == SENDER
    assert str(message["To"]) == "fanta@exemple.ml"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"].datetime <= now()
    assert message["Reply-To"] is None
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain and plain.get_content().strip() == NEWS
    assert html and html.get_content().strip() == f"<p>{NEWS}</p>"
    assert message.as_bytes().isascii()
    [letter] = letters()
    assert letter.sent_at and letter.lease_until is None


def test_a_letter_sent_is_not_sent_again() -> None:
    post("fanta@exemple.ml")
    postman = Postman()
    with at_work(postman) as port:
        assert [send(port).sent for _ in range(2)] == [1, 0]
        with later(timedelta(hours=1)):
            assert send(port).sent == 0
    assert len(postman.received) == 1


def test_the_database_is_free_while_the_server_takes_its_time(world: Flask) -> None:
    post("fanta@exemple.ml")
    postman = Postman()
    outcome: list[str] = []

    def write() -> None:
        """Another writer at work while a letter is under way."""
        postman.while_receiving = lambda: None
        with world.app_context():
            outcome.append(post("ailleurs@exemple.ml"))

    postman.while_receiving = write
    with at_work(postman) as port:
        assert send(port, "timeout=10").sent == 2
    assert [letter.message_id for letter in letters()][1:] == outcome


@pytest.mark.parametrize("answer", ["550 no such user here", "553 mailbox name not allowed"])
def test_an_address_the_server_does_not_know_makes_a_dead_letter_and_the_others_go_on(answer: str) -> None:
    post("fanta@exemple.ml")
    post("personne@exemple.ml")
    post("issa@exemple.ml")
    postman = Postman()
    postman.on_recipient["personne@exemple.ml"] = answer
    with at_work(postman) as port:
        assert send(port) == Round(sent=2, refused=1)
        with later(timedelta(days=2)):
            assert send(port) == Round()
    dead = letters()[1]
    assert dead.dead_at and dead.sent_at is None and dead.last_error == answer


def test_a_letter_whose_content_is_refused_is_dead_and_says_why() -> None:
    post("fanta@exemple.ml")
    postman = Postman()
    postman.on_data[""] = "554 looks like advertising"
    with at_work(postman) as port:
        assert send(port) == Round(refused=1)
    assert letters()[0].last_error == "554 looks like advertising"


def test_an_address_that_cannot_be_written_down_is_dead_too() -> None:
    post("fanta@exemple.ml\nBcc: autre@exemple.ml")
    post("aïssa@exemple.ml")
    post("issa@exemple.ml")
    with at_work(postman := Postman(), enable_SMTPUTF8=False) as port:
        assert send(port) == Round(sent=1, refused=2)
    assert [str(message["To"]) for message in postman.received] == ["issa@exemple.ml"]


def test_who_is_told_to_come_back_later_waits_and_the_others_go_on() -> None:
    post("fanta@exemple.ml")
    post("issa@exemple.ml")
    postman = Postman()
    postman.on_recipient["fanta@exemple.ml"] = "451 try again later"
    with at_work(postman) as port:
        assert send(port) == Round(sent=1, delayed=1)
        assert letters()[0].last_error == "451 try again later"
        assert send(port) == Round()
        postman.on_recipient.clear()
        with later(timedelta(minutes=2)):
            assert send(port) == Round(sent=1)
    assert postman.arrived().total() == 2


@pytest.mark.parametrize("how", [DROPS, HANGS])
def test_a_server_that_fails_half_way_gets_the_letter_again(how: str) -> None:
    message_id = post("fanta@exemple.ml")
    post("issa@exemple.ml")
    postman = Postman()
    postman.on_data["fanta@exemple.ml"] = how
    with at_work(postman) as port:
        assert send(port) == Round(delayed=1, stopped=True)
        assert send(port) == Round(sent=1)
        postman.on_data.clear()
        with later(timedelta(minutes=2)):
            assert send(port) == Round(sent=1)
    assert postman.arrived()[message_id] == 1


def test_a_letter_taken_without_a_word_is_sent_twice_as_one_and_the_same() -> None:
    message_id = post("fanta@exemple.ml")
    postman = Postman()
    postman.on_data[""] = FORGETS
    with at_work(postman) as port:
        assert send(port) == Round(delayed=1, stopped=True)
        postman.on_data.clear()
        with later(timedelta(minutes=2)):
            assert send(port) == Round(sent=1)
    assert postman.arrived() == {message_id: 2}


def test_a_server_that_never_speaks_stops_the_round_and_costs_one_letter_one_try() -> None:
    for name in ("fanta", "issa", "adama"):
        post(f"{name}@exemple.ml")
    with silence() as port:
        assert send(port, "timeout=0.5") == Round(delayed=1, stopped=True)
    assert [letter.attempts for letter in letters()] == [1, 0, 0]


def test_a_server_that_takes_one_letter_a_call_is_called_for_each() -> None:
    for name in ("fanta", "issa"):
        post(f"{name}@exemple.ml")
    with at_work(Postman(), command_call_limit={"MAIL": 1, "*": 20}) as port:
        assert send(port) == Round(sent=2)


def test_a_day_without_the_server_loses_nothing_and_doubles_nothing() -> None:
    start = datetime(2026, 3, 2, 9, tzinfo=UTC)
    port, posted = free_port(), set()
    frozen = ["asyncio", "threading", "concurrent", "selectors"]
    for minute in range(0, 26 * 60, 10):
        with freeze_time(start + timedelta(minutes=minute), ignore=frozen):
            if minute < 24 * 60 and minute % 60 == 0:
                posted.add(post(f"membre{minute}@exemple.ml"))
            assert send(port).sent == 0
    assert len(posted) == 24
    waiting = letters()
    assert {letter.message_id for letter in waiting if not letter.dead_at and not letter.sent_at} == posted
    postman = Postman()
    with at_work(postman, port):
        for minute in range(26 * 60, 29 * 60, 10):
            with freeze_time(start + timedelta(minutes=minute), ignore=frozen):
                send(port)
    assert postman.arrived() == dict.fromkeys(posted, 1)


def test_a_letter_nobody_takes_is_dead_after_some_three_days_and_may_be_sent_once_more() -> None:
    message_id = post("fanta@exemple.ml")
    start, at = now(), now()
    while not letters()[0].dead_at:
        with freeze_time(at, ignore=["asyncio", "threading", "concurrent", "selectors"]):
            send(free_port())
        at = max(letters()[0].due_at, at + timedelta(seconds=1))
    assert timedelta(days=2) < at - start < timedelta(days=4)
    assert letters()[0].attempts == outbox.MOST_ATTEMPTS
    with transaction():
        assert outbox.revive(letters()[0].id, now())
    with at_work(postman := Postman()) as port:
        assert send(port).sent == 1
    assert postman.arrived() == {message_id: 1}
    with transaction():
        assert not outbox.revive(letters()[0].id, now())


def test_the_delays_grow_and_never_come_in_step() -> None:
    random.seed(7)
    middle = [sum((outbox.delay(n) for _ in range(200)), timedelta()) / 200 for n in range(1, outbox.MOST_ATTEMPTS)]
    assert all(earlier < after * 1.1 for earlier, after in pairwise(middle))
    assert timedelta(days=2.5) < sum(middle, timedelta()) < timedelta(days=3.5)
    assert len({outbox.delay(3) for _ in range(20)}) == 20


def test_two_workers_never_send_the_same_letter(world: Flask) -> None:
    posted = {post(f"membre{number}@exemple.ml") for number in range(30)}
    postman = Postman()

    def work() -> None:
        with world.app_context():
            send(port, "timeout=20")

    with at_work(postman) as port:
        workers = [Thread(target=work) for _ in range(3)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    assert postman.arrived() == dict.fromkeys(posted, 1)


def test_a_letter_in_hand_is_left_alone_until_its_lease_has_run_out() -> None:
    post("fanta@exemple.ml")
    with transaction():
        assert outbox.claim(now())
    with transaction():
        assert outbox.claim(now() + timedelta(minutes=9)) is None
    with transaction():
        assert outbox.claim(now() + timedelta(minutes=11))


def test_a_worker_that_comes_late_does_not_undo_what_another_noted() -> None:
    post("fanta@exemple.ml")
    with transaction():
        slow = outbox.claim(now())
    with transaction():
        quick = outbox.claim(now() + timedelta(minutes=11))
    assert slow and quick
    with transaction():
        outbox.note_failure(slow, "451 late", now())
    assert letters()[0].lease_until == quick.lease_until
    with transaction():
        outbox.note_sent(quick, now())
    with transaction():
        outbox.note_refusal(slow, "550 late", now())
    assert letters()[0].sent_at and not letters()[0].dead_at


def test_what_is_rolled_back_leaves_no_letter() -> None:
    with suppress(RuntimeError), transaction():
        outbox.queue("fanta@exemple.ml", "s", "t", "<p>t</p>", domain="exemple.ml", at=now())
        db.session.flush()
        raise RuntimeError
    assert letters() == []


def test_letters_sent_long_ago_are_forgotten_and_those_that_wait_are_not() -> None:
    post("fanta@exemple.ml")
    with at_work(Postman()) as port:
        send(port)
    post("issa@exemple.ml")
    with transaction():
        outbox.forget_old(now() + timedelta(days=100))
    assert [letter.recipient for letter in letters()] == ["issa@exemple.ml"]


def test_user_and_password_travel_encrypted_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    post("fanta@exemple.ml")
    context = certified(tmp_path, monkeypatch)
    postman = Postman()
    url = f"smtp://{DSN['user']}:{quote(DSN['password'])}@127.0.0.1:{{}}?starttls=1&timeout=5"
    with at_work(postman) as port:
        plain = deliver(parse(url.format(port)), SENDER, "seben.exemple.ml", transaction)
    assert plain == Round(delayed=1, stopped=True)
    with at_work(postman, **asks_to_sign_in(context)) as port, later(timedelta(minutes=2)):
        assert deliver(parse(url.format(port)), SENDER, "seben.exemple.ml", transaction) == Round(sent=1)
    assert (postman.signed_in, postman.encrypted) == ([True], [True])


def test_a_wrong_password_is_nobody_s_dead_letter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    post("fanta@exemple.ml")
    context = certified(tmp_path, monkeypatch)
    with at_work(Postman(), **asks_to_sign_in(context)) as port:
        url = f"smtp://{DSN['user']}:faux@127.0.0.1:{port}?starttls=1&timeout=5"
        assert deliver(parse(url), SENDER, "seben.exemple.ml", transaction) == Round(delayed=1, stopped=True)
    [letter] = letters()
    assert letter.dead_at is None and letter.last_error.startswith("535")


def test_a_server_with_a_certificate_of_nobody_s_is_not_trusted(tmp_path: Path) -> None:
    post("fanta@exemple.ml")
    with at_work(Postman(), tls_context=certificate(tmp_path)) as port:
        assert send(port, "starttls=1&timeout=5") == Round(delayed=1, stopped=True)
    assert "certificate" in letters()[0].last_error


@pytest.mark.parametrize(
    "url",
    ["http://host", "smtp://", "smtp://user:password@host", "smtp://host?tls=1", "smtp://host:many", "host:25"],
)
def test_an_address_of_a_server_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        parse(url)


def test_the_port_follows_from_how_the_line_is_kept_secret() -> None:
    ports = [parse(url).port for url in ("smtp://h", "smtps://h", "smtp://h?starttls=1", "smtp://h:2525")]
    assert ports == [25, 465, 587, 2525]


def certificate(folder: Path) -> ssl.SSLContext:
    """A server's certificate for 127.0.0.1, its own authority, in `folder`/mail.pem."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "courrier")])
    today = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=9))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    (folder / "authority.pem").write_bytes(pem)
    (folder / "mail.pem").write_bytes(
        pem
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "mail.pem")
    return context


def certified(folder: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """The same, and this machine trusts it."""
    context = certificate(folder)
    monkeypatch.setenv("SSL_CERT_FILE", str(folder / "authority.pem"))
    return context
