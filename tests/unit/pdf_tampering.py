"""Every way of forging a signed file that the verdict must refuse, in one table, with what it must say of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.documents.verdict import (
    APPENDED,
    EMPTY,
    ENCRYPTED,
    NOT_PDF,
    REVISED,
    SAME_PERSON,
    TOO_LARGE,
    UNREADABLE,
)
from tests.unit.forged import Forged
from tests.unit.forged.bytes_changed import AROUND, FLIPPED, RANGES
from tests.unit.forged.others import OTHERS, REBUILT
from tests.unit.forged.signing import KNOWN_BY_HASH, RESIGNED
from tests.unit.forged.updates import UPDATES

BROKEN, INVALID, MISSING = "n’est pas intacte", "n’est pas valide", "manque."
UNTRUSTED, UNTIMED = "n’a pas été délivrée par l’autorité de cette organisation", "heure du serveur digne de foi"
CHANGED = "Le document a été modifié après la signature"


@dataclass(frozen=True, slots=True)
class Method:
    """`says`: what one of the findings must say, in any of these words.

    None: nothing in the file itself is wrong; only the list of the files signed here tells.
    """

    name: str
    make: Callable[[], bytes]
    says: tuple[str, ...] | None


# Family: its methods, and what is said of them. A damaged file may be past reading: that says enough.
FAMILIES: dict[str, tuple[Forged, tuple[str, ...] | None]] = {
    "flipped": (FLIPPED, (BROKEN, UNTIMED, INVALID, UNREADABLE)),
    "range": (RANGES, (BROKEN, INVALID, APPENDED, UNREADABLE)),
    "around": (AROUND, (APPENDED, NOT_PDF, MISSING, BROKEN, UNREADABLE)),
    "update": (UPDATES, (APPENDED,)),
    "resigned": (RESIGNED, (UNTRUSTED,)),
    "rebuilt": (REBUILT, (BROKEN,)),
    "other": (OTHERS, (MISSING,)),
    "known": (KNOWN_BY_HASH, None),
}
# Where the family's own words do not fit.
SAYS: dict[str, str] = {
    "cut back to the first signature": MISSING,
    "cut back to before the time-stamp": MISSING,
    "cut back to before any signature": MISSING,
    "a line put behind": APPENDED,
    "an archive put behind": APPENDED,
    "a line put before": NOT_PDF,
    "the form taken out": MISSING,
    "a table beside the table (hybrid)": UNREADABLE,
    "a weak digest (SHA-1)": INVALID,
    "no time-stamps in the signatures": INVALID,
    "no kept evidence": INVALID,
    "time-stamps of another clock": UNTIMED,
    "a line painted between the two signatures": CHANGED,
    "a remark laid over between the two signatures": CHANGED,
    "a field added between the two signatures": CHANGED,
    "a line painted before the signatures, in a revision": REVISED,
    "hidden before the signatures, shown after": CHANGED,
    "the same person twice": SAME_PERSON,
    "the same person under two names": SAME_PERSON,
    "the signatures flattened into the pages": MISSING,
    "a signature field renamed": "une signature étrangère au rapport",
    "nothing at all": EMPTY,
    "one blank": NOT_PDF,
    "a page of the web": NOT_PDF,
    "a Word file": NOT_PDF,
    "a picture": NOT_PDF,
    "a header and nothing more": UNREADABLE,
    "a file of sixty megabytes": TOO_LARGE,
    "a password to open it": ENCRYPTED,
    "a password to change it": ENCRYPTED,
    "our pages in another document": INVALID,
    "our signatures lent to another text": INVALID,
}

METHODS = tuple(
    Method(f"{family}: {name}", make, (SAYS[name],) if name in SAYS else says)
    for family, (methods, says) in FAMILIES.items()
    for name, make in methods.items()
)
