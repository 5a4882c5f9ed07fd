"""The public side: REST, live stream, tools and the page."""
