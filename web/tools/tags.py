"""list-tags and rename-tag."""

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Annotated, Final

from pydantic import Field

from actors.fields import TagName, fold
from host.store.read_model import series_queries, tag_queries, task_queries
from web.api.tags.queries import Prefix
from web.tools.plan import MOST_UNASKED, Candidate, Plan, Step, Unfit
from web.tools.tool import Hints, Input, Output, ReadingTool, Use, Writing, WritingTool

_MOST_LOOKED_THROUGH: Final = 1_000  # tags, for one that is spelled nearly so
_MOST_CANDIDATES: Final = 10


class ListTags(Input):
    prefix: Prefix = Field(default="", description="Only tags that begin so; capitals and accents make no difference")
    limit: Annotated[int, Field(strict=True, ge=1, le=200)] = 100


class Tag(Output):
    name: str
    count: int = Field(description="Number of tasks that have it, completed ones too, without those in the trash")


class TagList(Output):
    tags: list[Tag] = Field(description="The most used first")
    next: list[str]


class RenameTag(Writing):
    tag: TagName = Field(description="The tag as it is, without #; capitals make no difference")
    to: TagName = Field(description="The new name, without #; if that tag is there already, the two become one")


async def list_tags(use: Use, asked: ListTags) -> TagList:
    """Returns the person's tags with the number of their tasks."""
    tags = [Tag(name=name, count=count) for name, count in await _tags(use, asked.prefix, asked.limit)]
    more = ["There may be more: send a prefix."] if len(tags) == asked.limit else []
    return TagList(
        tags=tags, next=more or ["find-tasks with a tag lists its tasks; rename-tag renames one everywhere."]
    )


async def _tags(use: Use, prefix: str, limit: int) -> Sequence[tuple[str, int]]:
    async with use.act.db.connect() as connection:
        return await tag_queries.listed(connection, use.act.user_id, prefix, limit)


async def plan_rename(use: Use, asked: RenameTag) -> Plan:
    """Plans to rename the tag on each task and series that has it; more than ten of them are asked about first."""
    number = await _number_with(use, asked.tag)
    if not number:
        return Plan(unfit=(await _unknown(use, asked.tag),))
    both = fold(asked.tag) != fold(asked.to) and await _number_with(use, asked.to) > 0
    step = Step(
        kind="rename_tag",
        target=asked.tag,
        title=f"#{asked.tag}",
        body={"to": asked.to},
        asks=number > MOST_UNASKED,
    )
    merges = (f"#{asked.to} is there already: the two become one.",) if both else ()
    how_many = "1 task or series" if number == 1 else f"{number} tasks and series"
    return Plan((step,), advice=(f"#{asked.tag} is on {how_many}.", *merges))


async def _number_with(use: Use, tag: str) -> int:
    user_id, folded = use.act.user_id, fold(tag)
    async with use.act.db.connect() as connection:
        tasks = await task_queries.ids_with_tag(connection, user_id, folded)
        return len(tasks) + len(await series_queries.ids_with_tag(connection, user_id, folded))


async def _unknown(use: Use, tag: str) -> Unfit:
    names = {fold(name): name for name, _ in await _tags(use, "", _MOST_LOOKED_THROUGH)}
    near = [names[folded] for folded in get_close_matches(fold(tag), names, _MOST_CANDIDATES)]
    advice = "Did you mean one of the candidates?" if near else "list-tags gives the tags that there are."
    detail = f"No task and no series has the tag {tag}. {advice}"
    return Unfit(0, "tag_not_found", detail, tuple(Candidate(name, f"#{name}") for name in near))


LIST_TAGS: Final = ReadingTool(
    name="list-tags",
    title="List tags",
    description="Use this to see which tags there are and how many tasks have each, before you tag or filter. "
    "To list the tasks of a tag use find-tasks.",
    input=ListTags,
    output=TagList,
    read=list_tags,
)
RENAME_TAG: Final = WritingTool(
    name="rename-tag",
    title="Rename a tag",
    description="Use this to rename a tag on all tasks and series at once, or to merge it into another tag. "
    "To change the tags of some tasks only use tag-tasks. Asks first when more than 10 tasks and series have the tag.",
    input=RenameTag,
    plan=plan_rename,
    hints=Hints(read_only=False),
)
TOOLS: Final = (LIST_TAGS, RENAME_TAG)
