"""What is said of the organisation's seal on a public version, which is nobody's signature."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

PUBLIC = (
    "Cette version publique est authentique\u00a0: c’est celle qui a été établie et scellée ici, "
    "et rien n’y a été changé depuis."
)
NOT_PUBLIC = "Ce fichier n’est, octet pour octet, aucune des versions publiques inscrites au journal."
NO_SEAL = "Il ne porte pas le cachet de l’organisation."
SEAL_BROKEN = "Le cachet de l’organisation n’est pas intact\u00a0: ce qu’il couvre a été modifié."
SEAL_FOREIGN = "Le cachet que porte ce fichier n’est pas celui de cette organisation."
SEAL_INVALID = "Le cachet de l’organisation n’est pas valide, ou le document a été modifié après lui."


def wrong_seal(status: Any, ours: bool) -> Iterator[str]:
    """What is wrong with it by pyHanko's `status`; `ours`: the bytes are those of a file that the log names."""
    if not (status.intact and status.valid):
        yield SEAL_BROKEN
    elif not status.trusted:
        yield SEAL_FOREIGN
    elif not status.bottom_line or not (ours or status.docmdp_ok):
        yield SEAL_INVALID
