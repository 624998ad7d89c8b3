"""Signed, transaction-local identity: what the gate sets and northlight_auth.claims() verifies.

A token names person, role and epoch, is good for one backend and for a minute, and is signed with
HMAC-SHA256 (RFC 2104). The key is in the web process: it stops SQL injection and plumbing faults,
not somebody who runs code in that process (docs/security.md).
"""

import hashlib
import hmac
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass

KEY_BYTES = 32
BLOCK = 64  # SHA-256 works on blocks of 64 bytes
LIFE_SECONDS = 60


@dataclass(frozen=True)
class Signer:
    """A signing key. Its repr never shows the key."""

    kid: int
    key: bytes

    def __repr__(self) -> str:
        """Only the key's number."""
        return f"Signer(kid={self.kid})"

    def token(self, person: str, role: str, epoch: int, pid: int) -> str:
        """A token for one person in one role on one backend, valid for a minute."""
        expiry = int(time.time()) + LIFE_SECONDS
        claims = f"{self.kid}|{person}|{role}|{epoch}|{pid}|{expiry}"
        return f"{claims}|{self._signed(claims)}"

    def proof(self, words: Sequence[str], pid: int) -> str:
        """Proof, good for a minute on one backend, that these words come from who has the key.

        Each word goes in with its length, so that no two lists of words make the same message.
        """
        expiry = int(time.time()) + LIFE_SECONDS
        stamp = f"{self.kid}|{pid}|{expiry}"
        said = "|".join(f"{len(word)}:{word}" for word in words)
        return f"{stamp}|{self._signed(f'sign-in|{stamp}|{said}')}"

    def _signed(self, message: str) -> str:
        return hmac.new(self.key, message.encode(), hashlib.sha256).hexdigest()

    @property
    def pads(self) -> tuple[bytes, bytes]:
        """The inner and outer pad of the key, which is how the database keeps it."""
        padded = self.key.ljust(BLOCK, b"\0")
        return bytes(byte ^ 0x36 for byte in padded), bytes(byte ^ 0x5C for byte in padded)


def new_signer(kid: int = 1) -> Signer:
    """A signer with a fresh random key."""
    return Signer(kid, secrets.token_bytes(KEY_BYTES))
