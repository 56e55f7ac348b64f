"""Guessing at passwords costs more and more time, and shuts nobody out of their own account."""

from __future__ import annotations

from datetime import timedelta

import pytest
from freezegun import freeze_time
from sqlalchemy import func, select

from app.db import db, now
from app.people import attempts
from app.people.attempts import (
    DEVICES_FORGOTTEN_AFTER,
    FREE,
    LONGEST_WAIT,
    AttemptOrigin,
    SignInAttempt,
    TooManyAttempts,
)

pytestmark = pytest.mark.usefixtures("world")

HOME = AttemptOrigin("fanta@exemple.ml", "10.0.0.5", "")
NOON = "2026-03-02 12:00:00"


def fail(origin: AttemptOrigin, times: int = 1) -> None:
    for _ in range(times):
        attempts.settle(origin, right=False)


def wait(origin: AttemptOrigin) -> int:
    """Seconds to wait before the next try; 0 for none."""
    try:
        attempts.check(origin)
    except TooManyAttempts as error:
        return error.seconds
    return 0


def test_the_first_failures_cost_nothing_and_then_each_doubles_the_wait() -> None:
    with freeze_time(NOON) as clock:
        fail(HOME, FREE["pair"] - 1)
        assert wait(HOME) == 0
        waits = []
        for _ in range(4):
            fail(HOME)
            waits.append(wait(HOME) - 1)
            clock.tick(timedelta(seconds=wait(HOME)))
        assert waits == [15, 30, 60, 120]


def test_the_wait_never_passes_a_quarter_of_an_hour() -> None:
    with freeze_time(NOON) as clock:
        for _ in range(FREE["pair"] + 12):
            fail(HOME)
            clock.tick(LONGEST_WAIT + timedelta(seconds=1))
        fail(HOME)
        assert wait(HOME) == LONGEST_WAIT.total_seconds() + 1


def test_a_try_made_too_early_is_refused_even_with_the_right_password() -> None:
    fail(HOME, FREE["pair"])
    with pytest.raises(TooManyAttempts):
        attempts.settle(HOME, right=True)


def test_the_sentence_says_how_long_to_wait() -> None:
    assert str(TooManyAttempts(1)) == "Trop d’essais ont échoué. Attendez 1 seconde, puis réessayez."
    assert "16 secondes" in str(TooManyAttempts(16))
    assert "2 minutes" in str(TooManyAttempts(61))


def test_a_day_later_the_failures_are_forgotten() -> None:
    with freeze_time(NOON) as clock:
        fail(HOME, FREE["pair"])
        clock.tick(timedelta(days=1))
        fail(HOME)
        assert wait(HOME) == 0


def test_a_right_password_wipes_the_failures_of_that_account_at_that_address() -> None:
    fail(HOME, FREE["pair"] - 1)
    attempts.settle(HOME, right=True)
    fail(HOME, FREE["pair"] - 1)
    assert wait(HOME) == 0


def test_somebody_elses_failures_from_the_same_address_do_not_stop_a_known_device() -> None:
    phone = HOME._replace(device="secret of fanta's phone")
    attempts.settle(phone, right=True)
    fail(HOME, FREE["pair"])
    assert wait(HOME) > 0
    assert wait(phone) == 0
    attempts.settle(phone, right=True)


def test_an_invented_device_opens_nothing() -> None:
    fail(HOME, FREE["pair"])
    assert wait(HOME._replace(device="invented")) > 0


def test_a_device_known_to_one_account_is_a_stranger_to_another() -> None:
    phone = HOME._replace(device="secret of fanta's phone")
    attempts.settle(phone, right=True)
    fail(HOME._replace(account="issa@exemple.ml"), FREE["pair"])
    assert wait(phone._replace(account="issa@exemple.ml")) > 0


def test_many_addresses_guessing_at_one_account_wait_while_its_owner_does_not() -> None:
    attempts.settle(HOME, right=True)
    for number in range(FREE["account"]):
        fail(HOME._replace(address=f"192.0.2.{number}"))
    assert wait(HOME._replace(address="198.51.100.1")) > 0
    assert wait(HOME) == 0


def test_one_address_guessing_at_many_accounts_waits_while_those_who_work_there_do_not() -> None:
    attempts.settle(HOME, right=True)
    for number in range(FREE["address"]):
        fail(HOME._replace(account=f"personne{number}@exemple.ml"))
    assert wait(HOME._replace(account="adama@exemple.ml")) > 0
    assert wait(HOME) == 0


def test_signing_in_to_ones_own_account_does_not_wipe_the_failures_of_the_address() -> None:
    for number in range(FREE["address"] - 1):
        fail(HOME._replace(account=f"personne{number}@exemple.ml"))
    attempts.settle(HOME, right=True)
    fail(HOME._replace(account="adama@exemple.ml"))
    assert wait(HOME._replace(account="issa@exemple.ml")) > 0


def test_a_known_device_too_must_wait_after_ten_failures() -> None:
    phone = HOME._replace(device="secret of fanta's phone")
    attempts.settle(phone, right=True)
    fail(phone, FREE["device"])
    assert wait(phone) > 0


def test_old_counters_are_cleared_away() -> None:
    with freeze_time(NOON) as clock:
        fail(HOME)
        attempts.settle(HOME._replace(account="issa@exemple.ml"), right=True)
        clock.tick(DEVICES_FORGOTTEN_AFTER + timedelta(days=1))
        fail(AttemptOrigin("adama@exemple.ml", "203.0.113.9", ""))
        assert db.session.scalar(select(func.count()).select_from(SignInAttempt)) == 3


def test_what_was_typed_is_not_kept_in_clear() -> None:
    fail(AttemptOrigin("mon mot de passe tapé trop tôt", "10.0.0.5", ""))
    kept = db.session.scalars(select(SignInAttempt.key)).all()
    assert all(len(key) == 64 and key.isalnum() for key in kept)


# Clocks


def test_a_clock_that_was_set_back_an_hour_keeps_nobody_waiting() -> None:
    with freeze_time("2026-03-02 12:00:00"):
        attempts.settle(HOME, right=True)
        fail(HOME._replace(account="issa@exemple.ml"), FREE["pair"])
    with freeze_time("2026-03-02 11:00:00"):
        assert wait(HOME) == 0
        attempts.settle(HOME, right=True)
        assert wait(HOME._replace(account="issa@exemple.ml", address="10.0.0.6")) == 0
        attempts.settle(HOME._replace(account="issa@exemple.ml"), right=True)


def test_a_clock_that_was_right_again_after_four_hundred_days_ahead_keeps_nobody_waiting() -> None:
    with freeze_time("2027-04-06 12:00:00"):
        fail(HOME, FREE["pair"])
    with freeze_time(NOON) as clock:
        assert wait(HOME) == 0
        fail(HOME)
        assert 0 < wait(HOME) <= LONGEST_WAIT.total_seconds() + 1, "who goes on failing waits by the new clock"
        clock.tick(timedelta(days=1))
        assert wait(HOME) == 0


def test_stamps_that_lie_ahead_are_set_right_by_the_next_try_of_anybody() -> None:
    with freeze_time("2027-04-06 12:00:00"):
        attempts.settle(HOME._replace(device="phone"), right=True)
    with freeze_time(NOON) as clock:
        attempts.settle(HOME._replace(account="issa@exemple.ml", address="10.0.0.6"), right=True)
        assert db.session.scalar(select(func.max(SignInAttempt.last_at))) == now()
        clock.tick(DEVICES_FORGOTTEN_AFTER + timedelta(days=1))
        fail(AttemptOrigin("adama@exemple.ml", "203.0.113.9", ""))
        assert db.session.scalar(select(func.count()).select_from(SignInAttempt)) == 3, "they have grown old"


def test_two_servers_whose_clocks_differ_by_seconds_make_who_guesses_wait_all_the_same() -> None:
    with freeze_time("2026-03-02 12:00:20"):
        fail(HOME, FREE["pair"])
    with freeze_time(NOON):
        assert wait(HOME) == 16


@pytest.mark.parametrize("ahead", [timedelta(hours=1), timedelta(days=400)])
def test_visits_counted_ahead_of_a_clock_that_was_set_back_turn_nobody_away(ahead: timedelta) -> None:
    window = timedelta(minutes=10)
    with freeze_time(NOON) as clock:
        clock.tick(ahead)
        attempts.count("verify", "192.0.2.1", window)
        clock.tick(-ahead)
        attempts.admit("verify", "192.0.2.1", 1, window)
        attempts.count("verify", "192.0.2.1", window)
        with pytest.raises(attempts.TooManyVisits):
            attempts.admit("verify", "192.0.2.1", 1, window)
        clock.tick(window)
        attempts.admit("verify", "192.0.2.1", 1, window)


# Networks


def test_a_whole_network_of_ipv6_is_one_address() -> None:
    for number in range(FREE["address"]):
        fail(AttemptOrigin(f"personne{number}@exemple.ml", f"2001:db8:1:2::{number:x}", ""))
    assert wait(AttemptOrigin("adama@exemple.ml", "2001:db8:1:2:ffff:ffff:ffff:ffff", "")) > 0
    assert wait(AttemptOrigin("adama@exemple.ml", "2001:db8:1:3::1", "")) == 0


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:DB8::7", "2001:db8::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("unix:", "unix:"),
    ],
)
def test_what_counts_as_one_address(address: str, counted: str) -> None:
    assert attempts.network(address) == counted


# What the log is told, and what a command clears


def test_the_failure_that_uses_up_a_counter_says_which_and_the_next_ones_say_nothing() -> None:
    with freeze_time(NOON) as clock:
        told = []
        for _ in range(FREE["pair"] + 2):
            told.append(attempts.settle(HOME, right=False))
            clock.tick(timedelta(minutes=1))
    assert told == [[]] * (FREE["pair"] - 1) + [["pair"], [], []]


def test_one_account_is_cleared_of_the_failures_of_all_and_no_other_account_is() -> None:
    issa = HOME._replace(account="issa@exemple.ml")
    fail(HOME, FREE["pair"])
    fail(issa, FREE["pair"])
    for number in range(FREE["account"] - FREE["pair"]):
        fail(HOME._replace(address=f"192.0.2.{number}"))
    attempts.clear(HOME.account)
    assert wait(HOME) == wait(HOME._replace(address="198.51.100.1")) == 0
    assert wait(issa) > 0
    attempts.clear(None)
    assert wait(issa) == 0


def test_clearing_takes_no_device_its_trust() -> None:
    phone = HOME._replace(device="secret of fanta's phone")
    attempts.settle(phone, right=True)
    attempts.clear(None)
    fail(HOME._replace(address="10.0.0.6"), FREE["pair"])
    assert wait(phone._replace(address="10.0.0.6")) == 0
