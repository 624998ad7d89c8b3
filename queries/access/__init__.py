"""Who asks and what they may: identity, sessions, rights, reasons, consent, and the trail of it."""
