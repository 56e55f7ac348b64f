"""The log's own key: it signs the checkpoints, and is kept beside the authority's keys."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from app.audit.note import BadNote, Signer, Verifier
from app.content.typography import french

FILE = "log.ed25519"
PUBLIC = "log.vkey"
COMMAND = "flask audit key"

NONE = "Le journal n’a pas encore de clé sur ce serveur : créez-la par la commande « {command} »."
DAMAGED = (
    "La clé du journal de ce serveur est illisible ({name}). Rétablissez-la depuis une sauvegarde ; à défaut, écartez ce "
    "fichier, créez-en une nouvelle par la commande « {command} » et dites-le à ceux qui gardent des points de contrôle."
)
EXISTS = "Le journal a déjà sa clé sur ce serveur : elle n’est jamais remplacée."


class NoLogKey(Exception):
    """There is no usable key; the message is a French sentence that names the command."""


class LogKeyExists(Exception):
    """`create` never overwrites a key; the message is a French sentence."""


@dataclass(frozen=True, slots=True)
class LogKey:
    """Who signs now, and whose signatures count: keys that signed before, too."""

    signer: Signer
    known: tuple[Verifier, ...]


def create(folder: Path, name: str) -> LogKey:
    """Draw the key of the log called `name`, readable by its owner only. Raises `LogKeyExists`."""
    return keep(folder, Signer.new(name))


def keep(folder: Path, signer: Signer) -> LogKey:
    """Make `signer` the log's key in `folder`, and tell its public half to all. Raises `LogKeyExists`."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        descriptor = os.open(folder / FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise LogKeyExists(french(EXISTS)) from error
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(signer.written + "\n")
        file.flush()
        os.fsync(file.fileno())
    with (folder / PUBLIC).open("a", encoding="utf-8") as public:
        public.write(f"{signer.verifier}\n")
    return LogKey(signer, verifiers(folder))


def load(folder: Path) -> LogKey:
    """The log's key as it is kept in `folder`. Raises `NoLogKey`."""
    path = folder / FILE
    try:
        signer = Signer.parse(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise NoLogKey(french(NONE.format(command=COMMAND))) from error
    except (OSError, ValueError) as error:
        raise NoLogKey(french(DAMAGED.format(name=FILE, command=COMMAND))) from error
    others = tuple(key for key in verifiers(folder) if key != signer.verifier)
    return LogKey(signer, (signer.verifier, *others))


def verifiers(folder: Path) -> tuple[Verifier, ...]:
    """The public keys that the log has had, the oldest first; none where there are none. Raises `NoLogKey`."""
    try:
        lines = (folder / PUBLIC).read_text("utf-8").split()
        return tuple(Verifier.parse(line) for line in lines)
    except FileNotFoundError:
        return ()
    except (OSError, BadNote, ValueError) as error:
        raise NoLogKey(french(DAMAGED.format(name=PUBLIC, command=COMMAND))) from error
