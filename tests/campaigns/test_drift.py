"""How far copy stands from the brand's exemplars, what carries it away, what is held."""

import pytest
from drifting import LOUD, OWN, kit, said, texts

from copilot.campaigns.drifting.drift import drift, drift_findings, over_budget
from copilot.campaigns.drifting.yardstick import Embed
from copilot.errors import BriefError
from copilot.models.embed import open_embedder
from copilot.records import BrandKit, Language, LocalBrand, Message
from copilot.settings import Settings

UNSEEN: tuple[tuple[str, Language], ...] = (
    *(("b", "en"), ("b", "es"), ("c", "de"), ("c", "fr")),
    *(("e", "en"), ("e", "fr"), ("f", "de"), ("f", "es")),
)
FIVE = ("Altona", "Leith", "Clifton", "Sants", "Passy")


@pytest.fixture(scope="module")
def embed() -> Embed:
    found = open_embedder(Settings())
    assert found is not None
    return found.embed


def score(body: str, brand: BrandKit, embed: Embed | None = None, **changed: object) -> float:
    return drift([said(body, **changed)], brand, embed).drafts[0].score  # type: ignore[arg-type]


def test_own_copy_stands_near_and_a_hard_sell_far() -> None:
    assert score(OWN, kit()) < 0.8
    assert score(LOUD, kit()) > 0.99


def test_what_is_far_for_one_brand_is_near_for_another() -> None:
    reduced = "Tout le rayon frais est en promo ! Venez vite, les prix sont cassés !"
    assert score(reduced, kit("d", "fr"), language="fr") < 0.9
    assert score(reduced, kit("c", "fr"), language="fr") > 0.99


def test_labelled_copy_that_tuned_nothing_is_told_apart() -> None:
    own: list[float] = []
    off: list[float] = []
    for letter, language in UNSEEN:
        for cause, text in texts(letter, language):
            far = score(text, kit(letter, language), language=language)
            (own if cause == "ours" else off).append(far)
    assert len(own) == len(off) == 64
    assert sum(far > 0.95 for far in own) <= 8
    assert sum(far <= 0.95 for far in off) <= 10


def test_meaning_tells_another_topic_in_the_same_manner(embed: Embed) -> None:
    bread = "We fold the dough at night. In the morning the loaves are on the shelf by the door."
    money = "We read the markets at night. In the morning the bonds are in the pension portfolio."
    with_meaning = score(money, kit(), embed) - score(bread, kit(), embed)
    without = score(money, kit()) - score(bread, kit())
    assert with_meaning > without
    assert any(
        one.feature == "meaning" for one in drift([said(money)], kit(), embed).drafts[0].moved
    )


def test_facts_are_not_drift(embed: Embed) -> None:
    first = said(
        "The rye loaf is back in Leith. Bring 4.50 EUR on Friday and we will slice it for you.",
        names={"rye loaf": "product", "Leith": "place"},
    )
    other = said(
        "The Zimtschnecke is back in Ottensen. Bring 11.20 EUR on Sunday and we will slice it for "
        "you.",
        "Ottensen",
        names={"Zimtschnecke": "product", "Ottensen": "place"},
    )
    found = {one.unit: one for one in drift([first, other], kit(), embed).drafts}
    assert found["Leith"].score == found["Ottensen"].score
    assert found["Leith"].moved == found["Ottensen"].moved


def test_the_sentence_that_causes_it_comes_first_with_its_words_and_a_way_back() -> None:
    body = "Hey guys, the bread is out. HURRY, these bargains won't last! Come by for a slice."
    found = drift([said(body)], kit()).drafts[0]
    worst, second = found.sentences[:2]
    assert second.text == "Hey guys, the bread is out."
    assert worst.adds > second.adds > 0
    assert worst.text == "HURRY, these bargains won't last!"
    assert body[worst.start : worst.end] == worst.text
    sold = next(one for one in worst.moved if one.feature == "sales_words")
    assert sold.words == ("HURRY", "bargains", "won't last")
    # One of theirs says "Nobody will hurry you".
    assert sold.why.startswith("3 words of the hard sell in 5 words; the exemplars have 1 in ")
    assert "Take the pressure out" in worst.suggestion
    assert worst.like in " ".join(kit().exemplars)
    assert worst.like in worst.suggestion


def test_missing_spirit_is_drift_too() -> None:
    calm = (
        "The ride is charged. It waits by the canal. Please remember to wear a helmet. "
        "The road is wet today. There is a light on the handle. We wish you a good journey."
    )
    found = drift([said(calm)], kit("b")).drafts[0]
    assert found.score > 0.95
    below = {one.feature for one in found.moved if one.deviation < 0}
    assert {"exclamations", "emoji"} <= below
    assert "one would fit" in " ".join(one.suggestion for one in found.sentences)


def test_the_brands_own_banned_words_count() -> None:
    plain, banned = "The nice bread is on the shelf.", "The cheap bread is on the shelf."
    assert score(banned, kit()) > score(plain, kit())


def test_without_exemplars_there_is_no_measure_and_a_remedy() -> None:
    with pytest.raises(BriefError, match="no exemplars") as caught:
        drift([said(OWN)], kit(exemplars=()))
    assert "exemplars:" in caught.value.hint


def test_few_exemplars_are_said_to_be_weak() -> None:
    every = kit().exemplars
    few = drift([said(OWN)], kit(exemplars=every[:2])).notes
    assert any("only 2 exemplars in English" in note for note in few)
    one = drift([said(LOUD)], kit(exemplars=every[:1]))
    assert any("neither words nor meaning" in note for note in one.notes)
    assert one.drafts[0].score > 0.95


def test_copy_without_exemplars_in_its_language_is_compared_by_voice_alone(embed: Embed) -> None:
    german = "Der Ofen ist an. Komm vorbei, solange die Brote warm sind."
    stiff = "Sehr geehrte Kunden, hiermit teilen wir Ihnen mit, dass Ihr Brot erhältlich ist."
    found = drift([said(german, language="de"), said(stiff, language="de")], kit(), embed)
    assert {one.compared for one in found.drafts} == {"voice across languages"}
    assert any("German copy is compared with English exemplars" in note for note in found.notes)
    near = next(one for one in found.drafts if one.sentences == () or one.score < 0.9)
    far = found.drafts[0]
    assert far.score > 0.99 > near.score
    address = next(one for one in far.moved if one.feature == "formal_address")
    assert address.words == ("Ihnen", "Ihr")
    assert "brand kit asks for another address" in address.why


def test_exemplars_of_another_language_do_not_tell_how_to_address_the_reader() -> None:
    german = "Der Ofen ist an. Komm vorbei, wenn du magst, und nimm deinen Tee mit nach Hause."
    assert score(german, kit(), language="de") < 0.8
    assert score(german, kit(formality={"de": "formal"}), language="de") > 0.9


def test_without_a_model_the_report_says_that_meaning_is_not_compared(embed: Embed) -> None:
    assert any("meaning is not compared" in note for note in drift([said(OWN)], kit()).notes)
    assert drift([said(OWN)], kit(), embed).notes == ()


def test_a_locality_with_exemplars_of_its_own_is_measured_by_those() -> None:
    loud = tuple(kit("b").exemplars)
    brand = kit(localities={"Ancoats": LocalBrand(exemplars=loud, emoji="free")})
    body = "Sun's out, wheels out! ☀️ Helmet on and let's go! You in?"
    found = {one.unit: one for one in drift([said(body, "Ancoats"), said(body)], brand).drafts}
    assert found["Ancoats"].score < 0.9
    assert found["Leith"].score > 0.99


def test_a_budget_names_the_drafts_to_hold_and_the_finding_that_holds_them() -> None:
    drafts = [said(LOUD, "Altona"), said(OWN, "Leith")]
    report = drift(drafts, kit(drift_budget=0.95))
    assert over_budget(report) == (drafts[0].draft_id,)
    assert over_budget(report, 1.0) == ()
    assert over_budget(drift(drafts, kit())) == ()
    findings = drift_findings(report)
    assert list(findings) == [drafts[0].draft_id]
    held = findings[drafts[0].draft_id]
    assert (held.rule, held.severity, held.source) == ("brand.drift", "block", "brand.drift_budget")
    assert held.text == LOUD[held.start : held.end] != ""
    assert "budget is 95%" in held.message
    assert [(one.unit, one.over) for one in report.localities] == [("Altona", 1), ("Leith", 0)]


def test_the_one_that_strays_stands_out_among_its_siblings() -> None:
    own = [
        "The ovens are on. Come by while the bread is warm.",
        "There is tea at the back. Sit down for a while.",
        "We baked a smaller loaf. You will find it on the shelf.",
        "The door is open again. Come in out of the wind.",
    ]
    stray = "Come by! We have bread and tea!"
    drafts = [said(body, place) for body, place in zip([*own, stray], FIVE, strict=True)]
    among = {one.unit: one.siblings for one in drift(drafts, kit()).drafts}
    far = among.pop("Passy")
    assert far is not None
    assert far > 0.95
    assert all(one is not None and one < 0.9 for one in among.values())
    three = drift(drafts[:3], kit()).drafts
    assert [one.siblings for one in three] == [None, None, None]


def test_places_are_listed_worst_first_with_how_far_they_lie_apart() -> None:
    report = drift([said(OWN, "Leith"), said(LOUD, "Altona"), said(OWN + " ", "Leith")], kit())
    assert [(one.unit, one.drafts) for one in report.localities] == [("Altona", 1), ("Leith", 2)]
    assert report.localities[0].features["exclamations"] > 2
    assert report.spread > 0.1
    assert drift([said(OWN), said(OWN, "Altona")], kit()).spread == 0
    assert report.exemplars == {"en": 5}


def test_a_draft_of_facts_alone_does_not_drift() -> None:
    body = "Leith: 15% off with the code CRUST15.\nhttps://loaf.example/order"
    found = drift([said(body, names={"Leith": "place"})], kit()).drafts[0]
    assert (found.score, found.sentences) == (0.0, ())


def test_what_the_law_asks_for_and_a_plain_farewell_are_not_the_brands_voice() -> None:
    extras = (
        "\n\nWith best wishes,\nHarbour Loaf"
        "\nYou are receiving this email because you agreed to it."
        "\nUnsubscribe: https://loaf.example/stop"
    )
    plain, whole = drift([said(OWN)], kit()).drafts[0], drift([said(OWN + extras)], kit()).drafts[0]
    assert plain.score == whole.score
    assert score("Hey gorgeous,\n\n" + OWN, kit()) > plain.score


def test_an_html_only_draft_is_read_and_pointed_into() -> None:
    html = f"<html><body><p>{OWN}</p><p>HURRY, this mega bargain won&#39;t last!</p></body></html>"
    found = drift([said("x", message=Message(body="", html=html))], kit()).drafts[0]
    worst = found.sentences[0]
    assert worst.part == "html"
    assert html[worst.start : worst.end] == "HURRY, this mega bargain won&#39;t last!"


def test_the_same_drafts_give_the_same_report_in_any_order(embed: Embed) -> None:
    drafts = [said(OWN, "Leith"), said(LOUD, "Altona"), said("Come by. We have soup.", "Passy")]
    first, second = drift(drafts, kit(), embed), drift(drafts[::-1], kit(), embed)
    assert first.drafts == second.drafts
    assert first.localities == second.localities
