"""The store hangs while a file is put into it: everybody else goes on writing; and nothing is asked of it inside a write."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.db import db
from app.directory.models import Person
from app.documents.store import Store, Unreachable, remembering
from app.reports.models.ballot import Choice
from app.reports.signing.acts import Sealer
from app.reports.validating import acts as validating
from app.workflow import Stage
from tests.cast import Cast
from tests.factories import report_at
from tests.photographs import photograph
from tests.writers import watched

pytestmark = pytest.mark.anywhere

SignIn = Callable[[FlaskClient, Person], FlaskClient]


def test_others_write_while_the_store_is_waited_for(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn
) -> None:
    with app.app_context():
        report_at(Stage.EDITING, cast)
        db.session.commit()
    issa = sign_in(client, cast.issa)
    picture = {"pictures": (BytesIO(photograph(80, 60)), "a.jpg"), "consent": "oui"}
    slides = {"file": (BytesIO(issa.get("/rapports/1/projet.pdf").data), "b.pdf"), "kind": "slides"}
    copy = {"file": (BytesIO(issa.get("/rapports/1/rapport.docx").data), "a.docx")}
    with watched(app, Store, "_put", "put_file") as calls:
        for place, data in (("photographies", picture), ("pieces-jointes", slides), ("word", copy)):
            issa.post(f"/rapports/1/{place}", data=data, content_type="multipart/form-data")
    assert len(calls) >= 3 and all(free for _, free in calls)


@pytest.mark.parametrize(
    ("stage", "who", "door"), [(Stage.READING, "adama", "valider"), (Stage.SIGNED, "coumba", "publier")]
)
def test_others_write_while_minutes_and_public_version_are_put_into_the_store(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn, desk: Sealer, stage: Stage, who: str, door: str
) -> None:
    with app.app_context():
        report = report_at(stage, cast, desk)
        if stage is Stage.READING:
            for person in (cast.mariam, cast.oumar, cast.adama):
                validating.vote(report, person, Choice.APPROVE)
        db.session.commit()
    with watched(app, Store, "_put") as calls:
        answer = sign_in(client, getattr(cast, who)).post(f"/rapports/1/{door}", data={"passing": "Vu."})
    assert answer.status_code == 303
    assert calls and all(free for _, free in calls)


def test_a_store_that_has_failed_a_request_is_not_asked_by_it_again(tmp_path: object) -> None:
    store, asked = Store("memory:///"), []

    class Gone:
        def put(self, path: str, content: bytes, **how: object) -> None:
            asked.append(path)
            raise OSError("the store is paused")

    store._objects = Gone()
    with remembering():
        for _ in range(2):
            with pytest.raises(Unreachable):
                store.put(b"Un rapport.")
    assert len(asked) == 1
    with pytest.raises(Unreachable):
        store.put(b"Un rapport.")
    assert len(asked) == 2
