"""Keys of our own processes: the key of commands and what is signed with it, and the token of the inner port."""
