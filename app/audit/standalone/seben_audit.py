"""seben-audit: checks a Sɛbɛn log without Sɛbɛn. One file; needs Python 3.11 or newer and `cryptography`, no more.

Runs on a copy of the SQLite file, or on a PostgreSQL URL (then `psycopg` too), and only reads. It was written apart from
the application, which it imports nothing of: two programs that disagree say that one of them is wrong.

    python seben_audit.py verify COPY.sqlite --key log.vkey --checkpoint kept.txt
    python seben_audit.py --help

From the stored bytes up: content → row → event → chain → leaf → tree → signed checkpoints. Rows are those of reports, and
of persons, roles, places, campaigns and meetings; of what is known of a person it prints nothing. Exit code 0: sound;
1: something does not hold; 2: it could not be checked.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import gc
import hashlib
import json
import os
import re
import sqlite3
import sys
import tempfile
import time
import unicodedata
import zlib
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any, NoReturn

VERSION = "1"
GENESIS = "0" * 64
EMPTY = hashlib.sha256().digest()
TILE = 256
LONGEST_ACT = timedelta(minutes=10)
"""A row is dated while its act is done, the event when it ends; and clocks are set right now and then."""
LONGEST_TRANSACTION = timedelta(days=1)
HEX = re.compile(r"[0-9a-f]{64}")
WORD = re.compile(r"\w+|[^\w\s]")
REPORT = re.compile(r"report:([1-9][0-9]{0,17})")
CAMPAIGN = re.compile(r"campaign:([1-9][0-9]{0,17})")
MASKED = {
    "contacts": "les contacts de la liste de présence",
    "names": "les noms des participants qui n’ont pas voulu être nommés",
    "photographs": "les photographies prises sans l’accord de qui s’y trouve",
    "attendance_erased": "la liste de présence, dont le texte a été effacé",
    "photographs_erased": "les photographies, dont le texte a été effacé",
}
"""What a public version may leave out, by the word the log has for it."""
SETTLED = ("validated", "signed", "published")
MASTHEAD = "@masthead"
"""Under which the hash of the masthead stands among those of the parts."""

# --- rules: written by `python -m app.audit.standalone.rules`, not by hand ---
# fmt: off
# act: where it may be taken, where it leads, in which roles, and whether only once both have signed
ACTS: dict[str, tuple[tuple[str, ...], str | None, tuple[str, ...], bool]] = {
    "open": ((), "drafting", ("facilitator", "coordination", "president"), False),
    "draft": (("drafting",), None, ("facilitator",), False),
    "hand_over": (("drafting",), "editing", ("facilitator",), False),
    "edit": (("editing",), None, ("rapporteur",), False),
    "restore_draft": (("drafting",), None, ("facilitator",), False),
    "restore_edit": (("editing",), None, ("rapporteur",), False),
    "return_draft": (("editing",), "drafting", ("rapporteur",), False),
    "transmit": (("editing",), "reading", ("rapporteur",), False),
    "comment": (("drafting", "editing", "reading"), None, ("facilitator", "rapporteur", "member", "president"), False),
    "resolve": (("drafting", "editing", "reading"), None, ("facilitator", "rapporteur", "member", "president"), False),
    "reopen": (("drafting", "editing", "reading"), None, ("facilitator", "rapporteur", "member", "president"), False),
    "mark_read": (("reading",), None, ("member", "president"), False),
    "amend": (("reading",), None, ("member", "president"), False),
    "opine": (("reading",), None, ("rapporteur",), False),
    "adopt": (("reading",), None, ("president",), False),
    "reject": (("reading",), None, ("president",), False),
    "defer": (("reading",), None, ("president",), False),
    "lapse": (("reading",), None, ("president",), False),
    "withdraw": (("reading",), None, ("member", "president"), False),
    "vote": (("reading",), None, ("member", "president"), False),
    "name_proxy": (("reading",), None, ("member", "president"), False),
    "end_proxy": (("reading",), None, ("member", "president"), False),
    "extend": (("reading",), None, ("president",), False),
    "renew_masthead": (("drafting", "editing", "reading"), None, ("coordination",), False),
    "return_to_rapporteur": (("reading",), "editing", ("president",), False),
    "validate": (("reading",), "validated", ("president",), False),
    "sign": (("validated",), "signed", ("rapporteur", "chair"), True),
    "refuse": (("validated",), "reading", ("rapporteur", "chair"), False),
    "invite": (("validated",), None, ("coordination",), False),
    "hand_code": (("validated",), None, ("president", "rapporteur"), False),
    "revoke_invitation": (("validated",), None, ("coordination",), False),
    "substitute": (("validated",), None, ("coordination",), False),
    "file_scan": (("validated",), None, ("rapporteur", "chair", "coordination", "facilitator"), False),
    "attest": (("validated",), "signed", ("facilitator", "rapporteur", "member", "president", "coordination"), True),
    "refuse_scan": (("validated",), None, ("facilitator", "rapporteur", "member", "president", "coordination"), False),
    "publish": (("signed",), "published", ("coordination", "president"), False),
    "make_public": (("published",), None, ("coordination",), False),
    "rectify": (("published",), None, ("coordination", "president"), False),
    "abandon": (("drafting", "editing", "reading"), "abandoned", ("coordination", "president"), False),
    "attach": (("drafting", "editing", "reading", "validated", "signed", "published"), None, ("facilitator", "rapporteur", "coordination", "supervisor"), False),  # noqa: E501
    "withdraw_attachment": (("drafting", "editing", "reading", "validated", "signed", "published"), None, ("facilitator", "rapporteur", "coordination", "supervisor"), False),  # noqa: E501
}
# part: its name, and of each zone that must be filled the fields that a row needs, or None for prose
PARTS: dict[str, tuple[str, dict[str, tuple[str, ...] | None]]] = {
    "cover": ("Couverture", {}),
    "introduction": ("Introduction", {"body": None}),
    "ceremony": ("Cérémonie d’ouverture", {"speeches": ("text",)}),
    "proceedings": ("Déroulement des travaux", {"body": None}),
    "bureau": ("Composition du Bureau", {"members": ("function", "surname")}),
    "method": ("Méthodologie", {"body": None}),
    "presentation": ("Présentation", {"points": ("text",)}),
    "concerns": ("Préoccupations", {}),
    "recommendations": ("Recommandations", {"recommendations": ("text",)}),
    "unmet": ("Recommandations non satisfaites", {}),
    "conclusion": ("Conclusion", {"body": None}),
    "signatures": ("Signatures", {"signatories": ("quality", "surname")}),
    "terms": ("Termes de référence", {}),
    "follow_up": ("Suivi des recommandations", {}),
    "programme": ("Programme", {"slots": ("hours", "text")}),
    "attendance": ("Liste de présence", {}),
    "photographs": ("Photographies", {}),
}
# parts whose texts stand apart, under a salted hash
PERSONAL = ("attendance", "photographs")
ROLES = {
    "facilitator": "Facilitateur",
    "rapporteur": "Rapporteur",
    "member": "Membre de la CRSB",
    "president": "Président de la CRSB",
    "chair": "Président de séance",
    "supervisor": "Superviseur",
    "coordination": "Coordination",
    "reader": "Lecteur",
}
UNDECIDED = ("open", "deferred", "review")
# fmt: on
# --- end of rules ---


# ---------------------------------------------------------------------------------------------------------- findings


class Unfit(Exception):
    """It could not be checked; the message is a French sentence."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not hold. `kind` is a word for programs, `sentence` the French one for people.

    `seq` is the event's number in `stream`, `leaf` the place in the tree (from 0), both absent where no single one is at
    fault.
    """

    kind: str
    sentence: str
    stream: str = ""
    seq: int | None = None
    report: int | None = None
    leaf: int | None = None


@dataclass
class Outcome:
    """What a command found. `remarks` are no fault, but what the reader must know to weigh the answer."""

    findings: list[Finding] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    counted: Counter[str] = field(default_factory=Counter)
    said: dict[str, Any] = field(default_factory=dict)

    def find(self, kind: str, sentence: str, leaf: int | None = None) -> None:
        self.findings.append(Finding(kind, sentence, leaf=leaf))

    def want(self, holds: bool, kind: str, otherwise: str) -> None:
        if not holds:
            self.find(kind, otherwise)


def french(text: str) -> str:
    """With the spaces beside French signs that do not break."""
    text = re.sub(r"(?<=\S) (?=[;!?»])", "\u202f", text)
    return re.sub(r"(?<=[^\s\d]) (?=:)", "\u00a0", text.replace("« ", "«\u202f"))


def canonical(value: Any) -> bytes:
    """Canonical JSON (RFC 8785) of objects with ASCII names, whole numbers and strings, in NFC."""
    return unicodedata.normalize("NFC", _ENCODE(value)).encode("utf-8", "surrogatepass")


_ENCODE = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def digest(data: str | bytes) -> str:
    return hashlib.sha256(data.encode("utf-8", "surrogateescape") if isinstance(data, str) else data).hexdigest()


def link(prev: str, body: bytes) -> str:
    """An event's hash: of the hash before (as 64 digits) and its own body."""
    return hashlib.sha256(prev.encode("utf-8", "surrogateescape") + body).hexdigest()


# ------------------------------------------------------------------------------------------------- tree (RFC 6962)


def leaf_hash(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(level: list[bytes]) -> bytes:
    """The root over these nodes; the last may stand for fewer leaves than the others."""
    sha256 = hashlib.sha256
    while len(level) > 1:
        odd = level[-1:] if len(level) % 2 else []
        pairs = zip(level[::2], level[1::2], strict=False)
        level = [sha256(b"\x01" + left + right).digest() for left, right in pairs] + odd
    return level[0] if level else EMPTY


class Tree:
    """All leaf hashes in one piece, 32 bytes each, and the nodes over whole tiles of 256."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.leaves = bytearray(32 * size)
        self.tiles: list[bytes] = []

    def close(self) -> None:
        """Once all leaves are in."""
        self.tiles = [root(self.between(at, at + TILE)) for at in range(0, self.size - self.size % TILE, TILE)]

    def between(self, start: int, end: int) -> list[bytes]:
        leaves = bytes(self.leaves[32 * start : 32 * end])
        return [leaves[at : at + 32] for at in range(0, len(leaves), 32)]

    def roots(self, sizes: Iterable[int]) -> dict[int, bytes]:
        """The root at each of these sizes, in one walk."""
        found: dict[int, bytes] = {}
        peaks: list[tuple[int, bytes]] = []  # whole nodes from the left, each with its height above a tile
        done = 0
        for size in sorted(set(sizes)):
            for tile in self.tiles[done : size // TILE]:
                height, made = 0, tile
                while peaks and peaks[-1][0] == height:
                    made = node_hash(peaks.pop()[1], made)
                    height += 1
                peaks.append((height, made))
            done = max(done, size // TILE)
            rest = self.between(size - size % TILE, size)
            last = [root(rest)] if rest else []
            for _, peak in reversed(peaks):
                last = [node_hash(peak, last[0])] if last else [peak]
            found[size] = last[0] if last else EMPTY
        return found

    def root(self, start: int, end: int) -> bytes:
        """The root over the leaves from `start` to before `end`; `start` is a multiple of a power of 2 ≥ the width."""
        if start % TILE:
            return root(self.between(start, end))
        whole = end - end % TILE
        rest = self.between(whole, end)
        return root(self.tiles[start // TILE : whole // TILE] + ([root(rest)] if rest else []))


def inclusion_path(tree: Tree, number: int, size: int) -> list[bytes]:
    """From leaf `number` up to the root of the first `size` leaves, the lowest first."""
    path, start, end = [], 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if number < middle:
            path.append(tree.root(middle, end))
            end = middle
        else:
            path.append(tree.root(start, middle))
            start = middle
    return path[::-1]


def growth_path(tree: Tree, old: int, new: int) -> list[bytes]:
    """What shows that the tree of `old` leaves (one at least) is the beginning of that of `new`."""
    path, start, end, whole = [], 0, new, True
    while end != old:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(tree.root(middle, end))
            end = middle
        else:
            path.append(tree.root(start, middle))
            start, whole = middle, False
    return ([] if whole else [tree.root(start, end)]) + path[::-1]


def included(leaf: bytes, number: int, size: int, path: Sequence[bytes], top: bytes) -> bool:
    """RFC 9162, 2.1.3.2."""
    if not 0 <= number < size:
        return False
    at, last, made = number, size - 1, leaf
    for each in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            made = node_hash(each, made)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            made = node_hash(made, each)
        at, last = at >> 1, last >> 1
    return last == 0 and made == top


def grown(old: int, new: int, path: Sequence[bytes], old_top: bytes, new_top: bytes) -> bool:
    """RFC 9162, 2.1.4.2."""
    if not 0 < old <= new:
        return False
    if old == new:
        return not path and old_top == new_top
    steps = [old_top, *path] if old & (old - 1) == 0 else list(path)
    if not steps:
        return False
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    made_old = made_new = steps[0]
    for each in steps[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            made_old, made_new = node_hash(each, made_old), node_hash(each, made_new)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            made_new = node_hash(made_new, each)
        at, last = at >> 1, last >> 1
    return last == 0 and made_old == old_top and made_new == new_top


def _split(width: int) -> int:
    return 1 << ((width - 1).bit_length() - 1)


# -------------------------------------------------------- keys and checkpoints (c2sp.org/signed-note, tlog-checkpoint)


class BadNote(ValueError):
    """Not a key, note or checkpoint, or not signed as it must be; the message says why, in French."""


@dataclass(frozen=True, slots=True)
class Key:
    name: str
    public: bytes

    @property
    def id(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n\x01" + self.public).digest()[:4]

    def accepts(self, signature: bytes, text: str) -> bool:
        try:
            from cryptography.exceptions import InvalidSignature
            from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
        except ImportError as error:
            raise Unfit("Il manque le module « cryptography » : pip install cryptography.") from error
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text.encode())
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class Head:
    """A signed checkpoint: the log's name, how many leaves, their root; `where` says who kept it."""

    origin: str
    size: int
    root: bytes
    note: str
    where: str = ""


def read_keys(given: Sequence[str]) -> list[Key]:
    """Each given as the public line itself, or as a file of such lines."""
    lines: list[str] = []
    for each in given:
        lines += _read(Path(each)).split() if "+" not in each or Path(each).is_file() else [each]
    try:
        keys = [read_key(line) for line in lines]
    except BadNote as error:
        raise Unfit(f"Ce n’est pas une clé publique de journal : {error}.") from error
    if not keys:
        raise Unfit("Aucune clé publique n’est donnée.")
    return keys


def read_key(line: str) -> Key:
    name, _, rest = line.strip().partition("+")
    identity, _, encoded = rest.partition("+")
    material = _unbase64(encoded, 33)
    if not name or not material.startswith(b"\x01"):
        raise BadNote("elle n’est pas de la forme nom+numéro+clé Ed25519")
    key = Key(name, material[1:])
    if key.id.hex() != identity:
        raise BadNote("son numéro n’est pas celui de son nom et de son contenu")
    return key


def read_head(note: str, keys: Sequence[Key], where: str = "") -> Head:
    """What a checkpoint says, signed by one of the keys and by none of them wrongly. Raises `BadNote`."""
    text, parted, signatures = note.rpartition("\n\n")
    text += "\n"
    if not parted or not signatures.endswith("\n") or re.search(r"[\x00-\x09\x0b-\x1f]", note):
        raise BadNote("ce n’est pas une note signée")
    trusted = None
    for line in signatures[:-1].split("\n"):
        match = re.fullmatch(r"— ([^\s+]+) ([A-Za-z0-9+/=]+)", line)
        raw = _unbase64(match[2]) if match else b""
        if match is None or len(raw) < 5:
            raise BadNote("une ligne de signature n’en est pas une")
        for key in keys:
            if (key.name, key.id) == (match[1], raw[:4]):
                if not key.accepts(raw[4:], text):
                    raise BadNote("la signature est fausse")
                trusted = key
    if trusted is None:
        raise BadNote("aucune clé connue ne l’a signé")
    lines = text.split("\n")
    if len(lines) < 4 or not all(lines[:-1]) or not re.fullmatch(r"0|[1-9][0-9]{0,18}", lines[1]):
        raise BadNote("un point de contrôle compte trois lignes")
    if lines[0] not in {key.name for key in keys}:
        raise BadNote("c’est celui d’un autre journal")
    return Head(lines[0], int(lines[1]), _unbase64(lines[2], 32), note, where)


def notes_in(text: str) -> list[str]:
    """The notes that stand one after the other in a file. Lines that begin with "#" are for people; one that begins with
    "# coupé" follows a note that was cut off while it was written, which is passed over.
    """
    found: list[str] = []
    block: list[str] = []
    for line in [*text.replace("\r\n", "\n").split("\n"), ""]:
        if line.startswith("# coupé"):
            block.clear()
            continue
        if block and block[-1].startswith("— ") and not line.startswith("— "):
            found.append("\n".join(block).lstrip("\n") + "\n")
            block = []
        if not line.startswith("#"):
            block.append(line)
    if "".join(block).strip() or not found:
        raise BadNote("le fichier ne finit pas par un point de contrôle signé")
    return found


def _unbase64(text: str, length: int = 0) -> bytes:
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (ValueError, binascii.Error) as error:
        raise BadNote("ce n’est pas du base64") from error
    if base64.b64encode(data).decode() != text or (length and len(data) != length):
        raise BadNote("ce n’est pas du base64 de cette longueur")
    return data


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def code_of(text_hash: str, leaf: bytes) -> str:
    """The sixteen signs on paper: 80 bits of text and leaf, without I, L, O and U."""
    made = hashlib.sha256(b"seben/code/1\n" + bytes.fromhex(text_hash) + leaf).digest()[:10]
    bits = int.from_bytes(made, "big")
    return "".join("0123456789ABCDEFGHJKMNPQRSTVWXYZ"[bits >> shift & 31] for shift in range(75, -1, -5))


def spoken(code: str) -> str:
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


# ----------------------------------------------------------------------------------------------------- the database


TABLES = {
    "audit_event": "id stream seq at actor_id actor_role act body prev hash",
    "chain_head": "stream seq hash",
    "leaf": "number event_id code",
    "node": "level number hash",
    "checkpoint": "size root note at reason",
    "report": "id workshop_id stage stage_since reading reading_since deadline return_json roll_json "
    "late_received amendment_count comment_count text_hash final_hash signed_hash minutes_hash "
    "public_hash public_masked published_at rectifies_id rectifies_what rectifies_why "
    "rectifies_parts masthead_json",
    "report_part": "id report_id key number filled content_hash",
    "revision": "id part_id number parent content_json runs_json hash author_id author_role at origin amendment_id "
    "adopted_by_id merged",
    "amendment": "id report_id part_key number deposit base change_json formal comment reason author_id at state opinion "
    "opinion_text opinion_by_id decided_by_id decided_at decision_reason",
    "comment": "report_id number thread part_key revision block_id quote text author_id author_role at mention_id "
    "resolved_by_id resolved_at",
    "ballot": "report_id reading person_id choice reason text_hash at stands cast_by_id",
    "proxy": "id report_id giver_id holder_id at ended_at",
    "read_mark": "report_id reading person_id text_hash at",
    "signature": "report_id slot person_id at final_hash file_hash void way details_json attester_id",
    "person": "id email civility first_name surname title body phone active created_at",
    "grant": "person_id role territory_id given_at",
    "role_proposal": "person_id role proposed_by_id at",
    "territory": "id parent_id level name path",
    "commission": "id territory_id name quorum majority casting_vote reading_days",
    "campaign": "id name organisation report_title budget_year starts_on ends_on terms terms_version programme "
    "programme_version version created_at",
    "workshop": "id campaign_id territory_id held_on place venue organising_body facilitator_id rapporteur_id chair_id "
    "steering_supervisor staff_supervisor consent version",
    "invitation": "report_id number slot person_id token_hash code_hash by_id at code_by_id code_at deadline ended ended_at",
    "attachment": "report_id number kind name media_type size file_hash author_id author_role at withdrawn_by_id "
    "withdrawn_at",
    "scan": "report_id number final_hash file_hash pages slots placed kept_at filed_by_id at state settled_by_id settled_at "
    "reason",
    "substitution": "report_id number slot person_id named_id document_hash reference by_id at ended",
}


class Database:
    """A connection that only reads; `?` stands for a value in its queries, on both kinds.

    `lenient`: a text that is none must not stop the check; its strange bytes are carried along, which takes time.
    """

    def __init__(self, place: str, snapshot: str = "", *, lenient: bool = False) -> None:
        self.place = place
        self.sqlite = not _is_url(place)
        self._connection = self._open_sqlite(lenient) if self.sqlite else self._open_postgresql(snapshot)

    def rows(self, query: str, values: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        if self.sqlite:
            return iter(self._connection.execute(query, tuple(values)))
        return self._streamed(query, values)

    def _streamed(self, query: str, values: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
        with self._connection.cursor(name="seben_audit", scrollable=False) as cursor:
            cursor.itersize = 5_000
            cursor.execute(query.replace("?", "%s"), tuple(values))
            yield from cursor

    def among(self, query: str, values: Sequence[Any], ending: str = "") -> Iterator[tuple[Any, ...]]:
        """The rows of `query`, which ends in a column, where that is one of these values."""
        return self.rows(f"{query} IN ({', '.join('?' * len(values))}){ending}", values) if values else iter(())

    def one(self, query: str, values: Sequence[Any] = ()) -> tuple[Any, ...] | None:
        return next(iter(list(self.rows(query, values))), None)

    def close(self) -> None:
        self._connection.close()

    def export(self) -> str:
        """What lets others see the same moment; a file that nobody writes needs nothing."""
        return "" if self.sqlite else str(self._connection.execute("SELECT pg_export_snapshot()").fetchone()[0])

    def kinds(self) -> dict[str, str]:
        """What each name in the schema is: a view could show others what is not there."""
        if self.sqlite:
            return dict(
                self._connection.execute("SELECT name, type FROM sqlite_master WHERE type IN ('table', 'view')")
            )
        query = "SELECT relname, relkind::text FROM pg_class WHERE relnamespace = current_schema()::regnamespace"
        return {name: "table" if kind == "r" else "view" for name, kind in self._connection.execute(query)}

    def _open_sqlite(self, lenient: bool) -> Any:
        address = f"{Path(self.place).resolve().as_uri()}?mode=ro&immutable=1"
        connection = sqlite3.connect(address, uri=True, isolation_level=None)
        if lenient:
            connection.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
        for setting in ("query_only=ON", "trusted_schema=OFF", "mmap_size=4294967296", "cache_size=-64000"):
            connection.execute(f"PRAGMA {setting}")
        return connection

    def _open_postgresql(self, snapshot: str) -> Any:
        try:
            import psycopg
        except ImportError as error:
            raise Unfit("Il manque le module « psycopg » : pip install 'psycopg[binary]'.") from error
        try:
            connection = psycopg.connect(re.sub(r"^postgres(ql)?(\+psycopg)?://", "postgresql://", self.place))
        except psycopg.Error as error:
            raise Unfit(f"La base ne répond pas : {str(error).strip()}") from error
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        if snapshot:
            connection.execute(f"SET TRANSACTION SNAPSHOT '{snapshot}'")
        return connection


@contextmanager
def opened(place: str) -> Iterator[Database]:
    """The database at `place`, as it is at one moment. Raises `Unfit`."""
    with ExitStack() as closing:
        if not _is_url(place):
            place = closing.enter_context(_still(Path(place)))
        try:
            database = Database(place, lenient=True)
            closing.callback(database.close)
            kinds = database.kinds()
            missing = [table for table in TABLES if table not in kinds]
            if missing:
                says = f"Ce n’est pas une base de Sɛbɛn, ou elle est d’une autre version : {', '.join(missing)} manque."
                raise Unfit(says)
            yield database
        except Exception as error:
            if isinstance(error, sqlite3.Error) or type(error).__module__.partition(".")[0] == "psycopg":
                raise Unfit(f"La base ne se laisse pas lire : {str(error).strip()}.") from error
            raise


@contextmanager
def _still(path: Path) -> Iterator[str]:
    """The file itself; or a copy of it with the newest commits, where some still stand beside it in a -wal."""
    if not path.is_file():
        raise Unfit(f"Il n’y a pas de fichier {path}.")
    beside = path.with_name(path.name + "-wal")
    if not beside.exists() or not beside.stat().st_size:
        yield str(path)
        return
    with tempfile.TemporaryDirectory(prefix="seben-audit-") as folder:
        copy = Path(folder) / "copy.sqlite"
        source, target = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True), sqlite3.connect(copy)
        try:
            source.backup(target)
            target.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.Error as error:
            raise Unfit(f"{path} ne se laisse pas lire : {error}.") from error
        finally:
            source.close()
            target.close()
        yield str(copy)


def _is_url(place: str) -> bool:
    return re.match(r"postgres(ql)?(\+psycopg)?://", place) is not None


def _read(path: Path, errors: str = "strict") -> str:
    try:
        return path.read_text("utf-8", errors)
    except (OSError, UnicodeDecodeError) as error:
        raise Unfit(f"{path} ne se laisse pas lire : {error}.") from error


# -------------------------------------------------------------------------------------------- the events, and the chains


class Event:
    """A sealed body, read. Made of its JSON; raises what a body that lacks something raises."""

    __slots__ = ("act", "actor", "at", "facts", "role", "seq")

    def __init__(self, told: dict[str, Any]) -> None:
        self.seq, self.at, self.act = told["seq"], told["at"], told["act"]
        self.actor, self.role, self.facts = told["actor"], told["role"], told["facts"]


Apart = tuple[Any, int, str, Any, Any]
"""A revision as an erasure names it: its identifier, report, part, number and hash."""


@dataclass
class Walked:
    """What one task brings home: leaf hashes by number, the events that are in no tree, those that have personal data
    beside them, with the salted hash of these, those that declare such data erased, those that tell of campaigns, and those
    that tell of the registers' rows (each with the number of its row and its stream). `apart`: revisions whose texts stand
    beside them, and whether each is there. `openings`: by report that rectifies another, its stage, that other
    and the texts it began with; `announced`: by (rectified, rectifying), the texts there were, as `Past.known` has them.
    """

    findings: list[Finding] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    hashes: bytearray = field(default_factory=bytearray)
    outside: int = 0
    oldest_outside: str = ""
    sealed: dict[tuple[Any, str, Any], Any] = field(default_factory=dict)
    apart: dict[Apart, bool] = field(default_factory=dict)
    erasures: list[Event] = field(default_factory=list)
    campaigns: list[tuple[int, Event]] = field(default_factory=list)
    entries: list[tuple[Any, str, Event]] = field(default_factory=list)
    openings: dict[int, tuple[str, Any, dict[str, str]]] = field(default_factory=dict)
    announced: dict[tuple[int, Any], dict[str, str]] = field(default_factory=dict)
    counted: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Moments:
    """When checkpoints were made, as text that sorts: what a leaf is too old for, by the size of the tree before it."""

    sizes: tuple[int, ...] = ()
    floors: tuple[str, ...] = ()

    def floor(self, number: int | None) -> str:
        """The oldest that an event may say to be which came in as this leaf, or (None) in no tree at all."""
        if not self.sizes:
            return ""
        at = len(self.sizes) if number is None else bisect_right(self.sizes, number)
        return self.floors[at - 1] if at else ""


def _refuse(_: str) -> NoReturn:
    raise ValueError("no such value in a body")


_DECODE = json.JSONDecoder(parse_constant=_refuse, parse_float=_refuse).decode
UNREADABLE = (ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError)
EVENTS = (
    "SELECT e.stream, e.seq, e.at, e.actor_id, e.actor_role, e.act, e.body, e.prev, e.hash, l.number, l.code, e.id "
    "FROM audit_event e LEFT JOIN leaf l ON l.event_id = e.id WHERE e.stream"
)


def walk_chain(
    stream: str, rows: Iterable[tuple[Any, ...]], head: tuple[Any, Any] | None, moments: Moments, walked: Walked
) -> list[Event]:
    """One stream from its first event to its head; answers with the events that can be read."""
    said = _Said(stream, walked.findings)
    events: list[Event] = []
    seq, last, before = 0, GENESIS, ""
    count = 0
    book = "" if stream.startswith("report:") else stream.partition(":")[0]
    for _, number, at, actor, role, act, body, prev, own, leaf, code, event_id in rows:
        count += 1
        if number != seq + 1:
            said.gap(seq, number)
        elif prev != last:
            said("link", number, "ne suit pas celui qui le précède : l’un des deux a été modifié ou remplacé")
        seq, last = number if isinstance(number, int) else seq + 1, own
        try:
            data = body.encode("utf-8", "surrogateescape")
            linked = hashlib.sha256(prev.encode() + data).hexdigest() == own
            told = _DECODE(body)
            event = Event(told)
            plain = body if body.isascii() else unicodedata.normalize("NFC", body)
            sound = plain == body == _ENCODE(told) and isinstance(event.facts, dict) and isinstance(event.at, str)
        except UNREADABLE:
            said("body", number, "a été modifié : il n’est plus lisible")
            linked = sound = True
            event = None
        if not linked:
            said("hash", number, "a été modifié : son empreinte ne correspond plus à son contenu")
        if not sound:
            said("body", number, "n’est pas écrit dans la forme scellée du journal")
        elif event is not None:
            events.append(event)
            if "private" in event.facts:
                walked.sealed[event_id, stream, number] = event.facts["private"]
            if act == "erase" and stream == "people":
                walked.erasures.append(event)
            if book and isinstance(event.act, str) and (book, event.act) in ENTRIES:
                walked.entries.append((event_id, stream, event))
            columns = (stream, number, _moment(at), actor, role, act)
            if columns != (told.get("stream"), event.seq, event.at, event.actor, event.role, event.act):
                said("columns", number, "ne dit pas la même chose dans ses colonnes et dans son contenu scellé")
            if event.at < before and _apart(before, event.at) > LONGEST_ACT:
                said("date", number, "se dit plus ancien que celui qui le précède : il a été antidaté")
            before = max(before, event.at)
            floor = moments.floor(leaf)
            if event.at < floor:
                if leaf is None:
                    late = "se dit plus ancien que le dernier point de contrôle, mais n’est dans aucun"
                else:
                    late = f"se dit bien plus ancien que le point de contrôle qui précède sa feuille (n° {leaf})"
                said("late", number, f"{late} : il a été ajouté après coup, antidaté", leaf)
        if leaf is None:
            walked.outside += 1
            walked.oldest_outside = min(walked.oldest_outside or "9", event.at if event else "9")
        else:
            walked.numbers.append(leaf)
            try:
                made = hashlib.sha256(b"\x00" + bytes.fromhex(own)).digest()
            except UNREADABLE:
                made = bytes(32)
            walked.hashes += made
            if (code or act == "validate") and code != _code(event, made):
                said("code", number, "n’a pas, dans l’arbre, le code de vérification qui est le sien", leaf)
    walked.counted["events"] += count
    walked.counted["streams"] += 1
    said.head(head, seq, last)
    return events


class _Said:
    """Findings about one stream."""

    def __init__(self, stream: str, findings: list[Finding]) -> None:
        self.stream, self.findings = stream, findings
        match = REPORT.fullmatch(stream)
        self.report = int(match[1]) if match else None

    def __call__(self, kind: str, seq: Any, what: str, leaf: int | None = None) -> None:
        self._add(kind, f"L’événement {seq} de « {self.stream} » {what}.", seq, leaf)

    def gap(self, before: int, found: Any) -> None:
        if not isinstance(found, int) or found <= before:
            self._add("gap", f"Dans « {self.stream} », l’événement {found} n’est pas à sa place.", found)
            return
        first, last = before + 1, found - 1
        missing = f"l’événement {first} manque" if first == last else f"les événements {first} à {last} manquent"
        self._add("gap", f"Dans « {self.stream} », {missing}.", first)

    def head(self, head: tuple[Any, Any] | None, seq: int, last: str) -> None:
        if head is None:
            self._add("head", f"Le journal « {self.stream} » n’a plus de repère de fin.", seq)
        elif head[0] != seq:
            sentence = f"Le journal « {self.stream} » finit à l’événement {seq}, son repère de fin dit {head[0]}"
            self._add("head", f"{sentence} : sa fin a été coupée ou rallongée.", seq)
        elif head[1] != last:
            sentence = f"Le dernier événement ({seq}) de « {self.stream} » n’est pas celui du repère de fin."
            self._add("head", sentence, seq)

    def _add(self, kind: str, sentence: str, seq: Any, leaf: int | None = None) -> None:
        number = seq if isinstance(seq, int) else None
        self.findings.append(Finding(kind, sentence, self.stream, number, self.report, leaf))


def _moment(value: Any) -> str:
    """A row's moment as the sealed body writes it; SQLite keeps UTC without saying so."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return f"{str(value).replace(' ', 'T')}+00:00"


def _apart(later: str, earlier: str) -> timedelta:
    try:
        return datetime.fromisoformat(later) - datetime.fromisoformat(earlier)
    except (ValueError, TypeError):
        return timedelta.max


def _code(event: Event | None, leaf: bytes) -> str | None:
    try:
        text_hash = event.facts["text_hash"] if event is not None and event.act == "validate" else ""
        return code_of(text_hash, leaf) if HEX.fullmatch(text_hash) else None
    except UNREADABLE:
        return None


# ------------------------------------------------------------------------------------------- a report, as its log tells


Told = dict[str, Any]
"""What the log tells of one row, by the row's columns; times are those of the event."""


class Past:
    """Where a report stands after the events told so far, and what of them cannot have been (`doubts`)."""

    def __init__(self, report: int) -> None:
        self.id = report
        self.report: Told = {
            "workshop_id": None,
            "stage": "",
            "stage_since": None,
            "reading": 0,
            "reading_since": None,
            "deadline": None,
            "final_hash": "",
            "signed_hash": "",
            "minutes_hash": "",
            "public_hash": "",
            "public_masked": "",
            "rectifies_id": None,
            "rectifies_what": "",
            "rectifies_why": "",
            "rectifies_parts": "",
            "masthead_digest": "",
            "return_digest": "",
            "roll_json": "",
            "published_at": None,
        }
        self.covered = False
        self.returned: dict[str, Any] = {}
        self.left: tuple[dict[str, int], str] = {}, ""
        self.alike: list[tuple[str, int, int]] = []
        self.unbound: list[tuple[str, int, int]] = []
        self.roll: dict[str, Any] | None = None
        self.taken: dict[str, str] = {}
        self.rectified: dict[Any, dict[str, str]] = {}
        self.current: dict[str, int] = {}
        self.versions: dict[Any, Told] = {}
        self.proposals: dict[Any, Told] = {}
        self.adoptions: list[tuple[Any, ...]] = []
        self.merges: dict[Any, tuple[Any, Any]] = {}
        self.remarks: dict[Any, Told] = {}
        self.voices: dict[Any, Told] = {}
        self.mandates: dict[Any, Told] = {}
        self.read: dict[Any, Told] = {}
        self.seals: dict[Any, Told] = {}
        self.invites: dict[Any, Told] = {}
        self.pieces: dict[Any, Told] = {}
        self.scans: dict[Any, Told] = {}
        self.stand_ins: dict[Any, Told] = {}
        self.doubts: list[tuple[str, Any, str]] = []
        self._text_hash: str | None = None

    @property
    def text_hash(self) -> str:
        if self._text_hash is None:
            hashes = {key: self.versions[key, at]["hash"] for key, at in self.current.items()}
            if self.covered:
                hashes[MASTHEAD] = self.report["masthead_digest"]
            self._text_hash = digest(canonical(hashes))
        return self._text_hash

    def tell(self, event: Event) -> None:
        """Go through one more event; the story goes on whatever is wrong with it."""
        rule = ACTS.get(event.act) if isinstance(event.act, str) else None
        if rule is None:
            self.doubts.append(("act", event.seq, "porte un acte inconnu de ce vérificateur"))
            return
        try:
            stages, to, who, once_signed = rule
            facts = event.facts
            self.want(event, facts["report"] == self.id, "parle d’un autre rapport")
            stage = self.report["stage"]
            placed = facts["from"] == stage and stage in (stages or ("",))
            self.want(event, placed, "ne pouvait pas avoir lieu à cette étape")
            self.want(event, event.role in who, "a été fait dans un rôle qui ne le permet pas")
            teller = TELLERS.get(event.act)
            if teller is not None:
                teller(self, event, facts)
            moves = to is not None and (not once_signed or bool(self.report["signed_hash"]))
            self.want(event, facts["to"] == (to if moves else stage), "ne mène pas à l’étape qu’il dit")
            if moves:
                self.report["stage_since"] = event.at
            self.report["stage"] = facts["to"]
        except UNREADABLE:
            self.want(event, False, "ne dit pas tout ce que son acte demande")

    def want(self, event: Event, holds: bool, otherwise: str) -> None:
        if not holds:
            self.doubts.append(("event", event.seq, otherwise))

    def want_text(self, event: Event) -> None:
        same = event.facts["text_hash"] == self.text_hash
        self.want(event, same, "porte sur un texte qui n’était pas celui du rapport")

    def add(self, event: Event, key: str, facts: dict[str, Any], parent: int, origin: str, **more: Any) -> None:
        """The next version of a part; `author_role` is None where the log does not say."""
        number = facts["number"]
        follows = number == self.current.get(key, 0) + 1 and parent == number - 1
        self.want(event, follows, f"donne à la révision de « {key} » un numéro qui ne suit pas")
        self.versions[key, number] = {
            "content_digest": facts["hash"],
            "hash": facts["hash"],
            "runs_digest": facts["runs"],
            "parent": parent,
            "author_id": event.actor,
            "author_role": event.role,
            "origin": origin,
            "amendment": None,
            "adopted_by_id": None,
            "merged": False,
            "salted": bool(facts.get("salted")),
            "at": event.at,
        } | more
        if self.versions[key, number]["author_role"] is None:
            del self.versions[key, number]["author_role"]
        self.current[key] = number
        self._text_hash = None

    def keep_masthead(self, event: Event, *, covered: bool = True) -> None:
        """What is printed and stands in no part: under the hash of the text, or beside it."""
        head, report = event.facts["masthead"], self.report
        said = head.get("rectifies")
        told = (said["report"], said["what"], said["why"]) if said is not None else (None, "", "")
        same = told == (report["rectifies_id"], report["rectifies_what"], report["rectifies_why"])
        self.want(event, same, "imprime en tête autre chose que ce que le rapport rectifie")
        report["masthead_digest"], self.covered = digest(canonical(head)), covered
        self._text_hash = None

    def known(self) -> dict[str, str]:
        """By part, the hash of the text in force, where it tells one text from another."""
        texts = {key: self.versions[key, number] for key, number in self.current.items()}
        return {key: text["hash"] for key, text in texts.items() if not text["salted"]}

    def renew(self, event: Event) -> None:
        origin = "rectification" if "rectifies" in event.facts else "prefill"
        role = event.role if event.act == "open" else ""
        for key, facts in event.facts["parts"].items():
            self.add(event, key, facts, self.current.get(key, 0), origin, author_role=role)

    def decide(self, event: Event, state: str) -> None:
        number = event.facts["amendment"]
        proposal = self.proposals[number]
        waiting = proposal["state"] in UNDECIDED and proposal["state"] != state
        self.want(event, waiting, f"décide de l’amendement n° {number}, qui était déjà clos")
        own = proposal["author_id"] == event.actor
        allowed = own if state == "withdrawn" else not own
        self.want(event, allowed, f"décide de l’amendement n° {number} au nom d’une personne qui ne le pouvait pas")
        reason = event.facts.get("reason", "")
        proposal.update(state=state, decided_by_id=event.actor, decided_at=event.at, decision_reason=reason)

    def overtake(self, event: Event, part: str | None = None) -> None:
        for number in event.facts["overtaken"]:
            proposal = self.proposals[number]
            there = proposal["state"] in ("open", "deferred") and part in (None, proposal["part_key"])
            self.want(event, there, f"met à revoir l’amendement n° {number}, qui ne pouvait pas l’être")
            proposal["state"] = "review"

    def standing(self) -> dict[Any, Told]:
        reading = self.report["reading"]
        return {who: voice for (at, who), voice in self.voices.items() if at == reading and voice["stands"]}

    def reopen(self, event: Event) -> None:
        fallen = self.standing()
        self.want(event, set(event.facts["reopened"]) == set(fallen), "ne rouvre pas les votes qui valaient encore")
        for voice in fallen.values():
            voice["stands"] = False

    def carry(self, event: Event) -> None:
        reading = self.report["reading"]
        before = {who: voice for (at, who), voice in self.voices.items() if at == reading - 1}
        votes = self.returned.get("votes", "fall")
        same = self.returned.get("text_hash") == self.text_hash or self._reads_alike(event)
        bounded = bool(event.facts.get("bounded"))
        if votes == "stand" and not bounded and before:
            numbers, _ = self.left
            changed = (key for key, number in self.current.items() if numbers.get(key, number) != number)
            self.unbound += [(key, numbers[key], self.current[key]) for key in sorted(changed)]
        kept = (votes == "stand" and not bounded) or (votes in ("stand", "untouched") and same)
        stand = {who for who, voice in before.items() if voice["stands"] and kept}
        wait = set(before) - stand if votes != "fall" else set()
        told = (set(event.facts.get("carried", [])), set(event.facts.get("to_confirm", [])))
        self.want(event, told == (stand, wait), "ne reprend pas les votes comme il a été dit en renvoyant le texte")
        for who in stand | wait:
            self.voices[reading, who] = before[who] | {"stands": who in stand}

    def _reads_alike(self, event: Event) -> bool:
        """Whether the act says that all the parts saved since the text was sent back read as they did."""
        numbers, head = self.left
        changed = {key for key, number in self.current.items() if numbers.get(key) != number}
        said = set(event.facts.get("alike", ()))
        if not said or said != changed or not changed <= numbers.keys() or head != self.report["masthead_digest"]:
            return False
        self.alike += [(key, numbers[key], self.current[key]) for key in sorted(changed)]
        return True

    def in_time(self, event: Event) -> bool:
        """Whether the act came before the end of the deadline, or is received all the same."""
        deadline = self.report["deadline"]
        return self.report.get("late_received") is not False or deadline is None or event.at[:10] <= deadline

    def listed(self, person: Any) -> bool:
        """Whether the person is on the roll of the reading, where there is one."""
        return self.roll is None or str(person) in self.roll["seats"]

    def want_taken_out(self, event: Event) -> None:
        """Only what was adopted can be taken out of the text again."""
        for number in event.facts.get("taken_out", ()):
            adopted = self.proposals[number]["state"] == "adopted"
            self.want(event, adopted, f"dit retiré du texte l’amendement n° {number}, qui n’était pas adopté")

    def mandate_of(self, giver: Any) -> Told | None:
        return next((told for (who, _), told in self.mandates.items() if who == giver and not told["ended_at"]), None)

    def end_mandate(self, event: Event, giver: Any) -> Any:
        mandate = self.mandate_of(giver)
        if mandate is None:
            return None
        mandate["ended_at"] = event.at
        return mandate["holder_id"]


def _open(past: Past, event: Event, facts: dict[str, Any]) -> None:
    past.report["workshop_id"] = facts["workshop"]
    past.renew(event)
    if "rectifies" not in facts:
        past.want(event, event.role != "president", "a été fait dans un rôle qui ne le permet pas")
        return
    allowed = event.role in ACTS["rectify"][2] and facts["rectifies"] < past.id
    past.want(event, allowed, "ouvre une rectification qui ne pouvait pas l’être")
    past.report.update(rectifies_id=facts["rectifies"], rectifies_what=facts["what"], rectifies_why=facts["reason"])
    past.taken = past.known()


def _rectify(past: Past, event: Event, facts: dict[str, Any]) -> None:
    past.want_text(event)
    past.rectified[facts["rectified_by"]] = past.known()


def _abandon(past: Past, event: Event, facts: dict[str, Any]) -> None:
    rectifies = past.report["rectifies_id"] is not None
    past.want(event, rectifies, "abandonne un rapport qui n’en rectifie aucun")


def _save(past: Past, event: Event, facts: dict[str, Any]) -> None:
    past.add(
        event, facts["part"], facts, facts["parent"], "import" if facts.get("file") else "typed", merged=facts["merged"]
    )
    past.want_taken_out(event)
    if facts["merged"]:
        past.merges[facts["part"], facts["number"]] = facts["base"], facts["parent"]


def _restore(past: Past, event: Event, facts: dict[str, Any]) -> None:
    source = past.versions.get((facts["part"], facts["restored"]))
    same = False
    if source is not None and source["runs_digest"] == facts["runs"]:
        anew = bool(facts.get("salted")) and not source["salted"]  # with salt, since such texts stand apart
        same = anew or source["hash"] == facts["hash"]
    past.want(event, same, "rétablit un texte qui n’était pas celui de la révision qu’il nomme")
    earlier = 0 < facts["restored"] < facts["parent"]
    past.want(event, earlier, "rétablit une révision qui n’était pas plus ancienne")
    past.add(event, facts["part"], facts, facts["parent"], "restore")
    past.want_taken_out(event)


def _summary(roll: dict[str, Any]) -> dict[str, Any]:
    return {"members": len(roll["seats"]), "quorum": roll["quorum"], "majority": roll["majority"]}


def _transmit(past: Past, event: Event, facts: dict[str, Any]) -> None:
    past.renew(event)
    reading = past.report["reading"] + 1
    past.report.update(reading=reading, reading_since=event.at, deadline=facts["deadline"])
    if "roll_before" in facts:
        told = past.roll is not None and past.roll != facts.get("roll") and facts["roll_before"] == _summary(past.roll)
        past.want(event, told, "ne dit pas juste quelle était la liste des votants de la lecture précédente")
    past.roll = facts.get("roll")
    past.report.pop("late_received", None)
    if "late" in facts:
        past.report["late_received"] = facts["late"]
    past.report["roll_json"] = "" if past.roll is None else canonical(past.roll).decode("utf-8")
    past.want(event, facts["reading"] == reading, "ne compte pas juste les lectures")
    if "masthead" in facts:
        past.keep_masthead(event)
    past.want_text(event)
    past.carry(event)
    past.overtake(event)


def _renew_masthead(past: Past, event: Event, facts: dict[str, Any]) -> None:
    before = past.report["masthead_digest"]
    known = before in ("", digest(canonical(facts["masthead_before"])))
    past.want(event, known, "remplace un en-tête qui n’était pas celui du rapport")
    past.keep_masthead(event)
    past.want_text(event)
    past.want(event, past.report["masthead_digest"] != before, "remplace l’en-tête par le même")
    if past.report["stage"] == "reading":
        past.reopen(event)
    else:
        past.want(event, not facts["reopened"], "rouvre des votes hors d’une lecture")


def _comment(past: Past, event: Event, facts: dict[str, Any]) -> None:
    number, thread, part = facts["comment"], facts["thread"], facts["part"]
    past.want(event, number == len(past.remarks) + 1, "donne à l’observation un numéro qui ne suit pas")
    past.remarks[number] = {
        "part_key": part,
        "thread": thread,
        "revision": facts["revision"],
        "block_id": facts["block"],
        "quote_digest": facts["quote"],
        "text_digest": facts["text"],
        "author_id": event.actor,
        "author_role": event.role,
        "mention_id": facts["mention"],
        "resolved_by_id": None,
        "resolved_at": None,
        "at": event.at,
    }
    first = past.remarks[thread]
    past.want(event, first["thread"] == thread and first["part_key"] == part, "répond à ce qui n’a pas été observé là")
    current = past.current[part]
    past.want(event, facts["revision"] == current, "porte sur une révision qui n’était pas en vigueur")
    settled = first["resolved_at"] is not None
    past.want(event, facts["reopened"] == settled, "ne dit pas juste si l’observation était réglée")
    first.update(resolved_by_id=None, resolved_at=None)


def _turn(past: Past, event: Event, facts: dict[str, Any]) -> None:
    settled = event.act == "resolve"
    first = past.remarks[facts["comment"]]
    past.want(event, first["thread"] == facts["comment"], "règle ou rouvre ce qui n’est qu’une réponse")
    was = first["resolved_at"] is not None
    past.want(event, was != settled, "règle ou rouvre une observation qui l’était déjà")
    by, at = (event.actor, event.at) if settled else (None, None)
    first.update(resolved_by_id=by, resolved_at=at)


def _extend(past: Past, event: Event, facts: dict[str, Any]) -> None:
    before = past.report["deadline"]
    past.want(event, facts["before"] == before, "prolonge une lecture qui avait une autre date limite")
    late = past.report.get("late_received")
    longer = before is None or facts["deadline"] > before
    longer = longer or (facts["deadline"] == before and facts.get("late", False) and not late)
    past.want(event, longer, "ne prolonge pas la lecture")
    past.report["deadline"] = facts["deadline"]
    if "late" in facts:
        past.report["late_received"] = facts["late"]


def _mark_read(past: Past, event: Event, facts: dict[str, Any]) -> None:
    past.want_text(event)
    past.read[facts["reading"], event.actor] = {"text_hash": facts["text_hash"], "at": event.at}


def _amend(past: Past, event: Event, facts: dict[str, Any]) -> None:
    number, deposit = facts["amendment"], facts["deposit"]
    past.want(event, past.in_time(event), "propose un amendement après la date limite, que le président n’a pas levée")
    past.want(event, number == len(past.proposals) + 1, "donne à l’amendement un numéro qui ne suit pas")
    first = past.proposals.get(deposit, {})
    same = {"deposit": deposit, "part_key": facts["part"], "base": facts["base"], "author_id": event.actor}
    sitting = deposit == number or same.items() <= {name: first.get(name) for name in same}.items()
    past.want(event, sitting, "rattache l’amendement à un dépôt dont il n’est pas")
    past.proposals[number] = same | {
        "change_digest": facts["hash"],
        "formal": facts["formal"],
        "comment": facts.get("comment"),
        "reason": facts.get("reason", ""),
        "state": facts["state"],
        "opinion": None,
        "opinion_text": "",
        "opinion_by_id": None,
        "decided_by_id": None,
        "decision_reason": "",
        "at": event.at,
        "decided_at": None,
    }


def _opine(past: Past, event: Event, facts: dict[str, Any]) -> None:
    proposal = past.proposals[facts["amendment"]]
    past.want(event, proposal["author_id"] != event.actor, "donne un avis sur son propre amendement")
    proposal.update(opinion=facts["opinion"], opinion_text=facts["text"], opinion_by_id=event.actor)


def _adopt(past: Past, event: Event, facts: dict[str, Any]) -> None:
    past.decide(event, "adopted")
    proposal, part, parent = past.proposals[facts["amendment"]], facts["part"], facts["parent"]
    before = past.versions.get((part, parent))
    past.want(event, part == proposal["part_key"], "adopte un amendement dans une autre partie que la sienne")
    past.want(event, parent == past.current.get(part), "adopte sur une révision qui n’est plus en vigueur")
    by = {"amendment": facts["amendment"], "adopted_by_id": event.actor}
    own = facts["modified"]["number"] if facts["modified"] else None
    past.adoptions.append((facts["amendment"], part, parent, facts["number"], own, facts["by_hand"]))
    if facts["number"] is not None:
        author, merged = proposal["author_id"], proposal["base"] != parent
        past.add(event, part, facts, parent, "amendment", author_id=author, author_role=None, merged=merged, **by)
    if facts["modified"] is not None:
        on = parent if facts["number"] is None else facts["number"]
        past.add(event, part, facts["modified"], on, "modification", **by)
    past.want_text(event)
    past.want_taken_out(event)
    past.overtake(event, part)
    if before is None or before["hash"] != past.versions[part, past.current[part]]["hash"]:
        past.reopen(event)
    else:
        past.want(event, not facts["reopened"], "rouvre des votes alors que le texte n’a pas changé")


def _vote(past: Past, event: Event, facts: dict[str, Any]) -> None:
    past.want_text(event)
    reading = past.report["reading"]
    past.want(event, facts["reading"] == reading, "vote dans une autre lecture que celle en cours")
    voter, cast_by = facts.get("for", event.actor), event.actor if "for" in facts else None
    if cast_by is None:
        ended = past.end_mandate(event, voter)
        past.want(event, facts.get("proxy_ended") == ended, "ne dit pas juste quelle procuration prend fin")
    else:
        held = (past.mandate_of(voter) or {}).get("holder_id") == cast_by
        past.want(event, held, "vote au nom d’une personne qui n’en avait pas donné procuration")
    known = past.voices.get((reading, voter), {})
    again = (known.get("choice"), known.get("reason")) == (facts["choice"], facts.get("reason", ""))
    past.want(event, again or past.in_time(event), "vote après la date limite, que le président n’a pas levée")
    past.want(event, past.listed(voter), "donne une voix à une personne qui n’est pas sur la liste des votants")
    past.voices[facts["reading"], voter] = {
        "choice": facts["choice"],
        "reason": facts.get("reason", ""),
        "text_hash": facts["text_hash"],
        "stands": True,
        "cast_by_id": cast_by,
        "at": event.at,
    }


def _name_proxy(past: Past, event: Event, facts: dict[str, Any]) -> None:
    own = facts["giver"] == event.actor != facts["holder"]
    past.want(event, own, "donne une procuration qui n’est pas la sienne")
    before = past.end_mandate(event, event.actor)
    past.want(event, facts["instead_of"] == before, "ne dit pas juste quelle procuration la sienne remplace")
    count = sum(1 for giver, _ in past.mandates if giver == event.actor)
    past.mandates[event.actor, count] = {"holder_id": facts["holder"], "at": event.at, "ended_at": None}


def _end_proxy(past: Past, event: Event, facts: dict[str, Any]) -> None:
    held = facts["giver"] == event.actor and past.end_mandate(event, event.actor) == facts["holder"]
    past.want(event, held, "reprend une procuration qui n’était pas donnée")


def _return(past: Past, event: Event, facts: dict[str, Any]) -> None:
    past.want_text(event)
    past.report["return_digest"], past.returned = facts["hash"], facts
    past.left = dict(past.current), past.report["masthead_digest"]


def _validate(past: Past, event: Event, facts: dict[str, Any]) -> None:
    past.want_text(event)
    if "masthead" in facts:
        past.want(event, not past.report["masthead_digest"], "garde un autre en-tête que celui qui était lu")
        past.keep_masthead(event, covered=False)
    decided = all(proposal["state"] != "open" for proposal in past.proposals.values())
    past.want(event, decided, "valide un texte dont un amendement restait à décider")
    given = Counter(voice["choice"] for who, voice in past.standing().items() if past.listed(who))
    for name, choice in (("approvals", "approve"), ("objections", "object"), ("abstentions", "abstain")):
        past.want(event, facts[name] <= given[choice], "compte plus de voix qu’il n’en a été donné")
    if past.roll is not None:
        rules = (past.roll["quorum"], len(past.roll["seats"]), past.roll["majority"])
        same = rules == (facts["quorum"], facts["members"], facts["majority"])
        past.want(event, same, "ne valide pas selon les règles arrêtées à l’ouverture de la lecture")
    past.report["minutes_hash"] = facts["minutes"]
    said, rectifies = facts.get("rectified"), past.report["rectifies_id"] is not None
    past.want(event, (said is not None) == rectifies, "ne dit pas juste ce que le rapport rectifie")
    if said is not None and rectifies:
        now = past.known()
        differ = {key for key, text in past.taken.items() if now[key] != text}
        named = differ == set(said) & set(past.taken)
        past.want(event, named, "ne nomme pas les parties qui diffèrent du rapport rectifié")
        past.report["rectifies_parts"] = " ".join(said)


def _sign(past: Past, event: Event, facts: dict[str, Any]) -> None:
    same = past.report["final_hash"] in ("", facts["final_hash"])
    past.want(event, same, "signe un autre document que la première signature")
    past.report["final_hash"] = facts["final_hash"]
    past.seals[facts["slot"], facts["file_hash"]] = {
        "person_id": event.actor,
        "final_hash": facts["final_hash"],
        "void": False,
        "way": facts.get("way", "electronic"),
        "details_digest": facts.get("details", digest("")),
        "attester_id": None,
        "at": event.at,
    }
    _want_signatory(past, event, facts["slot"], event.actor)
    _count_signatures(past, event, facts)


def _want_signatory(past: Past, event: Event, slot: str, person: Any) -> None:
    named = {each["person_id"] for each in past.stand_ins.values() if each["slot"] == slot and not each["ended"]}
    past.want(event, not named or person in named, "signe à la place de la personne qui était désignée")


def _count_signatures(past: Past, event: Event, facts: dict[str, Any]) -> None:
    signed = {slot: seal["person_id"] for (slot, _), seal in past.seals.items() if not seal["void"]}
    both = len(signed) == 2 and len(set(signed.values())) == 2
    past.want(event, both == ("signed_hash" in facts), "ne compte pas juste les signatures")
    past.report["signed_hash"] = facts.get("signed_hash", "")
    _served(past, event, facts)


def _refuse_to_sign(past: Past, event: Event, facts: dict[str, Any]) -> None:
    standing = sorted(slot for (slot, _), seal in past.seals.items() if not seal["void"])
    past.want(event, sorted(facts["voided"]) == standing, "n’annule pas les signatures qui valaient")
    for seal in past.seals.values():
        seal["void"] = True
    for scan in past.scans.values():
        if scan["state"] == "filed":
            _settle(scan, "outdated", event)
    for each in past.stand_ins.values():
        each["ended"] = True
    past.report["final_hash"] = ""
    if "masthead" in facts:
        past.keep_masthead(event)
        past.want_text(event)
    past.reopen(event)
    _served(past, event, facts)


def _invite(past: Past, event: Event, facts: dict[str, Any]) -> None:
    past.want(event, facts["invitation"] == len(past.invites) + 1, "donne à l’invitation un numéro qui ne suit pas")
    standing = [at for at, each in past.invites.items() if each["slot"] == facts["slot"] and not each["ended"]]
    replaces = [facts["replaced"]] == (standing or [None])
    past.want(event, replaces, "ne dit pas juste quelle invitation la sienne remplace")
    for number in standing:
        _end_invitation(past, event, number, "replaced")
    past.invites[facts["invitation"]] = {
        "slot": facts["slot"],
        "person_id": facts["signatory"],
        "by_id": event.actor,
        "deadline": facts["deadline"],
        "token_hash": facts["token"],
        "code_digest": facts.get("code", ""),
        "code_by_id": None,
        "code_at": None,
        "ended": None,
        "at": event.at,
        "ended_at": None,
    }


def _hand_code(past: Past, event: Event, facts: dict[str, Any]) -> None:
    invite = past.invites[facts["invitation"]]
    past.want(event, not invite["ended"], "tire le code d’une invitation qui ne valait plus")
    same = (invite["slot"], invite["person_id"]) == (facts["slot"], facts["signatory"])
    past.want(event, same, "tire le code d’une autre invitation que la sienne")
    apart = event.actor != invite["by_id"]
    past.want(event, apart, "tire le code d’une invitation dont cette même personne a remis le lien")
    past.want(event, event.actor != invite["person_id"], "tire le code de sa propre signature")
    invite["code_digest"], invite["code_by_id"], invite["code_at"] = facts["code"], event.actor, event.at


def _revoke_invitation(past: Past, event: Event, facts: dict[str, Any]) -> None:
    _end_invitation(past, event, facts["invitation"], "revoked")


def _served(past: Past, event: Event, facts: dict[str, Any]) -> None:
    """A signature given or refused by an invitation, which it ends."""
    number, code = facts.get("invitation"), facts.get("way") == "code"
    if number is None:
        past.want(event, not code or event.act != "sign", "signe par code sans invitation")
        return
    invite = past.invites[number]
    fits = (invite["person_id"], invite["slot"]) == (event.actor, facts["slot"])
    fits = fits and str(event.at)[:10] <= invite["deadline"]
    past.want(event, fits, "use d’une invitation qui ne valait pas pour lui")
    past.want(event, bool(invite["code_digest"]), "use d’une invitation dont personne n’a tiré le code")
    past.want(event, code or event.act != "sign", "use d’une invitation pour une signature qui n’est pas par code")
    _end_invitation(past, event, number, "signed" if event.act == "sign" else "refused")


def _end_invitation(past: Past, event: Event, number: int, how: str) -> None:
    invite = past.invites[number]
    past.want(event, not invite["ended"], f"met fin à l’invitation n° {number}, qui ne valait déjà plus")
    invite["ended"], invite["ended_at"] = how, event.at


def _file_scan(past: Past, event: Event, facts: dict[str, Any]) -> None:
    past.want_text(event)
    past.want(event, facts["scan"] == len(past.scans) + 1, "donne à l’exemplaire un numéro qui ne suit pas")
    same = past.report["final_hash"] in ("", facts["final_hash"])
    past.want(event, same, "porte un autre document que celui qui est à signer")
    free = not {slot for (slot, _), seal in past.seals.items() if not seal["void"]} & set(facts["slots"])
    past.want(event, free, "porte une signature qui était déjà donnée")
    past.scans[facts["scan"]] = {
        "final_hash": facts["final_hash"],
        "file_hash": facts["file"],
        "pages": facts["pages"],
        "slots": " ".join(facts["slots"]),
        "placed": " ".join(map(str, facts["placed"])),
        "kept_at": facts["kept_at"],
        "filed_by_id": event.actor,
        "at": event.at,
        "state": "filed",
        "settled_by_id": None,
        "settled_at": None,
        "reason": "",
    }


def _settle(scan: Told, state: str, event: Event) -> None:
    scan |= {"state": state, "settled_by_id": event.actor, "settled_at": event.at}


def _attest(past: Past, event: Event, facts: dict[str, Any]) -> None:
    scan, given = past.scans[facts["scan"]], facts["signatures"]
    past.want(event, scan["state"] == "filed", "atteste un exemplaire qui n’attendait plus de l’être")
    other = event.actor not in {scan["filed_by_id"], *(each["signatory"] for each in given)}
    past.want(event, other, "est fait par une personne qui ne pouvait pas attester")
    named = [each["slot"] for each in given] == scan["slots"].split() and facts["filer"] == scan["filed_by_id"]
    same = named and facts["kept_at"] == scan["kept_at"]
    past.want(event, same, "n’atteste pas l’exemplaire tel qu’il a été déposé")
    same = past.report["final_hash"] in ("", facts["final_hash"])
    past.want(event, same, "signe un autre document que la première signature")
    past.report["final_hash"] = facts["final_hash"]
    for each in given:
        _want_signatory(past, event, each["slot"], each["signatory"])
        past.seals[each["slot"], each["file_hash"]] = {
            "person_id": each["signatory"],
            "final_hash": facts["final_hash"],
            "void": False,
            "way": each["way"],
            "details_digest": each["details"],
            "attester_id": event.actor,
            "at": event.at,
        }
    _count_signatures(past, event, facts)
    _settle(scan, "attested", event)


def _refuse_scan(past: Past, event: Event, facts: dict[str, Any]) -> None:
    scan = past.scans[facts["scan"]]
    past.want(event, scan["state"] == "filed", "refuse un exemplaire qui n’attendait plus d’être attesté")
    past.want(event, facts["filer"] == scan["filed_by_id"], "ne dit pas juste qui avait déposé l’exemplaire")
    _settle(scan, "refused", event)
    scan["reason"] = facts["reason"]


def _substitute(past: Past, event: Event, facts: dict[str, Any]) -> None:
    slot = facts["slot"]
    signed = slot in {each for (each, _), seal in past.seals.items() if not seal["void"]}
    past.want(event, not signed, "désigne un suppléant pour une signature déjà donnée")
    stood = [each for each in past.stand_ins.values() if each["slot"] == slot and not each["ended"]]
    for each in stood:
        each["ended"] = True
    if facts["substitute"] is None:
        past.want(event, bool(stood), "retire un suppléant que personne n’avait désigné")
        return
    number = facts["substitution"]
    past.want(event, number == len(past.stand_ins) + 1, "donne à la suppléance un numéro qui ne suit pas")
    others = {each["person_id"] for each in past.stand_ins.values() if not each["ended"]} | {facts["stands_for"]}
    past.want(event, facts["substitute"] not in others, "désigne une personne qui signe déjà")
    past.stand_ins[number] = {
        "slot": slot,
        "person_id": facts["substitute"],
        "named_id": facts["stands_for"],
        "document_hash": facts["document"],
        "reference": facts["reference"],
        "by_id": event.actor,
        "at": event.at,
        "ended": False,
    }


def _publish(past: Past, event: Event, facts: dict[str, Any]) -> None:
    same = facts["signed_hash"] == past.report["signed_hash"]
    past.want(event, same, "publie un autre document que celui qui a été signé")
    past.report["published_at"] = event.at
    _name_public(past, facts)


def _make_public(past: Past, event: Event, facts: dict[str, Any]) -> None:
    same = facts["signed_hash"] == past.report["signed_hash"]
    past.want(event, same, "établit la version publique d’un autre document que celui qui a été signé")
    past.want(event, bool(facts["public"]), "ne nomme pas la version publique qu’il établit")
    _name_public(past, facts)


def _name_public(past: Past, facts: dict[str, Any]) -> None:
    """Reports published before public versions were kept have none."""
    if "public" in facts:
        past.report["public_hash"], past.report["public_masked"] = facts["public"], " ".join(facts["masked"])


def _attach(past: Past, event: Event, facts: dict[str, Any]) -> None:
    number = facts["attachment"]
    past.want(event, number == len(past.pieces) + 1, "donne à la pièce jointe un numéro qui ne suit pas")
    past.pieces[number] = {
        "kind": facts["kind"],
        "name": facts["name"],
        "media_type": facts["media_type"],
        "size": facts["size"],
        "file_hash": facts["file"],
        "author_id": event.actor,
        "author_role": event.role,
        "withdrawn_by_id": None,
        "withdrawn_at": None,
        "at": event.at,
    }


def _withdraw_attachment(past: Past, event: Event, facts: dict[str, Any]) -> None:
    piece = past.pieces[facts["attachment"]]
    past.want(event, piece["withdrawn_at"] is None, "retire une pièce jointe qui l’était déjà")
    allowed = event.actor == piece["author_id"] or event.role == "coordination"
    past.want(event, allowed, "retire la pièce jointe d’une autre personne")
    piece.update(withdrawn_by_id=event.actor, withdrawn_at=event.at)


Teller = Callable[[Past, Event, dict[str, Any]], None]


def _decision(state: str) -> Teller:
    return lambda past, event, facts: past.decide(event, state)


# Acts that are not here move the report and change nothing else.
TELLERS: dict[str, Teller] = {
    "open": _open,
    "draft": _save,
    "edit": _save,
    "restore_draft": _restore,
    "restore_edit": _restore,
    "hand_over": lambda past, event, facts: past.renew(event),
    "transmit": _transmit,
    "comment": _comment,
    "resolve": _turn,
    "reopen": _turn,
    "extend": _extend,
    "mark_read": _mark_read,
    "renew_masthead": _renew_masthead,
    "amend": _amend,
    "opine": _opine,
    "adopt": _adopt,
    "reject": _decision("rejected"),
    "defer": _decision("deferred"),
    "lapse": _decision("lapsed"),
    "withdraw": _decision("withdrawn"),
    "vote": _vote,
    "name_proxy": _name_proxy,
    "end_proxy": _end_proxy,
    "return_to_rapporteur": _return,
    "validate": _validate,
    "sign": _sign,
    "refuse": _refuse_to_sign,
    "invite": _invite,
    "hand_code": _hand_code,
    "revoke_invitation": _revoke_invitation,
    "substitute": _substitute,
    "file_scan": _file_scan,
    "attest": _attest,
    "refuse_scan": _refuse_scan,
    "publish": _publish,
    "make_public": _make_public,
    "rectify": _rectify,
    "abandon": _abandon,
    "attach": _attach,
    "withdraw_attachment": _withdraw_attachment,
}


# ------------------------------------------------------------------------------- the rows, beside what the log tells


NAMES: dict[str, dict[str, str]] = {
    "report": {
        "workshop_id": "la rencontre",
        "stage": "l’étape",
        "stage_since": "la date de l’étape",
        "reading": "le numéro de lecture",
        "reading_since": "la date de la lecture",
        "deadline": "la date limite",
        "amendment_count": "le nombre d’amendements",
        "comment_count": "le nombre d’observations",
        "text_hash": "l’empreinte du texte",
        "final_hash": "l’empreinte du document à signer",
        "signed_hash": "l’empreinte du document signé",
        "minutes_hash": "l’empreinte du procès-verbal",
        "public_hash": "l’empreinte de la version publique",
        "public_masked": "ce que la version publique masque",
        "return_digest": "l’empreinte de ce qui est demandé",
        "roll_json": "la liste des votants",
        "late_received": "la règle après la date limite",
        "rectifies_id": "le rapport rectifié",
        "rectifies_what": "ce qui est rectifié",
        "rectifies_why": "le motif de la rectification",
        "masthead_digest": "l’empreinte de l’en-tête",
        "rectifies_parts": "les parties rectifiées",
        "published_at": "la date de publication",
    },
    "part": {"number": "le numéro", "content_hash": "l’empreinte", "filled": "l’état complet"},
    "revision": {
        "content_digest": "l’empreinte du texte",
        "hash": "l’empreinte notée",
        "runs_digest": "l’empreinte des auteurs",
        "parent": "la révision précédente",
        "author_id": "l’auteur",
        "author_role": "le rôle",
        "origin": "l’origine",
        "amendment": "l’amendement",
        "adopted_by_id": "qui l’a adoptée",
        "merged": "la fusion",
        "at": "la date",
    },
    "amendment": {
        "part_key": "la partie",
        "base": "la révision de départ",
        "change_digest": "l’empreinte du changement",
        "deposit": "le dépôt",
        "formal": "la forme",
        "comment": "l’observation d’où il vient",
        "author_id": "l’auteur",
        "reason": "le motif",
        "state": "l’état",
        "opinion": "l’avis",
        "opinion_text": "le texte de l’avis",
        "opinion_by_id": "l’auteur de l’avis",
        "decided_by_id": "qui a décidé",
        "decision_reason": "le motif de la décision",
        "at": "la date",
        "decided_at": "la date de la décision",
    },
    "comment": {
        "part_key": "la partie",
        "thread": "le fil",
        "revision": "la révision",
        "block_id": "le passage",
        "quote_digest": "l’empreinte du passage",
        "text_digest": "l’empreinte du texte",
        "author_id": "l’auteur",
        "author_role": "le rôle",
        "mention_id": "la personne interpellée",
        "resolved_by_id": "qui l’a réglée",
        "at": "la date",
        "resolved_at": "la date du règlement",
    },
    "ballot": {
        "choice": "le choix",
        "reason": "le motif",
        "text_hash": "l’empreinte du texte",
        "stands": "la validité",
        "cast_by_id": "qui a voté en son nom",
        "at": "la date",
    },
    "proxy": {"holder_id": "à qui", "at": "la date", "ended_at": "sa fin"},
    "read_mark": {"text_hash": "l’empreinte du texte", "at": "la date"},
    "signature": {
        "person_id": "le signataire",
        "final_hash": "l’empreinte du document",
        "void": "l’annulation",
        "way": "la manière de signer",
        "details_digest": "l’empreinte des précisions",
        "attester_id": "qui a attesté",
        "at": "la date",
    },
    "invitation": {
        "slot": "la signature demandée",
        "person_id": "la personne invitée",
        "by_id": "qui a invité",
        "deadline": "le dernier jour",
        "token_hash": "l’empreinte du lien",
        "code_digest": "l’empreinte du code",
        "code_by_id": "qui a tiré le code",
        "code_at": "la date du code",
        "ended": "la fin",
        "at": "la date",
        "ended_at": "la date de la fin",
    },
    "attachment": {
        "kind": "le genre",
        "name": "le nom",
        "media_type": "le type",
        "size": "la taille",
        "file_hash": "l’empreinte",
        "author_id": "l’auteur",
        "author_role": "le rôle",
        "withdrawn_by_id": "qui l’a retirée",
        "at": "la date",
        "withdrawn_at": "la date du retrait",
    },
    "scan": {
        "final_hash": "l’empreinte du document",
        "file_hash": "l’empreinte de la numérisation",
        "pages": "le nombre de pages",
        "slots": "les signatures qu’il porte",
        "placed": "les pages placées à la main",
        "kept_at": "le lieu de l’original",
        "filed_by_id": "qui l’a déposé",
        "state": "l’état",
        "settled_by_id": "qui en a décidé",
        "reason": "le motif",
        "at": "la date",
        "settled_at": "la date de la décision",
    },
    "substitution": {
        "slot": "la signature",
        "person_id": "le suppléant",
        "named_id": "la personne suppléée",
        "document_hash": "l’empreinte du document",
        "reference": "la référence",
        "by_id": "qui l’a désigné",
        "ended": "la fin",
        "at": "la date",
    },
}
"""By kind, then by column: what it is called."""
MOMENTS = {"at", "stage_since", "reading_since", "published_at", "decided_at", "resolved_at", "ended_at"} | {
    "code_at",
    "created_at",
    "given_at",
    "withdrawn_at",
    "settled_at",
}
TRUTHS = {"filled", "merged", "formal", "stands", "void", "ended", "late_received"}
DIGESTS = {
    "report": {"return_digest": "return_json", "masthead_digest": "masthead_json"},
    "revision": {"content_digest": "content_json", "runs_digest": "runs_json"},
    "amendment": {"change_digest": "change_json"},
    "comment": {"quote_digest": "quote", "text_digest": "text"},
    "signature": {"details_digest": "details_json"},
    "invitation": {"code_digest": "code_hash"},
}


MISSING = object()


class Beside:
    """The rows of some reports beside their pasts."""

    def __init__(self, database: Database, pasts: dict[int, Past], walked: Walked) -> None:
        self.database, self.pasts, self.walked = database, pasts, walked
        self.ids = list(pasts)
        self.changes: dict[Any, Any] = {}
        self.texts: dict[Any, Any] = {place: None for report, past in pasts.items() for place in _needed(report, past)}
        self.unseen: dict[int, dict[str, dict[Any, Told]]] = {
            each: {
                "report": {"": self._whole(past)} if past.report["stage"] else {},
                "part": {
                    key: {"number": number, "content_hash": past.versions[key, number]["hash"]}
                    for key, number in past.current.items()
                },
                "revision": dict(past.versions),
                "amendment": dict(past.proposals),
                "comment": dict(past.remarks),
                "ballot": dict(past.voices),
                "proxy": dict(past.mandates),
                "read_mark": dict(past.read),
                "signature": dict(past.seals),
                "invitation": dict(past.invites),
                "attachment": dict(past.pieces),
                "scan": dict(past.scans),
                "substitution": dict(past.stand_ins),
            }
            for each, past in pasts.items()
        }

    def compare(self) -> None:
        """Every row is taken from what the log tells; what is left over then has no row."""
        for row in self._rows("report", "id"):
            self._meet(row["id"], "report", "", row)
        amendments: dict[Any, Any] = {}
        for row in self._rows("amendment"):
            amendments[row["id"]] = row["number"]
            self.changes[row["report_id"], row["number"]] = row["change_json"]
            self._meet(row["report_id"], "amendment", row["number"], row)
        self._texts(amendments)
        for kind in ("comment", "scan", "substitution"):
            for row in self._rows(kind):
                self._meet(row["report_id"], kind, row["number"], row)
        for kind in ("ballot", "read_mark"):
            for row in self._rows(kind):
                self._meet(row["report_id"], kind, (row["reading"], row["person_id"]), row)
        given: Counter[tuple[Any, Any]] = Counter()
        for row in self._rows("proxy", order=" ORDER BY id"):
            giver = (row["report_id"], row["giver_id"])
            self._meet(row["report_id"], "proxy", (row["giver_id"], given[giver]), row)
            given[giver] += 1
        for row in self._rows("signature"):
            self._meet(row["report_id"], "signature", (row["slot"], row["file_hash"]), row)
        for row in self._rows("invitation"):
            self._meet(row["report_id"], "invitation", row["number"], row)
        for row in self._rows("attachment"):
            self._meet(row["report_id"], "attachment", row["number"], row)
        for report, kinds in self.unseen.items():
            for kind, places in kinds.items():
                for place in places:
                    self._say(report, kind, f"{_called(kind, place)} : le journal en parle, la base ne l’a pas")

    def _whole(self, past: Past) -> Told:
        counts = {"amendment_count": len(past.proposals), "comment_count": len(past.remarks)}
        told = past.report | counts | {"text_hash": past.text_hash}
        if not told["masthead_digest"] and told["stage"] in SETTLED:
            # Of a text validated before mastheads were kept, the log tells none: it was copied then, and is taken as is.
            del told["masthead_digest"]
        return told

    def _texts(self, amendments: dict[Any, Any]) -> None:
        """The revisions as they come, one text at a time in memory, then the parts."""
        parts = {row["id"]: row for row in self._rows("report_part")}
        for row in self._revisions(list(parts)):
            self.walked.counted["revisions"] += 1
            part = parts[row["part_id"]]
            self._apart(part, row)
            if (place := (part["report_id"], part["key"], row["number"])) in self.texts:
                self.texts[place] = row["content_json"]
            row["amendment"] = amendments.get(row["amendment_id"], row["amendment_id"])
            before = len(self.walked.findings)
            self._meet(part["report_id"], "revision", (part["key"], row["number"]), row)
            current = self.pasts[part["report_id"]].current.get(part["key"]) == row["number"]
            if current or len(self.walked.findings) > before:  # else both are as they were when they were sealed
                self._read(part, row, current)
        for part in parts.values():
            self._meet(part["report_id"], "part", part["key"], part)
        for report, past in self.pasts.items():
            for kind, what in _unlike(report, past, self.texts, self.changes):
                self._say(report, kind, what)

    def _revisions(self, parts: list[Any]) -> Iterator[Told]:
        """The revisions of these parts, each with what stands beside it."""
        names = [*TABLES["revision"].split(), "salt", "apart"]
        columns = ", ".join(f"r.{name}" for name in names[:-2])
        joined = "p.salt, p.content_json FROM revision r LEFT JOIN revision_private p ON p.revision_id = r.id"
        if "revision_private" not in self.database.kinds():
            joined = "NULL, NULL FROM revision r"
        for start in range(0, len(parts), 500):
            query = f"SELECT {columns}, {joined} WHERE r.part_id"
            for row in self.database.among(query, parts[start : start + 500]):
                yield dict(zip(names, row, strict=True))

    def _apart(self, part: Told, row: Told) -> None:
        """Where the log says that the text stands beside the row, take it from there; its absence is judged at the end."""
        report, place = part["report_id"], (part["key"], row["number"])
        told, salt, text = self.pasts[report].versions.get(place), row.pop("salt"), row.pop("apart")
        if told is None or not told["salted"]:
            if text is not None:
                self._say(
                    report, "revision", f"{_called('revision', place)} : un texte est à part, qu’elle n’a pas scellé"
                )
            return
        if row["content_json"]:
            what = "un texte est dans sa ligne, alors que le sien est à part"
            self._say(report, "revision", f"{_called('revision', place)} : {what}")
        self.walked.apart[row["id"], report, *place, told["hash"]] = text is not None
        row["content_json"] = "" if text is None else text
        row["content_digest"] = told["hash"] if text is None else _salted(salt, text)

    def _read(self, part: Told, row: Told, current: bool) -> None:
        """What follows from the text itself: that every word has its author, and whether the part is complete."""
        try:
            blocks = _DECODE(row["content_json"])
            filled = _filled(part["key"], blocks)
            covered = _covered(blocks, row["runs_json"], row["number"])
        except UNREADABLE:  # its hash says so
            return
        told = self.unseen[part["report_id"]]["part"].get(part["key"])
        if current and told is not None and filled is not None:
            told["filled"] = filled
        if not covered:
            place = _called("revision", (part["key"], row["number"]))
            self._say(part["report_id"], "revision", f"{place} : les auteurs des mots ne correspondent pas au texte")

    def _rows(
        self, table: str, column: str = "report_id", among: list[Any] | None = None, order: str = ""
    ) -> Iterator[Told]:
        names = TABLES[table].split()
        query = f"SELECT {', '.join(names)} FROM {table} WHERE {column}"
        values = self.ids if among is None else among
        for start in range(0, len(values), 500):
            for row in self.database.among(query, values[start : start + 500], order):
                yield dict(zip(names, row, strict=False))

    def _meet(self, report: int, kind: str, place: Any, row: Told) -> None:
        told = self.unseen[report][kind].pop(place, None)
        if told is None:
            self._say(report, kind, f"{_called(kind, place)} : la base l’a, aucun événement du journal n’en parle")
            return
        for made, source in DIGESTS.get(kind, {}).items():
            if made not in row:
                row[made] = "" if kind in ("report", "invitation") and not row[source] else digest(str(row[source]))
        for column, what in NAMES[kind].items():
            value, expected = row.get(column), told.get(column, MISSING)
            if value != expected is not MISSING and (value := _like(column, value, expected)) != expected:
                shown, expected = _short(column, value), _short(column, expected)
                self._say(
                    report, kind, f"{_called(kind, place)} : {what} vaut « {shown} », « {expected} » selon le journal"
                )

    def _say(self, report: int, kind: str, what: str) -> None:
        finding = Finding(kind, f"Rapport {report}, {what}.", f"report:{report}", report=report)
        self.walked.findings.append(finding)


def _like(column: str, value: Any, told: Any) -> Any:
    """A row's value in the form in which the log tells it."""
    if column in TRUTHS:
        return bool(value) if value in (0, 1) else value
    if column == "deadline":
        return str(value) if value else None
    if column in MOMENTS and value is not None and told is not None:
        written = _moment(value) if isinstance(value, datetime) or "+" not in str(value) else str(value)
        near = max(_apart(written, told), _apart(told, written)) <= LONGEST_ACT
        return told if near else _shown(written)
    return value


def _shown(written: str) -> str:
    try:
        return str(datetime.fromisoformat(written))
    except ValueError:
        return written


def _short(column: str, value: Any) -> str:
    text = "" if value is None else str(value)
    text = text.replace("T", " ") if column in MOMENTS else text
    return text if len(text) <= 64 else text[:63] + "…"


def _called(kind: str, place: Any) -> str:
    if kind == "report":
        return "le rapport"
    if kind in ("part", "revision"):
        key = place if kind == "part" else place[0]
        part = f"partie « {PARTS[key][0] if key in PARTS else key} »"
        return part if kind == "part" else f"{part}, révision {place[1]}"
    if kind == "ballot":
        return f"vote de la personne {place[1]} en lecture {place[0]}"
    if kind == "proxy":
        return f"procuration n° {place[1] + 1} de la personne {place[0]}"
    if kind == "read_mark":
        return f"lecture {place[0]} par la personne {place[1]}"
    if kind == "signature":
        return f"signature « {place[0]} » du fichier {str(place[1])[:12]}…"
    called = {
        "amendment": "amendement",
        "invitation": "invitation",
        "attachment": "pièce jointe",
        "scan": "exemplaire papier",
        "substitution": "suppléance",
    }
    return f"{called.get(kind, 'observation')} n° {place}"


def _filled(key: str, blocks: list[dict[str, Any]]) -> bool | None:
    """Whether every zone that must be is filled; None for a part that is not in the table."""
    if key not in PARTS:
        return None
    for zone, needed in PARTS[key][1].items():
        here = [block for block in blocks if block["zone"] == zone]
        if needed is None:
            if not any(block["fields"].get("text", "").strip() for block in here):
                return False
            continue
        rows = [block["fields"] for block in here if block["kind"] == "row"]
        if not rows or not all(row.get(name, "").strip() for row in rows for name in needed):
            return False
    return True


def _covered(blocks: list[dict[str, Any]], runs_json: str, number: int) -> bool:
    try:
        runs = _DECODE(runs_json)
        return all(
            sum(length for length, _ in runs[block["id"]][name]) == len(text)
            and all(length > 0 and 0 < ref <= number for length, ref in runs[block["id"]][name])
            for block in blocks
            for name, text in block["fields"].items()
            if name != "file" and (block["kind"] == "row" or name not in ("gap", "gap_after"))
        )
    except UNREADABLE:
        return False


# ------------------------------------------------------- adoptions and merges, beside the texts they were made of


def _needed(report: int, past: Past) -> Iterator[tuple[Any, ...]]:
    """The texts to be kept for comparing them, by report, part and number."""
    for _, part, parent, number, _, _ in past.adoptions:
        yield from ((report, part, each) for each in (parent, number) if each is not None)
    for (part, number), others in past.merges.items():
        yield from ((report, part, each) for each in (number, *others))
    for part, *both in (*past.alike, *past.unbound):
        yield from ((report, part, each) for each in both)


def _unlike(report: int, past: Past, texts: dict[Any, Any], changes: dict[Any, Any]) -> Iterator[tuple[str, str]]:
    """The adoptions and merges whose text is not the one they make; what cannot be read is not judged here."""

    def blocks(part: Any, number: Any) -> list[dict[str, Any]] | None:
        try:
            return list(_DECODE(texts[report, part, number]))
        except UNREADABLE:
            return None

    for amendment, part, parent, number, own, by_hand in past.adoptions:
        what = ""
        if number is None:
            what = "" if own else "son adoption n’a rien changé au texte"
        else:
            before, after = blocks(part, parent), blocks(part, number)
            try:
                edits = _DECODE(changes[report, amendment])["edits"]
                if before is not None and after is not None:
                    if before == after:
                        what = "son adoption n’a rien changé au texte"
                    elif not _made(edits, before, after, by_hand):
                        what = f"le texte de la révision {number} n’est pas celui que fait son adoption"
            except UNREADABLE:
                continue
        if what:
            yield "adoption", f"amendement n° {amendment} : {what}"
    for part, then, now in past.alike:
        old, new = blocks(part, then), blocks(part, now)
        if old is not None and new is not None and _as_read(old) != _as_read(new):
            what = "tenues pour la même lecture, elles ne disent pas la même chose"
            yield "ballot", f"partie « {part} », révisions {then} et {now} : {what}"
    for part, then, now in past.unbound:
        old, new = blocks(part, then), blocks(part, now)
        if old is None or new is None:
            continue
        every = part in ("recommendations", "follow_up")
        if (_as_read(old) != _as_read(new)) if every else (_figures(old) != _figures(new)):
            what = "des votes sont restés acquis, alors que des recommandations ou des chiffres y ont changé"
            yield "ballot", f"partie « {part} », révisions {then} et {now} : {what}"
    for (part, number), (base, parent) in past.merges.items():
        old, before, after = blocks(part, base), blocks(part, parent), blocks(part, number)
        if old is None or before is None or after is None or _kept(old, before, after):
            continue
        lost = f"ce que d’autres avaient écrit depuis la révision {base} n’y est plus"
        yield "merge", f"partie « {part} », révision {number} : {lost}"


def _made(edits: list[Any], before: list[dict[str, Any]], after: list[dict[str, Any]], by_hand: bool) -> bool:
    """Whether `after` is `before` with the edits made, and nothing else.

    Every two words side by side are so in the text or in the amendment; what the amendment puts in is there, what it
    takes out is gone, what others wrote has stayed. Where words clashed somebody chose: then only no word may be new.
    """
    if by_hand:
        known = _count(before) + _count([edit["new"] for edit in edits if edit["new"]])
        return not _count(after) - known
    was, now = ({block["id"]: block for block in blocks} for blocks in (before, after))
    touched = {(edit["old"] or edit["new"])["id"]: edit for edit in edits}
    others = [[block for block in blocks if block["id"] not in touched] for blocks in (before, after)]
    if others[0] != others[1]:
        return False
    for known, edit in touched.items():
        if (edit["new"] is None or (edit["old"] is not None and known not in was)) != (known not in now):
            return False
        if edit["new"] is not None and not _worded(edit["old"], edit["new"], was.get(known), now[known]):
            return False
    return True


def _worded(old: Any, new: Any, before: Any, after: Any) -> bool:
    if old is None:  # an added block, unless it was there before
        return _texts_of(after) == _texts_of(before or new)
    for name in {**_texts_of(old), **_texts_of(new), **_texts_of(before), **_texts_of(after)}:
        first, asked, known, made = (_side_by_side(_texts_of(each).get(name, "")) for each in (old, new, before, after))
        if first == asked:
            if known != made:
                return False
            continue
        stands = not made.keys() - asked.keys() - known.keys()
        come = asked.keys() - first.keys() <= made.keys() and known.keys() - first.keys() <= made.keys()
        gone = all(
            made[pair] <= max(0, known[pair] - first[pair])
            for pair in first.keys() - asked.keys()
            if any(len(word) > 7 or any(letter.isdigit() for letter in word) for word in pair)
        )
        if not (stands and come and gone):
            return False
    return True


def _kept(old: list[dict[str, Any]], before: list[dict[str, Any]], after: list[dict[str, Any]]) -> bool:
    """Whether what had come into the text between `old` and `before` stands in `after`, beside what it stood beside."""
    first, last = ({block["id"]: block for block in blocks} for blocks in (old, after))
    for block in before:
        known, now = _texts_of(first.get(block["id"])), _texts_of(last.get(block["id"]))
        for name, text in _texts_of(block).items():
            if known.get(name, "") == text and block["id"] in first:
                continue
            come = _side_by_side(text).keys() - _side_by_side(known.get(name, "")).keys()
            if come - _side_by_side(now.get(name, "")).keys():
                return False
    return True


def _texts_of(block: Any) -> dict[str, str]:
    """The fields of a block that hold words."""
    fields = block["fields"] if block else {}
    if block and block["kind"] == "row":
        return {name: text for name, text in fields.items() if name != "file"}
    return {name: text for name, text in fields.items() if name not in ("gap", "gap_after")}


def _figures(blocks: list[Any]) -> Counter[str]:
    return Counter(word for word in _count(blocks).elements() if word.isdecimal())


def _as_read(blocks: list[Any]) -> list[Any]:
    """The words of each block, however they are spaced."""
    read = []
    for block in blocks:
        words = {name: " ".join(text.split()) for name, text in _texts_of(block).items()}
        read.append((block["zone"], block["kind"], sorted(pair for pair in words.items() if pair[1])))
    return read


def _side_by_side(text: str) -> Counter[tuple[str, str]]:
    """How often each word or sign of a text stands right before another."""
    words = ["", *WORD.findall(text), ""] if text.strip() else []
    return Counter(pairwise(words))


def _count(blocks: list[Any]) -> Counter[str]:
    return Counter(word for block in blocks for text in _texts_of(block).values() for word in WORD.findall(text))


# ------------------------------------------------------------------------ the registers, and what the log tells of them


OF_A_PERSON = ("civility", "first_name", "surname", "email", "title", "body")
"""What is told of a person beside the log; of the telephone only that it changed."""


class Registers:
    """Persons, roles given and proposed, territories, commissions, campaigns and workshops after the events told so far.

    `books` holds, by kind and key, the place of the event that entered the row and its columns, each with the place of the
    event that said it last. A place is (stream, event). What a column holds is not there where the log does not say it, or
    no longer: nothing is compared with it.
    """

    def __init__(self) -> None:
        self.books: dict[str, dict[Any, tuple[tuple[str, Any], dict[str, tuple[Any, Any]]]]] = {
            kind: {} for kind in REGISTERED
        }
        self.doubts: list[tuple[str, Any, str]] = []
        self.stream, self.event = "", Event({"seq": 0, "at": "", "act": "", "actor": None, "role": "", "facts": {}})

    def tell(self, stream: str, event: Event, payload: str | None) -> None:
        """Go through one more event; `payload` is what stands beside it, None where that is not there or not as sealed."""
        self.stream, self.event = stream, event
        try:
            facts, known = event.facts, "private" not in event.facts
            if not known and payload is not None:
                facts, known = facts | _DECODE(payload), True
            ENTRIES[stream.partition(":")[0], event.act](self, facts, known)
        except UNREADABLE:
            self.doubt("ne dit pas tout ce que son acte demande")

    def doubt(self, what: str) -> None:
        self.doubts.append((self.stream, self.event.seq, what))

    def want(self, holds: bool, otherwise: str) -> None:
        if not holds:
            self.doubt(otherwise)

    def enter(self, kind: str, key: Any, **columns: Any) -> None:
        self.want(key not in self.books[kind], "inscrit ce qui l’était déjà")
        place = (self.stream, self.event.seq)
        self.books[kind][key] = place, {name: (value, place[1]) for name, value in columns.items()}

    def write(self, kind: str, key: Any, columns: dict[str, Any], before: dict[str, Any] | None = None) -> None:
        """Other values of a row; each column in `before` must have held that."""
        columns_told = self.columns(kind, key)
        for name, old in (before or {}).items():
            if columns_told.get(name, (old, 0))[0] != old:
                self.doubt("part d’une valeur qui n’était pas celle du registre")
                break
        if key not in self.books[kind]:
            self.doubt("porte sur ce qui n’avait pas été inscrit")
            return
        columns_told.update({name: (value, self.event.seq) for name, value in columns.items()})

    def columns(self, kind: str, key: Any) -> dict[str, tuple[Any, Any]]:
        return self.books[kind][key][1] if key in self.books[kind] else {}

    def count(self, kind: str, key: Any, column: str, version: int) -> None:
        told = self.columns(kind, key).get(column)
        self.want(told is None or told[0] + 1 == version, "ne compte pas juste les versions")
        self.write(kind, key, {column: version})


Facts = dict[str, Any]


def _enter_person(registers: Registers, facts: Facts, known: bool) -> None:
    told = {name: facts.get(name, "") for name in OF_A_PERSON} if known and "surname" in facts else {}
    registers.enter("person", facts["person"], **told, active=True, created_at=registers.event.at)


def _change_person(registers: Registers, facts: Facts, known: bool) -> None:
    key = facts["person"]
    lost = [*OF_A_PERSON, "phone"]
    if known:
        said = {name: pair for name, pair in facts["changed"].items() if pair}
        old, new = {name: pair[0] for name, pair in said.items()}, {name: pair[1] for name, pair in said.items()}
        lost = [name for name in facts["changed"] if name not in said]
        registers.write("person", key, new, old)
    else:
        registers.write("person", key, {})
    for name in lost:
        registers.columns("person", key).pop(name, None)


def _turn_person(registers: Registers, facts: Facts, known: bool) -> None:
    active = registers.event.act == "person_activate"
    registers.write("person", facts["person"], {"active": active}, {"active": not active})


def _erase_person(registers: Registers, facts: Facts, known: bool) -> None:
    if "person" not in facts:
        return
    key = facts["person"]
    left: Facts = dict.fromkeys(("phone", "civility", "title", "body"), "")
    left |= {"email": f"efface-{key}", "active": False}
    if not facts["name_stays"]:
        left |= {"first_name": "Personne", "surname": f"effacée n° {key}"}
    registers.write("person", key, left)


def _propose(registers: Registers, facts: Facts, known: bool) -> None:
    proposer = facts["proposed_by"]
    registers.want(registers.event.actor == proposer, "propose un rôle au nom d’une autre personne")
    key = (facts["person"], facts["role"])
    registers.enter("role_proposal", key, proposed_by_id=proposer, at=registers.event.at)


def _decline(registers: Registers, facts: Facts, known: bool) -> None:
    declined = registers.books["role_proposal"].pop((facts["person"], facts["role"]), None)
    registers.want(declined is not None, "écarte un rôle qui n’était pas proposé")


def _second_word(registers: Registers, facts: Facts) -> None:
    """A role everywhere is given by two, or by one where nobody else could confirm it; older events say nothing of it."""
    actor, person, proposer = registers.event.actor, facts["person"], facts.get("proposed_by")
    waiting = registers.books["role_proposal"].pop((person, facts["role"]), None)
    if proposer is not None:
        said = waiting is not None and waiting[1]["proposed_by_id"][0] == proposer
        registers.want(said, "confirme un rôle que cette personne n’avait pas proposé")
        registers.want(actor not in (proposer, person), "fait confirmer un rôle par qui le propose ou le reçoit")
    if facts.get("alone"):
        nationals = {key[0] for key in registers.books["grant"] if key[1:] == ("coordination", None)}
        others = {each for each in nationals if registers.columns("person", each).get("active", (False,))[0]}
        why = "donne sans seconde parole un rôle qu’une autre coordination pouvait confirmer"
        registers.want(not others - {actor, person}, why)


def _give(registers: Registers, facts: Facts, known: bool) -> None:
    key = (facts["person"], facts["role"], facts["territory"])
    if facts["territory"] is None:
        _second_word(registers, facts)
    registers.want(key[0] in registers.books["person"], "donne un rôle à qui n’avait pas été inscrit")
    registers.enter("grant", key, given_at=registers.event.at)


def _take(registers: Registers, facts: Facts, known: bool) -> None:
    taken = registers.books["grant"].pop((facts["person"], facts["role"], facts["territory"]), None)
    registers.want(taken is not None, "retire un rôle qui n’était pas donné")


def _enter_territory(registers: Registers, facts: Facts, known: bool) -> None:
    key, parent = facts["territory"], facts["parent"]
    told = {"parent_id": parent, "level": facts["level"], "name": facts["name"]}
    above = "/" if parent is None else registers.columns("territory", parent).get("path", (None,))[0]
    if parent is not None and parent not in registers.books["territory"]:
        registers.doubt("place une collectivité sous une autre qui n’existait pas")
    elif above is not None:
        told["path"] = f"{above}{key}/"
    registers.enter("territory", key, **told)


def _save_commission(registers: Registers, facts: Facts, known: bool) -> None:
    key, pairs = facts["commission"], facts["changed"]
    new = {name: after for name, (_, after) in pairs.items()}
    if key in registers.books["commission"]:
        registers.write("commission", key, new, {name: before for name, (before, _) in pairs.items()})
        same = {"territory_id": facts["territory"]}
        registers.write("commission", key, same, same)
    else:
        registers.enter("commission", key, territory_id=facts["territory"])
        registers.write("commission", key, new)


def _own(registers: Registers, facts: Facts) -> Any:
    own = registers.stream == f"campaign:{facts['campaign']}"
    registers.want(own, "parle d’une autre campagne que la sienne")
    return facts["campaign"]


def _enter_campaign(registers: Registers, facts: Facts, known: bool) -> None:
    told = facts["values"] | {"terms": facts["terms"], "programme": facts["programme"]}
    told |= {"version": 1, "terms_version": 1, "programme_version": 1, "created_at": registers.event.at}
    registers.enter("campaign", _own(registers, facts), **told)


def _change_campaign(registers: Registers, facts: Facts, known: bool) -> None:
    _change(registers, "campaign", _own(registers, facts), facts)


def _change(registers: Registers, kind: str, key: Any, facts: Facts) -> None:
    pairs = facts["changes"]
    new, old = ({name: pair[which] for name, pair in pairs.items()} for which in ("new", "old"))
    registers.write(kind, key, new, old)
    registers.count(kind, key, "version", facts["version"])


def _change_text(registers: Registers, facts: Facts, known: bool) -> None:
    name, key = registers.event.act.partition("_")[0], _own(registers, facts)
    registers.write("campaign", key, {name: facts["hash"]}, {name: facts["old_hash"]})
    registers.count("campaign", key, f"{name}_version", facts["version"])


def _enter_workshop(registers: Registers, facts: Facts, known: bool) -> None:
    told = facts["values"] | {"campaign_id": _own(registers, facts), "territory_id": facts["territory"], "version": 1}
    registers.enter("workshop", facts["workshop"], **told)


def _change_workshop(registers: Registers, facts: Facts, known: bool) -> None:
    _own(registers, facts)
    _change(registers, "workshop", facts["workshop"], facts)


# Other acts of these streams change no row of the registers, or only what the log does not hold: passwords, links.
ENTRIES: dict[tuple[str, str], Callable[[Registers, Facts, bool], None]] = {
    ("people", "person_add"): _enter_person,
    ("people", "person_change"): _change_person,
    ("people", "person_activate"): _turn_person,
    ("people", "person_deactivate"): _turn_person,
    ("people", "erase"): _erase_person,
    ("people", "grant_propose"): _propose,
    ("people", "grant_decline"): _decline,
    ("people", "grant_give"): _give,
    ("people", "grant_take"): _take,
    ("people", "territory_add"): _enter_territory,
    ("people", "commission_save"): _save_commission,
    ("campaign", "campaign_create"): _enter_campaign,
    ("campaign", "campaign_change"): _change_campaign,
    ("campaign", "terms_change"): _change_text,
    ("campaign", "programme_change"): _change_text,
    ("campaign", "workshop_create"): _enter_workshop,
    ("campaign", "workshop_change"): _change_workshop,
}

REGISTERED: dict[str, tuple[str, dict[str, str]]] = {
    "person": (
        "Personne",
        {
            "civility": "la civilité",
            "first_name": "le prénom",
            "surname": "le nom",
            "email": "l’adresse électronique",
            "title": "la qualité",
            "body": "l’organisme",
            "phone": "le téléphone",
            "active": "l’état du compte",
            "created_at": "la date d’inscription",
        },
    ),
    "grant": ("Rôle", {"given_at": "la date"}),
    "role_proposal": ("Rôle proposé", {"proposed_by_id": "la personne qui le propose", "at": "la date"}),
    "territory": (
        "Collectivité",
        {"parent_id": "la collectivité au-dessus", "level": "le niveau", "name": "le nom", "path": "le chemin"},
    ),
    "commission": (
        "Commission",
        {
            "territory_id": "la collectivité",
            "name": "le nom",
            "quorum": "le quorum",
            "majority": "la majorité",
            "casting_vote": "la voix prépondérante",
            "reading_days": "le délai de lecture",
        },
    ),
    "campaign": (
        "Campagne",
        {
            "name": "le nom",
            "organisation": "l’organisation",
            "report_title": "le titre des rapports",
            "budget_year": "l’année du budget",
            "starts_on": "le premier jour",
            "ends_on": "le dernier jour",
            "terms": "l’empreinte des termes de référence",
            "terms_version": "la version des termes de référence",
            "programme": "l’empreinte du programme",
            "programme_version": "la version du programme",
            "version": "la version",
            "created_at": "la date",
        },
    ),
    "workshop": (
        "Rencontre",
        {
            "campaign_id": "la campagne",
            "territory_id": "la collectivité",
            "held_on": "le jour",
            "place": "le lieu",
            "venue": "la salle",
            "organising_body": "l’organisme",
            "facilitator_id": "le facilitateur",
            "rapporteur_id": "le rapporteur",
            "chair_id": "le président de séance",
            "steering_supervisor": "le superviseur du comité de pilotage",
            "staff_supervisor": "le superviseur de l’équipe",
            "consent": "le consentement",
            "version": "la version",
        },
    ),
}
"""By kind: what a row is called, and its columns that the log answers for."""
KEYED = {"grant": ("person_id", "role", "territory_id"), "role_proposal": ("person_id", "role")}
"""The columns by which the log names rows that have no number in it."""
UNSAID = {
    "person": {*OF_A_PERSON, "phone"},
    "workshop": {"steering_supervisor", "staff_supervisor", "consent"},
}
"""What is known of persons is never printed: only that it differs."""


def _compare_registers(database: Database, registers: Registers, outcome: Outcome) -> None:
    """Every row is taken from what the log tells; what is left over then has no row."""
    for stream, seq, what in registers.doubts:
        _Said(stream, outcome.findings)("event", seq, what)
    for kind in REGISTERED:
        left = dict(registers.books[kind])
        names = TABLES[kind].split()
        for row in database.rows(f'SELECT {", ".join(names)} FROM "{kind}"'):
            columns = dict(zip(names, row, strict=True))
            key = tuple(columns[name] for name in KEYED[kind]) if kind in KEYED else columns["id"]
            told = left.pop(key, None)
            if told is None:
                campaign = columns["id"] if kind == "campaign" else columns.get("campaign_id")
                stream = "people" if campaign is None else f"campaign:{campaign}"
                sentence = f"{_entry(kind, key)} : la base l’a, aucun événement de « {stream} » n’en parle."
                outcome.findings.append(Finding(kind, sentence, stream))
            else:
                _compare_entry(kind, key, columns, told[0][0], told[1], outcome)
        for key, ((stream, seq), _) in left.items():
            sentence = f"{_entry(kind, key)} : l’événement {seq} de « {stream} » en parle, la base ne l’a pas."
            outcome.findings.append(Finding(kind, sentence, stream, seq if isinstance(seq, int) else None))


def _compare_entry(
    kind: str, key: Any, row: Told, stream: str, told: dict[str, tuple[Any, Any]], outcome: Outcome
) -> None:
    outcome.counted["rows"] += 1
    for column, what in REGISTERED[kind][1].items():
        if column not in told:
            outcome.counted["unknown"] += column != "phone"
            continue
        expected, seq = told[column]
        value = _entered(column, row[column], expected)
        if value == expected:
            continue
        by, number = f"l’événement {seq} de « {stream} »", seq if isinstance(seq, int) else None
        if column in UNSAID.get(kind, ()):
            sentence = f"{what} diffère de ce que dit {by}"
        else:
            sentence = f"{what} vaut « {_plainly(column, value)} », « {_plainly(column, expected)} » selon {by}"
        outcome.findings.append(Finding(kind, f"{_entry(kind, key)} : {sentence}.", stream, number))


def _entered(column: str, value: Any, told: Any) -> Any:
    """A row's value in the form in which the log tells it."""
    if column in ("created_at", "given_at", "at"):
        written = _moment(value) if isinstance(value, datetime) or "+" not in str(value) else str(value)
        return told if max(_apart(written, told), _apart(told, written)) <= LONGEST_ACT else _shown(written)
    if column in ("starts_on", "ends_on", "held_on"):
        return str(value)
    if column in ("active", "casting_vote"):
        return bool(value) if value in (0, 1) else value
    if column == "email":  # who has no account has none, which the log tells as an empty one
        return "" if value is None else value
    return digest(str(value)) if column in ("terms", "programme") else value


def _plainly(column: str, value: Any) -> str:
    return _short(column, ("oui" if value else "non") if isinstance(value, bool) else value)


def _entry(kind: str, key: Any) -> str:
    name = REGISTERED[kind][0]
    if kind == "role_proposal":
        return f"Rôle « {ROLES.get(key[1], key[1])} » proposé pour la personne n° {key[0]}"
    if kind != "grant":
        return f"{name} n° {key}"
    person, role, territory = key
    where = "partout" if territory is None else f"collectivité n° {territory}"
    return f"{name} « {ROLES.get(role, role)} » de la personne n° {person}, {where}"


# --------------------------------------------------------------------------------------------------- verify, all of it


REPORTS_AT_A_TIME = 40
STREAMS_AT_A_TIME = 500


@dataclass(frozen=True)
class Task:
    """Some streams, with the reports they tell of, to be walked in whatever process is free."""

    place: str
    snapshot: str
    streams: tuple[str, ...]
    reports: tuple[int, ...]
    moments: Moments


_open_here: dict[tuple[str, bool], Database] = {}
"""One connection of each kind a process."""


def walk(task: Task) -> Walked:
    try:
        return _walk(task, lenient=False)
    except sqlite3.OperationalError:  # a text that is not UTF-8
        return _walk(task, lenient=True)


def _walk(task: Task, *, lenient: bool) -> Walked:
    database = _open_here.get((task.place, lenient))
    if database is None:
        database = _open_here[task.place, lenient] = Database(task.place, task.snapshot, lenient=lenient)
    walked = Walked()
    heads = {
        stream: (seq, own)
        for stream, seq, own in database.among("SELECT stream, seq, hash FROM chain_head WHERE stream", task.streams)
    }
    pasts = {report: Past(report) for report in task.reports}
    rows = database.among(EVENTS, task.streams, " ORDER BY e.stream, e.seq")
    for stream, events in groupby(rows, key=lambda row: row[0]):
        match = REPORT.fullmatch(stream)
        told = walk_chain(stream, events, heads.pop(stream, None), task.moments, walked)
        if match and int(match[1]) in pasts:
            for event in told:
                pasts[int(match[1])].tell(event)
        if campaign := CAMPAIGN.fullmatch(stream):
            walked.campaigns += [(int(campaign[1]), event) for event in told]
    for stream, (seq, _) in heads.items():
        if seq:
            match = REPORT.fullmatch(stream)
            sentence = f"Le journal « {stream} » a disparu ; son repère de fin dit {seq}."
            walked.findings.append(Finding("head", sentence, stream, None, int(match[1]) if match else None))
    for report, past in pasts.items():
        for kind, number, what in past.doubts:
            sentence = f"Rapport {report}, événement {number} : il {what}."
            walked.findings.append(Finding(kind, sentence, f"report:{report}", number, report))
        if (rectified := past.report["rectifies_id"]) is not None:
            walked.openings[report] = past.report["stage"], rectified, past.taken
        walked.announced |= {(report, other): texts for other, texts in past.rectified.items()}
    Beside(database, pasts, walked).compare()
    walked.counted["reports"] += len(pasts)
    return walked


def verify(place: str, keys: Sequence[Key], kept: Sequence[Path] = (), jobs: int = 2) -> Outcome:
    """Everything that can be checked of the database at `place`. `kept` are files of checkpoints from elsewhere."""
    outcome = Outcome()
    started = time.perf_counter()
    with opened(place) as database:
        _want_tables(database, outcome)
        rows = list(database.rows("SELECT size, root, note, at FROM checkpoint ORDER BY size"))
        heads = _local_heads(rows, keys, outcome)
        moments = _moments(rows)
        tree, before = _walk_all(database, moments, jobs, outcome)
        restorations = _restorations(database)
        outcome.remarks += [each.sentence for each in restorations]
        heads += _still_ours(_kept_heads(kept, keys, outcome), tree, restorations, outcome)
        _check_nodes(database, tree, outcome)
        _check_heads(database, tree, heads, bool(before), outcome)
        _check_kept(heads, {size for size, *_ in rows}, tree, outcome)
        _reach(tree, heads, bool(kept), outcome)
    outcome.counted["checkpoints"] = len(heads)
    outcome.said["seconds"] = round(time.perf_counter() - started, 2)
    outcome.findings.sort(key=lambda each: (RANK.get(each.kind, 9), each.stream, each.seq or 0))
    return outcome


# What says most about an attack comes first.
RANK = {
    "split": 0,
    "rewritten": 1,
    "cut": 1,
    "removed": 1,
    "unsigned": 1,
    "checkpoint": 2,
    "gap": 3,
    "hash": 3,
    "link": 3,
}


def _want_tables(database: Database, outcome: Outcome) -> None:
    kinds = database.kinds()
    for table in (*TABLES, "event_private", "revision_private"):
        if kinds.get(table, "table") != "table":
            outcome.find(
                "schema", f"« {table} » n’est pas une table, mais une vue : ce qu’elle montre n’est pas ce qui est."
            )


def _walk_all(database: Database, moments: Moments, jobs: int, outcome: Outcome) -> tuple[Tree, int]:
    """All streams and reports, shared out; answers with the tree over the events, and how many findings there are."""
    streams = dict(database.rows("SELECT stream, count(*) FROM audit_event GROUP BY stream"))
    streams |= {stream: 0 for (stream,) in database.rows("SELECT stream FROM chain_head") if stream not in streams}
    reports = {each for (each,) in database.rows("SELECT id FROM report")}
    size = (database.one("SELECT coalesce(max(number), -1) + 1 FROM leaf") or (0,))[0]
    tree = Tree(size)
    seen = bytearray(size)
    tasks = _tasks(database, streams, reports, moments)
    outside, oldest = 0, ""
    everywhere = Walked()
    for walked in _done(tasks, jobs):
        everywhere.sealed |= walked.sealed
        everywhere.apart |= walked.apart
        everywhere.erasures += walked.erasures
        everywhere.campaigns += walked.campaigns
        everywhere.entries += walked.entries
        everywhere.openings |= walked.openings
        everywhere.announced |= walked.announced
        outcome.findings += walked.findings
        outcome.counted += walked.counted
        outside += walked.outside
        oldest = min(oldest or "9", walked.oldest_outside or "9")
        at = 0
        for number in walked.numbers:
            tree.leaves[32 * number : 32 * number + 32] = walked.hashes[at : at + 32]
            seen[number] += 1
            at += 32
    tree.close()
    outcome.said |= {"leaves": size, "outside": outside, "oldest_outside": oldest if outside else ""}
    _want_all_seen(database, outcome)
    _want_whole(database, seen, outcome)
    payloads = _want_sealed(database, everywhere, outcome)
    _want_apart(database, everywhere, outcome)
    _want_texts(database, everywhere.campaigns, outcome)
    _want_answered(everywhere, outcome)
    registers = Registers()
    for event_id, stream, event in everywhere.entries:
        registers.tell(stream, event, payloads.get(event_id))
    _compare_registers(database, registers, outcome)
    return tree, len(outcome.findings)


def _tasks(database: Database, streams: dict[str, int], reports: set[int], moments: Moments) -> list[Task]:
    """The largest first, so that nobody waits for the last one."""
    snapshot = database.export()
    told = {int(match[1]): stream for stream in streams if (match := REPORT.fullmatch(stream))}
    everyone = sorted(reports | set(told))
    others = sorted(set(streams) - set(told.values()))
    tasks = []
    for start in range(0, len(everyone), REPORTS_AT_A_TIME):
        some = everyone[start : start + REPORTS_AT_A_TIME]
        own = tuple(f"report:{each}" for each in some)
        tasks.append(Task(database.place, snapshot, own, tuple(some), moments))
    for start in range(0, len(others), STREAMS_AT_A_TIME):
        tasks.append(Task(database.place, snapshot, tuple(others[start : start + STREAMS_AT_A_TIME]), (), moments))
    return sorted(tasks, key=lambda task: -sum(streams.get(stream, 0) for stream in task.streams))


def _done(tasks: list[Task], jobs: int) -> Iterator[Walked]:
    if jobs < 2 or len(tasks) < 2:
        try:
            yield from map(walk, tasks)
        finally:
            while _open_here:
                _open_here.popitem()[1].close()
        return
    with ProcessPoolExecutor(jobs, initializer=gc.disable) as pool:  # nothing here goes round in circles
        yield from pool.map(walk, tasks)


def _want_all_seen(database: Database, outcome: Outcome) -> None:
    """An index that leaves rows out would hide them from the walk, and not from who reads the table."""
    plain = "SELECT count(*) FROM audit_event" + (" NOT INDEXED" if database.sqlite else "")
    stored = (database.one(plain) or (0,))[0]
    if stored != outcome.counted["events"]:
        outcome.find("schema", f"La table compte {stored} événements, son index en montre {outcome.counted['events']}.")


def _want_whole(database: Database, seen: bytearray, outcome: Outcome) -> None:
    """Leaves without gaps, each of one event that is there."""
    if seen.count(1) == len(seen):
        return
    for number, times in enumerate(seen):
        if times > 1:
            outcome.find("leaf", f"La feuille n° {number} de l’arbre est celle de {times} événements.", number)
        elif not times:
            row = database.one("SELECT event_id FROM leaf WHERE number = ?", (number,))
            lost = f"L’événement de la feuille n° {number} de l’arbre a disparu."
            outcome.find("leaf", lost if row else f"La feuille n° {number} de l’arbre manque.", number)


def _want_sealed(database: Database, walked: Walked, outcome: Outcome) -> dict[Any, str]:
    """Personal data stand beside the log as they were sealed into it, or were declared erased.

    Answers with those that do, of the events that tell of the registers.
    """
    wanted = {event_id for event_id, _, _ in walked.entries}
    payloads: dict[Any, str] = {}
    erased: set[Any] = set()
    for event in walked.erasures:
        try:
            erased |= {(each["id"], each["stream"], each["seq"]) for each in event.facts["events"]}
        except UNREADABLE:
            _private(outcome, "people", event.seq, "ne dit pas lisiblement ce qu’il déclare effacé")
    there: set[Any] = set()
    for number, salt, payload, stream, seq in _beside_events(database):
        place = (number, stream, seq)
        there.add(place)
        if stream is None:
            outcome.find("private", f"Des données sont à part pour un événement de clé {number} qui n’existe pas.")
        elif place not in walked.sealed:
            _private(outcome, stream, seq, "a des données à part qu’il n’a pas scellées")
        elif _salted(salt, payload) != walked.sealed[place]:
            _private(outcome, stream, seq, "n’a plus, à part, les données qu’il a scellées : elles ont été modifiées")
        else:
            if number in wanted:
                payloads[number] = payload
            if place in erased:
                _private(outcome, stream, seq, "a encore, à part, des données déclarées effacées")
    gone = walked.sealed.keys() - there
    for _, stream, seq in sorted(gone - erased, key=str):
        _private(outcome, stream, seq, "n’a plus ses données mises à part, sans effacement déclaré")
    outcome.counted["erased"] = len(gone & erased)
    return payloads


def _want_answered(walked: Walked, outcome: Outcome) -> None:
    """The two logs of a rectification name each other, and the texts of the one are those that the other began with."""

    def say(report: int, what: str) -> None:
        said = f"Rapport {report} : {what}."
        outcome.findings.append(Finding("rectification", said, f"report:{report}", report=report))

    standing: dict[Any, int] = {}
    for report, (stage, rectified, taken) in walked.openings.items():
        texts = walked.announced.get((rectified, report))
        if texts is None:
            say(report, f"il dit rectifier le rapport {rectified}, dont le journal n’en sait rien")
        elif any(texts[key] != text for key, text in taken.items() if key in texts):
            say(report, f"il ne part pas du texte publié du rapport {rectified}")
        if stage != "abandoned" and standing.setdefault(rectified, report) != report:
            say(report, f"il rectifie le rapport {rectified}, qu’un autre rectifie déjà")
    for rectified, report in walked.announced:
        if report not in walked.openings or walked.openings[report][1] != rectified:
            say(rectified, f"il annonce le rapport {report}, qui ne le rectifie pas")


def _want_apart(database: Database, walked: Walked, outcome: Outcome) -> None:
    """Texts that stand beside their revisions are there, or were declared erased; and none stands beside nothing."""
    erased: set[Any] = set()
    for event in walked.erasures:
        facts = event.facts
        try:
            named = facts.get("revisions", [])
            erased |= {(each["id"], facts["report"], facts["part"], each["number"], each["hash"]) for each in named}
        except UNREADABLE:
            _private(outcome, "people", event.seq, "ne dit pas lisiblement quels textes il déclare effacés")
    for place, there in walked.apart.items():
        if there != (place in erased):
            outcome.counted["erased_texts"] += not there
            continue
        what = "encore là, quoique déclaré effacé" if there else "absent, sans effacement déclaré"
        said = f"Rapport {place[1]}, {_called('revision', place[2:4])} : le texte mis à part est {what}."
        outcome.findings.append(Finding("revision", said, f"report:{place[1]}", report=place[1]))
    if "revision_private" in database.kinds():
        lost = "SELECT p.revision_id FROM revision_private p LEFT JOIN revision r ON r.id = p.revision_id WHERE r.id IS NULL"
        for (number,) in database.rows(lost):
            outcome.find("revision", f"Un texte est à part pour une révision de clé {number} qui n’existe pas.")


def _beside_events(database: Database) -> Iterator[tuple[Any, ...]]:
    if "event_private" not in database.kinds():
        return iter(())
    return database.rows(
        "SELECT p.event_id, p.salt, p.payload, e.stream, e.seq FROM event_private p "
        "LEFT JOIN audit_event e ON e.id = p.event_id ORDER BY p.event_id"
    )


def _salted(salt: Any, payload: Any) -> str | None:
    try:
        if not HEX.fullmatch(salt):
            return None
        return digest(bytes.fromhex(salt) + payload.encode("utf-8", "surrogateescape"))
    except UNREADABLE:
        return None


def _private(outcome: Outcome, stream: str, seq: Any, what: str) -> None:
    _Said(stream, outcome.findings)("private", seq, what)


DOCUMENTS = {"terms": "termes de référence", "programme": "programme type"}


def _want_texts(database: Database, events: Iterable[tuple[int, Event]], outcome: Outcome) -> None:
    """Every version of a campaign's documents is there as it was sealed, and no other."""
    told: dict[Any, dict[str, Any]] = {}
    for campaign, event in events:
        try:
            for kind, version in _told_texts(event):
                wrong = _unlike_before(told, campaign, kind, version)
                told[campaign, kind, version["number"]] = version
                if wrong:
                    says = f"Campagne {campaign}, événement {event.seq} : il {wrong} ({DOCUMENTS[kind]})."
                    outcome.findings.append(Finding("event", says, f"campaign:{campaign}", event.seq))
        except UNREADABLE:
            says = f"Campagne {campaign}, événement {event.seq} : il ne dit pas tout ce que son acte demande."
            outcome.findings.append(Finding("event", says, f"campaign:{campaign}", event.seq))
    there = set()
    there_at_all = "campaign_text" in database.kinds()
    query = "SELECT campaign_id, kind, version, content_json, hash, author_id, at FROM campaign_text ORDER BY id"
    for campaign, kind, number, content, own, author, at in database.rows(query) if there_at_all else ():
        there.add((campaign, kind, number))
        outcome.counted["texts"] += 1
        known = told.get((campaign, kind, number))
        if known is None:
            _say_text(outcome, campaign, kind, number, "a un texte dont aucun événement ne parle")
        elif not isinstance(content, str) or {digest(content), own} != {known["hash"]}:
            what = "n’a pas le texte que le journal a scellé : il a été modifié"
            _say_text(outcome, campaign, kind, number, what, known["seq"])
        elif (author, _moment(at)) != (known["author"], known["at"]):
            _say_text(outcome, campaign, kind, number, "n’a pas l’auteur ou la date que dit le journal", known["seq"])
    for (campaign, kind, number), known in told.items():
        after = told.get((campaign, kind, number + 1))
        # What stood when texts began to be kept was taken over; an older copy has none at all.
        wanted = known["kept"] or (there_at_all and (after is None or after["kept"]))
        if wanted and (campaign, kind, number) not in there:
            what = "n’a plus le texte que le journal dit gardé"
            _say_text(outcome, campaign, kind, number, what, known["seq"])


def _told_texts(event: Event) -> Iterator[tuple[str, dict[str, Any]]]:
    """The versions that an event tells of: the kind of document, and what it says of it."""
    facts = event.facts
    common = {"seq": event.seq, "author": event.actor, "at": event.at, "kept": facts.get("kept") is True}
    if event.act == "campaign_create":
        for kind in DOCUMENTS:
            yield kind, common | {"number": 1, "hash": facts[kind], "before": None, "restored": None}
    elif event.act in ("terms_change", "programme_change"):
        restored = facts.get("restored")
        version = {"number": facts["version"], "hash": facts["hash"], "before": facts["old_hash"], "restored": restored}
        yield event.act.removesuffix("_change"), common | version


def _unlike_before(told: dict[Any, dict[str, Any]], campaign: int, kind: str, version: dict[str, Any]) -> str:
    """What cannot be of a version, by those that were told before it; empty where all can."""
    number, restored = version["number"], version["restored"]
    before = told.get((campaign, kind, number - 1))
    later = any((campaign, kind) == place[:2] and place[2] >= number for place in told)
    if later or (before is not None and before["hash"] != version["before"]):
        return f"ne suit pas la version {number - 1}"
    if restored is not None and told.get((campaign, kind, restored), {}).get("hash") != version["hash"]:
        return f"rétablit un texte qui n’était pas celui de la version {restored}"
    return ""


def _say_text(outcome: Outcome, campaign: Any, kind: Any, number: Any, what: str, seq: Any = None) -> None:
    sentence = f"Campagne {campaign}, {DOCUMENTS.get(kind, kind)}, version {number} : elle {what}."
    outcome.findings.append(Finding("text", sentence, f"campaign:{campaign}", seq))


def _moments(rows: Sequence[tuple[Any, ...]]) -> Moments:
    floors = []
    for _, _, _, at in rows:
        try:
            moment = datetime.fromisoformat(_moment(at)) - LONGEST_TRANSACTION
            floors.append(moment.isoformat(timespec="microseconds"))
        except ValueError:
            floors.append("")
    return Moments(tuple(row[0] for row in rows), tuple(floors))


def _local_heads(rows: Sequence[tuple[Any, ...]], keys: Sequence[Key], outcome: Outcome) -> list[Head]:
    heads = []
    for size, top, note, _ in rows:
        try:
            head = read_head(note, keys, "enregistré ici")
        except (BadNote, AttributeError, TypeError) as error:
            said = (
                f"Le point de contrôle de {size} événements, enregistré ici, n’est pas signé par le journal : {error}."
            )
            outcome.find("unsigned", said)
            continue
        if (head.size, head.root.hex()) != (size, top):
            said = f"Le point de contrôle de {size} événements, enregistré ici, ne dit pas ce qui en a été signé."
            outcome.find("checkpoint", said)
        heads.append(head)
    return heads


def _kept_heads(kept: Sequence[Path], keys: Sequence[Key], outcome: Outcome) -> list[Head]:
    heads = []
    for path in kept:
        where = f"gardé dans {path.name}"
        try:
            notes = notes_in(_read(path, "replace"))  # a note may have been cut off within a sign
        except BadNote as error:
            raise Unfit(f"{path} : {error}.") from error
        for note in notes:
            try:
                heads.append(read_head(note, keys, where))
            except BadNote as error:
                outcome.find("unsigned", f"Un point de contrôle {where} n’est pas signé par le journal : {error}.")
    return heads


@dataclass(frozen=True, slots=True)
class Restoration:
    """That an old backup was put back and gone on from, declared by an event of the log itself."""

    abandoned: frozenset[tuple[int, str]]  # the checkpoints of the history that was left: size, and root in hexadecimal
    sentence: str

    def covers(self, head: Head) -> bool:
        return (head.size, head.root.hex()) in self.abandoned


def _restorations(database: Database) -> list[Restoration]:
    query = (
        "SELECT e.seq, e.body, l.number FROM audit_event e LEFT JOIN leaf l ON l.event_id = e.id "
        "WHERE e.stream = 'settings' AND e.act = 'restored' ORDER BY e.seq"
    )
    found = []
    for seq, body, number in database.rows(query):
        try:
            told = _DECODE(body)
            facts = told["facts"]
            left, common, gone_on = (
                (int(facts[name]["size"]), str(facts[name]["root"]), str(facts[name]["at"]))
                for name in ("left", "common", "gone_on")
            )
            at, reason = str(told["at"]), str(facts["reason"])
            abandoned = frozenset((int(size), str(top)) for size, top in facts["abandoned"])
        except UNREADABLE:
            continue
        if number is not None and number < gone_on[0]:
            continue  # it was not in the log that it says it goes on from
        shared = f"après le point de contrôle commun de {common[0]} événements" if common[0] else "depuis son début"
        when = f" ({left[2][:16].replace('T', ' à ')} UTC)" if left[2] else ""
        since = f" ({common[2][:16].replace('T', ' à ')} UTC)" if common[2] else ""
        sentence = (
            f"Une restauration est déclarée le {at[:10]} à {at[11:16]} UTC (événement {seq} de « settings ») : l’histoire "
            f"qui allait jusqu’à {left[0]} événements{when} est abandonnée {shared}{since}. Motif : {reason}"
        )
        found.append(Restoration(abandoned, sentence))
    return found


def _still_ours(heads: list[Head], tree: Tree, restorations: list[Restoration], outcome: Outcome) -> list[Head]:
    """Without those of a history that a declared restoration left: they are counted, and no fault."""
    roots = tree.roots(head.size for head in heads if head.size <= tree.size)
    kept = [
        head
        for head in heads
        if roots.get(head.size) == head.root or not any(each.covers(head) for each in restorations)
    ]
    outcome.counted["left_behind"] = len(heads) - len(kept)
    return kept


def _check_nodes(database: Database, tree: Tree, outcome: Outcome) -> None:
    """What the application makes its proofs of must be what the events make."""
    stored: dict[Any, Any] = dict(database.rows("SELECT number, hash FROM node WHERE level = 8"))
    for number, made in enumerate(tree.tiles):
        if stored.pop(number, None) != made.hex():
            first, last = number * TILE, number * TILE + TILE - 1
            sentence = (
                f"Le nœud noté pour les feuilles n° {first} à {last} n’est pas celui de leurs événements : l’un d’eux a été "
                "modifié, ôté ou déplacé."
            )
            outcome.find("node", sentence, first)
    for number in sorted(stored):
        outcome.find("node", f"Un nœud est noté pour les feuilles à partir du n° {number * TILE}, qui manquent.")


def _check_heads(database: Database, tree: Tree, heads: Sequence[Head], known: bool, outcome: Outcome) -> None:
    """Every signed root recomputed from the events; who signed two for one size showed two histories."""
    roots = tree.roots(head.size for head in heads if head.size <= tree.size)
    good = sorted(head.size for head in heads if roots.get(head.size) == head.root)
    by_place: dict[str, list[Head]] = defaultdict(list)
    for head in sorted(heads, key=lambda head: head.size):
        if roots.get(head.size) != head.root:
            by_place[head.where].append(head)
    for where, wrong in by_place.items():
        beyond = [head for head in wrong if head.size > tree.size]
        within = [head for head in wrong if head.size <= tree.size]
        if within:
            outcome.findings.append(_rewritten(database, where, within, good))
        if beyond:
            outcome.find("cut", _cut(where, beyond, tree.size))
    _check_split(heads, outcome)


def _rewritten(database: Database, where: str, wrong: Sequence[Head], good: Sequence[int]) -> Finding:
    size = wrong[0].size
    start = max((each for each in good if each < size), default=0)
    query = (
        "SELECT DISTINCT e.stream FROM leaf l JOIN audit_event e ON e.id = l.event_id "
        "WHERE l.number >= ? AND l.number < ?"
    )
    streams = sorted(stream for (stream,) in database.rows(query, (start, size)))
    named = ", ".join(streams[:5]) + ("…" if len(streams) > 5 else "")
    others = f" (et {len(wrong) - 1} autres après lui)" if len(wrong) > 1 else ""
    sentence = (
        f"Le point de contrôle de {size} événements{others}, {where}, n’est pas celui de ce journal : entre les feuilles "
        f"n° {start} et n° {size - 1}, un événement a été modifié, ôté, ajouté ou déplacé. S’y trouvent : {named}."
    )
    one = REPORT.fullmatch(streams[0]) if len(streams) == 1 else None
    return Finding("rewritten", sentence, streams[0] if one else "", None, int(one[1]) if one else None, start)


def _cut(where: str, beyond: Sequence[Head], size: int) -> str:
    return (
        f"Un point de contrôle {where} compte {beyond[-1].size} événements, l’arbre n’en a plus que {size} : la fin a été "
        "coupée, ou une ancienne sauvegarde remise en place."
    )


def _check_split(heads: Sequence[Head], outcome: Outcome) -> None:
    told: dict[tuple[str, int], dict[bytes, str]] = defaultdict(dict)
    for head in heads:
        told[head.origin, head.size].setdefault(head.root, head.where)
    for (origin, size), roots in sorted(told.items()):
        if len(roots) > 1:
            places = " ; l’autre : ".join(roots.values())
            sentence = (
                f"La clé de « {origin} » a signé deux histoires de {size} événements (l’une : {places}) : elle a été volée, "
                "ou le journal montre à chacun autre chose."
            )
            outcome.find("split", sentence)


def _check_kept(heads: Sequence[Head], local: set[Any], tree: Tree, outcome: Outcome) -> None:
    """A checkpoint that others keep was recorded here when it was made."""
    missing = sorted({head.size for head in heads if head.size not in local and 0 < head.size <= tree.size})
    for size in missing:
        sentence = (
            f"Le point de contrôle de {size} événements, gardé ailleurs, n’est plus enregistré ici : il a été ôté."
        )
        outcome.find("removed", sentence)


def _reach(tree: Tree, heads: Sequence[Head], kept: bool, outcome: Outcome) -> None:
    """What this answer rests on, and what it does not reach."""
    here = max((head.size for head in heads if head.where == "enregistré ici"), default=0)
    elsewhere = max((head.size for head in heads if head.where != "enregistré ici"), default=0)
    total = outcome.counted["events"]
    if not kept:
        outcome.remarks.append(
            "Aucun point de contrôle gardé ailleurs n’a été donné (--checkpoint) : un journal coupé, remis à un état ancien "
            "ou réécrit avec sa clé passerait pour intact."
        )
    elif elsewhere < total:
        outcome.remarks.append(
            f"{_of(total - elsewhere)} plus récents que le dernier point de contrôle gardé ailleurs : rien ne protège "
            "encore ce qui n’est que sur cette machine."
        )
    if here < total:
        since = outcome.said["oldest_outside"]
        outcome.remarks.append(
            f"{_of(total - here)} plus récents que le dernier point de contrôle enregistré ici"
            + (f" ; le plus ancien attend le sien depuis le {since[:10]} à {since[11:16]} UTC." if since else ".")
        )


def _of(number: int) -> str:
    return f"{number} événement est" if number < 2 else f"{number} événements sont"


# ---------------------------------------------------------------------------------------------------- the stored files


# table, column, what it names, the column that counts them ("" for none), the one that is set where it may be gone
STORED = (
    ("report", "final_hash", "le PDF mis à la signature", "", ""),
    ("report", "signed_hash", "le PDF signé", "", ""),
    ("report", "minutes_hash", "le procès-verbal de la commission", "", ""),
    ("report", "public_hash", "la version publique", "", ""),
    ("attachment", "file_hash", "la pièce jointe", "number", "withdrawn_at"),
    ("scan", "final_hash", "le PDF mis à la signature", "", ""),
    ("scan", "file_hash", "le papier signé numérisé", "number", ""),
    ("signature", "final_hash", "le PDF mis à la signature", "", ""),
    ("signature", "file_hash", "le PDF qui porte une signature", "", ""),
    ("substitution", "document_hash", "un document qui permet de signer à la place d’une autre personne", "", ""),
)
# act: the facts that name a file, and what it is
STORED_FACTS = {
    "validate": {"minutes": "le procès-verbal de la commission"},
    "sign": {
        "signed_hash": "le PDF signé",
        "file_hash": "le PDF qui porte une signature",
        "final_hash": "le PDF mis à la signature",
    },
    "attest": {"signed_hash": "le PDF signé", "final_hash": "le PDF mis à la signature"},
    "publish": {"signed_hash": "le PDF signé", "public": "la version publique"},
    "make_public": {"signed_hash": "le PDF signé", "public": "la version publique"},
    "file_scan": {"file": "un papier signé numérisé", "final_hash": "le PDF mis à la signature"},
    "substitute": {"document": "un document qui permet de signer à la place d’une autre personne"},
    "attach": {"file": "une pièce jointe"},
    "draft": {"file": "un fichier Word repris"},
    "edit": {"file": "un fichier Word repris"},
}
PICTURE = re.compile(r'"file":"([0-9a-f]{64}) ([0-9a-f]{64}) [0-9]+ [0-9]+"')
BLOCK = 8 * 1024 * 1024


def check_files(place: str, folder: Path, outcome: Outcome) -> None:
    """Every file that the database or its log names is in `folder` and has its hash; read a block at a time."""
    with opened(place) as database:
        named = _named_files(database)
    outcome.counted["named"] = len(named)
    if not folder.is_dir():
        outcome.find("file", f"Il n’y a pas de dossier {folder} : {len(named)} fichiers n’ont pas été vérifiés.")
        return
    for file, (what, let_go) in named.items():
        path = folder / file[:2] / file
        if not path.is_file():
            outcome.counted["let_go"] += let_go
            outcome.want(
                let_go, "file", f"{_raised(what)} manque dans le dossier des fichiers (empreinte {file[:12]}…)."
            )
            continue
        try:
            found, size = _fingerprint(path)
        except OSError:
            outcome.find("file", f"{_raised(what)} ne se laisse pas lire (empreinte {file[:12]}…).")
            continue
        if found != file:
            wrong = "n’a plus son empreinte : il a été modifié, coupé ou abîmé" if size else "est vide"
            outcome.find("file", f"{_raised(what)} {wrong} (empreinte {file[:12]}…).")
            continue
        outcome.counted["files"] += 1
    kept = {path.name for path in folder.glob("[0-9a-f][0-9a-f]/*") if HEX.fullmatch(path.name)}
    outcome.counted["extra"] = len(kept - named.keys())


def _named_files(database: Database) -> dict[str, tuple[str, bool]]:
    """What each file is, and whether it may be gone: it may where all that name it say so."""
    found: dict[str, tuple[str, bool]] = {}

    def name(file: Any, what: str, report: Any, let_go: bool) -> None:
        if isinstance(file, str) and HEX.fullmatch(file) and (file not in found or (found[file][1] and not let_go)):
            found[file] = f"{what} du rapport {report}", let_go

    for table, column, what, counted, gone in STORED:
        report = "id" if table == "report" else "report_id"
        query = f"SELECT {column}, {report}, {counted or 'NULL'}, {gone or 'NULL'} FROM {table} ORDER BY {report}"
        for file, number, count, let_go in database.rows(query):
            name(file, what if count is None else f"{what} n° {count}", number, let_go is not None)
    for column, table in (("v.content_json", "revision"), ("p.content_json", "revision_private")):
        beside = "JOIN revision_private p ON p.revision_id = v.id" if table == "revision_private" else ""
        query = f"SELECT rp.report_id, {column} FROM revision v JOIN report_part rp ON rp.id = v.part_id {beside}"
        for report, text in database.rows(f"{query} WHERE {column} LIKE ?", ('%"file":"%',)):
            for picture, thumbnail in PICTURE.findall(text):
                name(picture, "une photographie", report, False)
                name(thumbnail, "la vignette d’une photographie", report, False)
    query = "SELECT stream, act, body FROM audit_event WHERE act"
    for stream, act, body in database.among(query, sorted(STORED_FACTS)):
        match = REPORT.fullmatch(stream)
        try:
            facts = dict(_DECODE(body)["facts"])
        except UNREADABLE:
            continue
        for fact, what in STORED_FACTS[act].items():
            if match and "old" not in facts:
                name(facts.get(fact), what, match[1], act == "attach")
    return found


def _fingerprint(path: Path) -> tuple[str, int]:
    found, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            found.update(block)
            size += len(block)
    return found.hexdigest(), size


def _raised(what: str) -> str:
    return what[0].upper() + what[1:]


# ------------------------------------------------------------------------------------------------------------- proofs


def read_tree(database: Database) -> Tree:
    """The tree over the events as they are now. Raises `Unfit` where they make none."""
    rows = database.rows(
        "SELECT l.number, e.hash FROM leaf l LEFT JOIN audit_event e ON e.id = l.event_id ORDER BY l.number"
    )
    found: list[tuple[int, str | None]] = list(rows)
    tree = Tree(len(found))
    for at, (number, own) in enumerate(found):
        if number != at or own is None or not HEX.fullmatch(own):
            raise Unfit(f"L’arbre est rompu à la feuille n° {at} : lancez « verify ».")
        tree.leaves[32 * at : 32 * at + 32] = hashlib.sha256(b"\x00" + bytes.fromhex(own)).digest()
    tree.close()
    return tree


def prove(place: str, what: str) -> dict[str, Any]:
    """The proof that an event is in the log. `what`: "report:12" (its last validation, else its last event), "report:12/7",
    or the event's own number. Raises `Unfit`.
    """
    with opened(place) as database:
        stream, seq, body, prev, own, number = _event_named(database, what)
        tree = read_tree(database)
        row = database.one("SELECT size, note FROM checkpoint WHERE size > ? ORDER BY size LIMIT 1", (number,))
    if row is None:
        raise Unfit(
            f"Aucun point de contrôle ne couvre encore l’événement {seq} de « {stream} » : attendez le prochain."
        )
    size, note = row
    if size > tree.size:
        raise Unfit("L’arbre est plus court que son point de contrôle : lancez « verify ».")
    return {
        "format": "seben-proof/1",
        "event": {"stream": stream, "seq": seq, "prev": prev, "body": body, "hash": own},
        "leaf": leaf_hash(bytes.fromhex(own)).hex(),
        "index": number,
        "size": size,
        "path": [each.hex() for each in inclusion_path(tree, number, size)],
        "checkpoint": note,
    }


def _event_named(database: Database, what: str) -> tuple[Any, ...]:
    query = (
        "SELECT e.stream, e.seq, e.body, e.prev, e.hash, l.number FROM audit_event e "
        "LEFT JOIN leaf l ON l.event_id = e.id WHERE "
    )
    stream, _, seq = what.rpartition("/") if "/" in what else (what, "", "")
    if what.isdecimal():
        row = database.one(f"{query} e.id = ?", (int(what),))
    elif seq.isdecimal():
        row = database.one(f"{query} e.stream = ? AND e.seq = ?", (stream, int(seq)))
    else:
        last = f"{query} e.stream = ? AND (e.act = 'validate' OR ?) ORDER BY e.seq DESC LIMIT 1"
        row = database.one(last, (what, False)) or database.one(last, (what, True))
    if row is None:
        raise Unfit(f"Il n’y a pas d’événement « {what} » : donnez report:12, report:12/7 ou le numéro de l’événement.")
    if row[5] is None:
        raise Unfit(
            f"L’événement {row[1]} de « {row[0]} » n’est pas encore dans l’arbre : attendez le prochain point de contrôle."
        )
    return row


def check_proof(proof: Any, keys: Sequence[Key]) -> Outcome:
    """A file made by `prove`, with nothing but the public key."""
    outcome = Outcome()
    try:
        event, note = proof["event"], proof["checkpoint"]
        prev, body = str(event["prev"]), str(event["body"])
        index, size = int(proof["index"]), int(proof["size"])
        path = [bytes.fromhex(each) for each in proof["path"]]
        told = _DECODE(body)
        Event(told)
    except UNREADABLE as error:
        raise Unfit("Ce fichier n’est pas une preuve faite par « prove ».") from error
    own = link(prev, body.encode())
    leaf = leaf_hash(bytes.fromhex(own))
    outcome.want(own == event.get("hash"), "hash", "L’empreinte de l’événement n’est pas celle de son contenu.")
    outcome.want(leaf.hex() == proof.get("leaf"), "leaf", "La feuille n’est pas celle de l’événement.")
    same = (event.get("stream"), event.get("seq")) == (told["stream"], told["seq"])
    outcome.want(same, "columns", "La preuve annonce un autre événement que celui qu’elle contient.")
    _check_inclusion(outcome, leaf, index, size, path, note, keys)
    outcome.said |= {"event": told, "index": index}
    return outcome


def _check_inclusion(
    outcome: Outcome, leaf: bytes, index: int, size: int | None, path: Sequence[bytes], note: Any, keys: Sequence[Key]
) -> Head | None:
    try:
        head = read_head(note, keys)
    except (BadNote, AttributeError, TypeError) as error:
        outcome.find("unsigned", f"Le point de contrôle n’est pas signé par le journal : {error}.")
        return None
    outcome.want(
        size in (None, head.size), "checkpoint", "La preuve annonce une autre taille que le point de contrôle signé."
    )
    there = included(leaf, index, head.size, path, head.root)
    outcome.want(there, "proof", f"L’événement n’est pas la feuille n° {index} du point de contrôle signé.")
    outcome.said |= {"origin": head.origin, "size": head.size, "root": _base64(head.root)}
    return head


def growth(place: str, old: int, new: int) -> dict[str, Any]:
    """The proof that the log of `new` events goes on from that of `old`, for those who have no copy. Raises `Unfit`."""
    with opened(place) as database:
        tree = read_tree(database)
    new = new or tree.size
    if not 0 < old <= new <= tree.size:
        raise Unfit(f"L’arbre compte {tree.size} feuilles : donnez deux tailles croissantes.")
    path = [each.hex() for each in growth_path(tree, old, new)]
    return {"format": "seben-growth/1", "old": old, "new": new, "path": path}


# ---------------------------------------------------------------------------------------------------------------- PDF


LONGEST_HEAD = 200_000
LARGEST_STREAMS = 256 << 20
_OBJECT = re.compile(rb"(?<!\d)(\d{1,9}) \d{1,5} obj\b")
_END = re.compile(rb"\bstream\r?\n|\bendobj\b")
_LENGTH = re.compile(rb"/Length\s+(\d{1,10})(?!\d|\s+\d+\s+R)")


class Pdf:
    """The objects of a PDF as far as Sɛbɛn's own files need: written out one by one, the last of each number counts."""

    def __init__(self, data: bytes) -> None:
        if not data.startswith(b"%PDF-"):
            raise Unfit("Ce fichier n’est pas un PDF.")
        if b"/Encrypt" in data:
            raise Unfit("Ce PDF est chiffré : son contenu ne peut pas être lu ici.")
        self._data = data
        self._heads: dict[int, bytes] = {}
        self._streams: dict[int, int] = {}  # where the stream of an object begins
        self._embedded: list[tuple[bytes, int]] = []
        self._room = LARGEST_STREAMS
        at = 0
        while (match := _OBJECT.search(data, at)) is not None:
            at = self._object(int(match[1]), match.end())

    def _object(self, number: int, start: int) -> int:
        """Note one object; answers with where the next may begin, behind its stream."""
        end = _END.search(self._data, start, start + LONGEST_HEAD)
        if end is None:
            return start
        head = self._data[start : end.start()]
        self._heads[number] = head
        self._streams.pop(number, None)
        if not end[0].startswith(b"stream"):
            return end.end()
        self._streams[number] = end.end()
        if b"/EmbeddedFile" in head:
            self._embedded.append((head, end.end()))
        length = _LENGTH.search(head)
        after = end.end() + int(length[1]) if length else end.end()
        return max(end.end(), self._data.find(b"endstream", after))

    def _head(self, number: int) -> bytes:
        return self._heads.get(number, b"")

    def _stream(self, number: int) -> bytes:
        start = self._streams.get(number)
        return b"" if start is None else self._inflated(self._head(number), start)

    def _inflated(self, head: bytes, start: int) -> bytes:
        """A stream's bytes; empty where it is packed in another way, or there is more of it than of any of ours."""
        if b"/FlateDecode" in head:
            try:
                found = zlib.decompressobj().decompress(memoryview(self._data)[start:], self._room + 1)
            except zlib.error:
                return b""
        elif b"/Filter" in head:
            return b""
        else:
            length = _LENGTH.search(head)
            end = start + int(length[1]) if length else max(start, self._data.find(b"endstream", start))
            found = self._data[start:end]
        self._room -= len(found)
        if self._room < 0:
            raise Unfit("Ce PDF se déploie en trop de données pour être un rapport de Sɛbɛn.")
        return found

    def embedded(self) -> list[bytes]:
        """The files that were ever attached, even those that a later version of the file hides."""
        return [self._inflated(head, start) for head, start in self._embedded]

    def text(self) -> str:
        """The signs on the pages, a line for each stretch in one font; empty where they cannot be read."""
        pages = [head for head in self._heads.values() if re.search(rb"/Type\s*/Page\b", head)]
        return "\n".join(self._page(head) for head in pages)

    def _page(self, head: bytes) -> str:
        fonts = {name: self._signs(int(number)) for name, number in self._fonts(head)}
        content = b"\n".join(self._stream(number) for number in _references(head, b"Contents"))
        said, font = [], {}
        for name, hexadecimal, literal in re.findall(_SHOWN, content):
            if name:
                font = fonts.get(name, {})
                said.append("\n")
            else:
                codes = bytes.fromhex(hexadecimal.decode()) if hexadecimal else _unescaped(literal)
                said.append("".join(font.get(codes[at] << 8 | codes[at + 1], "") for at in range(0, len(codes) - 1, 2)))
        return "".join(said)

    def _fonts(self, head: bytes) -> list[tuple[bytes, bytes]]:
        places = [head, *(self._head(each) for each in _references(head, b"Resources"))]
        fonts = b""
        for place in places:
            direct = re.search(rb"/Font\s*<<(.*?)>>", place, re.DOTALL)
            fonts += direct[1] if direct else b""
            fonts += b"".join(self._head(each) for each in _references(place, b"Font"))
        return re.findall(rb"/([^\s/<>\[\]()]+)\s+(\d+)\s+\d+\s+R", fonts)

    def _signs(self, font: int) -> dict[int, str]:
        """What each glyph stands for, after the font's ToUnicode table."""
        signs: dict[int, str] = {}
        for table in _references(self._head(font), b"ToUnicode"):
            stream = self._stream(table)
            for block in re.findall(rb"beginbfchar(.*?)endbfchar", stream, re.DOTALL):
                for code, sign in re.findall(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
                    signs[int(code, 16)] = bytes.fromhex(sign.decode()).decode("utf-16-be", "replace")
            for block in re.findall(rb"beginbfrange(.*?)endbfrange", stream, re.DOTALL):
                for first, last, sign in re.findall(rb"<(\w+)>\s*<(\w+)>\s*<(\w+)>", block):
                    for step in range(min(int(last, 16) - int(first, 16) + 1, 65_536)):
                        signs[int(first, 16) + step] = chr(int(sign, 16) + step) if len(sign) <= 4 else ""
        return signs


# A font chosen, or a string of glyphs: in hexadecimal, or as it is.
_SHOWN = re.compile(rb"/([^\s/<>\[\]()]+)\s+[\d.]+\s+Tf|<((?:[0-9A-Fa-f]{4})+)>(?!>)|\(((?:\\.|[^\\()])*)\)", re.DOTALL)
_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def _unescaped(literal: bytes) -> bytes:
    def meant(match: re.Match[bytes]) -> bytes:
        return (
            bytes([int(match[1], 8) & 255]) if match[1].isdigit() else _ESCAPES.get(match[1], match[1].strip(b"\r\n"))
        )

    return re.sub(rb"\\([0-7]{1,3}|\r\n|.)", meant, literal, flags=re.DOTALL)


def _references(head: bytes, name: bytes) -> list[int]:
    """The objects named after `name`: one, or a list of them."""
    match = re.search(rb"/" + name + rb"\s*(\[[^\]]*\]|\d+\s+\d+\s+R)", head)
    return [int(number) for number in re.findall(rb"(\d+)\s+\d+\s+R", match[1])] if match else []


def check_pdf(path: Path, keys: Sequence[Key]) -> Outcome:
    """The final file alone, with the public key: text → event → leaf → tree → signature → paper. Raises `Unfit`."""
    try:
        pdf = Pdf(path.read_bytes())
    except OSError as error:
        raise Unfit(f"{path} ne se laisse pas lire : {error}.") from error
    outcome = Outcome()
    told, raw = _attached(pdf, outcome)
    try:
        parts, log = told["parts"], told["log"]
        prev, body = str(log["event"]["prev"]), str(log["event"]["body"])
        index, proof = int(log["leaf"]), [bytes.fromhex(each) for each in log["proof"]]
        sealed = _DECODE(body)
        event = Event(sealed)
    except UNREADABLE as error:
        raise Unfit(
            "Le texte joint (rapport.json) ne porte pas de quoi être vérifié : ce n’est pas un rapport définitif."
        ) from error
    text_hash = _text_hash(told, outcome)
    outcome.want(canonical(told) == raw, "text", "Le texte joint n’est pas écrit dans sa forme scellée.")
    outcome.want(
        text_hash == told.get("text_hash"), "text", "Le texte joint a été modifié : son empreinte n’est plus la sienne."
    )
    own = link(prev, body.encode())
    leaf = leaf_hash(bytes.fromhex(own))
    about = event.act == "validate" and event.facts.get("text_hash") == text_hash
    outcome.want(about, "event", "L’événement joint ne valide pas ce texte.")
    same = sealed.get("stream") == f"report:{told.get('report')}" and event.facts.get("report") == told.get("report")
    outcome.want(same, "event", "L’événement joint est celui d’un autre rapport.")
    head = _check_inclusion(outcome, leaf, index, None, proof, log.get("checkpoint"), keys)
    code = code_of(text_hash, leaf)
    outcome.want(code == log.get("code"), "code", "Le code joint n’est pas celui de ce texte et de cette feuille.")
    outcome.said |= {"event": sealed, "index": index, "code": spoken(code), "text": parts}
    outcome.said["masthead"] = told["masthead"] if isinstance(told.get("masthead"), dict) else {}
    _check_paper(pdf.text(), spoken(code), index, head, outcome)
    if "public" in told:
        _say_public(told, path.read_bytes(), outcome)
    return outcome


def _say_public(told: dict[str, Any], pdf: bytes, outcome: Outcome) -> None:
    """What a public version says of itself, which only the log can confirm: its event names this file by its hash."""
    try:
        signed, left_out = told["public"]["signed_hash"], list(told["public"]["left_out"])
        sound = bool(HEX.fullmatch(signed)) and "withheld" in told and {*left_out} <= MASKED.keys()
    except UNREADABLE:
        sound = False
    outcome.want(
        sound, "text", "Le texte joint ne dit pas juste de quel fichier signé cette version publique est tirée."
    )
    if not sound:
        return
    masked = " ; ".join(MASKED[each] for each in left_out)
    outcome.remarks.append(
        f"Version publique du rapport {told.get('report')}, tirée, dit-elle, du fichier signé d’empreinte {signed}. "
        + (f"Y sont masqués, dit-elle : {masked}." if masked else "Rien n’y est masqué, dit-elle.")
    )
    outcome.remarks.append(
        f"Ce fichier a pour empreinte {digest(pdf)}. Seul le journal dit s’il est la version publique qui a été publiée : "
        "l’événement « publish » ou « make_public » du rapport nomme cette empreinte (fait « public »). Le cachet de "
        "l’organisation n’est pas vérifié ici : un lecteur de PDF ou l’adresse du site le font."
    )


def _text_hash(told: dict[str, Any], outcome: Outcome) -> str:
    """The hash of the whole text: texts of persons are sealed with the salt that comes along, or stand by their hash alone
    in a public version, that shows them masked.
    """
    try:
        salts, withheld = dict(told.get("salts", {})), dict(told.get("withheld", {}))
        hashes = {key: digest(canonical(blocks)) for key, blocks in told["parts"].items()}
        hashes |= {key: _salted(salt, canonical(told["parts"][key]).decode()) or "" for key, salt in salts.items()}
        parts = {*hashes}
        if "masthead" in told:
            hashes[MASTHEAD] = digest(canonical(told["masthead"]))
    except UNREADABLE:
        return ""
    strange = sorted({*salts, *withheld} - {*PERSONAL}) + sorted({*withheld} & parts) + sorted({MASTHEAD} & parts)
    outcome.want(not strange, "text", f"Le texte joint met à part ce qui ne doit pas l’être : {', '.join(strange)}.")
    for key in sorted(withheld):
        name = PARTS[key][0] if key in PARTS else key
        outcome.remarks.append(
            f"Version publique, qui n’est pas le fichier signé : la partie « {name} » y est masquée et n’a pas été "
            "vérifiée ; toutes les autres l’ont été."
        )
    return digest(canonical(hashes | withheld))


def _attached(pdf: Pdf, outcome: Outcome) -> tuple[dict[str, Any], bytes]:
    found: dict[bytes, dict[str, Any]] = {}
    for raw in pdf.embedded():
        try:
            told = json.loads(raw)
        except (ValueError, RecursionError):
            continue
        if isinstance(told, dict) and "text_hash" in told:
            found[raw] = told
    if not found:
        raise Unfit(
            "Aucun texte joint (rapport.json) n’a pu être lu dans ce PDF : ce n’est pas un rapport de Sɛbɛn, ou un autre "
            "programme l’a réenregistré. Demandez le fichier d’origine."
        )
    if len(found) > 1:
        outcome.find("text", f"Ce PDF porte {len(found)} textes joints différents : il a été modifié.")
    raw = next(iter(found))
    return found[raw], raw


def _check_paper(text: str, code: str, index: int, head: Head | None, outcome: Outcome) -> None:
    """What the pages say, where they can be read; else the eye must compare."""
    bare = re.sub(r"\s", "", text)
    printed = set(re.findall(r"(?<![0-9A-Z-])(?:[0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}(?![0-9A-Z-])", text))
    if not printed:
        outcome.remarks.append(
            f"Le texte des pages n’a pas pu être lu : comparez à l’œil. Le pied de chaque page doit porter le code {code}."
        )
        return
    others = sorted(printed - {code})
    said = ", ".join(others) or "aucun"
    outcome.want(code in printed and not others, "paper", f"Les pages portent un autre code que {code} : {said}.")
    if head is not None:
        there = f"{head.size}événements" in bare and _base64(head.root) in bare
        outcome.want(there, "paper", "Les pages ne portent pas le point de contrôle joint (taille et racine).")
    outcome.want(f"n°{index}." in bare, "paper", f"Les pages ne portent pas la feuille n° {index}.")
    outcome.remarks.append(
        "Les mots des pages n’ont pas été comparés à ceux du texte joint : « --text » l’imprime, pour être relu. Les "
        "signatures électroniques du fichier se vérifient dans un lecteur de PDF ou à l’adresse du site."
    )


# ------------------------------------------------------------------------------------------------------------ witness


def witness(state: Path, source: str, keys: Sequence[Key], proof: Path | None) -> Outcome:
    """Keep a newer checkpoint in `state`, if the log goes on from the one kept there; else leave it as it is.

    `source`: a file with a checkpoint (then `proof` is what `growth` made, once the tree has grown), or a database.
    """
    outcome = Outcome()
    kept = _read_state(state, keys) if state.exists() else []
    last = kept[-1] if kept else None
    tree: Tree | None = None
    restorations: list[Restoration] = []
    if _is_url(source) or _is_sqlite(Path(source)):
        with opened(source) as database:
            tree = read_tree(database)
            restorations = _restorations(database)
            row = database.one("SELECT note FROM checkpoint ORDER BY size DESC LIMIT 1")
        if row is None:
            if last is None:
                raise Unfit("Cette base n’a aucun point de contrôle.")
            outcome.find(
                "removed", f"Cette base n’a aucun point de contrôle ; j’en connais un de {last.size} événements."
            )
            return outcome
        notes = [row[0]]
    else:
        try:
            notes = notes_in(_read(Path(source), "replace"))
        except BadNote as error:
            raise Unfit(f"{source} : {error}.") from error
    try:
        head = max((read_head(note, keys) for note in notes), key=lambda head: head.size)
    except BadNote as error:
        outcome.find("unsigned", f"Le point de contrôle est refusé, le journal ne l’a pas signé : {error}.")
        return outcome
    if tree is not None and last is not None and not _holds(last, tree):
        declared = next((each for each in restorations if each.covers(last)), None)
        if declared is not None:  # a new history begins, beside the old one
            outcome.remarks.append(declared.sentence)
            _consistent(head, None, tree, proof, outcome)
            if not outcome.findings:
                _keep(state, [head], [*_earlier(state), *(each.note for each in kept)], declared)
                outcome.said["witness"] = (
                    f"témoin {head.origin} {head.size} {_base64(head.root)} {digest(head.note)[:16]}"
                )
            return outcome
    _consistent(head, last, tree, proof, outcome)
    if not outcome.findings:
        if last is None or head.size > last.size:
            _keep(state, [*kept, head], _earlier(state))
        outcome.said["witness"] = f"témoin {head.origin} {head.size} {_base64(head.root)} {digest(head.note)[:16]}"
    return outcome


def _holds(head: Head, tree: Tree) -> bool:
    return head.size <= tree.size and tree.roots([head.size])[head.size] == head.root


def _earlier(state: Path) -> list[str]:
    """The notes of histories that were left, as this witness kept them."""
    return list(_read_json(state).get("earlier", [])) if state.exists() else []


def _consistent(head: Head, last: Head | None, tree: Tree | None, proof: Path | None, outcome: Outcome) -> None:
    if tree is not None and tree.roots([head.size] if head.size <= tree.size else []).get(head.size) != head.root:
        outcome.find(
            "rewritten", f"Le point de contrôle de {head.size} événements n’est pas celui des événements de cette base."
        )
    if last is None:
        return
    known = f"celui que je garde, de {last.size} événements"
    if head.origin != last.origin:
        outcome.find(
            "checkpoint", f"C’est un point de contrôle de « {head.origin} », je garde celui de « {last.origin} »."
        )
    elif head.size < last.size:
        outcome.find(
            "cut", f"Un point de contrôle de {head.size} événements est plus ancien que {known} : il est refusé."
        )
    elif head.size == last.size:
        if head.root != last.root:
            outcome.find(
                "split", f"Le journal a signé deux histoires de {head.size} événements : celle-ci n’est pas {known}."
            )
    elif tree is not None:
        if tree.roots([last.size])[last.size] != last.root:
            outcome.find("rewritten", f"Ce journal ne continue pas {known} : il a été réécrit.")
    elif proof is None:
        raise Unfit(
            f"Sans preuve, rien ne montre que ce point de contrôle continue {known} : donnez --proof ou la base."
        )
    elif not _grows(_read_json(proof), last, head):
        outcome.find("rewritten", f"La preuve ne montre pas que ce point de contrôle continue {known}.")


def _grows(proof: Any, old: Head, new: Head) -> bool:
    try:
        path = [bytes.fromhex(each) for each in proof["path"]]
    except UNREADABLE as error:
        raise Unfit("Ce fichier n’est pas une preuve faite par « growth ».") from error
    return grown(old.size, new.size, path, old.root, new.root)


def compare(first: Path, second: Path, keys: Sequence[Key], proof: Path | None) -> Outcome:
    """What two witnesses kept of the same log: one history, two, or nothing that can be compared."""
    outcome = Outcome()
    sides = [_read_state(path, keys) for path in (first, second)]
    for head, path in ((head, path) for side, path in zip(sides, (first, second), strict=True) for head in side):
        if head.origin != sides[0][-1].origin:
            raise Unfit(f"{path} est l’état d’un autre journal, « {head.origin} ».")
    left, right = ({head.size: head for head in side} for side in sides)
    common = sorted(left.keys() & right.keys())
    restorations = [each for path in (first, second) for each in _restored(path)]
    outcome.remarks += list(dict.fromkeys(each.sentence for each in restorations))
    for size in common:
        if left[size].root != right[size].root:
            if any(each.covers(side[size]) for each in restorations for side in (left, right)):
                continue
            sentence = (
                f"Deux histoires de {size} événements ont été signées : {first.name} a vu l’une, {second.name} l’autre."
            )
            outcome.find("split", sentence)
    ended = [side[-1] for side in sides if any(each.covers(side[-1]) for each in restorations)]
    if not common and not ended:
        old, new = sorted((sides[0][-1], sides[1][-1]), key=lambda head: head.size)
        if proof is None:
            raise Unfit(
                f"Aucune taille commune : demandez la preuve de {old.size} à {new.size} (« growth ») et donnez --proof."
            )
        if not _grows(_read_json(proof), old, new):
            outcome.find("split", f"Le journal de {new.size} événements ne continue pas celui de {old.size}.")
    outcome.counted["common"] = len(common)
    return outcome


def _restored(path: Path) -> list[Restoration]:
    """The restorations that this witness saw declared in the database."""
    try:
        told = _read_json(path).get("restored", [])
        return [
            Restoration(frozenset((int(size), str(top)) for size, top in abandoned), str(said))
            for abandoned, said in told
        ]
    except UNREADABLE as error:
        raise Unfit(f"{path} n’est pas l’état d’un témoin : {error}.") from error


def _read_state(path: Path, keys: Sequence[Key]) -> list[Head]:
    """The checkpoints that a witness kept, oldest first, signatures checked again."""
    try:
        heads = [read_head(note, keys, path.name) for note in _read_json(path)["kept"]]
    except (BadNote, *UNREADABLE) as error:
        raise Unfit(f"{path} n’est pas l’état d’un témoin de ce journal : {error}.") from error
    if not heads:
        raise Unfit(f"{path} ne garde aucun point de contrôle.")
    return sorted(heads, key=lambda head: head.size)


def _keep(path: Path, heads: Sequence[Head], earlier: Sequence[str] = (), declared: Restoration | None = None) -> None:
    """Written beside and then put in place: a crash leaves the old state or the new one.

    `earlier`: notes of a history that was left, by a restoration that was `declared`, or before.
    """
    fresh = path.with_name(path.name + ".new")
    told: dict[str, Any] = {"format": "seben-witness/1", "kept": [head.note for head in heads]}
    before = _read_json(path).get("restored", []) if path.exists() else []
    restored = before if declared is None else [*before, [sorted(declared.abandoned), declared.sentence]]
    if earlier:
        told |= {"earlier": list(earlier), "restored": restored}
    fresh.write_text(json.dumps(told, ensure_ascii=False, indent=1))
    os.replace(fresh, path)


def _is_sqlite(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(16) == b"SQLite format 3\0"
    except OSError as error:
        raise Unfit(f"{path} ne se laisse pas lire : {error}.") from error


def _read_json(path: Path) -> Any:
    try:
        return json.loads(_read(path))
    except (ValueError, RecursionError) as error:
        raise Unfit(f"{path} n’est pas du JSON : {error}.") from error


# ------------------------------------------------------------------------------------------------------- command line


COUNTS = (
    ("events", "événement", "événements"),
    ("streams", "journal", "journaux"),
    ("reports", "rapport", "rapports"),
    ("revisions", "révision", "révisions"),
    ("rows", "fiche", "fiches"),
    ("checkpoints", "point de contrôle", "points de contrôle"),
    ("left_behind", "point d’une histoire abandonnée", "points d’une histoire abandonnée"),
    ("erased", "effacement déclaré", "effacements déclarés"),
    ("erased_texts", "texte effacé et déclaré", "textes effacés et déclarés"),
    ("unknown", "valeur que le journal ne dit pas ou plus", "valeurs que le journal ne dit pas ou plus"),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit code."""
    given = _parser().parse_args(arguments)
    try:
        outcome = given.run(given)
    except Unfit as error:
        if given.json:
            print(json.dumps({"sound": None, "error": french(str(error))}, ensure_ascii=False))
        else:
            print(french(f"Non vérifié. {error}"), file=sys.stderr)
        return 2
    _print_json(outcome) if given.json else _print(outcome, given.command)
    return 1 if outcome.findings else 0


def _print(outcome: Outcome, command: str) -> None:
    for line in _account(outcome, command):
        print(french(line))
    for finding in outcome.findings:
        print(french(f"– [{finding.kind}] {finding.sentence}"))
    for remark in outcome.remarks:
        print(french(f"Remarque : {remark}"))
    if "written" not in outcome.said:
        print(french(f"Anomalies : {len(outcome.findings)}." if outcome.findings else "Tout concorde."))


def _account(outcome: Outcome, command: str) -> Iterator[str]:
    said = outcome.said
    if command == "verify":
        counted = [
            f"{outcome.counted[name]} {one if outcome.counted[name] < 2 else many}" for name, one, many in COUNTS
        ]
        yield f"Vérifié : {', '.join(counted)}, en {said['seconds']:.1f}".replace(".", ",") + " s."
        if "named" in outcome.counted:
            files = outcome.counted
            yield f"Fichiers : {files['files']} intacts sur {files['named']} que la base nomme ; {files['extra']} sans nom."
    if "event" in said:
        event = said["event"]
        yield f"Événement {event['seq']} de « {event['stream']} », acte « {event['act']} », le {event['at']}."
        yield f"Par la personne n° {event['actor']}, dans le rôle « {event['role']} ». Feuille n° {said['index']}."
    if "size" in said:
        yield f"Point de contrôle de « {said['origin']} » : {said['size']} événements, racine {said['root']}"
    if "code" in said:
        yield f"Code de vérification : {said['code']}"
    if "written" in said:
        yield f"Écrit dans {said['written']}."
    if "witness" in said:
        yield said["witness"]


def _print_json(outcome: Outcome) -> None:
    told = {
        "sound": not outcome.findings,
        "findings": [
            {name: value for name, value in asdict(each).items() if value not in (None, "")}
            | {"sentence": french(each.sentence)}
            for each in outcome.findings
        ],
        "remarks": [french(remark) for remark in outcome.remarks],
        "counted": dict(outcome.counted),
        **{name: value for name, value in outcome.said.items() if name not in ("text", "masthead")},
    }
    print(json.dumps(told, ensure_ascii=False, indent=1))


def _run_verify(given: argparse.Namespace) -> Outcome:
    outcome = verify(given.db, read_keys(given.key), given.checkpoint, given.jobs)
    if given.files is None:
        outcome.remarks.append("Le dossier des fichiers n’a pas été donné (--files) : aucun fichier n’a été vérifié.")
    else:
        check_files(given.db, given.files, outcome)
    return outcome


def _run_prove(given: argparse.Namespace) -> Outcome:
    proof = prove(given.db, given.event)
    return _written(given.out, proof)


def _run_growth(given: argparse.Namespace) -> Outcome:
    return _written(given.out, growth(given.db, given.old, given.new))


def _written(path: Path, proof: dict[str, Any]) -> Outcome:
    try:
        path.write_text(json.dumps(proof, ensure_ascii=False, indent=1) + "\n", "utf-8")
    except OSError as error:
        raise Unfit(f"{path} ne se laisse pas écrire : {error}.") from error
    return Outcome(said={"written": str(path)})


def _run_check_proof(given: argparse.Namespace) -> Outcome:
    return check_proof(_read_json(given.file), read_keys(given.key))


def _run_check_pdf(given: argparse.Namespace) -> Outcome:
    outcome = check_pdf(given.file, read_keys(given.key))
    if given.text and not given.json:
        for text in outcome.said["masthead"].values():
            print("\n".join(map(str, text.values())) if isinstance(text, dict) else text)
        order = {key: place for place, key in enumerate(PARTS)}
        for key, blocks in sorted(outcome.said["text"].items(), key=lambda part: order.get(part[0], len(order))):
            print(f"\n== {PARTS[key][0] if key in PARTS else key}\n")
            for block in blocks:
                print("\n".join(str(text) for text in block["fields"].values() if str(text).strip()))
        print()
    return outcome


def _run_witness(given: argparse.Namespace) -> Outcome:
    return witness(given.state, given.source, read_keys(given.key), given.proof)


def _run_compare(given: argparse.Namespace) -> Outcome:
    return compare(given.first, given.second, read_keys(given.key), given.proof)


class _Help(argparse.HelpFormatter):
    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
        super().add_usage(usage, actions, groups, french("Emploi : ") if prefix is None else prefix)


class _Parser(argparse.ArgumentParser):
    """What argparse says, in French as far as it lets itself be told."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings, add_help=False, formatter_class=_Help)
        self.given = self.add_argument_group("arguments")
        self.given.add_argument("-h", "--help", action="help", help="montre cette aide")

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(2, french(f"Commande incomprise : {message}\n"))


def _parser() -> _Parser:
    parser = _Parser(prog="seben_audit.py", description=french("Vérifie le journal de Sɛbɛn sans Sɛbɛn."))
    commands = parser.add_subparsers(dest="command", required=True, title="commandes", metavar="COMMANDE")

    def command(name: str, run: Callable[[argparse.Namespace], Outcome], says: str, key: bool = True) -> Any:
        made = commands.add_parser(name, help=french(says), description=french(says))
        made.set_defaults(run=run)
        made.given.add_argument("--json", action="store_true", help="répond en JSON, pour les programmes")
        if key:
            made.given.add_argument(
                "--key",
                action="append",
                required=True,
                metavar="VKEY",
                help="clé publique du journal, ou un fichier de telles lignes",
            )
        return made.given

    base = french("copie du fichier SQLite, ou adresse postgresql://")
    given = command("verify", _run_verify, "Vérifie tout : contenus, lignes, chaînes, arbre, points de contrôle.")
    given.add_argument("db", metavar="BASE", help=base)
    given.add_argument(
        "--checkpoint",
        action="append",
        type=Path,
        default=[],
        metavar="FICHIER",
        help="points de contrôle gardés ailleurs",
    )
    given.add_argument(
        "--files",
        type=Path,
        metavar="DOSSIER",
        help="le dossier des fichiers : ceux que la base nomme y sont-ils intacts ?",
    )
    given.add_argument(
        "--jobs", type=int, default=min(2, os.cpu_count() or 1), metavar="N", help="processus à la fois (2)"
    )
    given = command("prove", _run_prove, "Écrit la preuve qu’un événement est dans le journal.", key=False)
    given.add_argument("db", metavar="BASE", help=base)
    given.add_argument(
        "event", metavar="ÉVÉNEMENT", help="report:12 (sa validation), report:12/7, ou le numéro de l’événement"
    )
    given.add_argument("--out", type=Path, required=True, metavar="FICHIER", help="où l’écrire")
    given = command("check-proof", _run_check_proof, "Vérifie une telle preuve, sans la base.")
    given.add_argument("file", type=Path, metavar="FICHIER", help="la preuve")
    given = command("check-pdf", _run_check_pdf, "Vérifie un rapport définitif d’après lui seul et la clé publique.")
    given.add_argument("file", type=Path, metavar="PDF", help="le rapport signé")
    given.add_argument("--text", action="store_true", help="imprime aussi le texte scellé")
    given = command(
        "witness", _run_witness, "Retient le dernier point de contrôle ; refuse celui qui ne le continue pas."
    )
    given.add_argument(
        "source", metavar="SOURCE", help="fichier d’un point de contrôle, copie SQLite ou adresse postgresql://"
    )
    given.add_argument("--state", type=Path, required=True, metavar="FICHIER", help="ce que le témoin retient")
    given.add_argument("--proof", type=Path, metavar="FICHIER", help="preuve faite par « growth »")
    given = command("growth", _run_growth, "Écrit la preuve que le journal en continue un plus court.", key=False)
    given.add_argument("db", metavar="BASE", help=base)
    given.add_argument("old", type=int, metavar="TAILLE", help="taille du plus court")
    given.add_argument(
        "new", type=int, nargs="?", default=0, metavar="TAILLE", help="taille du plus long (celle de la base)"
    )
    given.add_argument("--out", type=Path, required=True, metavar="FICHIER", help="où l’écrire")
    given = command("compare", _run_compare, "Compare ce que deux témoins ont retenu : ont-ils vu la même histoire ?")
    given.add_argument("first", type=Path, metavar="ÉTAT", help="état du premier témoin")
    given.add_argument("second", type=Path, metavar="ÉTAT", help="état du second")
    given.add_argument("--proof", type=Path, metavar="FICHIER", help="preuve faite par « growth »")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
