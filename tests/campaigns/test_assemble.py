import pytest
from corner_crumb import BRIEF, TODAY, TOPS, localities

from copilot.campaigns.check.run import check
from copilot.campaigns.facts import facts_for
from copilot.campaigns.merging.assemble import ModuleBook, assembled, is_modular, modular
from copilot.campaigns.merging.modules import MessageClass
from copilot.campaigns.plan import assignments, plan
from copilot.drafting.writing import write_draft
from copilot.records import Assignment, LocalBrand, Message, ModuleTask

CATEGORIES = ("bread", "cakes", "coffee")
STAGES = ("active", "lapsed", "new")
GOOD_NEWS = ("The ovens are on.", "Good news for Saturday 28 November.")
MODULAR = BRIEF.model_copy(
    update={"level": "individual", "method": "modular", "variants": 1, "channels": ("email", "sms")}
)


def classes_of(brief=MODULAR, stages: tuple[str, ...] = STAGES) -> list[Assignment]:
    """Every place with every category and stage, 30 customers each."""
    found = [
        MessageClass(f"{place} · {category} · {stage}", place, category, "en", 30, stage)
        for place in TOPS
        for category in CATEGORIES
        for stage in stages
    ]
    products = [*CATEGORIES, *(name for names in TOPS.values() for name in names)]
    units = plan(brief, {}, localities=localities(), classes=found)
    return assignments(
        brief, units, facts_for, today=TODAY, places=tuple(TOPS), known_products=products
    )


def emails(made: list[Assignment]) -> list[Assignment]:
    return [each for each in made if each.channel == "email"]


@pytest.fixture(scope="module")
def made() -> list[Assignment]:
    return classes_of()


def test_a_few_modules_make_every_class_s_email_and_all_pass(made: list[Assignment]) -> None:
    book = ModuleBook()
    done = [modular(each, book) for each in emails(made)]
    assert len(done) == 54
    assert all(report.passed and modules for _, report, modules in done)
    assert len(book.modules) <= 50
    assert len({message.body for message, _, _ in done}) == 54


def test_a_message_is_made_of_its_modules_texts_and_names_their_ids(
    made: list[Assignment],
) -> None:
    one = emails(made)[0]
    message, modules = assembled(one, ModuleBook())
    assert {"subject", "preheader", "opening", "hook", "offer", "link"} <= {m.slot for m in modules}
    for module in modules:
        part = message.subject if module.slot == "subject" else message.preheader
        assert module.text in (part if module.slot in ("subject", "preheader") else message.body)
    draft = write_draft(None, one, "d1")
    assert draft.modules == tuple(module.id for module in modules)
    assert (draft.status, draft.writer) == ("in_review", "composer")


def test_modules_do_not_depend_on_which_class_asks_first(made: list[Assignment]) -> None:
    forth, back = ModuleBook(), ModuleBook()
    texts = [assembled(each, forth)[0] for each in made]
    assert [assembled(each, back)[0] for each in reversed(made)] == texts[::-1]


def test_the_stage_chooses_among_wordings_and_no_wording_speaks_of_it(
    made: list[Assignment],
) -> None:
    book = ModuleBook()
    first = made[0].unit
    same = [
        assembled(each, book)[0].body
        for each in emails(made)
        if (each.unit.place, each.unit.category) == (first.place, first.category)
    ]
    assert len(set(same)) == len(STAGES)
    for body in same:
        assert not {"lapsed", "active", "missed", "been a while", "new customer"} & {
            word
            for word in ("lapsed", "active", "missed", "been a while", "new customer")
            if word in body.lower()
        }


def test_a_module_without_a_place_in_its_key_cannot_name_one(made: list[Assignment]) -> None:
    def names_a_place(task: ModuleTask) -> str | None:
        return f"Good news from {made[0].unit.place}." if task.slot == "opening" else None

    one = emails(made)[0]
    _, modules = assembled(one, ModuleBook(names_a_place))
    opening = next(each for each in modules if each.slot == "opening")
    assert opening.writer == "composer"
    assert one.unit.place not in opening.text


def test_a_model_writes_each_module_once_and_what_does_not_pass_is_the_composer_s(
    made: list[Assignment],
) -> None:
    asked: list[tuple[str, str, str, str]] = []

    def write(task: ModuleTask) -> str | None:
        asked.append((task.slot, task.place, task.category, task.segment))
        if task.slot == "opening":
            return GOOD_NEWS["28" in task.text]
        return "Now 40% off everything!" if task.slot == "hook" else None

    book = ModuleBook(write)
    done = [modular(each, book) for each in emails(made)]
    assert len(asked) == len(set(asked)) == 3 + 3 + 18 + 6 + 6
    assert {slot for slot, *_ in asked} == {"opening", "closing", "hook", "subject", "preheader"}
    assert all(any(said in m.body for said in GOOD_NEWS) for m, _, _ in done)
    assert not any("40%" in message.body for message, _, _ in done)
    assert all(report.passed for _, report, _ in done)
    draft = write_draft(None, emails(made)[0], "d1", book=book)
    assert draft.writer == "model"


def test_an_opening_that_loses_the_offer_s_date_is_not_taken(made: list[Assignment]) -> None:
    book = ModuleBook(lambda task: "The ovens are on." if task.slot == "opening" else None)
    for each in emails(made):
        message, _, modules = modular(each, book)
        assert modules
        assert "28 Nov" in message.body


def test_what_a_module_is_written_from_holds_no_more_than_its_key(made: list[Assignment]) -> None:
    tasks: list[ModuleTask] = []

    def write(task: ModuleTask) -> str | None:
        tasks.append(task)
        return None

    assembled(emails(made)[0], ModuleBook(write))
    for task in tasks:
        known = {fact.text for fact in task.assignment.facts if fact.kind == "place"}
        assert known == ({task.place} if task.place else known - {made[0].unit.place}) or any(
            store.name in known for store in task.assignment.unit.stores
        )
        assert (made[0].unit.place in known) == bool(task.place)


def test_a_place_with_a_brand_of_its_own_has_modules_of_its_own() -> None:
    place = sorted(TOPS)[0]
    local = LocalBrand(website="https://hill.example", phone="+44 113 496 0000")
    brand = MODULAR.brand.model_copy(update={"localities": {place: local}})
    brief = MODULAR.model_copy(update={"brand": brand, "call_to_action": None})
    book = ModuleBook()
    for each in emails(classes_of(brief, stages=("",))):
        body = assembled(each, book)[0].body
        assert ("hill.example" in body) == (each.unit.place == place)


def test_a_class_that_does_not_pass_as_a_whole_is_written_whole(made: list[Assignment]) -> None:
    def without_the_offer(task: ModuleTask) -> str | None:
        return None

    one = emails(made)[0]
    book = ModuleBook(without_the_offer)
    offer = book.module(one, "offer")
    assert offer is not None
    book._modules = {
        name: each and each.model_copy(update={"text": "Come by."}) if each == offer else each
        for name, each in book._modules.items()
    }
    message, report, modules = modular(one, book)
    assert report.passed
    assert modules == ()
    assert "15% off" in message.body


def test_bespoke_and_group_messages_are_not_modular(made: list[Assignment]) -> None:
    bespoke = MODULAR.model_copy(update={"method": "bespoke"})
    assert is_modular(made[0])
    assert not is_modular(made[0].model_copy(update={"brief": bespoke}))
    assert write_draft(None, made[0].model_copy(update={"brief": bespoke}), "d").modules == ()


def test_each_module_is_checked_on_its_own(made: list[Assignment]) -> None:
    book = ModuleBook()
    for each in emails(made)[:4]:
        assembled(each, book)
    offer = next(each for each in book.modules if each.slot == "offer")
    report = check(Message(body=offer.text), emails(made)[0], fragment=True)
    assert {fact.text for fact in offer.facts} == {fact.text for fact in report.facts}
    assert "15%" in {fact.text for fact in offer.facts}
