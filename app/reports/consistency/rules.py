"""The table of rules: what each is called, how grave a slip it finds is, and the sentence that names it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from app import template
from app.content.typography import french
from app.reports.consistency import commitments, dates, earlier, figures, form, leftovers, naming, programme
from app.reports.consistency.case import Case, Inconsistency


class Severity(StrEnum):
    """What a finding means for who passes the report on."""

    BLOCKING = "blocking"  # certain and indefensible: it must be mended first
    WARNING = "warning"  # one may go on, saying why

    @property
    def label(self) -> str:
        return {"blocking": "À corriger d’abord", "warning": "Avertissement"}[self.value]


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table. `sentence` holds, in braces, the words that a slip brings."""

    key: str
    level: Severity
    label: str
    sentence: str
    find: Callable[[Case], Iterator[Inconsistency]]


B, W = Severity.BLOCKING, Severity.WARNING

# fmt: off
RULES: tuple[Rule, ...] = (
    #    key                    level  label                          the sentence the user reads, and the function
    Rule("prefilled",           B, "Partie à rédiger",            "L’introduction est encore celle du modèle : dites qui présidait, pourquoi l’on s’est réuni et qui a pris part.", form.prefilled),
    Rule("status_missing",      B, "Suite non dite",              "Rien ne dit ce qu’est devenue la recommandation n° {number} de la rencontre précédente.", earlier.unsaid),
    Rule("date_in_words",       W, "Date en lettres",             "La date en lettres ne dit pas le {day} : {wrong}.", dates.in_words),
    Rule("other_year",          W, "Année du budget",             "« {quoted} » : la rencontre portait sur le budget {year}.", leftovers.other_year),
    Rule("other_territory",     W, "Autre collectivité",          "« {quoted} » : la rencontre était celle de {territory}.", leftovers.other_territory),
    Rule("meeting_date",        W, "Date de la rencontre",        "Les termes de référence placent cette rencontre le {said}, le rapport le {day}.", dates.in_tables),
    Rule("two_dates",           W, "Deux dates",                  "Une même rencontre a deux dates, pour {territory} : {one} dans un tableau, {other} dans l’autre.", dates.two_tables),
    Rule("no_supervisor",       W, "Missionnaire",                "Le tableau des missions ({table}) ne nomme personne pour {territory}.", dates.unsupervised),
    Rule("quotas",              W, "Quotas",                      "Les quotas des participants ne tombent pas juste : {what}.", figures.quotas),
    Rule("plural_heading",      W, "Pluriel",                     "« {quoted} » annonce plusieurs personnes et n’en nomme qu’une.", form.plural_heading),
    Rule("two_spellings",       W, "Deux orthographes",           "« {one} » s’écrit « {other} » dans le bureau.", naming.spellings),
    Rule("two_titles",          W, "Deux titres",                 "{who} porte deux titres : « {one} » et « {other} ».", naming.titles),
    Rule("absent_speaker",      W, "Intervenant absent",          "{who} a pris la parole et n’est pas sur la liste de présence.", naming.absent_speakers),
    Rule("outside_signatory",   W, "Signataire hors du bureau",   "{who} signe le rapport et n’est pas dans le bureau.", naming.outside_signatories),
    Rule("attendance_announced", W, "Liste de présence",          "Le texte annonce la liste de présence (« {quoted} ») : elle est vide.", figures.announced),
    Rule("attendance_empty",    W, "Liste de présence",           "La liste de présence est vide.", figures.unlisted),
    Rule("attendance_fewer",    W, "Nombre de participants",      "Le texte compte {announced} personnes, la liste de présence en nomme {named}.", figures.fewer),
    Rule("empty_table",         W, "Tableau vide",                "« {table} » est annoncé et ne contient rien.", form.empty),
    Rule("unanswered",          W, "Préoccupations sans réponse", "{counted} sans réponse ({which}).", commitments.unanswered),
    Rule("unaddressed",         W, "Destinataire",                "{counted} sans destinataire ({which}).", commitments.unaddressed),
    Rule("verbless",            W, "Action",                      "La recommandation n° {number} ne dit pas ce qu’il faut faire : il y manque un verbe.", commitments.verbless),
    Rule("earlier_lost",        W, "Recommandation oubliée",      "{counted} par la rencontre précédente, absente de l’annexe 2 : « {first} ».", earlier.lost),
    Rule("status_unchosen",     W, "Statut à choisir",            "{counted} : l’état d’exécution est raconté, le statut reste à choisir.", earlier.unsorted),
    Rule("status_bare",         W, "Preuve ou motif",             "La recommandation n° {number} est « {status} » sans preuve ni motif.", earlier.bare),
    Rule("unmet_left_out",      W, "Absente de la partie III",    "La recommandation n° {number} n’a pas été faite, dit l’annexe 2 ; la partie III ne la cite pas.", earlier.left_out),
    Rule("unmet_put_in",        W, "De trop dans la partie III",  "La partie III cite une recommandation que l’annexe 2 ne dit pas sans suite : « {said} ».", earlier.put_in),
    Rule("unmet_heading",       W, "Singulier ou pluriel",        "La phrase qui précède la liste ne s’accorde pas : il y reste {counted}.", earlier.heading),
    Rule("programme_times",     W, "Heures du programme",         "Les heures du programme ne se suivent pas : {what}.", programme.times),
    Rule("blank",               W, "Mots à mettre",               "« {quoted} » tient la place de mots à venir.", form.blanks),
    Rule("spaces",              W, "Espaces du français",         "{counted} auprès d’un signe de ponctuation : « {quoted} ».", form.spaces),
)
# fmt: on
BY_KEY: dict[str, Rule] = {rule.key: rule for rule in RULES}


@dataclass(frozen=True, slots=True)
class RuleFinding:
    """A slip with the rule that found it."""

    rule: Rule
    slip: Inconsistency

    @property
    def blocking(self) -> bool:
        return self.rule.level is Severity.BLOCKING

    @property
    def sentence(self) -> str:
        return french(self.rule.sentence.format_map(self.slip.words))

    @property
    def part(self) -> template.Part:
        return template.BY_KEY[self.slip.part]

    @property
    def name(self) -> str:
        """The finding's name in a form: the same slip at the same place has the same."""
        slip = self.slip
        said = "\n".join((self.rule.key, slip.part, slip.block, slip.field, slip.quote))
        return hashlib.sha256(said.encode()).hexdigest()[:16]

    def logged(self) -> list[str]:
        """What the log keeps of it: rule, part, block."""
        return [self.rule.key, self.slip.part, self.slip.block]


def check(case: Case) -> tuple[RuleFinding, ...]:
    """Every slip, in the order of the report's parts; within a part those that block first, then in the table's order."""
    order = {part.key: rank for rank, part in enumerate(template.PARTS)}
    found = [RuleFinding(rule, slip) for rule in RULES for slip in rule.find(case)]
    return tuple(sorted(found, key=lambda each: (order[each.slip.part], not each.blocking)))
