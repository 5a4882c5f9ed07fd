"""What happens after an event: the table of consumers and each of them."""
