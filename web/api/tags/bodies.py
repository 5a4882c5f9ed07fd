"""The bodies that the routes of tags accept."""

from actors.fields import Body, TagName


class RenameTag(Body):
    name: TagName
