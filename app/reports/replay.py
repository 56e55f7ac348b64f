"""The reports' rows against their log: every event replayed, every row accounted for, nothing more and nothing less."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import batched
from typing import Any

import orjson
from sqlalchemy import select

from app import template
from app.audit.models import AuditEvent
from app.audit.verification import Finding, Source
from app.content.canonical import canonical, digest
from app.reports.models import (
    Amendment,
    Ballot,
    ReadMark,
    Report,
    ReportPart,
    Revision,
    Signature,
    decode,
)
from app.reports.past import Event, Past, Unfounded
from app.reports.revisions import missing_zones
