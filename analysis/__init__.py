"""Arrays in, arrays out: neighbours, projection, themes and how far to trust them."""
