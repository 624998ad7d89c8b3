"""Search, examples, similar rows and pairs, as the command line and the pages ask for them."""
