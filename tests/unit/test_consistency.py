"""The rules of the consistency check: each slip is found where it stands and mended as it says; sound text is left alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from app import template
from app.content.blocks import Block, BlockKind, Content
from app.content.prose import cut, new_id
from app.reports.consistency.case import Case
from app.reports.consistency.commitments import meter
from app.reports.consistency.rules import RULES, RuleFinding, Severity, check
from app.reports.editing.mending import edited
from tests.cast import row
from tests.factories import texts

OPENING = "L’an deux mille dix-neuf et le vingt-et-un mars, s’est tenue à Ségou la rencontre."
INTRODUCTION = (
    "L’an deux mille dix-neuf et le vingt-et-un mars, les élus de la région ont exposé à Ségou le budget primitif 2018. "
    "Monsieur Seydou BA, vice-président, dirigeait la séance au Conseil régional de Ségou. Deux personnes ont signé la liste "
    "annexée."
)


def member(function: str, civility: str, first_name: str, surname: str, title: str) -> Block:
    names = {"function": function, "civility": civility, "first_name": first_name, "surname": surname}
    return row("members", **names, title=title, body="Conseil régional")


def signatory(quality: str, first_name: str, surname: str, title: str) -> Block:
    return row("signatories", quality=quality, first_name=first_name, surname=surname, title=title, body="")


def slot(hours: str, text: str = "Exposé sur le budget 2018") -> Block:
    return row("slots", hours=hours, text=text, responsible="Facilitateur")


def mission(zone: str, territory: str, person: str, day: str) -> Block:
    return row(zone, territory=territory, person=person, date=day, venue="Conseil régional")


def followed(text: str, status: str = "", execution: str = "", observations: str = "") -> Block:
    return row("rows", text=text, status=status, execution=execution, observations=observations)


def present(*names: str) -> Content:
    return tuple(row("attendees", name=name, body="", contact="", signed="") for name in names)


def asked(text: str, addressee: str = "Mairie") -> Block:
    return row("recommendations", text=text, addressee=addressee, deadline="", proof="", sector="")


MEMBERS = (
    member("Président", "Monsieur", "Seydou", "BA", "Vice-président du Conseil régional"),
    member("Rapporteur", "Monsieur", "Issa", "KONATE", "Conseiller technique"),
    member("Facilitateur", "Madame", "Fanta", "COULIBALY", "Cheffe du service financier"),
)
SIGNED = (
    signatory("Rapporteur", "Issa", "KONATE", "Conseiller technique"),
    signatory("Président de séance", "Seydou", "BA", "Vice-président"),
)
TERMS = (
    *cut("Onze personnes sont attendues.", "participants"),
    row("quotas", category="Élus", number="05"),
    row("quotas", category="Médias", number="06"),
    mission("steering_missions", "Ségou", "Salif KEITA", "21 mars 2019"),
    mission("staff_missions", "Ségou", "Awa DIALLO", "21/03/2019"),
)


def sound(**changed: Content) -> Case:
    """A report in which there is nothing to find, but for the parts given."""
    contents = {
        **texts(),
        "introduction": cut(INTRODUCTION, "body"),
        "bureau": (*cut("Le bureau est composé de :", "lead"), *MEMBERS),
        "signatures": SIGNED,
        "programme": (slot("8 h 30 – 9 h"), slot("9H-10H"), slot("10:00 – 10:30"), slot("10h30")),
        "terms": TERMS,
        "unmet": (),
        **changed,
    }
    return Case(
        contents=contents,
        held_on=date(2019, 3, 21),
        budget_year=2018,
        territory="Ségou",
        elsewhere={"kayes": "Kayes", "district de bamako": "District de Bamako", "gao": "Gao"},
        opening=OPENING,
        earlier=("Former les élus",),
    )


def prose(part: str, text: str) -> dict[str, Content]:
    return {part: cut(text, template.BY_KEY[part].zones[0].key)}


def opened(text: str) -> dict[str, Content]:
    return prose("introduction", f"{text}, les travaux ont réuni deux personnes.")


def lead(part: str, *rows: Block) -> dict[str, Content]:
    return {part: (*cut("Voici :", "lead"), *rows)}


def keys(case: Case) -> list[str]:
    return [finding.rule.key for finding in check(case)]


def only(case: Case) -> RuleFinding:
    found = check(case)
    assert len(found) == 1, [(each.rule.key, each.sentence) for each in found]
    return found[0]


def mended(case: Case) -> Case:
    """The case once its one finding has been mended."""
    finding = only(case)
    assert finding.slip.mend is not None
    part = finding.slip.part
    return replace(case, contents={**case.contents, part: edited(case.contents[part], finding.slip.mend.edits)})


def test_a_sound_report_has_no_finding() -> None:
    assert check(sound()) == ()


def test_rules_have_one_name_each_and_block_only_what_nobody_could_defend() -> None:
    assert len({rule.key for rule in RULES}) == len(RULES)
    assert [rule.key for rule in RULES if rule.level is Severity.BLOCKING] == ["prefilled", "status_missing"]


# What is changed in the sound report, the rule that finds it, and words that its sentence holds.
SLIPS: tuple[tuple[str, dict[str, Content], str], ...] = (
    ("date_in_words", opened("L’an deux mille dix-neuf et le vingt-et-un"), "le mois manque"),
    ("date_in_words", opened("L'AN DEUX MIL DIX NEUF ET LE VINGT ET UN MAI"), "le mois n’est pas le bon"),
    ("date_in_words", opened("L’an 2019 et le 22 mars"), "le jour n’est pas le bon"),
    ("date_in_words", opened("L’an deux mille dix-sept, et le jeudi vingt et un mars"), "l’année"),
    ("other_year", {"programme": (slot("9 h", "Exposé du budget primitif 2016"),)}, "budget primitif 2016"),
    ("other_year", prose("introduction", "Les deux personnes ont étudié le BP 2017."), "BP 2017"),
    ("other_territory", prose("conclusion", "Le Conseil régional de Kayes a remercié chacun."), "Conseil régional de Kayes"),
    ("other_territory", {"programme": (slot("9 h", "Mot du maire du District de Bamako"),)}, "District de Bamako"),
    ("meeting_date", {"terms": (*TERMS[:3], mission("steering_missions", "Ségou", "Salif KEITA", "1er mars 2018"))}, "1er mars"),
    ("two_dates", {"terms": (*TERMS, mission("steering_missions", "Gao", "A", "7 mars 2018"), mission("staff_missions", "Gao", "B", "8 mars 2018"))}, "8 mars"),
    ("no_supervisor", {"terms": (*TERMS[:4], mission("staff_missions", "Ségou", "", "21 mars 2019"))}, "équipe technique"),
    ("quotas", {"terms": (*TERMS, row("quotas", category="Total", number="12"))}, "11"),
    ("quotas", {"terms": (*cut("Quarante (40) participants.", "participants"), *TERMS[1:])}, "40"),
    ("quotas", {"terms": (*TERMS, row("quotas", category="Jeunes", number="trois"))}, "trois"),
    ("plural_heading", {"bureau": (MEMBERS[0], replace(MEMBERS[1], fields={**MEMBERS[1].fields, "function": "Personnes ressources"}), MEMBERS[2])}, "Personnes ressources"),
    ("two_spellings", {"signatures": (signatory("Rapporteur", "Issa", "KONTE", ""), SIGNED[1])}, ""),
    ("two_spellings", prose("conclusion", "Monsieur Issa KONNATE a lu ces conclusions."), "Issa KONATE"),
    ("two_spellings", prose("conclusion", "Madame COULIBALI a remercié chacun."), "COULIBALY"),
    ("two_titles", {"signatures": (signatory("Rapporteur", "Issa", "KONATE", "Ingénieur"), SIGNED[1])}, "Ingénieur"),
    ("two_titles", prose("conclusion", "Monsieur Seydou BA, préfet de cercle, a remercié chacun."), "préfet de cercle"),
    ("absent_speaker", {"ceremony": (row("speeches", speaker="Madame Awa SYLLA", text="Elle a parlé."),)}, "Awa SYLLA"),
    ("outside_signatory", {"signatures": (SIGNED[0], signatory("Président de séance", "Modibo", "SOW", ""))}, "Modibo SOW"),
    ("attendance_announced", {"attendance": ()}, "liste annexée"),
    ("attendance_empty", {"attendance": (), **prose("introduction", "La rencontre a eu lieu.")}, "vide"),
    ("attendance_fewer", prose("introduction", "Trente-deux (32) participants sont venus ; la liste est annexée."), "32"),
    ("empty_table", {"concerns": cut("Les préoccupations suivantes ont été dites :", "lead")}, "Préoccupations"),
    ("unanswered", lead("concerns", *(row("concerns", text=f"le point {n} ;", answer="", answered_by="") for n in range(3))), "3"),
    ("unaddressed", lead("recommendations", asked("Publier le budget."), asked("Former les agents.", "")), "n° 2"),
    ("verbless", lead("recommendations", asked("La publication du budget")), "verbe"),
    ("earlier_lost", {"follow_up": ()}, "Former les élus"),
    ("status_missing", {"follow_up": (followed("Former les élus"),)}, "n° 1"),
    ("status_unchosen", {"follow_up": (followed("Former les élus", "", "Deux sessions ont eu lieu"),)}, "statut"),
    ("status_bare", {"follow_up": (followed("Former les élus", "réalisée"),)}, "preuve"),
    ("unmet_left_out", {"follow_up": (followed("Former les élus", "", "NON FAIT"),)}, "partie III"),
    ("unmet_put_in", {"follow_up": (followed("Former les élus", "non réalisée", "Réalisée en mars"),)}, "Réalisée en mars"),
    ("unmet_put_in", prose("unmet", "- Ouvrir une école."), "Ouvrir une école"),
    ("unmet_heading", prose("unmet", "Les recommandations restées sans suite sont les suivantes :"), "1"),
    ("programme_times", {"programme": (slot("9 h – 10 h"), slot("9h45-11h"))}, "chevauche"),
    ("programme_times", {"programme": (slot("9 h – 10 h"), slot("08:30-8:45"))}, "plus tard"),
    ("programme_times", {"programme": (slot("10 h – 9 h"),)}, "finit avant"),
    ("prefilled", prose("introduction", OPENING), "modèle"),
    ("blank", prose("conclusion", "Les travaux ont fini à ………."), "……"),
    ("spaces", prose("conclusion", "Les travaux ont pris fin: merci !"), "fin:"),
)  # fmt: skip


@pytest.mark.parametrize(("key", "changed", "words"), SLIPS, ids=[f"{key}-{n}" for n, (key, _, _) in enumerate(SLIPS)])
def test_each_slip_is_found_by_its_rule_and_by_no_other(key: str, changed: dict[str, Content], words: str) -> None:
    finding = only(sound(**changed))
    assert finding.rule.key == key
    assert words.replace(" ", "") in finding.sentence.replace("\u202f", "").replace("\u00a0", "").replace(" ", "")
    content = sound(**changed).contents[finding.slip.part]
    assert finding.slip.block in {"", *(block.id for block in content)} or finding.slip.part not in changed


def test_every_rule_has_a_slip_here_that_it_finds() -> None:
    assert {key for key, _, _ in SLIPS} == {rule.key for rule in RULES}


@pytest.mark.parametrize(
    "key",
    [
        "date_in_words",
        "other_year",
        "plural_heading",
        "two_spellings",
        "unmet_left_out",
        "unmet_put_in",
        "unmet_heading",
        "spaces",
    ],
)
def test_what_can_be_mended_by_itself_is_mended_and_nothing_else_is_touched(key: str) -> None:
    slips = [changed for name, changed, _ in SLIPS if name == key]
    for changed in slips:
        case = sound(**changed)
        if only(case).slip.mend is None:
            continue
        after = mended(case)
        assert key not in keys(after)
        part = only(case).slip.part
        before = [block.id for block in case.contents[part]]
        assert [block.id for block in after.contents[part]] == before
    assert any(only(sound(**changed)).slip.mend for changed in slips)


def test_the_date_is_put_into_words_in_its_place() -> None:
    case = sound(**opened("L'an deux mille dix-neuf et le vingt-et-un "))
    assert (
        mended(case).contents["introduction"][0].text.startswith("L’an deux mille dix-neuf et le vingt et un mars, les")
    )


# Sound texts that look like slips.
SOUND: tuple[dict[str, Content], ...] = (
    opened("L’an deux mille dix-neuf et le jeudi vingt-et-un du mois de mars"),
    opened("L'an 2019 et le 21 Mars"),
    prose("introduction", "Les deux personnes ont fait le bilan du budget 2017 et lu le compte administratif 2016."),
    prose("introduction", "Les deux personnes ont exposé les budgets 2017 et 2018."),
    prose("conclusion", "Une délégation venue de Kayes a salué Madame Kayes DIOP ; Bamako était loin."),
    prose("conclusion", "Monsieur BA a remercié chacun, Madame Fanta COULIBALY aussi."),
    prose("conclusion", "Monsieur Seydou BA, Vice - Président du Conseil Régional de Ségou, a clos la séance à 10:30."),
    {"concerns": (*lead("concerns", row("concerns", text="le coût ;", answer="", answered_by=""))["concerns"], *cut("Des réponses ont été données.", "closing"))},
    {"programme": (slot("9 h – 10 h", "Atelier des femmes"), slot("9 h – 10 h", "Atelier des jeunes"), slot("10 h", "Clôture"))},
    {"programme": (slot("matin"), slot("Après la pause"), slot("15h15"))},
    {"follow_up": (followed("Former tous les élus", "en cours", "Faite en partie"),)},
    {"follow_up": (followed("Former les élus", "non réalisée", "Aucun crédit"), followed("Bâtir", "non réalisée", "Rien")), **prose("unmet", "Celles-ci restent :")},
    lead("recommendations", asked("S’assurer que les comptes soient lus"), asked("Que la mairie publie ses comptes"), asked("Mieux faire connaître le budget")),
    {"attendance": present("awa diop", "BA Seydou", "Issa KONATÉ", "Oumar KONE", "Omar KONE")},
    {"ceremony": (row("speeches", speaker="Monsieur Seydou BA, vice-président", text="Il a parlé."),)},
    prose("conclusion", "Voir https://exemple.ml/a?b=1 ; le ratio de 3:2 ; l’adresse a@b.ml."),
    {"bureau": (*MEMBERS, member("Personnes ressources", "Monsieur", "Ali", "SY", ""), member("Personnes ressources", "Monsieur", "Ba", "LY", ""))},
)  # fmt: skip


@pytest.mark.parametrize("changed", SOUND, ids=[str(n) for n in range(len(SOUND))])
def test_sound_text_raises_no_alarm(changed: dict[str, Content]) -> None:
    assert [(each.rule.key, each.sentence) for each in check(sound(**changed))] == []


def test_a_finding_keeps_its_name_as_long_as_the_slip_stands_where_it_stood() -> None:
    content = cut("Les travaux ont pris fin: merci !", "body")
    first, again = (only(sound(conclusion=content)) for _ in range(2))
    elsewhere = only(sound(conclusion=tuple(replace(block, id=new_id()) for block in content)))
    assert first.name == again.name != elsewhere.name


def test_the_terms_of_reference_are_never_mended_from_a_report() -> None:
    terms = (*TERMS, Block(new_id(), "subject", BlockKind.HEADING, {"text": "Séances sur les budgets 2016"}))
    finding = only(sound(terms=terms))
    assert (finding.rule.key, finding.slip.part, finding.slip.mend) == ("other_year", "terms", None)


def test_the_meter_says_how_many_recommendations_can_be_followed() -> None:
    case = sound(recommendations=(asked("Publier le budget."), asked("La publication", "")))
    assert [(each.label, each.said, each.total) for each in meter(case)][:3] == [
        ("Action", 1, 2),
        ("Destinataire", 1, 2),
        ("Échéance", 0, 2),
    ]
