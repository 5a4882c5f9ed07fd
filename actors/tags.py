"""The tags of one task: each stands once, however it is spelt, and stays as first written. Pure."""

from actors.fields import fold


def added(tags: list[str], more: list[str]) -> list[str]:
    """Returns the tags with those of `more` that are not among them."""
    known = {fold(tag) for tag in tags}
    return tags + [tag for tag in more if fold(tag) not in known]


def removed(tags: list[str], tag: str) -> list[str]:
    """Returns the tags without `tag` in any spelling."""
    gone = fold(tag)
    return [kept for kept in tags if fold(kept) != gone]


def renamed(tags: list[str], old: str, new: str) -> list[str]:
    """Returns the tags with `new` in the place of `old`; where the task has both, one stays."""
    if fold(old) not in {fold(tag) for tag in tags}:
        return tags
    if fold(old) != fold(new) and fold(new) in {fold(tag) for tag in tags}:
        return removed(tags, old)
    return [new if fold(tag) == fold(old) else tag for tag in tags]
