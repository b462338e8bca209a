"""The MCP server through a real client: in memory, and as a process over stdio."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from mcp import Client, StdioServerParameters

from copilot import Copilot
from copilot.mcp_server import build

ROOT = Path(__file__).parent.parent
TOOLS = {"search", "ask", "quiz", "mark", "profile", "localities", "draft", "check"}


@pytest.fixture(scope="module")
def brief() -> str:
    folder = ROOT / "samples" / "bakery"
    data = yaml.safe_load((folder / "saturday-loaves.yaml").read_text(encoding="utf-8"))
    data["brand"] = yaml.safe_load((folder / "brand.yaml").read_text(encoding="utf-8"))
    return yaml.safe_dump(data, allow_unicode=True)


def talk(server: Any, conversation: Callable[[Client], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        async with Client(server, read_timeout_seconds=120) as client:
            return await conversation(client)

    return asyncio.run(run())


def call(home: Path, tool: str, **arguments: Any) -> Any:
    copilot = Copilot.open(home)
    return talk(build(copilot), lambda client: client.call_tool(tool, arguments))


def test_a_client_over_stdio_lists_the_tools_and_asks(bakery: Path) -> None:
    command = StdioServerParameters(
        command=sys.executable, args=["-m", "copilot", "mcp", "--workspace", str(bakery)]
    )

    async def conversation(client: Client) -> tuple[Any, Any]:
        tools = await client.list_tools()
        return tools, await client.call_tool("ask", {"question": "What is local marketing?"})

    tools, answer = talk(command, conversation)
    assert {tool.name for tool in tools.tools} == TOOLS
    assert all(tool.annotations.read_only_hint for tool in tools.tools)
    assert all(tool.description for tool in tools.tools)
    assert not answer.is_error
    assert answer.structured_content["citations"][0]["source"].startswith("knowledge/concepts/")


def test_search_returns_passages_with_their_place(bakery: Path) -> None:
    done = call(bakery, "search", question="drawbacks of local marketing", k=3)
    passages = done.structured_content["passages"]
    assert len(passages) == 3
    assert passages[0]["source"] == "knowledge/concepts/local-marketing.md"


def test_a_quiz_question_is_marked_by_its_id_alone(bakery: Path) -> None:
    asked = call(bakery, "quiz", topic="local marketing", questions=2).structured_content
    question = asked["questions"][0]
    assert "quote" not in question
    marked = call(bakery, "mark", question_id=question["id"], answer="I do not know")
    assert marked.structured_content["verdict"] == "wrong"
    assert marked.structured_content["citation"]["source"] == question["source"]


def test_localities_and_profile_are_computed(bakery: Path) -> None:
    found = call(bakery, "localities", name="Harehills").structured_content["localities"]
    assert [one["name"] for one in found] == ["Harehills"]
    assert call(bakery, "profile").structured_content["tables"]["customers"]["rows"] == 500


def test_a_draft_is_a_template_that_names_nobody(bakery: Path, brief: str) -> None:
    before = Copilot.open(bakery).campaigns.runs()
    done = call(bakery, "draft", brief=brief, limit=2)
    assert not done.is_error, done.content
    drafts = done.structured_content["drafts"]
    assert len(drafts) == 2
    assert all("{{" in draft["message"]["body"] for draft in drafts if draft["channel"] == "email")
    assert Copilot.open(bakery).campaigns.runs() == before
    people = Copilot.open(bakery).engine.table("customers").select("email", "phone", "last_name")
    text = str(done.structured_content)
    for row in people.to_pyarrow().to_pylist():
        assert not row["email"] or row["email"] not in text
        assert not row["phone"] or row["phone"] not in text


def test_single_customers_stay_on_this_machine(bakery: Path) -> None:
    question = "Who are my best customers?"
    answer = Copilot.open(bakery).ask(question)
    assert answer.query is not None
    listed = str(answer.query.rows[0]["customer"])
    done = call(bakery, "ask", question=question)
    assert done.is_error
    assert "groups only" in done.content[0].text
    assert listed not in str(done)


def test_check_blocks_an_invented_code(bakery: Path, brief: str) -> None:
    done = call(bakery, "check", text="Use code FREE99 now.", brief=brief, channel="sms")
    assert done.structured_content["passed"] is False


@pytest.mark.parametrize(
    ("tool", "arguments", "words"),
    [
        ("localities", {"name": "Atlantis"}, "Atlantis"),
        ("draft", {"brief": "name: [unclosed"}, "not valid YAML"),
        ("check", {"text": "x", "brief": "name: x"}, "no brand"),
    ],
)
def test_an_error_reaches_the_client_in_our_words(
    bakery: Path, tool: str, arguments: dict[str, str], words: str
) -> None:
    done = call(bakery, tool, **arguments)
    assert done.is_error
    assert words in done.content[0].text
