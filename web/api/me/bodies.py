"""The body that a change of the caller's own profile accepts."""

from actors.fields import Body, Defaults, PersonName, Zone


class PatchMe(Body):
    timezone: Zone = ""
    name: PersonName = ""
    defaults: Defaults = Defaults()
