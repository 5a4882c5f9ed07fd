"""Notifications: when a delivery goes out, as how many notifications, and through which channel.

rules           when a delivery may go out, and whether many become one; pure, the same for every channel
notifier        the consumer that makes deliveries from events, and the chore that releases held ones
held            releases the held deliveries of some users: cancels, sends or postpones them
digest          the consumer that makes the digest of the day
notifications   what a notification says
in_app          the in-app channel: sends deliveries and digests into the notification centre and the live stream
"""
