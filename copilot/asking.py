"""Where a question goes: to the data when it asks for a number, else to the library."""

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from copilot.records import Answer, Audience, ConceptNote, Query, Turn, Unparsed

if TYPE_CHECKING:
    from copilot.customers.engine import Engine
    from copilot.models.chat import Complete
    from copilot.rag.business import CardLibrary
    from copilot.rag.retrieve import Retriever


def answer_question(
    question: str,
    *,
    engine: "Engine",
    retriever: "Callable[[], Retriever]",
    notes: Sequence[ConceptNote],
    complete: "Complete | None",
    audience: Audience,
    source: str | None,
    history: Sequence[Turn],
    id: str,
    cards: "Callable[[], CardLibrary] | None" = None,
) -> Answer:
    """A computed number where the question asks the data for one, else a cited answer.

    A question that looks like one about the data but cannot be parsed is refused with what
    would work, unless it is not about our own business and the library covers it: "how many
    drawbacks has local marketing?". What the library refuses is looked for in the business's cards.
    """
    from copilot.customers.business.card_query import query_behind
    from copilot.customers.questions.answer import answer_number
    from copilot.rag.answering.answer import answer

    started = time.perf_counter()
    computed = None
    if source is None:
        computed = answer_number(engine, question, history=history, complete=complete)
    if isinstance(computed, Query):
        return _timed(_number(question, computed, id), started)
    explained = answer(
        question,
        retriever=retriever(),
        notes=notes,
        audience=audience,
        source=source,
        history=history,
        complete=complete,
        id=id,
    )
    asks = source is None and cards is not None and engine.has("transactions")
    if explained.refused and asks and cards is not None:
        told = cards().answer(question, id)
        if told is not None:
            first = told.citations[0].source
            told = told.model_copy(update={"query": query_behind(engine, first)})
            return _timed(told, started)
    if isinstance(computed, Unparsed) and (computed.own or explained.refused):
        return _timed(_unparsed(question, computed, id), started)
    return _timed(explained, started)


def _number(question: str, query: Query, id: str) -> Answer:
    return Answer(
        id=id,
        question=question,
        kind="number",
        answer=query.answer,
        query=query,
        model=query.read_by or "offline",
        usage=query.usage,
    )


def _unparsed(question: str, unparsed: Unparsed, id: str) -> Answer:
    tries = "".join(f"\n- {suggestion}" for suggestion in unparsed.suggestions)
    text = unparsed.reason + (f"\n\nWhat would work:\n{tries}" if tries else "")
    return Answer(
        id=id,
        question=question,
        kind="refusal",
        answer=text,
        refused=True,
        reason=unparsed.reason,
    )


def _timed(answer: Answer, started: float) -> Answer:
    elapsed = round(1000 * (time.perf_counter() - started))
    return answer.model_copy(update={"elapsed_ms": elapsed})
